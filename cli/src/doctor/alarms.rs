//! The alarms in the state ALARM.

use aws_sdk_cloudwatch::{
    Client,
    operation::describe_alarms::DescribeAlarmsOutput,
    types::{AlarmType, StateValue},
};

use super::{
    finding::{Finding, runbook},
    response::allowed,
};
use crate::deployment::Deployment;

const CHECK: &str = "alarms";

/// The page in an alarm's description.
const PAGE: &str = "docs/operate.md#";

/// A metric alarm or a composite alarm.
struct Alarm<'a> {
    name: Option<&'a str>,
    description: Option<&'a str>,
    state: Option<&'a StateValue>,
    reason: Option<&'a str>,
}

/// The alarms of the stack.
pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    found(deployment).await.unwrap_or_else(|finding| vec![finding])
}

async fn found(deployment: &Deployment) -> Result<Vec<Finding>, Finding> {
    let stack = deployment.stack_name();
    let region = deployment.config.region().map_or("", AsRef::as_ref);
    let mut pages = Client::new(&deployment.config)
        .describe_alarms()
        .alarm_name_prefix(format!("{stack}-"))
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .into_paginator()
        .send();
    let (mut count, mut findings) = (0, Vec::new());
    while let Some(page) = pages.next().await {
        for alarm in alarms(&allowed(CHECK, "cloudwatch:DescribeAlarms", page)?) {
            let Some(label) = label(alarm.name.unwrap_or_default(), stack, region) else { continue };
            count += 1;
            if alarm.state == Some(&StateValue::Alarm) {
                let finding = format!("{label}: {}", alarm.reason.unwrap_or("no reason given"));
                findings.push(Finding::wrong(CHECK, finding, section(&alarm, label)));
            }
        }
    }
    if count == 0 {
        findings.push(Finding::wrong(
            CHECK,
            "the stack has no alarms",
            "deploy again, with another Revision",
        ));
    } else if findings.is_empty() {
        findings.push(Finding::ok(CHECK, format!("none of {count} is in ALARM")));
    }
    Ok(findings)
}

fn alarms(page: &DescribeAlarmsOutput) -> Vec<Alarm<'_>> {
    let metric = page.metric_alarms().iter().map(|alarm| Alarm {
        name: alarm.alarm_name(),
        description: alarm.alarm_description(),
        state: alarm.state_value(),
        reason: alarm.state_reason(),
    });
    let composite = page.composite_alarms().iter().map(|alarm| Alarm {
        name: alarm.alarm_name(),
        description: alarm.alarm_description(),
        state: alarm.state_value(),
        reason: alarm.state_reason(),
    });
    metric.chain(composite).collect()
}

/// The alarm's name in the template. `None` for an alarm of another stack: names of the stack `chat-2` also begin with
/// `chat-`. CloudFormation names an alarm `chat-NotStoredAlarm-1ABC` after its logical id, and in the nested stack
/// `chat-EventBus-1ABC-EventPipeAlarm-1ABC`. The template names the alarms of a version.
fn label<'a>(name: &'a str, stack: &str, region: &str) -> Option<&'a str> {
    let rest = name.strip_prefix(stack)?.strip_prefix('-')?;
    let of_version = rest.strip_prefix(region).and_then(|rest| rest.strip_prefix('-'));
    if let Some(of_version) = of_version.filter(|rest| rest.contains("-version-")) {
        return Some(of_version);
    }
    let mut words = rest.split('-');
    let first = words.next()?;
    if first == "EventBus" { words.find(|word| word.ends_with("Alarm")) } else { Some(first) }
        .filter(|word| word.ends_with("Alarm"))
}

/// The section of the alarm in the runbook.
fn section(alarm: &Alarm<'_>, label: &str) -> String {
    let named = alarm.description.and_then(|description| description.split_once(PAGE));
    named.map_or_else(
        || runbook(label),
        |(_, section)| runbook(section.split(|at: char| !at.is_alphanumeric()).next().unwrap_or_default()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarm_label_is_its_template_name_or_none_for_another_stack() {
        for (name, expected) in [
            ("chat-NotStoredAlarm-1ABC", Some("NotStoredAlarm")),
            ("chat-CallbacksLostAlarm", Some("CallbacksLostAlarm")),
            ("chat-EventBus-1ABC-EventPipeAlarm-2DEF", Some("EventPipeAlarm")),
            ("chat-eu-west-1-errors-of-version-3", Some("errors-of-version-3")),
            ("chat-2-NotStoredAlarm-1ABC", None),
            ("chat-eu-west-1-NotStoredAlarm-1ABC", None),
            ("chat-staging-eu-west-1-errors-of-version-3", None),
            ("chatter-NotStoredAlarm-1ABC", None),
        ] {
            assert_eq!(label(name, "chat", "eu-west-1"), expected, "{name}");
        }
    }
}
