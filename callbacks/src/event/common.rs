//! The fields that many events have.

use super::{
    alert, bot, c2c, content, follow, group,
    message::{MsgElem, texts},
    official_account, profile, push, sns, state,
};
use crate::value::{Millis, Seconds, Text};

/// The fields that many payloads have. A payload without a field keeps its default.
pub(super) trait Common {
    fn event_time(&self) -> Option<Millis> {
        None
    }

    /// The time of a body without `EventTime`.
    fn other_time(&self) -> Option<Seconds> {
        None
    }

    fn group_id(&self) -> Option<&str> {
        None
    }

    fn operator(&self) -> Option<&str> {
        None
    }

    fn msg_body(&self) -> &[MsgElem<'_>] {
        &[]
    }
}

/// A text that each body of a command has, or only some.
trait Given {
    fn given(&self) -> Option<&str>;
}

impl Given for Text<'_> {
    fn given(&self) -> Option<&str> {
        Some(self)
    }
}

impl Given for Option<Text<'_>> {
    fn given(&self) -> Option<&str> {
        self.as_deref()
    }
}

/// Implements [`Common`] for a payload from the names of its fields.
macro_rules! common {
    (@event_time) => { fn event_time(&self) -> Option<Millis> { self.event_time } };
    (@msg_time) => { fn other_time(&self) -> Option<Seconds> { self.msg_time } };
    (@last_read_time) => { fn other_time(&self) -> Option<Seconds> { self.last_read_time } };
    (@group_id) => { fn group_id(&self) -> Option<&str> { self.group_id.given() } };
    (@operator_account) => { fn operator(&self) -> Option<&str> { self.operator_account.given() } };
    (@msg_body) => { fn msg_body(&self) -> &[MsgElem<'_>] { &self.msg_body } };
    ($($payload:ty: $($field:ident)+;)*) => {
        $(impl Common for $payload { $(common!(@$field);)+ })*
    };
}

common! {
    group::AfterCreateGroup<'_>: event_time group_id operator_account;
    group::AfterGroupDestroyed<'_>: event_time group_id operator_account;
    group::AfterGroupInfoChanged<'_>: event_time group_id operator_account;
    group::AfterGroupFull<'_>: event_time group_id;
    group::AfterSendMsg<'_>: event_time msg_time group_id operator_account msg_body;
    group::BeforeSendMsg<'_>: event_time group_id operator_account msg_body;
    group::AfterNewMemberJoin<'_>: event_time group_id operator_account;
    group::AfterMemberExit<'_>: event_time group_id operator_account;
    group::BeforeCreateGroup<'_>: event_time operator_account;
    group::BeforeApplyJoinGroup<'_>: event_time group_id;
    group::BeforeInviteJoinGroup<'_>: event_time group_id operator_account;
    group::OnMemberStateChange<'_>: event_time group_id;
    group::SendMsgException<'_>: event_time group_id operator_account msg_body;
    group::BeforeCreateTopic<'_>: event_time operator_account;
    group::AfterCreateTopic<'_>: event_time group_id operator_account;
    group::AfterTopicDestroyed<'_>: event_time group_id;
    group::AfterTopicInfoChanged<'_>: event_time group_id operator_account;
    group::AfterRecallMsg<'_>: event_time group_id operator_account;
    group::OnDailyGroupQuotaAlarm: event_time;
    group::AfterMemberFieldChanged<'_>: event_time group_id operator_account;
    group::AfterGroupAttrChanged<'_>: event_time group_id operator_account;
    group::AfterReadReceipt<'_>: event_time group_id;
    group::AfterChangeGroupOwner<'_>: event_time group_id operator_account;
    group::AfterGroupMsgExtension<'_>: event_time group_id;
    group::AfterModifyMsg<'_>: event_time group_id operator_account msg_body;
    c2c::BeforeSendMsg<'_>: event_time msg_time msg_body;
    c2c::AfterSendMsg<'_>: event_time msg_time msg_body;
    c2c::AfterMsgReport<'_>: event_time last_read_time;
    c2c::AfterMsgWithDraw<'_>: event_time;
    c2c::AfterC2cMsgExtension<'_>: event_time;
    c2c::AfterModifyMsg<'_>: event_time msg_time operator_account msg_body;
    c2c::AfterMsgReadAll<'_>: event_time;
    c2c::AfterMsgReadReceipt<'_>: event_time operator_account;
    state::StateChange<'_>: event_time;
    profile::PortraitSet<'_>: event_time operator_account;
    sns::PrevFriendAdd<'_>: event_time;
    sns::PrevFriendResponse<'_>: event_time;
    sns::FriendAdd<'_>: event_time;
    sns::PairListChange<'_>: event_time;
    follow::AfterFollowAdd<'_>: event_time;
    follow::AfterFollowDelete<'_>: event_time;
    bot::OnC2cMessage<'_>: event_time msg_time msg_body;
    bot::OnGroupMessage<'_>: event_time msg_time group_id operator_account msg_body;
    bot::OnC2cSignalMessage<'_>: event_time;
    alert::RequestOverLimit<'_>: event_time;
    official_account::BeforeCreateOfficialAccount<'_>: event_time operator_account;
    official_account::AfterCreateOfficialAccount<'_>: event_time operator_account;
    official_account::AfterOfficialAccountInfoChanged<'_>: event_time operator_account;
    official_account::AfterOfficialAccountDestroyed<'_>: event_time;
    official_account::BeforeAddSubscriber<'_>: event_time operator_account;
    official_account::AfterAddSubscriber<'_>: event_time operator_account;
    official_account::AfterOfficialAccountFull<'_>: event_time;
    official_account::AfterDeleteSubscriber<'_>: event_time operator_account;
    official_account::BeforeSendMsg<'_>: event_time msg_body;
    official_account::AfterSendMsg<'_>: event_time msg_time msg_body;
    official_account::AfterMsgWithDraw<'_>: event_time;
}

impl Common for content::ResultNotify<'_> {
    fn group_id(&self) -> Option<&str> {
        self.contact_item.as_ref()?.to_group_id.as_deref()
    }
}

impl Common for push::OfflinePush<'_> {
    fn other_time(&self) -> Option<Seconds> {
        self.events.first()?.event_time
    }
}

impl Common for push::AllMemberPush<'_> {
    fn other_time(&self) -> Option<Seconds> {
        self.events.first()?.event_time
    }
}

/// Gives a payload with a message its texts.
macro_rules! texts {
    ($($payload:ty;)*) => {
        $(impl $payload {
            /// The texts of the message's `TIMTextElem`s, in order. An element without a readable text is left out.
            pub fn texts(&self) -> impl Iterator<Item = Text<'_>> {
                texts(&self.msg_body)
            }
        })*
    };
}

texts! {
    group::AfterSendMsg<'_>;
    group::BeforeSendMsg<'_>;
    group::SendMsgException<'_>;
    group::AfterModifyMsg<'_>;
    c2c::BeforeSendMsg<'_>;
    c2c::AfterSendMsg<'_>;
    c2c::AfterModifyMsg<'_>;
    bot::OnC2cMessage<'_>;
    bot::OnGroupMessage<'_>;
    official_account::BeforeSendMsg<'_>;
    official_account::AfterSendMsg<'_>;
}
