//! The subscriptions of the function's log.

use aws_sdk_cloudwatchlogs::{Client, types::SubscriptionFilter};

use super::{
    finding::Finding,
    response::{allowed, output},
    runbook,
};
use crate::{deployment::Deployment, redrive::log_group::UNRECORDED};

const SUBSCRIPTION: &str = "subscription";

/// The subscriptions of the function's log, or a finding that says why they are unknown.
pub(super) type Subscriptions = Result<Vec<SubscriptionFilter>, Finding>;

pub(super) async fn subscriptions(deployment: &Deployment) -> Subscriptions {
    let log_group = output(deployment, SUBSCRIPTION, "FunctionLogName")?;
    let request = Client::new(&deployment.config).describe_subscription_filters().log_group_name(log_group);
    let described = allowed(SUBSCRIPTION, "logs:DescribeSubscriptionFilters", request.send().await)?;
    Ok(described.subscription_filters.unwrap_or_default())
}

/// Whether the function's log has a subscription for the redrive.
pub(super) fn subscription(
    deployment: &Deployment,
    subscriptions: &Subscriptions,
) -> Result<Finding, Finding> {
    let redrive = output(deployment, SUBSCRIPTION, "RedriveName")?;
    let findings = [
        "unrecorded callbacks go from the log to the redrive",
        "unrecorded callbacks stay in the log: it has no subscription for the redrive",
    ];
    subscription_to(subscriptions, &redrive, UNRECORDED, findings, "LogDeliveryAlarm")
}

/// Whether the function's log has a subscription for a function, with this pattern. `findings` are for a subscription
/// and for none.
pub(super) fn subscription_to(
    subscriptions: &Subscriptions,
    function: &str,
    expected: &str,
    [there, missing]: [&str; 2],
    section: &str,
) -> Result<Finding, Finding> {
    let check = SUBSCRIPTION;
    let pattern = subscriptions.as_ref().map_err(Clone::clone)?.iter().find_map(|filter| {
        let is_ours = |arn: &str| arn.split(':').nth(6) == Some(function);
        filter.destination_arn().is_some_and(is_ours).then(|| filter.filter_pattern().unwrap_or_default())
    });
    let restore = format!("restore it: {}", runbook::command(section));
    Ok(match pattern {
        Some(pattern) if pattern == expected => Finding::ok(check, there),
        Some(other) => {
            let finding = format!("the subscription has the pattern {other} instead of {expected}");
            Finding::wrong(check, finding, restore)
        }
        None => Finding::wrong(check, missing, restore),
    })
}
