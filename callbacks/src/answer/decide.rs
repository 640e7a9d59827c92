//! The decision for each before-callback.

use std::fmt::Debug;

use super::{
    default::default_answer,
    json::{Answer, Further},
    verdict::{
        C2cMessage, Friend, GroupAction, GroupInvitation, GroupMessage, OfficialAccountAction,
        OfficialAccountMessage, Signal, Subscription, Verdict,
    },
};
use crate::{
    callback::Callback,
    event::{Event, bot, c2c, group, official_account, sns},
    origin::Origin,
};

/// Decides on each before-callback. Every method allows by default, and so does `()`.
///
/// Each method gets the event and its origin: application, platform and address.
///
/// A method is called only if the body has its documented shape; otherwise the default answer is sent, so that a
/// change at Tencent's end can't stop a chat.
pub trait Decide: Debug + Send + Sync {
    /// May this group be created?
    fn group_before_create_group(
        &self,
        _event: &group::BeforeCreateGroup<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<GroupAction> {
        Verdict::allow()
    }

    /// May this user apply to join the group? If the group requires an administrator's approval, that still follows.
    fn group_before_apply_join_group(
        &self,
        _event: &group::BeforeApplyJoinGroup<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<GroupAction> {
        Verdict::allow()
    }

    /// May these users be added to the group?
    fn group_before_invite_join_group(
        &self,
        _event: &group::BeforeInviteJoinGroup<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<GroupInvitation> {
        Verdict::allow()
    }

    /// May this message be sent to the group?
    fn group_before_send_msg(
        &self,
        _event: &group::BeforeSendMsg<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<GroupMessage> {
        Verdict::allow()
    }

    /// May this topic be created?
    fn group_before_create_topic(
        &self,
        _event: &group::BeforeCreateTopic<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<GroupAction> {
        Verdict::allow()
    }

    /// May this message be sent to the user?
    fn c2c_before_send_msg(
        &self,
        _event: &c2c::BeforeSendMsg<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<C2cMessage> {
        Verdict::allow()
    }

    /// May this friend be added? Called for each entry of the event's `FriendItem`.
    fn sns_prev_friend_add(
        &self,
        _event: &sns::PrevFriendAdd<'_>,
        _friend: &sns::FriendItem<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<Friend> {
        Verdict::allow()
    }

    /// May this user give this response to a friend request? Called for each entry of the event's
    /// `ResponseFriendItem`.
    fn sns_prev_friend_response(
        &self,
        _event: &sns::PrevFriendResponse<'_>,
        _friend: &sns::ResponseFriendItem<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<Friend> {
        Verdict::allow()
    }

    /// May this official account be created?
    fn official_account_before_create_official_account(
        &self,
        _event: &official_account::BeforeCreateOfficialAccount<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<OfficialAccountAction> {
        Verdict::allow()
    }

    /// May these users subscribe to the official account?
    fn official_account_before_add_subscriber(
        &self,
        _event: &official_account::BeforeAddSubscriber<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<Subscription> {
        Verdict::allow()
    }

    /// May the official account send this message?
    fn official_account_before_send_msg(
        &self,
        _event: &official_account::BeforeSendMsg<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<OfficialAccountMessage> {
        Verdict::allow()
    }

    /// Which data does the robot get?
    fn chatbot_on_c2c_signal_message(
        &self,
        _event: &bot::OnC2cSignalMessage<'_>,
        _origin: &Origin<'_>,
    ) -> Verdict<Signal> {
        Verdict::ignore()
    }
}

impl Decide for () {}

/// The answer to a callback: the decision, or the default answer. Two cases get the default: the command is not a
/// before-callback, or the body does not have its documented shape, so that there is no event.
#[must_use]
pub fn answer(
    decide: &dyn Decide,
    callback: &Callback<'_>,
    event: Option<&Event<'_>>,
    origin: &Origin<'_>,
) -> Answer {
    match event {
        Some(Event::GroupBeforeCreateGroup(event)) => decide.group_before_create_group(event, origin).into(),
        Some(Event::GroupBeforeApplyJoinGroup(event)) => {
            decide.group_before_apply_join_group(event, origin).into()
        }
        Some(Event::GroupBeforeInviteJoinGroup(event)) => {
            decide.group_before_invite_join_group(event, origin).into()
        }
        Some(Event::GroupBeforeSendMsg(event)) => decide.group_before_send_msg(event, origin).into(),
        Some(Event::GroupBeforeCreateTopic(event)) => decide.group_before_create_topic(event, origin).into(),
        Some(Event::C2cBeforeSendMsg(event)) => decide.c2c_before_send_msg(event, origin).into(),
        Some(Event::SnsPrevFriendAdd(event)) => {
            let result = |friend| decide.sns_prev_friend_add(event, friend, origin);
            let items = event.friend_item.iter().map(|item| result(item).about(&item.to_account));
            Answer::plain().with(Further::ResultItem(items.collect()))
        }
        Some(Event::SnsPrevFriendResponse(event)) => {
            let result = |friend| decide.sns_prev_friend_response(event, friend, origin);
            let items = event.response_friend_item.iter().map(|item| result(item).about(&item.to_account));
            Answer::plain().with(Further::ResultItem(items.collect()))
        }
        Some(Event::OfficialAccountBeforeCreateOfficialAccount(event)) => {
            decide.official_account_before_create_official_account(event, origin).into()
        }
        Some(Event::OfficialAccountBeforeAddSubscriber(event)) => {
            decide.official_account_before_add_subscriber(event, origin).into()
        }
        Some(Event::OfficialAccountBeforeSendMsg(event)) => {
            decide.official_account_before_send_msg(event, origin).into()
        }
        Some(Event::ChatbotOnC2cSignalMessage(event)) => {
            decide.chatbot_on_c2c_signal_message(event, origin).into()
        }
        _ => default_answer(callback),
    }
}

#[cfg(test)]
mod tests;
