//! A message's elements as one text.

use tencent_chat_callbacks::event::message::MsgElem;

/// Shown for a message or an element that can't be read.
pub(crate) const UNREADABLE: &str = "[unreadable]";

/// The elements, with a space between them. An element other than text is named in brackets.
pub(crate) fn text(elements: &[MsgElem<'_>]) -> String {
    elements.iter().map(element).collect::<Vec<_>>().join(" ")
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
