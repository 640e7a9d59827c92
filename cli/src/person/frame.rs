//! What is known of an object while its fields are read.

use std::ops::Range;

/// The names of fields in the app's data that hold words of a user, or the user's name.
const WORDS: [&str; 7] = ["abstract", "content", "text", "summary", "nick", "name", "avatar"];

/// An object or an array that is being read.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) begin: usize,
    /// The name of the field that it is in.
    pub(super) name: String,
    /// The person is in a field of it.
    pub(super) has_person: bool,
    /// The person is in `From_Account`.
    pub(super) is_by_person: bool,
    /// The strings of the app's data that may be the person's words.
    pub(super) words: Vec<Range<usize>>,
    /// Where `MsgBody` is.
    pub(super) msg_body: Option<Range<usize>>,
    /// Where `AbstractList` is: the first lines of a merged forward.
    pub(super) abstract_list: Option<Range<usize>>,
    /// A message of the person was emptied in it.
    pub(super) has_emptied: bool,
}

/// Whether a field of the app's data may hold a user's words.
pub(super) fn holds_words(name: &str) -> bool {
    let name = name.to_lowercase();
    WORDS.iter().any(|word| name.contains(word)) && !name.ends_with("id") && !name.ends_with("type")
}

/// Whether the name of a field of the app's data says that it holds a user.
pub(super) fn says_user(name: &str) -> bool {
    let name = name.to_lowercase();
    ["account", "user", "uid", "sender", "member"].iter().any(|word| name.contains(word))
}
