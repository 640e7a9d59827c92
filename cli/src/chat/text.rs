//! The text of a message, as far as it can be read.

use serde::Deserialize;
use tencent_chat_callbacks::event::message::MsgElem;
use tencent_chat_webhook::record::RecordedEvent;

pub(super) use crate::elements::{UNREADABLE, text};

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
