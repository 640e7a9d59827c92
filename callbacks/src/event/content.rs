//! Cloud moderation.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Flag, Number, Text, Texts};

/// Tencent's cloud moderation judged some content (page 78240; 269/95616). The body doesn't name the command. Only a
/// part of the page was available, so few fields are required here.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct ResultNotify<'a> {
    /// The kind of content: `C2C`, `C2CCustom`, `Group` or `GroupCustom` for messages; otherwise `GroupInfo`,
    /// `GroupMemberInfo`, `RelationChain` or `UserInfo`.
    pub scene: Text<'a>,
    /// The application. Only in the sample.
    pub sdk_app_id: Option<Number>,
    /// `UserID` of the author.
    #[serde(rename = "From_Account")]
    pub from_account: Option<Text<'a>>,
    /// The recipient. Messages only.
    pub contact_item: Option<ContactItem<'a>>,
    /// `Text`, `Image`, `Audio` or `Video`.
    pub content_type: Option<Text<'a>>,
    /// The content, if it is a text.
    pub text_content: Option<Texts<'a>>,
    /// The URL of the content, if it is not a text.
    #[serde(rename = "FileURL")]
    pub file_url: Option<Text<'a>>,
    /// The message: `MsgKey` of a one-to-one message, `MsgSeq` of a group message.
    #[serde(rename = "MsgID")]
    pub msg_id: Option<Text<'a>>,
    /// The content was blocked.
    pub ctxcb_result: Option<Flag>,
    /// Id of the judgement.
    pub ctxcb_request_id: Text<'a>,
    /// The words that caused the judgement.
    pub ctxcb_keywords: Option<Texts<'a>>,
    /// The suggested action, such as `Review`.
    pub ctxcb_suggestion: Option<Text<'a>>,
    /// The category, such as `Sexy`.
    pub ctxcb_label: Option<Text<'a>>,
    /// The subcategory.
    pub ctxcb_sub_label: Option<Text<'a>>,
    /// The category in words.
    pub ctxcb_sub_label_desc: Option<Text<'a>>,
    /// Name of the word list that matched.
    pub ctxcb_lib_name: Option<Text<'a>>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
}

/// `ContactItem` of a [`ResultNotify`].
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct ContactItem<'a> {
    /// 1: to a user, 2: to a group.
    pub contact_type: Option<Number>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Option<Text<'a>>,
    /// Id of the group.
    pub to_group_id: Option<Text<'a>>,
}
