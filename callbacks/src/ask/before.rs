//! The answers to one before-callback.

use std::borrow::Cow;

use super::{
    codes::{CodeError, Deny, Message, Refuse},
    friend::FriendAnswer,
};
use crate::{
    answer::{Answer, Element, Extra, NewMessage, rule::is_among},
    callback::Callback,
    event::{bot, sns},
    origin::Origin,
};

/// A before-callback with the event `E`, and the answers that this command supports.
///
/// | command | `allow` | `deny` with | further |
/// |---|---|---|---|
/// | `Group.CallbackBefore…` | ✓ | 1, 10100 to 10200 | an invitation: `refuse`; a message: `drop`, `replace` |
/// | `C2C.CallbackBeforeSendMsg` | ✓ | 1, 120001 to 130000 | `drop`, `replace` |
/// | `OfficialAccount.CallbackBefore…` | ✓ | 1, 120001 to 130000; a subscription: 1 | a subscription: `refuse`; a message: `drop`, `replace` |
/// | `Sns.CallbackPrev…` | ✓ | for each friend: 38000 to 39000 | `answer_each` |
/// | `Chatbot.OnC2CSignalMessage` | | | `data`, `ignore` |
#[derive(Debug)]
pub struct Before<'a, E> {
    callback: &'a Callback<'a>,
    event: Box<E>,
}

impl<'a, E> Before<'a, E> {
    pub(super) fn new(callback: &'a Callback<'a>, event: Box<E>) -> Self {
        Self { callback, event }
    }

    pub(super) fn callback(&self) -> &'a Callback<'a> {
        self.callback
    }

    /// The event that Tencent asks about.
    #[must_use]
    pub fn event(&self) -> &E {
        &self.event
    }

    /// Application, platform and address that the callback comes from.
    #[must_use]
    pub fn origin(&self) -> Origin<'a> {
        self.callback.origin()
    }
}

impl<E: Deny> Before<'_, E> {
    /// Allow it.
    #[must_use]
    pub fn allow(&self) -> Answer {
        Answer::ok()
    }

    /// Deny it. Tencent passes the code and the text on to the client, unless the code is 1.
    ///
    /// A code outside the command's range does not compile:
    ///
    /// ```compile_fail,E0080
    /// use tencent_chat_callbacks::{Ask, Callback};
    ///
    /// let callback = Callback::of("Group.CallbackBeforeCreateGroup", "{}").expect("an object");
    /// if let Some(Ask::GroupBeforeCreateGroup(ask)) = callback.ask() {
    ///     let _ = ask.deny::<10099>("No.");
    /// }
    /// ```
    #[must_use]
    pub fn deny<const CODE: u32>(&self, text: impl Into<Cow<'static, str>>) -> Answer {
        const { assert!(is_among(CODE, E::CODES), "the command is not denied with this code") };
        Answer::code(CODE, text.into())
    }

    /// Deny it with a code that is known only at run time, such as one from a configuration.
    ///
    /// # Errors
    /// If the code is outside the command's range.
    pub fn try_deny(&self, code: u32, text: impl Into<Cow<'static, str>>) -> Result<Answer, CodeError> {
        CodeError::check(code, E::CODES).map(|()| Answer::code(code, text.into()))
    }
}

impl<E: Message> Before<'_, E> {
    /// Drop the message silently: to the sender it looks sent.
    ///
    /// ```compile_fail,E0599
    /// use tencent_chat_callbacks::{Ask, Callback};
    ///
    /// let callback = Callback::of("Group.CallbackBeforeCreateGroup", "{}").expect("an object");
    /// if let Some(Ask::GroupBeforeCreateGroup(ask)) = callback.ask() {
    ///     let _ = ask.drop();
    /// }
    /// ```
    #[must_use]
    pub fn drop(&self) -> Answer {
        Answer::code(2, Cow::Borrowed(""))
    }

    /// Send these elements instead: new ones, texts, or elements of the event. An empty list replaces nothing,
    /// because a message needs at least one.
    #[must_use]
    pub fn replace(&self, elements: impl IntoIterator<Item = impl Into<Element>>) -> Answer {
        self.new_message(elements, None)
    }

    /// Replace `CloudCustomData`, the data that the app stores with the message. The elements stay.
    #[must_use]
    pub fn replace_cloud_custom_data(&self, data: impl Into<String>) -> Answer {
        self.new_message(Vec::<Element>::new(), Some(data.into()))
    }

    /// Replace both the elements and `CloudCustomData`.
    #[must_use]
    pub fn replace_with_cloud_custom_data(
        &self,
        elements: impl IntoIterator<Item = impl Into<Element>>,
        data: impl Into<String>,
    ) -> Answer {
        self.new_message(elements, Some(data.into()))
    }

    #[allow(clippy::unused_self, reason = "only this command has such an answer")]
    fn new_message(
        &self,
        elements: impl IntoIterator<Item = impl Into<Element>>,
        cloud_custom_data: Option<String>,
    ) -> Answer {
        let msg_body: Vec<_> = elements.into_iter().map(Into::into).collect();
        if msg_body.is_empty() && cloud_custom_data.is_none() {
            return Answer::ok();
        }
        Answer::ok().with(Extra::NewMessage(NewMessage { msg_body, cloud_custom_data }))
    }
}

impl<E: Refuse> Before<'_, E> {
    /// Allow it, except for these users. An empty list is the same as [`allow`](Self::allow).
    #[must_use]
    pub fn refuse(&self, accounts: impl IntoIterator<Item = impl Into<String>>) -> Answer {
        let accounts: Vec<_> = accounts.into_iter().map(Into::into).collect();
        if accounts.is_empty() {
            return Answer::ok();
        }
        let refused = if E::SUBSCRIBERS { Extra::RefusedSubscribers } else { Extra::RefusedMembers };
        Answer::ok().with(refused(accounts))
    }
}

impl Before<'_, sns::PrevFriendAdd<'_>> {
    /// Allow every friend.
    #[must_use]
    pub fn allow(&self) -> Answer {
        self.callback.answer()
    }

    /// Answer for each entry of `FriendItem`.
    #[must_use]
    pub fn answer_each(&self, mut answer: impl FnMut(&sns::FriendItem<'_>) -> FriendAnswer) -> Answer {
        let items = self.event.friend_item.iter();
        let items = items.map(|friend| answer(friend).into_result_item(&friend.to_account)).collect();
        Answer::ok().with(Extra::ResultItem(items))
    }
}

impl Before<'_, sns::PrevFriendResponse<'_>> {
    /// Allow every response.
    #[must_use]
    pub fn allow(&self) -> Answer {
        self.callback.answer()
    }

    /// Answer for each entry of `ResponseFriendItem`.
    #[must_use]
    pub fn answer_each(
        &self,
        mut answer: impl FnMut(&sns::ResponseFriendItem<'_>) -> FriendAnswer,
    ) -> Answer {
        let items = self.event.response_friend_item.iter();
        let items = items.map(|friend| answer(friend).into_result_item(&friend.to_account)).collect();
        Answer::ok().with(Extra::ResultItem(items))
    }
}

impl Before<'_, bot::OnC2cSignalMessage<'_>> {
    /// Pass this data to the robot (page 59057).
    #[must_use]
    pub fn data(&self, data: impl Into<Cow<'static, str>>) -> Answer {
        Answer::ok().with(Extra::RspData(data.into()))
    }

    /// Pass nothing to the robot.
    #[must_use]
    pub fn ignore(&self) -> Answer {
        self.callback.answer()
    }
}
