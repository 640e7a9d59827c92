//! The body of each documented command as a typed event, and the catalogue of these commands.
//!
//! Each struct has every field that any language's page or any sample shows, under Tencent's name. A field is
//! required only if every page and sample has it. The others are an `Option`, where `null` means the same as absent.
//! Fields that Tencent adds later are ignored here; the body still has them.
//!
//! The structs are `#[non_exhaustive]`: a field that Tencent adds can be added here without breaking callers.
//!
//! With the feature `serialize`, events serialize under Tencent's names again, without the fields that are `None`.
//!
//! To add a command, write a struct in the file of its family and a row in the catalogue below.
//!
//! # `bound(deserialize = "'de: 'a")`
//!
//! Almost every struct has this attribute. An event borrows its texts from the body, so the body (`'de`) must live at
//! least as long as the event (`'a`). serde's derive adds that bound by itself for a field of type `&'a str`. It
//! can't see that [`Text<'a>`](Text) borrows too, so the attribute states the bound for the whole
//! struct.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Millis, Text};

pub mod alert;
pub mod bot;
pub mod c2c;
mod common;
pub mod content;
pub mod follow;
pub mod group;
pub mod message;
pub mod official_account;
mod owned;
mod path;
pub mod profile;
pub mod push;
mod shape;
pub mod sns;
pub mod state;

use common::Common;
use message::texts;
pub use shape::ShapeError;

/// A documented command and its documentation page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Command {
    /// The value of `CallbackCommand`.
    pub name: &'static str,
    /// The number of the page; `269/…` is a page of the Chinese documentation.
    pub page: &'static str,
}

/// Generates, from one row per command, the list of commands, the enum of events, and the lookup and parse of each.
macro_rules! catalogue {
    ($($name:literal, $page:literal, $event:ident($payload:ty);)*) => {
        impl Command {
            /// The documented commands. The list is open: a command that is not in it is recorded in the same way.
            pub const ALL: &[Self] = &[$(Self { name: $name, page: $page }),*];

            /// The documented command with this name.
            #[must_use]
            pub fn find(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self { name: $name, page: $page }),)*
                    _ => None,
                }
            }
        }

        /// A typed event. Each variant is named after its command, without the word `Callback`.
        #[derive(Clone, Debug, PartialEq, ToStatic)]
        #[non_exhaustive]
        pub enum Event<'a> {
            $(
                #[doc = concat!("`", $name, "` (page ", $page, ")")]
                $event(Box<$payload>),
            )*
            /// An undocumented command, with its name: a new command, or a command of another product.
            Unknown(Text<'a>),
        }

        impl<'a> Event<'a> {
            /// Parses the body of a command. The body of an undocumented command is not parsed. Fails on a lone
            /// surrogate in a text; [`Callback::event`](crate::Callback::event) replaces it first.
            ///
            /// # Errors
            /// The first field that does not have its documented shape.
            pub fn parse(command: &'a str, body: &'a str) -> Result<Self, ShapeError> {
                match command {
                    $($name => typed(body).map(Self::$event),)*
                    _ => Ok(Self::Unknown(command.into())),
                }
            }

            /// The fields that many events have. `None` for an undocumented command.
            fn common(&self) -> Option<&dyn common::Common> {
                match self {
                    $(Self::$event(payload) => Some(&**payload),)*
                    Self::Unknown(_) => None,
                }
            }

            /// The event's `CallbackCommand`.
            #[must_use]
            pub fn command(&self) -> &str {
                match self {
                    $(Self::$event(_) => $name,)*
                    Self::Unknown(command) => command,
                }
            }
        }

        /// The object of the event's payload alone, without the command; an empty object for an undocumented command.
        /// Only `serde_json` can write events with messages, because their `MsgContent` is JSON.
        #[cfg(feature = "serialize")]
        impl serde::Serialize for Event<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$event(payload) => payload.serialize(serializer),)*
                    Self::Unknown(_) => serializer.collect_map::<&str, (), _>([]),
                }
            }
        }
    };
}

