//! The alarms of the stack: their states, their actions, and whether all are there.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::{
    Client,
    operation::describe_alarms::DescribeAlarmsOutput,
    types::{AlarmType, StateValue},
};

use super::{finding::Finding, response::allowed, runbook};
use crate::deployment::Deployment;

const CHECK: &str = "alarms";

/// The types of alarms.
const TYPES: [&str; 2] = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];

/// `DescribeAlarms` takes this many names.
const NAMES: usize = 100;

/// A metric alarm or a composite alarm.
struct Alarm<'a> {
    name: &'a str,
    state: Option<&'a StateValue>,
    reason: Option<&'a str>,
    /// Whether it has actions, but they are switched off.
    is_muted: bool,
}

/// The alarms of the stack.
pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    found(deployment).await.unwrap_or_else(|finding| vec![finding])
}

async fn found(deployment: &Deployment) -> Result<Vec<Finding>, Finding> {
    let mut missing = of_stack(deployment).await?;
    let (count, names) = (missing.len(), missing.keys().cloned().collect::<Vec<_>>());
    let mut findings = Vec::new();
    for names in names.chunks(NAMES) {
        let described = Client::new(&deployment.config)
            .describe_alarms()
            .set_alarm_names(Some(names.to_vec()))
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(100)
            .send()
            .await;
        for alarm in alarms(&allowed(CHECK, "cloudwatch:DescribeAlarms", described)?) {
            let Some(label) = missing.remove(alarm.name) else { continue };
            findings.extend(of_alarm(&alarm, &label));
        }
    }
    findings.extend(missing.values().map(|label| {
        Finding::wrong(
            CHECK,
            format!("{label} was deleted, so it can't report anything"),
            "deploy again, with another Revision",
        )
    }));
    if findings.is_empty() {
        findings.push(Finding::ok(CHECK, format!("none of {count} is in ALARM")));
    }
    Ok(findings)
}

/// The findings on one alarm.
fn of_alarm(alarm: &Alarm<'_>, label: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if alarm.state == Some(&StateValue::Alarm) {
        let finding = format!("{label}: {}", alarm.reason.unwrap_or("no reason given"));
        findings.push(Finding::wrong(CHECK, finding, runbook::command(label)));
    }
    if alarm.is_muted {
        let fix = format!("aws cloudwatch enable-alarm-actions --alarm-names {}", alarm.name);
        findings.push(Finding::wrong(CHECK, format!("{label}: its actions are switched off"), fix));
    }
    findings
}

/// The alarms that the stack and its nested stacks should have: names to logical ids.
async fn of_stack(deployment: &Deployment) -> Result<BTreeMap<String, String>, Finding> {
    let client = aws_sdk_cloudformation::Client::new(&deployment.config);
    let (mut stacks, mut alarms) = (vec![deployment.stack_name().to_owned()], BTreeMap::new());
    while let Some(stack) = stacks.pop() {
        let mut pages = client.list_stack_resources().stack_name(stack).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = allowed(CHECK, "cloudformation:ListStackResources", page)?;
            for resource in page.stack_resource_summaries() {
                let (kind, id) = (resource.resource_type(), resource.logical_resource_id());
                match (resource.physical_resource_id(), kind, id) {
                    (Some(name), Some("AWS::CloudFormation::Stack"), _) => stacks.push(name.to_owned()),
                    (Some(name), Some(kind), Some(id)) if TYPES.contains(&kind) => {
                        alarms.insert(name.to_owned(), id.to_owned());
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(alarms)
}

fn alarms(page: &DescribeAlarmsOutput) -> Vec<Alarm<'_>> {
    let is_muted = |enabled: Option<bool>, actions: &[String]| enabled == Some(false) && !actions.is_empty();
    let metric = page.metric_alarms().iter().map(|alarm| Alarm {
        name: alarm.alarm_name().unwrap_or_default(),
        state: alarm.state_value(),
        reason: alarm.state_reason(),
        is_muted: is_muted(alarm.actions_enabled(), alarm.alarm_actions()),
    });
    let composite = page.composite_alarms().iter().map(|alarm| Alarm {
        name: alarm.alarm_name().unwrap_or_default(),
        state: alarm.state_value(),
        reason: alarm.state_reason(),
        is_muted: is_muted(alarm.actions_enabled(), alarm.alarm_actions()),
    });
    metric.chain(composite).collect()
}
