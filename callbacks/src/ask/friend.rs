//! The answer for one friend (pages 43468, 43467).

use std::borrow::Cow;

use super::codes::CodeError;
use crate::answer::{
    ResultItem,
    rule::{FRIEND, is_among},
};

/// The answer for one entry of `FriendItem` or `ResponseFriendItem`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct FriendAnswer {
    code: u32,
    info: Cow<'static, str>,
}

impl FriendAnswer {
    /// Allow it.
    pub const fn allow() -> Self {
        Self { code: 0, info: Cow::Borrowed("") }
    }

    /// Deny it. Tencent passes the code and the text on to the client. A code outside of 38000 to 39000 does not
    /// compile:
    ///
    /// ```compile_fail,E0080
    /// let denied = tencent_chat_callbacks::FriendAnswer::deny::<1>("No.");
    /// ```
    pub fn deny<const CODE: u32>(text: impl Into<Cow<'static, str>>) -> Self {
        const { assert!(is_among(CODE, FRIEND), "a friend is not denied with this code") };
        Self { code: CODE, info: text.into() }
    }

    /// Deny it with a code that is known only at run time.
    ///
    /// # Errors
    /// If the code is outside of 38000 to 39000.
    pub fn try_deny(code: u32, text: impl Into<Cow<'static, str>>) -> Result<Self, CodeError> {
        CodeError::check(code, FRIEND).map(|()| Self { code, info: text.into() })
    }

    pub(super) fn into_result_item(self, to_account: &str) -> ResultItem {
        ResultItem { to_account: to_account.to_owned(), code: self.code, info: self.info }
    }
}
