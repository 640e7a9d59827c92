//! Whether an event has a text.

use serde_json::Value;
use tencent_chat_callbacks::Event;
use tencent_chat_webhook::record::RecordedEvent;

/// Whether a text is in the texts of the event's message, or if it has no message, in its body. Letter case does not
/// matter. `wanted` is in lower case.
pub(super) fn has_text(event: &RecordedEvent, wanted: &str) -> bool {
    let is_in = |text: &str| text.to_lowercase().contains(wanted);
    let callback = event.callback();
    let typed = callback.as_ref().and_then(|callback| callback.event().ok());
    let mut texts = typed.iter().flat_map(Event::texts).peekable();
    if texts.peek().is_some() {
        return texts.any(|text| is_in(&text));
    }
    // An escape in the body may hide the text.
    event.body().is_some_and(|body| {
        is_in(body)
            || (body.contains('\\') && serde_json::from_str(body).is_ok_and(|body| has_string(&body, &is_in)))
    })
}

fn has_string(value: &Value, is_wanted: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_wanted(text),
        Value::Array(values) => values.iter().any(|value| has_string(value, is_wanted)),
        Value::Object(fields) => fields.values().any(|value| has_string(value, is_wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use tencent_chat_webhook::record::attribute::{Item, text};

    use super::*;

    #[test]
    fn text_is_found_in_messages_or_else_in_bodies() {
        let message = r#"{"GroupId":"g","Type":"Public","From_Account":"refund","MsgBody":[
            {"MsgType":"TIMTextElem","MsgContent":{"Text":"My Refund, \u4e2d\u6587"}}]}"#;
        for (command, body, wanted, expected) in [
            ("Group.CallbackAfterSendMsg", message, "my refund", true),
            ("Group.CallbackAfterSendMsg", message, "中文", true),
            ("Group.CallbackAfterSendMsg", message, "from_account", false),
            ("A.B", r#"{"Name":"\u4e2d\u6587"}"#, "中文", true),
            ("A.B", r#"{"Name":"Ärger"}"#, "ärger", true),
            ("A.B", r#"{"Name":"x"}"#, "y", false),
            ("A.B", "not JSON", "json", true),
        ] {
            let attributes = [("CallbackCommand", command), ("Body", body)];
            let item: Item = attributes.map(|(name, value)| (name.to_owned(), text(value))).into();
            assert_eq!(has_text(&item.into(), wanted), expected, "{command} {wanted}");
        }
    }
}
