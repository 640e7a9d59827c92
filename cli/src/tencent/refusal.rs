//! The words for an error code of Tencent's REST API (page 34348; 269/1671).

/// The least difference of a clock, in seconds, that an error names.
const CLOCK_OFF_SECONDS: i64 = 60;

/// The message, with what to do. `seconds_ahead` says how far this machine's clock is ahead of Tencent's.
pub(super) fn message(code: i64, info: &str, app: &str, admin: &str, seconds_ahead: Option<i64>) -> String {
    let advice = match code {
        70001 => "the sign-in is expired: set this machine's clock".to_owned(),
        70003 | 70009 | 70050 => format!(
            "Tencent rejects the signature: is TENCENT_SECRET_KEY the SecretKey of application {app}?"
        ),
        70013 | 70107 => format!("{admin} is not a user of application {app}: check --admin"),
        60010 => format!("{admin} is not an administrator of application {app}: check --admin"),
        70014 => "Tencent finds another SDKAppID in the sign-in: check --app".to_owned(),
        60006 | 70016 | 70020 => {
            format!("Tencent does not know application {app} in this data center: check --app and --api")
        }
        60021 => "Tencent does not allow this machine's IP address for REST calls".to_owned(),
        60007 | 60011 | 60018 | 60019 => "too many requests: try again later".to_owned(),
        _ => "Tencent's REST API failed".to_owned(),
    };
    let info: String = info.chars().take(200).collect();
    let clock = match seconds_ahead {
        Some(seconds) if seconds.abs() >= CLOCK_OFF_SECONDS => {
            let direction = if seconds > 0 { "ahead of" } else { "behind" };
            format!("; this machine's clock is {} s {direction} Tencent's", seconds.abs())
        }
        _ => String::new(),
    };
    format!("{advice} ({code} {info}){clock}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_says_what_to_do_and_names_a_clock_that_is_off() {
        for (code, ahead, expected) in [
            (
                70001,
                Some(-7200),
                "the sign-in is expired: set this machine's clock (70001 x); this machine's clock is 7200 s behind Tencent's",
            ),
            (
                70009,
                Some(3),
                "Tencent rejects the signature: is TENCENT_SECRET_KEY the SecretKey of application 1? (70009 x)",
            ),
            (60010, None, "a is not an administrator of application 1: check --admin (60010 x)"),
            (
                70020,
                None,
                "Tencent does not know application 1 in this data center: check --app and --api (70020 x)",
            ),
            (1, None, "Tencent's REST API failed (1 x)"),
        ] {
            assert_eq!(message(code, "x", "1", "a", ahead), expected);
        }
    }
}
