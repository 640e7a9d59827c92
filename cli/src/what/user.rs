//! Users: online state, profile, friends, followers, pushes, and what moderation says of them.

use tencent_chat_callbacks::{
    Event,
    event::{
        content::ResultNotify,
        push::{AllMemberPushEvent, OfflinePushEvent, PushStage},
        sns::Pair,
    },
    value::{Flag, Number, Text},
};

use super::{error, list, with};

pub(super) fn what(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::StateChange(it) => {
            let reason = it.info.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            let devices = it.kicked_device.iter().flatten().filter_map(|device| device.platform.as_ref());
            let devices = list(devices);
            let kicked = if devices.is_empty() { devices } else { format!("; logged out {devices}") };
            format!("{} {}{reason}{kicked}", it.info.to_account, it.info.action)
        }
        Event::ProfilePortraitSet(it) => {
            let changed = it.profile_item.iter().map(|each| match &each.value {
                Some(value) => format!("{} “{value}”", each.tag),
                None => each.tag.to_string(),
            });
            let of = with(" of ", Some(&it.from_account).filter(|of| **of != it.operator_account));
            format!("{} set{of}: {}", it.operator_account, list(changed))
        }
        Event::FollowAfterFollowAdd(it) => {
            format!(
                "{} follows {}",
                it.from_account,
                list(it.follow_list.iter().map(|each| &each.to_account))
            )
        }
        Event::FollowAfterFollowDelete(it) => {
            format!("{} no longer follows {}", it.from_account, list(it.unfollowed()))
        }
        Event::PushOfflinePush(it) => it.events.iter().map(offline_push).collect::<Vec<_>>().join("; "),
        Event::PushAllMemberPush(it) => it.events.iter().map(push_to_all).collect::<Vec<_>>().join("; "),
        Event::ContentResultNotify(it) => judgement(it),
        Event::AlertRequestOverLimit(it) => {
            let number =
                |number: Option<Number>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
            let (requests, limit) = (number(it.request), number(it.limit));
            format!("{} {}: {requests} requests per second of {limit} allowed", it.service_name, it.command)
        }
        _ => return of_friends(event),
    })
}

fn of_friends(event: &Event<'_>) -> Option<String> {
    let pairs = |list_of: &[Pair<'_>], what: &str| {
        list(list_of.iter().map(|pair| format!("{} {what} {}", pair.from_account, pair.to_account)))
    };
    Some(match event {
        Event::SnsPrevFriendAdd(it) => {
            let friends = it.friend_item.iter();
            let friends = list(
                friends.map(|each| format!("{}{}", each.to_account, with(": ", each.add_wording.as_ref()))),
            );
            format!("{} wants to add {friends}", it.from_account)
        }
        Event::SnsPrevFriendResponse(it) => {
            let friends = it.response_friend_item.iter();
            let friends = list(
                friends
                    .map(|each| format!("{}{}", each.to_account, with(": ", each.response_action.as_ref()))),
            );
            format!("{} wants to answer {friends}", it.from_account)
        }
        Event::SnsFriendAdd(it) => {
            let cause = it.client_cmd.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
            let by = with(" by ", it.admin_account.as_ref());
            format!("{}{cause}{by}", pairs(&it.pair_list, "added"))
        }
        Event::SnsFriendDelete(it) => pairs(&it.pair_list, "removed"),
        Event::SnsBlackListAdd(it) => pairs(&it.pair_list, "blocked"),
        Event::SnsBlackListDelete(it) => pairs(&it.pair_list, "unblocked"),
        _ => return None,
    })
}

fn offline_push(push: &OfflinePushEvent<'_>) -> String {
    let from = with(" from ", push.from_account.as_ref());
    let group = with(" in ", push.group_id.as_ref());
    let stage = stage(push.push_stage, push.err_code, push.err_info.as_ref());
    format!("push to {}{from}{group}{stage}", push.to_account)
}

fn push_to_all(push: &AllMemberPushEvent<'_>) -> String {
    let stage = stage(push.push_stage, push.err_code, push.err_info.as_ref());
    format!("push of task {} to {}{stage}", push.task_id, push.to_account)
}

fn stage(stage: Option<PushStage>, code: Option<Number>, info: Option<&Text<'_>>) -> String {
    let stage = match stage {
        Some(PushStage::Sent) => " sent".to_owned(),
        Some(PushStage::Arrived) => " arrived".to_owned(),
        Some(PushStage::Clicked) => " clicked".to_owned(),
        Some(stage) => format!(", stage {stage}"),
        None => String::new(),
    };
    match code {
        Some(Number(code)) if code != 0 => format!("{stage}, error {}", error(code, info)),
        _ => stage,
    }
}

/// What cloud moderation says of a content.
fn judgement(it: &ResultNotify<'_>) -> String {
    let result = match it.ctxcb_result {
        Some(Flag(true)) => "blocked",
        Some(Flag(false)) => "not blocked",
        None => "judged",
    };
    let about = [&it.ctxcb_suggestion, &it.ctxcb_label, &it.ctxcb_sub_label].into_iter().flatten();
    let keywords = it.ctxcb_keywords.iter().flatten();
    let about = list(about.chain(keywords));
    let to = it.contact_item.as_ref().and_then(|to| to.to_group_id.as_ref().or(to.to_account.as_ref()));
    let content = list(it.text_content.iter().flatten());
    let content = if content.is_empty() { with(": ", it.file_url.as_ref()) } else { format!(": {content}") };
    let from = it.from_account.as_ref().map_or("", |from| &**from);
    format!("{} {from}{} {result} ({about}){content}", it.scene, with(" to ", to))
}
