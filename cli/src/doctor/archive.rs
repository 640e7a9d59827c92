//! Whether the archive has every day that the table's recovery still holds.

use std::{collections::BTreeSet, time::SystemTime};

use aws_sdk_dynamodb::types::{ExportDescription, ExportStatus, ExportType, PointInTimeRecoveryStatus};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::{
    finding::Finding,
    response::{Resources, allowed, output},
    runbook,
};
use crate::deployment::Deployment;

const CHECK: &str = "archive";

/// The section of the runbook.
const ALARM: &str = "ArchiveAlarm";

/// The export of a day begins an hour after the day. An hour later it is listed, finished or not.
const DUE_HOURS: i64 = 2;

/// The number of exports that are described at once.
const AT_A_TIME: usize = 8;

/// The number of missing days that are named.
const NAMED: usize = 5;

/// The finding, if the stack has an archive. The stack has these resources of its own.
pub(super) async fn check(deployment: &Deployment, own: &Resources) -> Option<Finding> {
    let bucket = deployment.output("ArchiveBucketName").ok()?;
    Some(found(deployment, &bucket, own).await.unwrap_or_else(|finding| finding))
}

async fn found(deployment: &Deployment, bucket: &str, own: &Resources) -> Result<Finding, Finding> {
    let Some(recoverable) = recoverable_since(deployment).await? else {
        let fix = format!("switch it on: {}", runbook::command(ALARM));
        return Ok(Finding::wrong(
            CHECK,
            "no day is exported: the table's point-in-time recovery is off",
            fix,
        ));
    };
    let since = made_at(deployment, own).await?.max(recoverable);
    let exported = exported(deployment, bucket).await?;
    let missing: Vec<Date> = due(since, Timestamp::now()).filter(|day| !exported.contains(day)).collect();
    Ok(match (missing.first(), exported.last()) {
        (None, None) => Finding::ok(CHECK, "no day is over yet; a day is exported at 01:00 UTC"),
        (None, Some(last)) => Finding::ok(CHECK, format!("every day up to {last} is exported")),
        (Some(first), _) => {
            let machine = output(deployment, CHECK, "ArchiveMachineArn")?;
            Finding::wrong(
                CHECK,
                format!("not exported: {}", named(&missing)),
                format!(
                    "aws stepfunctions start-execution --state-machine-arn {machine} --input '{{\"day\": \"{first}\"}}' for each, see {}",
                    runbook::command(ALARM)
                ),
            )
        }
    })
}

/// The start of the table's recovery, if it is on.
async fn recoverable_since(deployment: &Deployment) -> Result<Option<Timestamp>, Finding> {
    let table = output(deployment, CHECK, "TableName")?;
    let asked = deployment.dynamodb().describe_continuous_backups().table_name(table).send().await;
    let described = allowed(CHECK, "dynamodb:DescribeContinuousBackups", asked)?;
    let recovery = described
        .continuous_backups_description()
        .and_then(|backups| backups.point_in_time_recovery_description())
        .filter(|recovery| {
            recovery.point_in_time_recovery_status() == Some(&PointInTimeRecoveryStatus::Enabled)
        });
    Ok(recovery.and_then(|recovery| timestamp(recovery.earliest_restorable_date_time()?)))
}

/// When the archive's nested stack was made.
async fn made_at(deployment: &Deployment, own: &Resources) -> Result<Timestamp, Finding> {
    let own = own.as_ref().map_err(|finding| Finding { check: CHECK, ..finding.clone() })?;
    let nested = own.iter().find(|resource| resource.logical_resource_id() == Some("EventArchive"));
    let nested = nested.and_then(|archive| archive.physical_resource_id());
    let unknown =
        || Finding::unchecked(CHECK, "the stack of the archive is not found", "try again in a minute");
    let client = aws_sdk_cloudformation::Client::new(&deployment.config);
    let asked = client.describe_stacks().stack_name(nested.ok_or_else(unknown)?).send().await;
    let described = allowed(CHECK, "cloudformation:DescribeStacks", asked)?;
    let made = described.stacks().first().and_then(|stack| timestamp(stack.creation_time()?));
    made.ok_or_else(unknown)
}

