//! Groups, their topics and members.

use tencent_chat_callbacks::{
    Event,
    event::group::{Member, UserDefinedData},
    value::Text,
};

use super::{fields, list, with};
use crate::plain::counted;

pub(super) fn what(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::GroupBeforeCreateGroup(it) => {
            let members = members(it.member_list.as_deref());
            format!("{} wants to create the {} group “{}”{members}", it.operator_account, it.kind, it.name)
        }
        Event::GroupAfterCreateGroup(it) => {
            let owner =
                with(", owner ", Some(&it.owner_account).filter(|owner| **owner != it.operator_account));
            let members = members(it.member_list.as_deref());
            format!("{} created the {} group “{}”{owner}{members}", it.operator_account, it.kind, it.name)
        }
        Event::GroupAfterGroupDestroyed(it) => {
            let name = it.name.as_ref().map(|name| format!(" “{name}”")).unwrap_or_default();
            let by = with(" by ", it.operator_account.as_ref());
            let (kind, owner) = (&it.kind, &it.owner_account);
            format!("{kind} group{name} destroyed{by}, owner {owner}{}", members(it.member_list.as_deref()))
        }
        Event::GroupAfterGroupInfoChanged(it) => {
            let changed = fields(&[
                ("Name", it.name.as_ref()),
                ("Introduction", it.introduction.as_ref()),
                ("Notification", it.notification.as_ref()),
                ("FaceUrl", it.face_url.as_ref()),
                ("ShutUpAllMember", it.shut_up_all_member.as_ref()),
            ]);
            let own = it.user_defined_data_list.iter().flatten().map(own_field);
            let changed = list(Some(changed).into_iter().filter(|text| !text.is_empty()).chain(own));
            format!("{} set {changed}", it.operator_account)
        }
        Event::GroupAfterGroupFull(it) => {
            format!("the group is full{}", with(", topic ", it.topic_id.as_ref()))
        }
        Event::GroupAfterChangeGroupOwner(it) => {
            let (by, new, old) = (&it.operator_account, &it.new_owner_account, &it.old_owner_account);
            format!("{by} made {new} the owner instead of {old}")
        }
        Event::GroupAfterGroupAttrChanged(it) => {
            let attributes = it.group_attr.iter().flatten();
            let attributes =
                list(attributes.map(|each| format!("{}{}", each.key, with("=", each.value.as_ref()))));
            let option = it.option_type.as_ref().map_or("changed", |option| &**option);
            format!("{}: {option} {attributes}", it.operator_account)
        }
        Event::GroupOnDailyGroupQuotaAlarm(it) => {
            format!("{} groups added today, of {} allowed", it.quota_used, it.quota)
        }
        _ => return of_member(event).or_else(|| of_topic(event)),
    })
}

fn of_member(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::GroupBeforeApplyJoinGroup(it) => {
            let text = with(": ", it.apply_msg.as_ref());
            format!("{} applies to join{}{text}", it.requestor_account, with(" topic ", it.topic_id.as_ref()))
        }
        Event::GroupBeforeInviteJoinGroup(it) => {
            format!("{} invites {}", it.operator_account, names(&it.destination_members))
        }
        Event::GroupAfterNewMemberJoin(it) => {
            let by = by_other(&it.operator_account, &it.new_member_list);
            format!("{} joined ({}{by})", names(&it.new_member_list), it.join_type)
        }
        Event::GroupAfterMemberExit(it) => {
            let by = by_other(&it.operator_account, &it.exit_member_list);
            format!("{} left ({}{by})", names(&it.exit_member_list), it.exit_type)
        }
        Event::GroupOnMemberStateChange(it) => {
            let cause = it.event_cause.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
            format!("{} {}{cause}", names(it.member_list.as_deref().unwrap_or_default()), it.event_type)
        }
        Event::GroupAfterMemberFieldChanged(it) => {
            let changed = fields(&[("Role", it.role.as_ref()), ("NameCard", it.name_card.as_ref())]);
            format!("{} set {changed} of {}", it.operator_account, it.member_account)
        }
        _ => return None,
    })
}

fn of_topic(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::GroupBeforeCreateTopic(it) => {
            format!("{} wants to create the topic “{}”", it.operator_account, it.name)
        }
        Event::GroupAfterCreateTopic(it) => {
            format!("{} created the topic “{}”, {}", it.operator_account, it.name, it.topic_id)
        }
        Event::GroupAfterTopicDestroyed(it) => format!("topic deleted: {}", list(&it.topic_id_list)),
        Event::GroupAfterTopicInfoChanged(it) => {
            let changed = fields(&[
                ("Name", it.name.as_ref()),
                ("Introduction", it.introduction.as_ref()),
                ("Notification", it.notification.as_ref()),
                ("FaceUrl", it.face_url.as_ref()),
            ]);
            format!("{} set a topic's {changed}", it.operator_account)
        }
        _ => return None,
    })
}

/// The user who made the request, unless it is the only member.
fn by_other(operator: &Text<'_>, members: &[Member<'_>]) -> String {
    let is_alone = members.len() == 1 && members[0].member_account == *operator;
    if is_alone { String::new() } else { with(" by ", Some(operator)) }
}

fn names(members: &[Member<'_>]) -> String {
    list(members.iter().map(|member| &member.member_account))
}

fn members(members: Option<&[Member<'_>]>) -> String {
    members.filter(|members| !members.is_empty()).map_or_else(String::new, |members| {
        format!(", {}: {}", counted(members.len() as u64, "member"), names(members))
    })
}

fn own_field(field: &UserDefinedData<'_>) -> String {
    format!("{} “{}”", field.key, field.value)
}
