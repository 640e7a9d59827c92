//! A message's elements as one text.

use serde::Deserialize;
use tencent_chat_callbacks::event::message::MsgElem;
use tencent_chat_webhook::record::RecordedEvent;

/// Shown for a message or an element that can't be read.
pub(super) const UNREADABLE: &str = "[unreadable]";

/// The elements, with a space between them. An element other than text is named in brackets.
pub(super) fn text(elements: &[MsgElem<'_>]) -> String {
    elements.iter().map(element).collect::<Vec<_>>().join(" ")
}

/// The text of a message whose body does not have its documented shape, if its elements do.
pub(super) fn salvaged(event: &RecordedEvent) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Message<'a> {
        #[serde(borrow)]
        msg_body: Vec<MsgElem<'a>>,
    }

    let message: Message<'_> = serde_json::from_str(event.body()?).ok()?;
    Some(text(&message.msg_body))
}

fn element(element: &MsgElem<'_>) -> String {
    match &*element.msg_type {
        "TIMTextElem" => element.text().map_or_else(|| UNREADABLE.to_owned(), |text| text.to_string()),
        "TIMImageElem" => "[image]".to_owned(),
        "TIMSoundElem" => "[sound]".to_owned(),
        "TIMVideoFileElem" => "[video]".to_owned(),
        "TIMFileElem" => "[file]".to_owned(),
        "TIMLocationElem" => "[location]".to_owned(),
        "TIMFaceElem" => "[face]".to_owned(),
        "TIMCustomElem" => "[custom]".to_owned(),
        "TIMRelayElem" => "[relay]".to_owned(),
        other => format!("[{other}]"),
    }
}
