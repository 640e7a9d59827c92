//! Events that outlive the body they were read from.

use bounded_static::IntoBoundedStatic;

use super::{
    Event, alert, bot, c2c, content, follow, group, message, official_account, profile, push, sns, state,
};
use crate::value;

impl Event<'_> {
    /// The event with its own copy of each text, so that it can outlive the body: it can be sent to a channel, a
    /// thread or a task.
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        self.into_static()
    }
}

impl group::OnDailyGroupQuotaAlarm {
    /// The same: it has no texts. Every payload has this method.
    #[must_use]
    pub fn into_owned(self) -> Self {
        self
    }
}

/// Gives types that borrow from the body a method that copies the borrowed texts.
macro_rules! owned {
    ($($module:ident: $($name:ident)+;)*) => {
        $($(
            impl $module::$name<'_> {
                /// The same with its own copy of each text, so that it can outlive the body.
                #[must_use]
                pub fn into_owned(self) -> $module::$name<'static> {
                    self.into_static()
                }
            }
        )+)*
    };
}

owned! {
    alert: RequestOverLimit;
    bot: OnC2cMessage OnC2cSignalMessage OnGroupMessage;
    c2c: AfterC2cMsgExtension AfterModifyMsg AfterMsgReadAll AfterMsgReadReceipt AfterMsgReport
        AfterMsgWithDraw AfterSendMsg BeforeSendMsg C2cMsg GroupRead;
    content: ContactItem ResultNotify;
    follow: AfterFollowAdd AfterFollowDelete Followed;
    group: AfterChangeGroupOwner AfterCreateGroup AfterCreateTopic AfterGroupAttrChanged
        AfterGroupDestroyed AfterGroupFull AfterGroupInfoChanged AfterGroupMsgExtension AfterMemberExit
        AfterMemberFieldChanged AfterModifyMsg AfterNewMemberJoin AfterReadReceipt AfterRecallMsg
        AfterSendMsg AfterTopicDestroyed AfterTopicInfoChanged BeforeApplyJoinGroup BeforeCreateGroup
        BeforeCreateTopic BeforeInviteJoinGroup BeforeSendMsg GroupAt GroupAttr GroupMsgReceipt Member
        OnMemberStateChange RecalledMsg SendMsgException UserDefinedData;
    message: Custom Extension MsgElem;
    official_account: AfterAddSubscriber AfterCreateOfficialAccount AfterDeleteSubscriber AfterMsgWithDraw
        AfterOfficialAccountDestroyed AfterOfficialAccountFull AfterOfficialAccountInfoChanged AfterSendMsg
        BeforeAddSubscriber BeforeCreateOfficialAccount BeforeSendMsg Subscriber WithdrawnMsg;
    profile: PortraitSet ProfileItem;
    push: AllMemberPush AllMemberPushEvent OfflinePush OfflinePushEvent;
    sns: FriendAdd FriendItem Pair PairListChange PrevFriendAdd PrevFriendResponse ResponseFriendItem;
    state: Info KickedDevice StateChange;
    value: Raw Text Texts;
}
