//! The kinds of chat that Tencent has files of.

use std::fmt;

/// `ChatType` of Tencent's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChatType {
    C2c,
    Group,
}

impl ChatType {
    pub(super) const ALL: [Self; 2] = [Self::C2c, Self::Group];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::C2c => "C2C",
            Self::Group => "Group",
        }
    }

    /// The callback that records a message.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::C2c => "C2C.CallbackAfterSendMsg",
            Self::Group => "Group.CallbackAfterSendMsg",
        }
    }
}

impl fmt::Display for ChatType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
