//! Answers to callbacks.
//!
//! For 12 commands, the before-callbacks, Tencent asks first and follows the answer. [`Decide`] has a method for each
//! of them, and each allows by default. A method gets the typed event and its [`Origin`](crate::Origin). Its return
//! type offers only the decisions that its command supports: a code outside the range of the command's page, or a
//! replaced message where there is none, does not compile.
//!
//! ```
//! use tencent_chat_callbacks::{
//!     Origin,
//!     answer::{C2cMessage, Decide, Element, Friend, GroupAction, GroupInvitation, GroupMessage, Verdict},
//!     event::{c2c, group, message::MsgElem, sns},
//! };
//!
//! #[derive(Debug)]
//! struct Decisions;
//!
//! impl Decide for Decisions {
//!     fn group_before_create_group(
//!         &self,
//!         event: &group::BeforeCreateGroup<'_>,
//!         _: &Origin<'_>,
//!     ) -> Verdict<GroupAction> {
//!         if event.name.contains("casino") {
//!             return Verdict::deny::<10101>("No casinos.");
//!         }
//!         Verdict::allow()
//!     }
//!
//!     fn group_before_send_msg(
//!         &self,
//!         event: &group::BeforeSendMsg<'_>,
//!         _: &Origin<'_>,
//!     ) -> Verdict<GroupMessage> {
//!         let mut texts = event.msg_body.iter().filter_map(MsgElem::text);
//!         if texts.any(|text| text.contains("buy now")) {
//!             return Verdict::drop();
//!         }
//!         Verdict::allow()
//!     }
//!
//!     fn c2c_before_send_msg(
//!         &self,
//!         event: &c2c::BeforeSendMsg<'_>,
//!         _: &Origin<'_>,
//!     ) -> Verdict<C2cMessage> {
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
//!         _: &Origin<'_>,
//!     ) -> Verdict<GroupInvitation> {
//!         let accounts = event.destination_members.iter().map(|member| &member.member_account);
//!         Verdict::refuse(accounts.filter(|account| account.starts_with("guest")))
//!     }
//!
//!     fn sns_prev_friend_add(
//!         &self,
//!         _: &sns::PrevFriendAdd<'_>,
//!         friend: &sns::FriendItem<'_>,
//!         _: &Origin<'_>,
//!     ) -> Verdict<Friend> {
//!         if friend.to_account == "admin" {
//!             return Verdict::deny::<38001>("Please write to the help desk.");
//!         }
//!         Verdict::allow()
//!     }
//! }
//!
//! // A test of a decision:
//! use tencent_chat_callbacks::{Callback, Query, answer::answer};
//!
//! let query = Query::parse("CallbackCommand=Group.CallbackBeforeCreateGroup");
//! let body = br#"{"Operator_Account":"a","Owner_Account":"a","Type":"Public","Name":"My casino"}"#;
//! let callback = Callback::parse(&query, body).expect("a JSON object").expect("a callback");
//! let event = callback.event().expect("the documented shape");
//! assert_eq!(
//!     answer(&Decisions, &callback, Some(&event), &Origin::new("1400000001", &query)).json(),
//!     r#"{"ActionStatus":"OK","ErrorInfo":"No casinos.","ErrorCode":10101}"#
//! );
//! ```
//!
//! Decisions block the thread and count against Tencent's 2 seconds: look up what you need in memory, and do not call
//! other services.

mod decide;
mod default;
mod json;
mod message;
mod verdict;

pub use decide::{Decide, answer};
pub use json::Answer;
pub use message::{Element, NewMessage};
pub use verdict::{
    C2cMessage, Deny, Friend, GroupAction, GroupInvitation, GroupMessage, Message, OfficialAccountAction,
    OfficialAccountMessage, Refuse, Signal, Subscription, Verdict,
};
