//! The alarms of the stack: their states, their actions, and whether all are there.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::StackResourceSummary;
use aws_sdk_cloudwatch::{
    Client,
    operation::describe_alarms::DescribeAlarmsOutput,
    types::{AlarmType, StateValue},
};

use super::{
    finding::Finding,
    response::{Resources, allowed, resources},
    runbook,
};
use crate::deployment::Deployment;

pub(super) const CHECK: &str = "alarms";

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

/// The alarms of the stack, which has these resources of its own.
pub(super) async fn check(deployment: &Deployment, own: &Resources) -> Vec<Finding> {
    found(deployment, own).await.unwrap_or_else(|finding| vec![finding])
}

async fn found(deployment: &Deployment, own: &Resources) -> Result<Vec<Finding>, Finding> {
    let mut missing = of_stack(deployment, own).await?;
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
            format!("deploy again, with another Revision; see {}", runbook::command(label)),
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
        let see = runbook::command(label);
        let fix = format!("aws cloudwatch enable-alarm-actions --alarm-names {}; see {see}", alarm.name);
        findings.push(Finding::wrong(CHECK, format!("{label}: its actions are switched off"), fix));
    }
    findings
}

/// The alarms that the stack and its nested stacks should have: names to logical ids.
async fn of_stack(deployment: &Deployment, own: &Resources) -> Result<BTreeMap<String, String>, Finding> {
    let (mut stacks, mut alarms, mut listed) = (Vec::new(), BTreeMap::new(), own.clone()?);
    loop {
        for resource in listed {
            let StackResourceSummary { resource_type, logical_resource_id, physical_resource_id, .. } =
                resource;
            match (physical_resource_id, resource_type.as_deref(), logical_resource_id) {
                (Some(name), Some("AWS::CloudFormation::Stack"), _) => stacks.push(name),
                (Some(name), Some(kind), Some(id)) if TYPES.contains(&kind) => drop(alarms.insert(name, id)),
                _ => {}
            }
        }
        let Some(stack) = stacks.pop() else { return Ok(alarms) };
        listed = resources(deployment, CHECK, &stack).await?;
    }
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
