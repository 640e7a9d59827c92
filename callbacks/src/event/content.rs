//! Cloud moderation.

use serde::Deserialize;

use crate::value::{Flag, Number, Text, Texts};

/// Something was judged by Tencent's cloud moderation (page 78240; 269/95616). The body doesn't name the
/// command. The page was not seen whole, so little is required here.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct ResultNotify<'a> {
    /// What was judged: `C2C`, `C2CCustom`, `Group` or `GroupCustom` for messages, `GroupInfo`,
    /// `GroupMemberInfo`, `RelationChain` or `UserInfo` for the rest.
    pub scene: Text<'a>,
    /// The application. Only in the sample.
    pub sdk_app_id: Option<Number>,
    /// `UserID` of the one it comes from.
    #[serde(rename = "From_Account")]
    pub from_account: Option<Text<'a>>,
    /// Whom it was sent to. Messages only.
    pub contact_item: Option<ContactItem<'a>>,
    /// `Text`, `Image`, `Audio` or `Video`.
    pub content_type: Option<Text<'a>>,
    /// What was judged, for texts.
    pub text_content: Option<Texts<'a>>,
    /// Where it is, for all but texts.
    #[serde(rename = "FileURL")]
    pub file_url: Option<Text<'a>>,
    /// The message: `MsgKey` of a one-to-one message, `MsgSeq` of a group's.
    #[serde(rename = "MsgID")]
    pub msg_id: Option<Text<'a>>,
    /// The content was blocked.
    pub ctxcb_result: Option<Flag>,
    /// Id of the judgement.
    pub ctxcb_request_id: Text<'a>,
    /// The words that it was for.
    pub ctxcb_keywords: Option<Texts<'a>>,
    /// What should be done: `Review`, for one.
    pub ctxcb_suggestion: Option<Text<'a>>,
    /// What it is: `Sexy`, for one.
    pub ctxcb_label: Option<Text<'a>>,
    /// What it is, more closely.
    pub ctxcb_sub_label: Option<Text<'a>>,
    /// The same in words.
    pub ctxcb_sub_label_desc: Option<Text<'a>>,
    /// Name of the list that the words are on.
    pub ctxcb_lib_name: Option<Text<'a>>,
    /// The app's data that is kept with the message.
    pub cloud_custom_data: Option<Text<'a>>,
}

/// `ContactItem` of a [`ResultNotify`].
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct ContactItem<'a> {
    /// 1: to a user, 2: to a group.
    pub contact_type: Option<Number>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Option<Text<'a>>,
    /// Id of the group.
    pub to_group_id: Option<Text<'a>>,
}
