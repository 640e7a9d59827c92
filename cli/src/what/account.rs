//! Official accounts: channels with one sender and many subscribers.

use tencent_chat_callbacks::{Event, event::official_account::Subscriber};

use super::{fields, list, with};

pub(super) fn what(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::OfficialAccountBeforeCreateOfficialAccount(it) => {
            format!("{} wants to create the channel “{}”", it.operator_account, it.name)
        }
        Event::OfficialAccountAfterCreateOfficialAccount(it) => {
            let owner =
                with(", owner ", Some(&it.owner_account).filter(|owner| **owner != it.operator_account));
            format!("{} created the channel “{}”{owner}", it.operator_account, it.name)
        }
        Event::OfficialAccountAfterOfficialAccountInfoChanged(it) => {
            let changed = fields(&[
                ("Name", it.name.as_ref()),
                ("Introduction", it.introduction.as_ref()),
                ("Organization", it.organization.as_ref()),
                ("FaceUrl", it.face_url.as_ref()),
            ]);
            format!("{} set {changed}", it.operator_account)
        }
        Event::OfficialAccountAfterOfficialAccountDestroyed(it) => {
            let name = it.name.as_ref().map(|name| format!(" “{name}”")).unwrap_or_default();
            format!("channel{name} destroyed, owner {}", it.owner_account)
        }
        Event::OfficialAccountBeforeAddSubscriber(it) => {
            format!("{} wants to subscribe {}", it.operator_account, subscribers(&it.subscribe_account_list))
        }
        Event::OfficialAccountAfterAddSubscriber(it) => {
            format!("{} subscribed, by {}", subscribers(&it.subscribe_account_list), it.operator_account)
        }
        Event::OfficialAccountAfterDeleteSubscriber(it) => {
            format!("{} unsubscribed, by {}", subscribers(&it.subscribe_account_list), it.operator_account)
        }
        Event::OfficialAccountAfterOfficialAccountFull(_) => "the channel is full".to_owned(),
        _ => return None,
    })
}

fn subscribers(list_of: &[Subscriber<'_>]) -> String {
    list(list_of.iter().map(|each| &each.subscriber_account))
}
