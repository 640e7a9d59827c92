//! What was refused: by your own decision on a before-callback, or by Tencent.

use serde::Deserialize;
use tencent_chat_callbacks::{
    Callback, Event,
    event::message::MsgElem,
    value::{Number, Text},
};
use tencent_chat_webhook::record::RecordedEvent;

use crate::content;

/// The part of `Answer` that refuses or changes something.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
struct Answer<'a> {
    error_code: Option<Number>,
    error_info: Option<Text<'a>>,
    msg_body: Option<Vec<MsgElem<'a>>>,
    cloud_custom_data: Option<Text<'a>>,
    #[serde(rename = "RefusedMembers_Account")]
    members: Option<Vec<Text<'a>>>,
    #[serde(rename = "RefusedSubscribers_Account")]
    subscribers: Option<Vec<Text<'a>>>,
    result_item: Option<Vec<Item<'a>>>,
}

/// The decision on one friend.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Item<'a> {
    #[serde(rename = "To_Account")]
    to: Text<'a>,
    #[serde(rename = "ResultCode")]
    code: Number,
    #[serde(rename = "ResultInfo")]
    info: Option<Text<'a>>,
}

/// Why it was refused, or how it was changed. `None` if it was not.
pub(crate) fn reason(event: &RecordedEvent) -> Option<String> {
    event.attribute("Answer").and_then(decision).or_else(|| error(event))
}

/// Whether it was refused or changed.
pub(crate) fn is_refused(event: &RecordedEvent) -> bool {
    reason(event).is_some()
}

/// What an answer to Tencent refuses or changes.
fn decision(answer: &str) -> Option<String> {
    let Ok(answer) = serde_json::from_str::<Answer<'_>>(answer) else {
        return Some("answered otherwise".to_owned());
    };
    match answer.error_code {
        Some(Number(2)) => return Some("dropped".to_owned()),
        Some(Number(code)) if code != 0 => {
            return Some(with_code("denied", code, answer.error_info.as_deref()));
        }
        _ => {}
    }
    if let Some(accounts) = answer.members.or(answer.subscribers) {
        return Some(format!("refused {}", accounts.join(", ")));
    }
    if let Some(elements) = answer.msg_body {
        return Some(format!("changed to: {}", content::text(&elements)));
    }
    if answer.cloud_custom_data.is_some() {
        return Some("changed CloudCustomData".to_owned());
    }
    let items = answer.result_item.unwrap_or_default();
    let refused = items.iter().filter(|item| item.code != 0);
    let refused: Vec<_> = refused
        .map(|item| with_code(&format!("denied {}", item.to), item.code.0, item.info.as_deref()))
        .collect();
    (!refused.is_empty()).then(|| refused.join(", "))
}

/// Tencent's error for a message that it did not send.
fn error(event: &RecordedEvent) -> Option<String> {
    const REFUSED: &str = "refused by Tencent";
    match event.command() {
        "Group.CallbackSendMsgException" | "C2C.CallbackAfterSendMsg" => {}
        _ => return None,
    }
    match event.callback().as_ref().map(Callback::event) {
        Some(Ok(Event::GroupSendMsgException(it))) => {
            Some(with_code(REFUSED, it.error_code.0, it.error_info.as_deref()))
        }
        Some(Ok(Event::C2cAfterSendMsg(it))) => {
            let code = it.send_msg_result.filter(|code| *code != 0)?;
            Some(with_code(REFUSED, code.0, it.error_info.as_deref()))
        }
        // A body that is missing, or not of its documented shape: the attributes say what they know.
        _ => {
            let code = event.attribute("ErrorCode").or_else(|| event.attribute("SendMsgResult"));
            let code = code.and_then(|code| code.parse().ok()).filter(|code| *code != 0);
            match code {
                Some(code) => Some(with_code(REFUSED, code, event.attribute("ErrorInfo"))),
                None => (event.command() != "C2C.CallbackAfterSendMsg").then(|| REFUSED.to_owned()),
            }
        }
    }
}

fn with_code(what: &str, code: i64, text: Option<&str>) -> String {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => format!("{what}: {code} {text}"),
        None => format!("{what}: {code}"),
    }
}

#[cfg(test)]
mod tests {
    use tencent_chat_webhook::record::attribute::{Item, text};

    use super::*;

    fn reason_of(attributes: &[(&str, &str)]) -> Option<String> {
        let item: Item = attributes.iter().map(|(name, value)| ((*name).to_owned(), text(*value))).collect();
        reason(&item.into())
    }

    #[test]
    fn answer_gives_the_reason() {
        for (answer, expected) in [
            (r#"{"ErrorCode":10101,"ErrorInfo":"No casinos."}"#, Some("denied: 10101 No casinos.")),
            (r#"{"ErrorCode":1,"ErrorInfo":""}"#, Some("denied: 1")),
            (r#"{"ErrorCode":2,"ErrorInfo":""}"#, Some("dropped")),
            (
                r#"{"ErrorCode":0,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"***"}}]}"#,
                Some("changed to: ***"),
            ),
            (r#"{"ErrorCode":0,"CloudCustomData":"x"}"#, Some("changed CloudCustomData")),
            (r#"{"ErrorCode":0,"RefusedMembers_Account":["amy","bob"]}"#, Some("refused amy, bob")),
            (
                r#"{"ResultItem":[{"To_Account":"amy","ResultCode":38000,"ResultInfo":"no"},{"To_Account":"b","ResultCode":0}]}"#,
                Some("denied amy: 38000 no"),
            ),
            (r#"{"ErrorCode":0}"#, None),
            ("not JSON", Some("answered otherwise")),
        ] {
            assert_eq!(reason_of(&[("Answer", answer)]).as_deref(), expected, "{answer}");
        }
    }

    #[test]
    fn tencent_s_error_gives_the_reason() {
        let exception = ("CallbackCommand", "Group.CallbackSendMsgException");
        let body = r#"{"GroupId":"g","Type":"Public","From_Account":"eve","Operator_Account":"eve","Random":1,
            "MsgBody":[],"ErrorCode":80001,"ErrorInfo":"dirty word"}"#;
        let expected = Some("refused by Tencent: 80001 dirty word");
        assert_eq!(reason_of(&[exception, ("Body", body)]).as_deref(), expected);
        assert_eq!(reason_of(&[exception]).as_deref(), Some("refused by Tencent"));
        let sent = ("CallbackCommand", "C2C.CallbackAfterSendMsg");
        let result = |code: &str| {
            format!(r#"{{"From_Account":"a","To_Account":"b","MsgBody":[],"SendMsgResult":{code}}}"#)
        };
        assert_eq!(reason_of(&[sent, ("Body", &result("0"))]), None);
        assert_eq!(
            reason_of(&[sent, ("Body", &result("20006"))]).as_deref(),
            Some("refused by Tencent: 20006")
        );
        assert_eq!(reason_of(&[sent]), None);
    }
}
