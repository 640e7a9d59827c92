//! The kinds of groups.

use crate::value::words::words;

words! {
    /// A kind of group. It decides who may join, how many, and how long messages are kept.
    GroupKind {
        /// `Work`: users join by the invitation of a member.
        Work = "Work",
        /// `Public`: users apply, and the owner or an administrator approves.
        Public = "Public",
        /// `Meeting`: users come and go freely.
        Meeting = "Meeting",
        /// `AVChatRoom`: the chat of a live stream; it has no limit of members.
        AvChatRoom = "AVChatRoom",
        /// `Community`: a very large group, which can have topics.
        Community = "Community",
        /// `Private`: the older name of [`Self::Work`].
        Private = "Private",
        /// `ChatRoom`: the older name of [`Self::Meeting`].
        ChatRoom = "ChatRoom",
    }
}
