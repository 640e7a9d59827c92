//! Every documented command by name. The list is open: whatever is not in it is recorded by the same path.

/// A documented command and the page it is documented on. Where a command has no page of its own that is
/// known, it is the page of the list (34355).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Documented {
    /// The value of `CallbackCommand`.
    pub name: &'static str,
    /// The number of the documentation page.
    pub page: &'static str,
}

const fn on(page: &'static str, name: &'static str) -> Documented {
    Documented { name, page }
}

/// The 57 documented commands.
pub const DOCUMENTED: [Documented; 57] = [
    on("34369", "Group.CallbackAfterCreateGroup"),
    on("34377", "Group.CallbackAfterGroupDestroyed"),
    on("34378", "Group.CallbackAfterGroupInfoChanged"),
    on("34376", "Group.CallbackAfterGroupFull"),
    on("34375", "Group.CallbackAfterSendMsg"),
    on("34374", "Group.CallbackBeforeSendMsg"),
    on("34372", "Group.CallbackAfterNewMemberJoin"),
    on("34373", "Group.CallbackAfterMemberExit"),
    on("34368", "Group.CallbackBeforeCreateGroup"),
    on("34370", "Group.CallbackBeforeApplyJoinGroup"),
    on("34371", "Group.CallbackBeforeInviteJoinGroup"),
    on("48734", "Group.CallbackOnMemberStateChange"),
    on("49462", "Group.CallbackSendMsgException"),
    on("34355", "Group.CallbackBeforeCreateTopic"),
    on("34355", "Group.CallbackAfterCreateTopic"),
    on("34355", "Group.CallbackAfterTopicDestroyed"),
    on("34355", "Group.CallbackAfterTopicInfoChanged"),
    on("46979", "Group.CallbackAfterRecallMsg"),
    on("57455", "Group.CallbackOnDailyGroupQuotaAlarm"),
    on("60393", "Group.CallbackAfterMemberFieldChanged"),
    on("60394", "Group.CallbackAfterGroupAttrChanged"),
    on("60395", "Group.CallbackAfterReadReceipt"),
    on("60396", "Group.CallbackAfterChangeGroupOwner"),
    on("76007", "Group.CallbackAfterGroupMsgExtension"),
    on("34364", "C2C.CallbackBeforeSendMsg"),
    on("34355", "C2C.CallbackAfterSendMsg"),
    on("34355", "C2C.CallbackAfterMsgReport"),
    on("34355", "C2C.CallbackAfterMsgWithDraw"),
    on("76006", "C2C.CallbackAfterC2CMsgExtension"),
    on("34355", "State.StateChange"),
    on("34355", "Profile.CallbackPortraitSet"),
    on("34355", "Sns.CallbackPrevFriendAdd"),
    on("34355", "Sns.CallbackPrevFriendResponse"),
    on("34355", "Sns.CallbackFriendAdd"),
    on("34355", "Sns.CallbackFriendDelete"),
    on("34355", "Sns.CallbackBlackListAdd"),
    on("34355", "Sns.CallbackBlackListDelete"),
    on("34355", "Follow.CallbackAfterFollowAdd"),
    on("34355", "Follow.CallbackAfterFollowDelete"),
    on("68952", "Bot.OnC2CMessage"),
    on("68953", "Bot.OnGroupMessage"),
    on("59057", "Chatbot.OnC2CSignalMessage"),
    on("78240", "ContentCallback.ResultNotify"),
    on("60256", "Alert.RequestOverLimit"),
    on("269/102314", "OfficialAccount.CallbackBeforeCreateOfficialAccount"),
    on("269/102314", "OfficialAccount.CallbackAfterCreateOfficialAccount"),
    on("269/102314", "OfficialAccount.CallbackAfterOfficialAccountInfoChanged"),
    on("269/102314", "OfficialAccount.CallbackAfterOfficialAccountDestroyed"),
    on("269/102314", "OfficialAccount.CallbackBeforeAddSubscriber"),
    on("269/102314", "OfficialAccount.CallbackAfterAddSubscriber"),
    on("269/102314", "OfficialAccount.CallbackAfterOfficialAccountFull"),
    on("269/102314", "OfficialAccount.CallbackAfterDeleteSubscriber"),
    on("269/102314", "OfficialAccount.CallbackBeforeSendMsg"),
    on("269/102314", "OfficialAccount.CallbackAfterSendMsg"),
    on("269/102314", "OfficialAccount.CallbackAfterMsgWithDraw"),
    on("269/102567", "Push.OfflinePush"),
    on("269/102567", "Push.AllMemberPush"),
];

/// The documented command of this name.
#[must_use]
pub fn documented(name: &str) -> Option<Documented> {
    DOCUMENTED.into_iter().find(|command| command.name == name)
}

/// Whether a text can be a command: 1 to 128 of `[A-Za-z0-9._-]`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Whether Tencent asks before it acts, so that the reply decides: the last part of the name starts with
/// `CallbackBefore` or `CallbackPrev`.
#[must_use]
pub fn is_before(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.starts_with("CallbackBefore") || last.starts_with("CallbackPrev")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_has_57_names_of_which_11_come_before() {
        let names: HashSet<_> = DOCUMENTED.iter().map(|command| command.name).collect();
        assert_eq!(names.len(), 57);
        assert!(names.iter().all(|name| is_name(name)));
        assert_eq!(names.iter().filter(|name| is_before(name)).count(), 11);
        assert_eq!(names.iter().filter(|name| name.starts_with("Group.")).count(), 24);
    }

    #[test]
    fn a_name_is_1_to_128_of_its_characters() {
        let longest = "a".repeat(128);
        for name in ["a", "Live.CallbackAfterCreateRoom", "x-1_y.", longest.as_str()] {
            assert!(is_name(name), "{name}");
        }
        let too_long = "a".repeat(129);
        for text in ["", "a b", "a#b", "群", "a/b", "a\n", too_long.as_str()] {
            assert!(!is_name(text), "{text:?}");
        }
    }

    #[test]
    fn before_is_told_by_the_last_part() {
        for (name, before) in [
            ("Live.CallbackBeforeSendGift", true),
            ("Sns.CallbackPrevFriendAdd", true),
            ("CallbackBeforeAnything", true),
            ("CallbackBefore.After", false),
            ("Group.CallbackAfterBefore", false),
            ("Group.Before", false),
        ] {
            assert_eq!(is_before(name), before, "{name}");
        }
    }
}
