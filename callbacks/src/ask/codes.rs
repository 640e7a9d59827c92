//! The codes that deny a command, and the kinds of commands.

use std::{error::Error, fmt};

use super::sealed::Sealed;
use crate::{
    answer::rule::{codes_of, in_words, is_among},
    event::{c2c, group, official_account},
};

/// An event whose command is allowed or denied. Sealed, because Tencent decides which commands these are.
pub trait Deny: Sealed {
    /// The codes that deny it, as ranges with both ends.
    const CODES: &'static [(u32, u32)];
}

/// An event that sends a message. Sealed.
pub trait Message: Deny {}

/// An event with several users. Single users can be refused. Sealed.
pub trait Refuse: Deny {
    #[doc(hidden)]
    const SUBSCRIBERS: bool;
}

/// A code that does not deny the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeError {
    code: u32,
    codes: &'static [(u32, u32)],
}

/// Declares the events that can be denied, with their commands.
macro_rules! deny {
    ($($event:ty: $command:literal;)*) => {
        $(
            impl Sealed for $event {}

            impl Deny for $event {
                const CODES: &'static [(u32, u32)] = codes_of($command);
            }
        )*
    };
}

deny! {
    group::BeforeCreateGroup<'_>: "Group.CallbackBeforeCreateGroup";
    group::BeforeApplyJoinGroup<'_>: "Group.CallbackBeforeApplyJoinGroup";
    group::BeforeInviteJoinGroup<'_>: "Group.CallbackBeforeInviteJoinGroup";
    group::BeforeSendMsg<'_>: "Group.CallbackBeforeSendMsg";
    group::BeforeCreateTopic<'_>: "Group.CallbackBeforeCreateTopic";
    c2c::BeforeSendMsg<'_>: "C2C.CallbackBeforeSendMsg";
    official_account::BeforeCreateOfficialAccount<'_>: "OfficialAccount.CallbackBeforeCreateOfficialAccount";
    official_account::BeforeAddSubscriber<'_>: "OfficialAccount.CallbackBeforeAddSubscriber";
    official_account::BeforeSendMsg<'_>: "OfficialAccount.CallbackBeforeSendMsg";
}

impl Message for group::BeforeSendMsg<'_> {}
impl Message for c2c::BeforeSendMsg<'_> {}
impl Message for official_account::BeforeSendMsg<'_> {}

impl Refuse for group::BeforeInviteJoinGroup<'_> {
    const SUBSCRIBERS: bool = false;
}

impl Refuse for official_account::BeforeAddSubscriber<'_> {
    const SUBSCRIBERS: bool = true;
}

impl CodeError {
    pub(super) fn check(code: u32, codes: &'static [(u32, u32)]) -> Result<(), Self> {
        if is_among(code, codes) { Ok(()) } else { Err(Self { code, codes }) }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not deny this command; its codes are {}", self.code, in_words(self.codes))
    }
}

impl Error for CodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_ranges_match_the_pages() {
        for (codes, inside, outside) in [
            (group::BeforeCreateGroup::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (group::BeforeApplyJoinGroup::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (group::BeforeInviteJoinGroup::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (group::BeforeSendMsg::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (group::BeforeCreateTopic::CODES, [1, 10_100, 10_200], [0, 2, 10_099, 10_201]),
            (c2c::BeforeSendMsg::CODES, [1, 120_001, 130_000], [0, 2, 120_000, 130_001]),
            (
                official_account::BeforeCreateOfficialAccount::CODES,
                [1, 120_001, 130_000],
                [0, 2, 120_000, 130_001],
            ),
            (official_account::BeforeSendMsg::CODES, [1, 120_001, 130_000], [0, 2, 120_000, 130_001]),
            (official_account::BeforeAddSubscriber::CODES, [1, 1, 1], [0, 2, 10_100, 120_001]),
        ] {
            assert!(inside.into_iter().all(|code| CodeError::check(code, codes).is_ok()), "{codes:?}");
            assert!(outside.into_iter().all(|code| CodeError::check(code, codes).is_err()), "{codes:?}");
        }
        let error = CodeError::check(7, group::BeforeSendMsg::CODES).expect_err("7 is not a code");
        assert_eq!(error.to_string(), "7 does not deny this command; its codes are 1, 10100 to 10200");
    }
}