catalogue! {
    "Group.CallbackAfterCreateGroup", "34369", GroupAfterCreateGroup(group::AfterCreateGroup<'a>);
    "Group.CallbackAfterGroupDestroyed", "34377", GroupAfterGroupDestroyed(group::AfterGroupDestroyed<'a>);
    "Group.CallbackAfterGroupInfoChanged", "34378",
        GroupAfterGroupInfoChanged(group::AfterGroupInfoChanged<'a>);
    "Group.CallbackAfterGroupFull", "34376", GroupAfterGroupFull(group::AfterGroupFull<'a>);
    "Group.CallbackAfterSendMsg", "34375", GroupAfterSendMsg(group::AfterSendMsg<'a>);
    "Group.CallbackBeforeSendMsg", "34374", GroupBeforeSendMsg(group::BeforeSendMsg<'a>);
    "Group.CallbackAfterNewMemberJoin", "34372", GroupAfterNewMemberJoin(group::AfterNewMemberJoin<'a>);
    "Group.CallbackAfterMemberExit", "34373", GroupAfterMemberExit(group::AfterMemberExit<'a>);
    "Group.CallbackBeforeCreateGroup", "34368", GroupBeforeCreateGroup(group::BeforeCreateGroup<'a>);
    "Group.CallbackBeforeApplyJoinGroup", "34370", GroupBeforeApplyJoinGroup(group::BeforeApplyJoinGroup<'a>);
    "Group.CallbackBeforeInviteJoinGroup", "34371",
        GroupBeforeInviteJoinGroup(group::BeforeInviteJoinGroup<'a>);
    "Group.CallbackOnMemberStateChange", "48734", GroupOnMemberStateChange(group::OnMemberStateChange<'a>);
    "Group.CallbackSendMsgException", "49462", GroupSendMsgException(group::SendMsgException<'a>);
    "Group.CallbackBeforeCreateTopic", "49463", GroupBeforeCreateTopic(group::BeforeCreateTopic<'a>);
    "Group.CallbackAfterCreateTopic", "49464", GroupAfterCreateTopic(group::AfterCreateTopic<'a>);
    "Group.CallbackAfterTopicDestroyed", "49465", GroupAfterTopicDestroyed(group::AfterTopicDestroyed<'a>);
    "Group.CallbackAfterTopicInfoChanged", "49466",
        GroupAfterTopicInfoChanged(group::AfterTopicInfoChanged<'a>);
    "Group.CallbackAfterRecallMsg", "46979", GroupAfterRecallMsg(group::AfterRecallMsg<'a>);
    "Group.CallbackOnDailyGroupQuotaAlarm", "57455",
        GroupOnDailyGroupQuotaAlarm(group::OnDailyGroupQuotaAlarm);
    "Group.CallbackAfterMemberFieldChanged", "60393",
        GroupAfterMemberFieldChanged(group::AfterMemberFieldChanged<'a>);
    "Group.CallbackAfterGroupAttrChanged", "60394",
        GroupAfterGroupAttrChanged(group::AfterGroupAttrChanged<'a>);
    "Group.CallbackAfterReadReceipt", "60395", GroupAfterReadReceipt(group::AfterReadReceipt<'a>);
    "Group.CallbackAfterChangeGroupOwner", "60396",
        GroupAfterChangeGroupOwner(group::AfterChangeGroupOwner<'a>);
    "Group.CallbackAfterGroupMsgExtension", "76007",
        GroupAfterGroupMsgExtension(group::AfterGroupMsgExtension<'a>);
    "Group.CallbackAfterModifyMsg", "269/129193", GroupAfterModifyMsg(group::AfterModifyMsg<'a>);
    "C2C.CallbackBeforeSendMsg", "34364", C2cBeforeSendMsg(c2c::BeforeSendMsg<'a>);
    "C2C.CallbackAfterSendMsg", "34365", C2cAfterSendMsg(c2c::AfterSendMsg<'a>);
    "C2C.CallbackAfterMsgReport", "43465", C2cAfterMsgReport(c2c::AfterMsgReport<'a>);
    "C2C.CallbackAfterMsgWithDraw", "43466", C2cAfterMsgWithDraw(c2c::AfterMsgWithDraw<'a>);
    "C2C.CallbackAfterC2CMsgExtension", "76006", C2cAfterC2cMsgExtension(c2c::AfterC2cMsgExtension<'a>);
    "C2C.CallbackAfterModifyMsg", "269/128224", C2cAfterModifyMsg(c2c::AfterModifyMsg<'a>);
    "C2C.CallbackAfterMsgReadAll", "269/128225", C2cAfterMsgReadAll(c2c::AfterMsgReadAll<'a>);
    "C2C.CallbackAfterMsgReadReceipt", "269/128223", C2cAfterMsgReadReceipt(c2c::AfterMsgReadReceipt<'a>);
    "State.StateChange", "34357", StateChange(state::StateChange<'a>);
    "Profile.CallbackPortraitSet", "48733", ProfilePortraitSet(profile::PortraitSet<'a>);
    "Sns.CallbackPrevFriendAdd", "43468", SnsPrevFriendAdd(sns::PrevFriendAdd<'a>);
    "Sns.CallbackPrevFriendResponse", "43467", SnsPrevFriendResponse(sns::PrevFriendResponse<'a>);
    "Sns.CallbackFriendAdd", "34359", SnsFriendAdd(sns::FriendAdd<'a>);
    "Sns.CallbackFriendDelete", "34360", SnsFriendDelete(sns::PairListChange<'a>);
    "Sns.CallbackBlackListAdd", "34361", SnsBlackListAdd(sns::PairListChange<'a>);
    "Sns.CallbackBlackListDelete", "34362", SnsBlackListDelete(sns::PairListChange<'a>);
    "Follow.CallbackAfterFollowAdd", "70355", FollowAfterFollowAdd(follow::AfterFollowAdd<'a>);
    "Follow.CallbackAfterFollowDelete", "70356", FollowAfterFollowDelete(follow::AfterFollowDelete<'a>);
    "Bot.OnC2CMessage", "68952", BotOnC2cMessage(bot::OnC2cMessage<'a>);
    "Bot.OnGroupMessage", "68953", BotOnGroupMessage(bot::OnGroupMessage<'a>);
    "Chatbot.OnC2CSignalMessage", "59057", ChatbotOnC2cSignalMessage(bot::OnC2cSignalMessage<'a>);
    "ContentCallback.ResultNotify", "78240", ContentResultNotify(content::ResultNotify<'a>);
    "Alert.RequestOverLimit", "60256", AlertRequestOverLimit(alert::RequestOverLimit<'a>);
    "OfficialAccount.CallbackBeforeCreateOfficialAccount", "60795",
        OfficialAccountBeforeCreateOfficialAccount(official_account::BeforeCreateOfficialAccount<'a>);
    "OfficialAccount.CallbackAfterCreateOfficialAccount", "60796",
        OfficialAccountAfterCreateOfficialAccount(official_account::AfterCreateOfficialAccount<'a>);
    "OfficialAccount.CallbackAfterOfficialAccountInfoChanged", "60797",
        OfficialAccountAfterOfficialAccountInfoChanged(official_account::AfterOfficialAccountInfoChanged<'a>);
    "OfficialAccount.CallbackAfterOfficialAccountDestroyed", "60798",
        OfficialAccountAfterOfficialAccountDestroyed(official_account::AfterOfficialAccountDestroyed<'a>);
    "OfficialAccount.CallbackBeforeAddSubscriber", "60799",
        OfficialAccountBeforeAddSubscriber(official_account::BeforeAddSubscriber<'a>);
    "OfficialAccount.CallbackAfterAddSubscriber", "60800",
        OfficialAccountAfterAddSubscriber(official_account::AfterAddSubscriber<'a>);
    "OfficialAccount.CallbackAfterOfficialAccountFull", "60801",
        OfficialAccountAfterOfficialAccountFull(official_account::AfterOfficialAccountFull<'a>);
    "OfficialAccount.CallbackAfterDeleteSubscriber", "60802",
        OfficialAccountAfterDeleteSubscriber(official_account::AfterDeleteSubscriber<'a>);
    "OfficialAccount.CallbackBeforeSendMsg", "60803",
        OfficialAccountBeforeSendMsg(official_account::BeforeSendMsg<'a>);
    "OfficialAccount.CallbackAfterSendMsg", "60804",
        OfficialAccountAfterSendMsg(official_account::AfterSendMsg<'a>);
    "OfficialAccount.CallbackAfterMsgWithDraw", "60805",
        OfficialAccountAfterMsgWithDraw(official_account::AfterMsgWithDraw<'a>);
    "Push.OfflinePush", "67552", PushOfflinePush(push::OfflinePush<'a>);
    "Push.AllMemberPush", "67551", PushAllMemberPush(push::AllMemberPush<'a>);
}

impl Event<'_> {
    /// When it happened: the body's `EventTime`, else the first other time of the body that
    /// [`Callback::time`](crate::Callback::time) uses. Unlike there, the time may be implausible.
    #[must_use]
    pub fn time(&self) -> Option<Millis> {
        let event = self.common()?;
        event.event_time().or_else(|| event.other_time().map(Millis::from))
    }

    /// `GroupId`: id of the group that the event is about.
    #[must_use]
    pub fn group_id(&self) -> Option<&str> {
        self.common()?.group_id()
    }

    /// `Operator_Account`: `UserID` of the user who caused the event. Empty in some bodies.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.common()?.operator()
    }

    /// Whether Tencent waits for a decision, the same as [`is_before_callback`] for its command.
    #[must_use]
    pub fn is_before(&self) -> bool {
        is_before_callback(self.command())
    }

    /// The texts of the message's `TIMTextElem`s, in order. Empty if the event has no message.
    pub fn texts(&self) -> impl Iterator<Item = Text<'_>> {
        texts(self.common().map_or(&[], Common::msg_body))
    }
}

fn typed<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, ShapeError> {
    serde_json::from_str(body).map_err(|error| path::with_path(body, &error))
}

/// Whether a text can be a command: 1 to 128 of `[A-Za-z0-9._-]`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Whether Tencent waits for a decision: the last part of the name starts with `CallbackBefore` or `CallbackPrev`, or
/// the answer carries data for a robot.
#[must_use]
pub fn is_before_callback(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.starts_with("CallbackBefore")
        || last.starts_with("CallbackPrev")
        || name == "Chatbot.OnC2CSignalMessage"
}

#[cfg(test)]
mod tests;
