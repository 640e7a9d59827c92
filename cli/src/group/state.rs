//! A group's state, as far as its events show.

use std::collections::{BTreeSet, HashSet};

use tencent_chat_callbacks::{
    Event,
    event::group::{AfterCreateGroup, AfterGroupDestroyed, Member, OnMemberStateChange},
    value::Text,
};
use tencent_chat_webhook::record::RecordedEvent;

/// The prefix of the commands about groups.
const GROUP: &str = "Group.";

/// The command of a message in the group.
const SENT: &str = "Group.CallbackAfterSendMsg";

/// The platform of Tencent's REST API. A sender there need not be a member.
const REST_API: &str = "RESTAPI";

/// The longest time between an event of a new group and a later creation event, in milliseconds. A community's creation
/// is reported 3 s late (269/1663), and a creation event without its own time has the time of its last delivery.
const CREATION_IS_LATE: u64 = 60_000;

/// A group, as far as its events show.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) introduction: Option<String>,
    pub(super) notification: Option<String>,
    pub(super) face_url: Option<String>,
    /// The known members, with the owner.
    pub(super) members: BTreeSet<String>,
    /// The time of the first event, in milliseconds like all times here.
    pub(super) known_since: Option<u64>,
    pub(super) created: Option<u64>,
    /// The time since which it is full. It is not full after a member leaves.
    pub(super) full: Option<u64>,
    pub(super) destroyed: Option<u64>,
    /// The number of events that could not be read.
    pub(super) unread: u64,
    /// Whether the last event listed all members.
    has_all_at_the_end: bool,
    /// Members who write from this time on are active. `None` if nobody asks for it.
    active_since: Option<u64>,
    active: HashSet<String>,
}

impl State {
    pub(super) fn new(active_since: Option<u64>) -> Self {
        Self { active_since, ..Self::default() }
    }

    /// Whether all members are known.
    pub(super) fn knows_all_members(&self) -> bool {
        self.created.is_some() || self.has_all_at_the_end
    }

    /// The known members who wrote nothing.
    pub(super) fn inactive(&self) -> impl Iterator<Item = &String> {
        self.members.iter().filter(|member| !self.active.contains(*member))
    }

    /// Applies the next event in order of time.
    pub(super) fn apply(&mut self, recorded: &RecordedEvent) {
        let Some(time) = recorded.time().filter(|_| recorded.command().starts_with(GROUP)) else {
            return;
        };
        if recorded.command() == SENT {
            self.sent(recorded, time);
        } else if !self.change(recorded, time) {
            self.unread += 1;
        }
        self.known_since.get_or_insert(time);
        if let Some(kind) = recorded.attribute("Type") {
            self.kind = Some(kind.to_owned());
        }
    }

    /// A message: only a member can send one from a client.
    fn sent(&mut self, recorded: &RecordedEvent, time: u64) {
        let Some(sender) = recorded.attribute("From_Account") else {
            return;
        };
        let platform = recorded.attribute("OptPlatform");
        if self.destroyed.is_none() && platform.is_some_and(|platform| platform != REST_API) {
            self.members.insert(sender.to_owned());
        }
        if self.active_since.is_some_and(|since| time >= since) {
            self.active.insert(sender.to_owned());
        }
    }

    /// Applies a change. Returns whether the event could be read.
    fn change(&mut self, recorded: &RecordedEvent, time: u64) -> bool {
        let Some(callback) = recorded.callback() else {
            return false;
        };
        let event = callback.event();
        if let Ok(event) = &event {
            self.take(event, time);
        }
        event.is_ok()
    }

    fn take(&mut self, event: &Event<'_>, time: u64) {
        match event {
            Event::GroupAfterCreateGroup(event) => self.create(event, time),
            Event::GroupAfterGroupInfoChanged(event) => {
                set(&mut self.name, event.name.as_ref());
                set(&mut self.introduction, event.introduction.as_ref());
                set(&mut self.notification, event.notification.as_ref());
                set(&mut self.face_url, event.face_url.as_ref());
            }
            Event::GroupAfterNewMemberJoin(event) => self.join(&event.new_member_list),
            Event::GroupAfterMemberExit(event) => self.leave(&event.exit_member_list),
            Event::GroupOnMemberStateChange(event) => self.change_state(event),
            Event::GroupAfterMemberFieldChanged(event) => self.join_one(&event.member_account),
            Event::GroupAfterChangeGroupOwner(event) => self.hand_over(&event.new_owner_account),
            Event::GroupAfterCreateTopic(event) => self.hand_over(&event.owner_account),
            // A private topic may be full while the group is not.
            Event::GroupAfterGroupFull(event) if event.topic_id.as_ref().is_none_or(|id| id.is_empty()) => {
                self.full.get_or_insert(time);
            }
            Event::GroupAfterGroupDestroyed(event) => self.destroy(event, time),
            _ => {}
        }
    }

    fn create(&mut self, event: &AfterCreateGroup<'_>, time: u64) {
        let is_older = |known: u64| known + CREATION_IS_LATE < time;
        if self.destroyed.is_some() || self.known_since.is_some_and(is_older) {
            // After a group is destroyed, the app can use its id for a new group.
            *self = Self::new(self.active_since);
        }
        self.created = Some(time);
        self.name.get_or_insert_with(|| event.name.to_string());
        if self.owner.is_none() {
            self.hand_over(&event.owner_account);
        }
        self.join_one(&event.owner_account);
        self.join(event.member_list.as_deref().unwrap_or_default());
    }

    fn destroy(&mut self, event: &AfterGroupDestroyed<'_>, time: u64) {
        self.destroyed = Some(time);
        set(&mut self.name, event.name.as_ref());
        if let Some(members) = &event.member_list {
            self.has_all_at_the_end = true;
            self.members.clear();
            self.join(members);
        }
        self.hand_over(&event.owner_account);
    }

    /// In an audio-video group, a disconnected member has not left yet.
    fn change_state(&mut self, event: &OnMemberStateChange<'_>) {
        let members = event.member_list.as_deref().unwrap_or_default();
        if event.event_type == "Online" {
            self.join(members);
        } else if event.event_cause.as_ref().is_some_and(|cause| cause == "Quit") {
            self.leave(members);
        }
    }

    fn hand_over(&mut self, owner: &Text<'_>) {
        set(&mut self.owner, Some(owner));
        self.join_one(owner);
    }

    fn join(&mut self, members: &[Member<'_>]) {
        for member in members {
            self.join_one(&member.member_account);
        }
    }

    fn join_one(&mut self, member: &Text<'_>) {
        self.members.insert(member.to_string());
    }

    fn leave(&mut self, members: &[Member<'_>]) {
        self.full = None;
        for member in members {
            self.members.remove(&*member.member_account);
        }
    }
}

fn set(field: &mut Option<String>, value: Option<&Text<'_>>) {
    if let Some(value) = value {
        *field = Some(value.to_string());
    }
}
