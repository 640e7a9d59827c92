//! What a callback that asks is told: **this is the file to edit.**
//!
//! Tencent asks before it acts ("before" callbacks), and [`Answers`] decides. As it stands, everything is
//! allowed. To decide otherwise, write the method of that command into `impl Decide for Answers`; [`Decide`]
//! lists all twelve. The event comes typed, and the method's return type has only what its command can
//! express: a code that is not in the range of the command's page, or a message replaced where there is none,
//! does not compile.
//!
//! ```
//! use tencent_chat_webhook::{
//!     answer::{C2cMessage, Decide, Element, Friend, GroupAction, GroupInvitation, GroupMessage, Verdict},
//!     event::{c2c, group, message::MsgElem, sns},
//! };
//!
//! #[derive(Debug)]
//! struct Answers;
//!
//! impl Decide for Answers {
//!     fn group_before_create_group(&self, event: &group::BeforeCreateGroup<'_>) -> Verdict<GroupAction> {
//!         if event.name.contains("casino") {
//!             return Verdict::deny::<10101>("No casinos.");
//!         }
//!         Verdict::allow()
//!     }
//!
//!     fn group_before_send_msg(&self, event: &group::BeforeSendMsg<'_>) -> Verdict<GroupMessage> {
//!         let mut texts = event.msg_body.iter().filter_map(MsgElem::text);
//!         if texts.any(|text| text.contains("buy now")) {
//!             return Verdict::drop();
//!         }
//!         Verdict::allow()
//!     }
//!
//!     fn c2c_before_send_msg(&self, event: &c2c::BeforeSendMsg<'_>) -> Verdict<C2cMessage> {
//!         let mild = |element: &MsgElem<'_>| match element.text() {
//!             Some(text) => Element::text(text.replace("heck", "h***")),
//!             None => element.into(),
//!         };
//!         Verdict::replace(event.msg_body.iter().map(mild).collect::<Vec<_>>())
//!     }
//!
//!     fn group_before_invite_join_group(
//!         &self,
//!         event: &group::BeforeInviteJoinGroup<'_>,
//!     ) -> Verdict<GroupInvitation> {
//!         let accounts = event.destination_members.iter().map(|member| &member.member_account);
//!         Verdict::refuse(accounts.filter(|account| account.starts_with("guest")))
//!     }
//!
//!     fn sns_prev_friend_add(
//!         &self,
//!         _: &sns::PrevFriendAdd<'_>,
//!         friend: &sns::FriendItem<'_>,
//!     ) -> Verdict<Friend> {
//!         if friend.to_account == "admin" {
//!             return Verdict::deny::<38001>("Please write to the help desk.");
//!         }
//!         Verdict::allow()
//!     }
//! }
//!
//! // And this is how it is tested.
//! use tencent_chat_webhook::{answer::reply, event::Event};
//!
//! let command = "Group.CallbackBeforeCreateGroup";
//! let body = r#"{"Operator_Account":"a","Owner_Account":"a","Type":"Public","Name":"My casino"}"#;
//! let event = Event::parse(command, body).expect("the body fits");
//! assert_eq!(
//!     reply(&Answers, command, Some(&event), body).json(),
//!     r#"{"ActionStatus":"OK","ErrorInfo":"No casinos.","ErrorCode":10101}"#
//! );
//! ```
//!
//! A decision has a share of Tencent's 2 seconds, and it is made while a thread waits: look up what is in
//! memory, and don't call other services from here.

mod decide;
mod json;
mod message;
mod unasked;
mod verdict;

pub use decide::{Decide, reply};
pub use json::Answer;
pub use message::{Element, NewMessage};
pub use verdict::{
    C2cMessage, Deny, Friend, GroupAction, GroupInvitation, GroupMessage, Message, OfficialAccountAction,
    OfficialAccountMessage, Refuse, Signal, Subscription, Verdict,
};

/// Decides what the function answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answers;

impl Decide for Answers {}
