//! The decisions that Tencent waits for.
//!
//! For 12 commands, the before-callbacks, Tencent asks first and follows the answer. [`Ask`] has a variant for each of
//! them, named like the variant of [`Event`]. It offers only the answers that its command supports: a code outside
//! the range of the command's page, or a replaced message where there is none, does not compile.
//!
//! ```
//! use tencent_chat_callbacks::{Answer, Ask, Callback, Element, FriendAnswer};
//!
//! fn decide(ask: Ask<'_>) -> Answer {
//!     match ask {
//!         Ask::GroupBeforeCreateGroup(ask) if ask.event().name.contains("casino") => {
//!             ask.deny::<10101>("No casinos.")
//!         }
//!         Ask::GroupBeforeInviteJoinGroup(ask) => {
//!             let accounts = ask.event().destination_members.iter().map(|member| &member.member_account);
//!             ask.refuse(accounts.filter(|account| account.starts_with("guest")))
//!         }
//!         Ask::C2cBeforeSendMsg(ask) => ask.replace(ask.event().msg_body.iter().map(|element| {
//!             match element.text() {
//!                 Some(text) => Element::text(text.replace("heck", "h***")),
//!                 None => element.into(),
//!             }
//!         })),
//!         Ask::SnsPrevFriendAdd(ask) => ask.answer_each(|friend| match &*friend.to_account {
//!             "admin" => FriendAnswer::deny::<38001>("Please write to the help desk."),
//!             _ => FriendAnswer::allow(),
//!         }),
//!         ask => ask.answer(),
//!     }
//! }
//!
//! let body = r#"{"Operator_Account":"a","Owner_Account":"a","Type":"Public","Name":"My casino"}"#;
//! let callback = Callback::of("Group.CallbackBeforeCreateGroup", body)?;
//! let answer = decide(callback.ask().expect("a before-callback"));
//! assert_eq!(answer.json(), r#"{"ActionStatus":"OK","ErrorInfo":"No casinos.","ErrorCode":10101}"#);
//! # Ok::<(), tencent_chat_callbacks::Refusal>(())
//! ```

use crate::{
    answer::Answer,
    callback::Callback,
    event::{Event, bot, c2c, group, official_account, sns},
    origin::Origin,
};

mod before;
mod codes;
mod friend;
mod sealed;
pub use before::Before;
pub use codes::{CodeError, Deny, Message, Refuse};
pub use friend::FriendAnswer;

/// Declares a variant for each before-callback.
macro_rules! asks {
    ($($ask:ident($payload:ty);)*) => {
        /// A before-callback of its documented shape: Tencent waits for one of its answers.
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum Ask<'a> {
            $(
                #[doc = concat!("See [`Event::", stringify!($ask), "`].")]
                $ask(Before<'a, $payload>),
            )*
        }

        impl<'a> Ask<'a> {
            /// `None` if Tencent does not wait for a decision on this event.
            pub(crate) fn new(callback: &'a Callback<'a>, event: Event<'a>) -> Option<Self> {
                match event {
                    $(Event::$ask(event) => Some(Self::$ask(Before::new(callback, event))),)*
                    _ => None,
                }
            }

            fn callback(&self) -> &'a Callback<'a> {
                match self {
                    $(Self::$ask(ask) => ask.callback(),)*
                }
            }
        }
    };
}

asks! {
    GroupBeforeCreateGroup(group::BeforeCreateGroup<'a>);
    GroupBeforeApplyJoinGroup(group::BeforeApplyJoinGroup<'a>);
    GroupBeforeInviteJoinGroup(group::BeforeInviteJoinGroup<'a>);
    GroupBeforeSendMsg(group::BeforeSendMsg<'a>);
    GroupBeforeCreateTopic(group::BeforeCreateTopic<'a>);
    C2cBeforeSendMsg(c2c::BeforeSendMsg<'a>);
    SnsPrevFriendAdd(sns::PrevFriendAdd<'a>);
    SnsPrevFriendResponse(sns::PrevFriendResponse<'a>);
    OfficialAccountBeforeCreateOfficialAccount(official_account::BeforeCreateOfficialAccount<'a>);
    OfficialAccountBeforeAddSubscriber(official_account::BeforeAddSubscriber<'a>);
    OfficialAccountBeforeSendMsg(official_account::BeforeSendMsg<'a>);
    ChatbotOnC2cSignalMessage(bot::OnC2cSignalMessage<'a>);
}

impl Ask<'_> {
    /// The default answer, which changes nothing.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.callback().answer()
    }

    /// Application, platform and address that the callback comes from.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        self.callback().origin()
    }

    /// `CallbackCommand`
    #[must_use]
    pub fn command(&self) -> &str {
        self.callback().command()
    }
}

impl Callback<'_> {
    /// The decision that Tencent waits for. `None` if this is not a before-callback, or its body does
    /// not have the documented shape.
    #[must_use]
    pub fn ask(&self) -> Option<Ask<'_>> {
        if crate::event::is_before_callback(self.command()) {
            Ask::new(self, self.event().ok()?)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
