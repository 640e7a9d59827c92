//! A group's state, as far as its events say.

use std::collections::{BTreeSet, HashSet};

use tencent_chat_callbacks::{
    Callback, Event, Query,
    event::group::{AfterCreateGroup, AfterGroupDestroyed, Member, OnMemberStateChange},
    value::Text,
};
use tencent_chat_webhook::record::attribute::Item;

use crate::event::{attribute, millis};

/// How the commands begin that are about groups.
const GROUP: &str = "Group.";

/// A message in the group.
const SENT: &str = "Group.CallbackAfterSendMsg";

/// The platform of Tencent's REST API, whose sender need not be a member.
const REST_API: &str = "RESTAPI";

/// How long before its creation event the events of a new group may be: that of a community comes 3 s late
/// (269/1663), and one without its own time is as old as its last delivery.
const CREATION_IS_LATE: u64 = 60_000;

/// A group, as far as its events tell.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) introduction: Option<String>,
    pub(super) notification: Option<String>,
    pub(super) face_url: Option<String>,
    /// Those known to be in it, the owner among them.
    pub(super) members: BTreeSet<String>,
    /// The time of the first event, in milliseconds as all times here.
    pub(super) known_since: Option<u64>,
    pub(super) created: Option<u64>,
    /// Since when it is full. Whoever leaves makes room.
    pub(super) full: Option<u64>,
    pub(super) destroyed: Option<u64>,
    /// How many events could not be read.
    pub(super) unread: u64,
    /// Whether the last event listed all members.
    has_all_at_the_end: bool,
    /// From when on whoever writes is active, if anybody asks.
    active_since: Option<u64>,
    active: HashSet<String>,
}

impl State {
    pub(super) fn new(active_since: Option<u64>) -> Self {
        Self { active_since, ..Self::default() }
    }

    /// Whether nobody can be in it who is not known.
    pub(super) fn knows_all_members(&self) -> bool {
        self.created.is_some() || self.has_all_at_the_end
    }

    /// The known members who wrote nothing.
    pub(super) fn inactive(&self) -> impl Iterator<Item = &String> {
        self.members.iter().filter(|member| !self.active.contains(*member))
    }

    /// Takes the next event in order of time.
    pub(super) fn apply(&mut self, item: &Item) {
        let command = attribute(item, "CallbackCommand").filter(|command| command.starts_with(GROUP));
        let (Some(command), Some(time)) = (command, millis(item)) else {
            return;
        };
        if command == SENT {
            self.sent(item, time);
        } else if !self.change(command, item, time) {
            self.unread += 1;
        }
        self.known_since.get_or_insert(time);
        if let Some(kind) = attribute(item, "Type") {
            self.kind = Some(kind.to_owned());
        }
    }

    /// A message: only a member can send one from a client.
    fn sent(&mut self, item: &Item, time: u64) {
        let Some(sender) = attribute(item, "From_Account") else {
            return;
        };
        let platform = attribute(item, "OptPlatform");
        if self.destroyed.is_none() && platform.is_some_and(|platform| platform != REST_API) {
            self.members.insert(sender.to_owned());
        }
        if self.active_since.is_some_and(|since| time >= since) {
            self.active.insert(sender.to_owned());
        }
    }

    /// Whether the event could be read.
    fn change(&mut self, command: &str, item: &Item, time: u64) -> bool {
        let Some(body) = attribute(item, "Body") else {
            return false;
        };
        let query = format!("CallbackCommand={command}");
        let Ok(Some(callback)) = Callback::parse(&Query::parse(&query), body.as_bytes()) else {
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
            // A private topic may be full by itself.
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
            // An id of the app's own choice is free again after a group is gone.
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

    /// In an audio-video group, to be disconnected is not yet to leave.
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
