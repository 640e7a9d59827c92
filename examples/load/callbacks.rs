//! The callbacks to send: their contents and their order, including repeats.

use sha2::{Digest, Sha256};
use support::requests::{SDK_APPID, signed};

pub(crate) const TOKEN: &str = "load-token";

/// Of ten callbacks, this many repeat an earlier one: 30 %.
const REPEATS: [usize; 3] = [4, 7, 9];

/// The greatest distance of a repeat, in callbacks.
const REACH: usize = 2000;

/// One in this many callbacks is too large for an item.
const LARGE: usize = 1000;

/// The commands in turn: before- and after-callbacks, documented and undocumented.
const COMMANDS: [&str; 8] = [
    "Group.CallbackAfterCreateGroup",
    "Group.CallbackAfterGroupDestroyed",
    "Group.CallbackAfterGroupInfoChanged",
    "Group.CallbackAfterGroupFull",
    "Group.CallbackBeforeSendMsg",
    "Group.CallbackAfterSendMsg",
    "C2C.CallbackAfterSendMsg",
    "Custom.CallbackAfterSomething",
];

/// The order in which callbacks are sent.
pub(crate) struct Plan {
    /// Numbers of callbacks; a repeated callback occurs several times.
    pub(crate) order: Vec<usize>,
    /// The number of different callbacks. They are numbered from 0.
    pub(crate) unique: usize,
}

impl Plan {
    pub(crate) fn new(count: usize) -> Self {
        let (mut order, mut unique) = (Vec::with_capacity(count), 0);
        for index in 0..count {
            if REPEATS.contains(&(index % 10)) {
                order.push(unique - 1 - random(index) % unique.min(REACH));
            } else {
                order.push(unique);
                unique += 1;
            }
        }
        Self { order, unique }
    }
}

/// Whether the callback with this number is a before-callback.
pub(crate) fn is_before(number: usize) -> bool {
    tencent_chat_callbacks::event::is_before_callback(COMMANDS[number % COMMANDS.len()])
}

/// The body of the callback with this number. All bodies differ.
pub(crate) fn body(number: usize) -> String {
    let command = COMMANDS[number % COMMANDS.len()];
    let members = if number % LARGE == LARGE - 1 { 9000 } else { number % 20 };
    let members: Vec<_> = (0..members)
        .map(|member| format!(r#"{{"Member_Account":"account-{number}-of-member-{member:08}"}}"#))
        .collect();
    format!(
        r#"{{"CallbackCommand":"{command}","EventTime":{},"GroupId":"@TGS#{}","MemberList":[{}],"Name":"群 {number}"}}"#,
        1_790_000_000_000 + number / 3,
        number % 5000,
        members.join(",")
    )
}

/// The query string that Tencent would append now.
pub(crate) fn query(number: usize) -> String {
    signed(SDK_APPID, COMMANDS[number % COMMANDS.len()], TOKEN)
}

/// A number that looks random but is the same in each run.
pub(crate) fn random(seed: usize) -> usize {
    let digest = Sha256::digest(seed.to_le_bytes());
    digest[..4].iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
