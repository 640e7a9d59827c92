//! Which alarms are on.

use aws_sdk_cloudwatch::{
    Client,
    types::{AlarmType, StateValue},
};

use super::{
    asked::allowed,
    finding::{Finding, runbook},
};
use crate::{fault::Fault, place::Place};

const CHECK: &str = "alarms";

/// The alarms of the stack.
pub(super) async fn check(place: &Place) -> Result<Vec<Finding>, Fault> {
    let stack = place.stack_name()?;
    let asked = Client::new(&place.config)
        .describe_alarms()
        .alarm_name_prefix(format!("{stack}-"))
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .max_records(100);
    let described = match allowed(CHECK, "cloudwatch:DescribeAlarms", asked.send().await)? {
        Ok(described) => described,
        Err(finding) => return Ok(vec![finding]),
    };
    let metric = described
        .metric_alarms()
        .iter()
        .map(|alarm| (alarm.alarm_name(), alarm.state_value(), alarm.state_reason()));
    let composite = described
        .composite_alarms()
        .iter()
        .map(|alarm| (alarm.alarm_name(), alarm.state_value(), alarm.state_reason()));
    let (mut count, mut findings) = (0, Vec::new());
    for (name, state, reason) in metric.chain(composite) {
        count += 1;
        if state == Some(&StateValue::Alarm) {
            let name = logical_name(name.unwrap_or_default(), stack);
            findings.push(Finding::wrong(
                CHECK,
                format!("{name}: {}", reason.unwrap_or("no reason given")),
                runbook(name),
            ));
        }
    }
    if count == 0 {
        findings.push(Finding::wrong(CHECK, "the stack has no alarms", "`sam deploy` makes them again"));
    } else if findings.is_empty() {
        findings.push(Finding::ok(CHECK, format!("none of {count} is on")));
    }
    Ok(findings)
}

/// `NotStoredAlarm` of `stack-NotStoredAlarm-1ABC`, which CloudFormation made of it.
fn logical_name<'a>(name: &'a str, stack: &str) -> &'a str {
    let name = name.strip_prefix(stack).and_then(|name| name.strip_prefix('-')).unwrap_or(name);
    name.split('-').next().unwrap_or(name)
}
