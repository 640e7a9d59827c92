//! The identity of a message, in Tencent's files and in recorded bodies.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tencent_chat_callbacks::value::{Flag, Number, Seconds};

use super::ChatType;

/// The length of a key. Two of a billion messages have the same one with a probability of one in 10^20.
const KEY_BYTES: usize = 16;

/// A message's identity, hashed: there may be millions.
pub(super) type Key = [u8; KEY_BYTES];

/// The fields that identify a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    #[serde(rename = "From_Account")]
    from_account: Option<String>,
    #[serde(rename = "To_Account")]
    to_account: Option<String>,
    group_id: Option<String>,
    topic_id: Option<String>,
    msg_seq: Option<Number>,
    /// The random number of a one-to-one message.
    msg_random: Option<Number>,
    /// The random number of a group message. Tencent's files do not have it.
    random: Option<Number>,
    /// The time, under its name in callbacks.
    msg_time: Option<Seconds>,
    /// The time, under its name in Tencent's files.
    #[serde(alias = "MsgTimeStamp")]
    msg_timestamp: Option<Seconds>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    online_only_flag: Option<Flag>,
    send_msg_result: Option<Number>,
}

impl Message {
    pub(super) fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The identity; `None` if fields are missing.
    pub(super) fn key(&self, chat_type: ChatType) -> Option<Key> {
        match chat_type {
            // One request can send a message to many users, all with the same numbers.
            ChatType::C2c => {
                let users = (self.from_account.as_ref()?, self.to_account.as_ref()?);
                Some(hash(&(users, self.numbers()?)))
            }
            ChatType::Group => {
                let topic = self.topic_id.as_ref().filter(|topic| !topic.is_empty());
                let Number(seq) = self.msg_seq?;
                Some(hash(&(topic.or(self.group_id.as_ref())?, seq)))
            }
        }
    }

    /// The identity of a recorded message. It also distinguishes messages with the same number, of two groups with the
    /// same id.
    pub(super) fn recorded_key(&self, chat_type: ChatType) -> Option<Key> {
        let key = self.key(chat_type)?;
        match chat_type {
            ChatType::C2c => Some(key),
            ChatType::Group => {
                let random = self.random.map(|Number(random)| random);
                Some(hash(&(key, random, self.seconds())))
            }
        }
    }

    /// The identity without the users: `erase` may have replaced one of them.
    pub(super) fn key_without_users(&self, chat_type: ChatType) -> Option<Key> {
        match chat_type {
            ChatType::C2c => Some(hash(&self.numbers()?)),
            ChatType::Group => self.key(chat_type),
        }
    }

    fn numbers(&self) -> Option<(i64, i64, i64)> {
        let (Number(seq), Number(random), seconds) = (self.msg_seq?, self.msg_random?, self.seconds()?);
        Some((seq, random, seconds))
    }

    pub(super) fn seconds(&self) -> Option<i64> {
        self.msg_time.or(self.msg_timestamp).map(|Seconds(seconds)| seconds)
    }

    /// Whether Tencent keeps it.
    pub(super) fn is_kept(&self) -> bool {
        self.online_only_flag != Some(Flag(true))
            && self.send_msg_result.is_none_or(|Number(code)| code == 0)
            && self.kind.as_deref() != Some("AVChatRoom")
    }
}

fn hash(identity: &impl serde::Serialize) -> Key {
    let mut key = [0; KEY_BYTES];
    // These values have a form in JSON.
    let json = serde_json::to_vec(identity).unwrap_or_default();
    key.copy_from_slice(&Sha256::digest(json)[..KEY_BYTES]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(chat_type: ChatType, json: &str) -> Option<Key> {
        Message::parse(json).and_then(|message| message.key(chat_type))
    }

    #[test]
    fn callback_and_file_have_the_same_key() {
        let c2c = key(
            ChatType::C2c,
            r#"{"From_Account":"a","To_Account":"b","MsgSeq":1,"MsgRandom":2,"MsgTime":3}"#,
        );
        for (json, expected) in [
            (
                r#"{"From_Account":"a","To_Account":"b","MsgSeq":1,"MsgRandom":2,"MsgTimestamp":3,"MsgBody":[]}"#,
                true,
            ),
            (
                r#"{"From_Account":"a","To_Account":"b","MsgSeq":"1","MsgRandom":"2","MsgTimeStamp":"3"}"#,
                true,
            ),
            (r#"{"From_Account":"a","To_Account":"c","MsgSeq":1,"MsgRandom":2,"MsgTimestamp":3}"#, false),
            (r#"{"From_Account":"b","To_Account":"a","MsgSeq":1,"MsgRandom":2,"MsgTimestamp":3}"#, false),
            (r#"{"From_Account":"a","To_Account":"b","MsgSeq":1,"MsgRandom":2,"MsgTimestamp":4}"#, false),
            (r#"{"From_Account":"a","To_Account":"b","MsgSeq":1,"MsgRandom":2}"#, false),
        ] {
            assert_eq!(key(ChatType::C2c, json) == c2c, expected, "{json}");
        }
        assert!(c2c.is_some());
    }

    #[test]
    fn message_in_a_topic_is_known_by_its_topic() {
        let group = |json| key(ChatType::Group, json);
        let in_topic = group(r#"{"GroupId":"g","TopicId":"t","MsgSeq":1}"#);
        assert!(in_topic.is_some());
        assert_eq!(in_topic, group(r#"{"GroupId":"t","MsgSeq":1,"MsgTimestamp":3}"#));
        assert_ne!(in_topic, group(r#"{"GroupId":"g","MsgSeq":1}"#));
        assert_eq!(
            group(r#"{"GroupId":"g","TopicId":"","MsgSeq":1}"#),
            group(r#"{"GroupId":"g","MsgSeq":1}"#)
        );
    }

    #[test]
    fn message_that_tencent_does_not_keep_is_recognised() {
        for (json, expected) in [
            (r#"{"OnlineOnlyFlag":0,"SendMsgResult":0,"Type":"Public"}"#, true),
            ("{}", true),
            (r#"{"OnlineOnlyFlag":1}"#, false),
            (r#"{"SendMsgResult":20001}"#, false),
            (r#"{"Type":"AVChatRoom"}"#, false),
        ] {
            assert_eq!(Message::parse(json).map(|message| message.is_kept()), Some(expected), "{json}");
        }
    }
}