/// The days of which the bucket has an export, or will have.
async fn exported(deployment: &Deployment, bucket: &str) -> Result<BTreeSet<Date>, Finding> {
    let (machine, table) =
        (output(deployment, CHECK, "ArchiveMachineArn")?, output(deployment, CHECK, "TableName")?);
    let client = deployment.dynamodb();
    let mut pages = client.list_exports().table_arn(table_arn(&machine, &table)).into_paginator().send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        let page = allowed(CHECK, "dynamodb:ListExports", page)?;
        let daily = page.export_summaries.unwrap_or_default().into_iter().filter(|export| {
            export.export_type() == Some(&ExportType::IncrementalExport)
                && export.export_status() != Some(&ExportStatus::Failed)
        });
        arns.extend(daily.filter_map(|export| export.export_arn));
    }
    let described = stream::iter(arns).map(|arn| async {
        let asked = client.describe_export().export_arn(arn).send().await;
        allowed(CHECK, "dynamodb:DescribeExport", asked).map(|described| described.export_description)
    });
    let days = described.buffer_unordered(AT_A_TIME);
    let days =
        days.try_filter_map(|export| async move { Ok(export.and_then(|export| day(&export, bucket))) });
    days.try_collect().await
}

/// The ARN of the table, which is in the partition, Region and account of the state machine.
fn table_arn(machine: &str, table: &str) -> String {
    let mut parts = machine.split(':').skip(1);
    let mut next = || parts.next().unwrap_or_default();
    let (partition, _, region, account) = (next(), next(), next(), next());
    format!("arn:{partition}:dynamodb:{region}:{account}:table/{table}")
}

/// The day of an export into this bucket.
fn day(export: &ExportDescription, bucket: &str) -> Option<Date> {
    let is_there =
        export.s3_bucket() == Some(bucket) && export.export_status() != Some(&ExportStatus::Failed);
    let prefix = export.s3_prefix().filter(|_| is_there)?;
    prefix.strip_prefix("events/day=")?.parse().ok()
}

/// The days from that of a time on whose export must have begun.
fn due(since: Timestamp, now: Timestamp) -> impl Iterator<Item = Date> {
    let (first, end) = (utc_day(since), utc_day(now - DUE_HOURS.hours()));
    first.series(1.day()).take_while(move |day| *day < end)
}

fn utc_day(time: Timestamp) -> Date {
    time.to_zoned_datetime(TimeZone::UTC).date()
}

/// The days, or the first of many.
fn named(days: &[Date]) -> String {
    let first: Vec<_> = days.iter().take(NAMED).map(Date::to_string).collect();
    let rest = days.len() - first.len();
    let first = first.join(", ");
    if rest == 0 { first } else { format!("{first} and {rest} more days") }
}

fn timestamp(time: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    Timestamp::try_from(SystemTime::try_from(*time).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(since: &str, now: &str) -> Vec<String> {
        due(since.parse().unwrap(), now.parse().unwrap()).map(|day| day.to_string()).collect()
    }

    #[test]
    fn day_is_due_two_hours_after_its_end() {
        let made = "2026-11-20T23:59:59Z";
        assert_eq!(days(made, "2026-11-21T01:59:59Z"), Vec::<String>::new());
        assert_eq!(days(made, "2026-11-21T02:00:00Z"), ["2026-11-20"]);
        assert_eq!(days(made, "2026-11-23T01:59:59Z"), ["2026-11-20", "2026-11-21"]);
        assert_eq!(days("2026-11-23T00:00:00Z", "2026-11-22T10:00:00Z"), Vec::<String>::new());
    }

    #[test]
    fn export_counts_for_its_bucket_and_day_unless_it_failed() {
        let export = |bucket: &str, prefix: &str, status: ExportStatus| {
            let export = ExportDescription::builder().s3_bucket(bucket).s3_prefix(prefix);
            day(&export.export_status(status).build(), "ours").map(|day| day.to_string())
        };
        let prefix = "events/day=2026-11-21";
        for status in [ExportStatus::Completed, ExportStatus::InProgress] {
            assert_eq!(export("ours", prefix, status), Some("2026-11-21".to_owned()));
        }
        assert_eq!(export("ours", prefix, ExportStatus::Failed), None);
        assert_eq!(export("other", prefix, ExportStatus::Completed), None);
        assert_eq!(export("ours", "full/day=2026-11-21", ExportStatus::Completed), None);
        assert_eq!(export("ours", "events/day=x", ExportStatus::Completed), None);
    }

    #[test]
    fn many_missing_days_are_counted() {
        let days: Vec<Date> =
            due("2026-11-01T00:00:00Z".parse().unwrap(), "2026-11-08T09:00:00Z".parse().unwrap()).collect();
        assert_eq!(named(&days[..2]), "2026-11-01, 2026-11-02");
        assert!(named(&days).ends_with("2026-11-05 and 2 more days"), "{}", named(&days));
    }

    #[test]
    fn table_is_beside_the_state_machine() {
        let machine = "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:archive";
        assert_eq!(table_arn(machine, "events"), "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/events");
    }
}
