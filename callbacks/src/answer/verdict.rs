//! The decisions that each kind of command allows.

use std::{borrow::Cow, marker::PhantomData};

use super::{
    json::{Answer, Further, ResultItem},
    message::NewMessage,
};

/// A decision on a command of kind `K`. Only the decisions that this kind supports compile.
///
/// | `K` | `allow` | `deny` with | further |
/// |---|---|---|---|
/// | [`GroupAction`] | ✓ | 1, 10100 to 10200 | |
/// | [`GroupInvitation`] | ✓ | 1, 10100 to 10200 | `refuse` |
/// | [`GroupMessage`] | ✓ | 1, 10100 to 10200 | `drop`, `replace` |
/// | [`C2cMessage`] | ✓ | 1, 120001 to 130000 | `drop`, `replace` |
/// | [`OfficialAccountAction`] | ✓ | 1, 120001 to 130000 | |
/// | [`Subscription`] | ✓ | 1 | `refuse` |
/// | [`OfficialAccountMessage`] | ✓ | 1, 120001 to 130000 | `drop`, `replace` |
/// | [`Friend`] | ✓ | 38000 to 39000 | |
/// | [`Signal`] | | | `pass`, `ignore` |
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Verdict<K> {
    answer: Answer,
    kind: PhantomData<K>,
}

const GROUP: &[(u32, u32)] = &[(1, 1), (10_100, 10_200)];
const C2C: &[(u32, u32)] = &[(1, 1), (120_001, 130_000)];

/// A kind of command that is allowed or denied.
pub trait Deny {
    /// The codes that deny it, as ranges with both ends.
    const CODES: &'static [(u32, u32)];
}

/// A kind of command that sends a message.
pub trait Message: Deny {}

/// A kind of command on several users, where single users can be refused.
pub trait Refuse: Deny {
    #[doc(hidden)]
    const SUBSCRIBERS: bool;
}

/// To pass data to a robot (page 59057).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {}

/// Declares each kind that can be denied, with its codes.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $codes:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $kind {}

            impl Deny for $kind {
                const CODES: &'static [(u32, u32)] = $codes;
            }
        )*
    };
}

kinds! {
    /// To create a group (page 34368) or a topic (page 49463), or to apply to join a group (page 34370).
    GroupAction: GROUP;
    /// To add users to a group (page 34371).
    GroupInvitation: GROUP;
    /// To send a message to a group (page 34374).
    GroupMessage: GROUP;
    /// To send a message to a user (page 34364).
    C2cMessage: C2C;
    /// To create an official account (page 60795).
    OfficialAccountAction: C2C;
    /// To subscribe to an official account (page 60799).
    Subscription: &[(1, 1)];
    /// To send an official account's message (page 60803).
    OfficialAccountMessage: C2C;
    /// To become friends with one user (pages 43468, 43467).
    Friend: &[(38_000, 39_000)];
}

impl Message for GroupMessage {}
impl Message for C2cMessage {}
impl Message for OfficialAccountMessage {}

impl Refuse for GroupInvitation {
    const SUBSCRIBERS: bool = false;
}

impl Refuse for Subscription {
    const SUBSCRIBERS: bool = true;
}

impl<K> Verdict<K> {
    fn new(answer: Answer) -> Self {
        Self { answer, kind: PhantomData }
    }
}

impl<K: Deny> Verdict<K> {
    /// Allow it.
    pub fn allow() -> Self {
        Self::new(Answer::plain())
    }

    /// Deny it. Tencent passes the code and the text on to the client, unless the code is 1.
    ///
    /// A code outside the command's range does not compile:
    ///
    /// ```compile_fail,E0080
    /// use tencent_chat_callbacks::answer::{GroupAction, Verdict};
    ///
    /// let verdict: Verdict<GroupAction> = Verdict::deny::<10099>("No.");
    /// ```
    pub fn deny<const CODE: u32>(text: impl Into<Cow<'static, str>>) -> Self {
        const { assert!(is_among(CODE, K::CODES), "the command is not denied with this code") };
        Self::new(Answer::code(CODE, text.into()))
    }
}

impl<K: Message> Verdict<K> {
    /// Drop the message silently: to the sender it looks sent.
    ///
    /// ```compile_fail,E0277
    /// use tencent_chat_callbacks::answer::{GroupAction, Verdict};
    ///
    /// let verdict: Verdict<GroupAction> = Verdict::drop();
    /// ```
    pub fn drop() -> Self {
        Self::new(Answer::code(2, Cow::Borrowed("")))
    }

    /// Send this message instead.
    pub fn replace(message: impl Into<NewMessage>) -> Self {
        Self::new(Answer::plain().with(Further::NewMessage(message.into())))
    }
}

impl<K: Refuse> Verdict<K> {
    /// Allow it, except for these users. An empty list is the same as [`allow`](Self::allow).
    pub fn refuse(accounts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let accounts: Vec<_> = accounts.into_iter().map(Into::into).collect();
        if accounts.is_empty() {
            return Self::allow();
        }
        let refused = if K::SUBSCRIBERS { Further::RefusedSubscribers } else { Further::RefusedMembers };
        Self::new(Answer::plain().with(refused(accounts)))
    }
}

impl Verdict<Signal> {
    /// Pass this data to the robot.
    pub fn pass(data: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Answer::plain().with(Further::RspData(data.into())))
    }

    /// Pass nothing to the robot.
    pub fn ignore() -> Self {
        Self::new(Answer::code(1, Cow::Borrowed("")).with(Further::RspData(Cow::Borrowed(""))))
    }
}

impl Verdict<Friend> {
    pub(super) fn about(self, to_account: impl Into<String>) -> ResultItem {
        self.answer.about(to_account.into())
    }
}

impl<K> From<Verdict<K>> for Answer {
    fn from(verdict: Verdict<K>) -> Self {
        verdict.answer
    }
}

const fn is_among(code: u32, ranges: &[(u32, u32)]) -> bool {
    let mut rest = ranges;
    while let [(first, last), further @ ..] = rest {
        if *first <= code && code <= *last {
            return true;
        }
        rest = further;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_ranges_match_the_pages() {
        for (codes, inside, outside) in [
            (GroupAction::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (GroupInvitation::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (GroupMessage::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (C2cMessage::CODES, [1, 120_001, 130_000], [0, 2, 120_000, 130_001]),
            (OfficialAccountAction::CODES, [1, 120_001, 130_000], [0, 2, 120_000, 130_001]),
            (OfficialAccountMessage::CODES, [1, 120_001, 130_000], [0, 2, 120_000, 130_001]),
            (Subscription::CODES, [1, 1, 1], [0, 2, 10_100, 120_001]),
            (Friend::CODES, [38_000, 38_500, 39_000], [0, 1, 37_999, 39_001]),
        ] {
            assert!(inside.into_iter().all(|code| is_among(code, codes)), "{codes:?}");
            assert!(!outside.into_iter().any(|code| is_among(code, codes)), "{codes:?}");
        }
    }
}
