//! The answers that each before-callback has, in one table.

/// Ranges of codes, with both ends.
pub(crate) type Codes = &'static [(u32, u32)];

/// The codes that deny one friend (pages 43468, 43467).
pub(crate) const FRIEND: Codes = &[(38_000, 39_000)];

const GROUP: Codes = &[(1, 1), (10_100, 10_200)];
const C2C: Codes = &[(1, 1), (120_001, 130_000)];
const ONE: Codes = &[(1, 1)];

/// The answers that a command has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// The values of `ErrorCode` besides 0, which allows.
    pub(crate) codes: Codes,
    pub(crate) extra: Allowed,
}

/// The further fields of a command's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    Nothing,
    /// `MsgBody` and `CloudCustomData`, which replace the message. `ErrorCode` 2 drops it.
    Message,
    /// A list of refused users, with this name.
    Refused(&'static str),
    /// `ResultItem`, with an entry for each entry of this list in the callback.
    Friends(&'static str),
    /// `RspData`, which `ErrorCode` 1 ignores (page 59057).
    Robot,
}

/// The answer of an after-callback.
const AFTER: Rule = rule(&[], Allowed::Nothing);

const fn rule(codes: Codes, extra: Allowed) -> Rule {
    Rule { codes, extra }
}

const RULES: [(&str, Rule); 12] = [
    ("Group.CallbackBeforeCreateGroup", rule(GROUP, Allowed::Nothing)),
    ("Group.CallbackBeforeApplyJoinGroup", rule(GROUP, Allowed::Nothing)),
    ("Group.CallbackBeforeInviteJoinGroup", rule(GROUP, Allowed::Refused("RefusedMembers_Account"))),
    ("Group.CallbackBeforeSendMsg", rule(GROUP, Allowed::Message)),
    ("Group.CallbackBeforeCreateTopic", rule(GROUP, Allowed::Nothing)),
    ("C2C.CallbackBeforeSendMsg", rule(C2C, Allowed::Message)),
    ("Sns.CallbackPrevFriendAdd", rule(&[], Allowed::Friends("FriendItem"))),
    ("Sns.CallbackPrevFriendResponse", rule(&[], Allowed::Friends("ResponseFriendItem"))),
    ("OfficialAccount.CallbackBeforeCreateOfficialAccount", rule(C2C, Allowed::Nothing)),
    (
        "OfficialAccount.CallbackBeforeAddSubscriber",
        rule(ONE, Allowed::Refused("RefusedSubscribers_Account")),
    ),
    ("OfficialAccount.CallbackBeforeSendMsg", rule(C2C, Allowed::Message)),
    ("Chatbot.OnC2CSignalMessage", rule(ONE, Allowed::Robot)),
];

impl Rule {
    /// The rule of a documented command.
    pub(crate) fn of(command: &str) -> Self {
        RULES.iter().find(|(name, _)| *name == command).map_or(AFTER, |(_, rule)| *rule)
    }
}

/// The codes that deny a before-callback. Another command does not compile.
pub(crate) const fn codes_of(command: &str) -> Codes {
    let mut row = 0;
    while row < RULES.len() {
        if is_equal(RULES[row].0.as_bytes(), command.as_bytes()) {
            return RULES[row].1.codes;
        }
        row += 1;
    }
    panic!("not a before-callback")
}

/// `==` does not compile in a constant.
const fn is_equal(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([a, one @ ..], [b, other @ ..]) if *a == *b => is_equal(one, other),
        _ => false,
    }
}

/// Whether a code is in one of the ranges.
pub(crate) const fn is_among(code: u32, ranges: &[(u32, u32)]) -> bool {
    let mut rest = ranges;
    while let [(first, last), more @ ..] = rest {
        if *first <= code && code <= *last {
            return true;
        }
        rest = more;
    }
    false
}

/// The ranges in words: "1, 10100 to 10200".
pub(crate) fn in_words(ranges: &[(u32, u32)]) -> String {
    let range = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first} to {last}") }
    };
    ranges.iter().map(range).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Command, is_before_callback};

    #[test]
    fn each_before_callback_has_a_rule() {
        let rules: Vec<_> = RULES.iter().map(|(name, _)| *name).collect();
        let mut before: Vec<_> =
            Command::ALL.iter().map(|command| command.name).filter(|name| is_before_callback(name)).collect();
        before.sort_by_key(|name| rules.iter().position(|rule| rule == name));
        assert_eq!(rules, before);
    }
}
