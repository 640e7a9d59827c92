//! Numbers in every notation of JSON. Relays written in Java and Python write `1670574414123` as `1.670574414123E12`
//! and `1670574414123.0`.

use serde::de::IgnoredAny;

/// 2^53: up to here, an `f64` is exact for each whole number.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// The number in a text, in any notation of JSON. Infinite if it is too large.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Rust's parser accepts more: `inf`, `+1`, `.5`.
    let is_json = || {
        text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
            && serde_json::from_str::<IgnoredAny>(text).is_ok()
    };
    (is_digits || is_json()).then(|| text.parse().ok())?
}

/// The integer with the same value; `None` for a fraction or a number too large for `f64` to be exact.
#[allow(clippy::cast_possible_truncation, reason = "it is whole, and much smaller than the largest i64")]
pub(crate) fn integer(number: f64) -> Option<i64> {
    (number.abs() <= MAX_EXACT && number.fract() == 0.0).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_read_in_json_notations_only() {
        for text in [
            "1670574414123",
            "1670574414123.0",
            "1.670574414123E12",
            "1670574414123000e-3",
            "0.1670574414123e+13",
        ] {
            assert_eq!(decimal(text).and_then(integer), Some(1_670_574_414_123), "{text}");
        }
        assert_eq!(decimal("-1.5"), Some(-1.5));
        assert_eq!(decimal("007"), Some(7.0));
        assert_eq!(decimal("1e400"), Some(f64::INFINITY));
        for text in ["", " 1", "1 ", "+1", ".5", "1.", "0x1", "1_0", "inf", "NaN", "--1", "1e", "e1", "١"] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
    }

    #[test]
    fn integer_is_exact_or_none() {
        for (number, expected) in [
            (-0.0, Some(0)),
            (-3.0, Some(-3)),
            (MAX_EXACT, Some(1 << 53)),
            (MAX_EXACT + 2.0, None),
            (0.5, None),
            (f64::INFINITY, None),
            (f64::NAN, None),
        ] {
            assert_eq!(integer(number), expected, "{number}");
        }
    }
}
