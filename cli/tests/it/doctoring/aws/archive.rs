//! The exports of an archive that is five days old.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

/// The archive's exports, and the table's recovery.
pub(crate) struct Archive {
    pub(crate) has_recovery: bool,
    /// The exported days, with the status of each export.
    pub(crate) exports: Vec<(Date, &'static str)>,
}

impl Archive {
    /// An archive with each of its days.
    pub(super) fn whole() -> Self {
        Self { has_recovery: true, exports: (1..=5).rev().map(|ago| (day(ago), "COMPLETED")).collect() }
    }

    /// The response to a request about exports.
    pub(super) fn found(&self, operation: &str, body: &str) -> Option<Value> {
        Some(match operation {
            "DescribeContinuousBackups" => self.recovery(),
            "ListExports" => self.listed(),
            "DescribeExport" => self.described(body),
            _ => return None,
        })
    }

    fn recovery(&self) -> Value {
        let since = (Timestamp::now() - (35 * 24).hours()).as_second();
        let status = if self.has_recovery { "ENABLED" } else { "DISABLED" };
        let recovery = json!({ "PointInTimeRecoveryStatus": status, "EarliestRestorableDateTime": since });
        json!({ "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery,
        } })
    }

    fn listed(&self) -> Value {
        let export = |(number, (_, status)): (usize, &(Date, &str))| {
            let arn = format!("arn:aws:dynamodb:us-east-1:1:table/events/export/{number}");
            json!({ "ExportArn": arn, "ExportStatus": status, "ExportType": "INCREMENTAL_EXPORT" })
        };
        json!({ "ExportSummaries": self.exports.iter().enumerate().map(export).collect::<Vec<_>>() })
    }

    fn described(&self, body: &str) -> Value {
        let number = body.rsplit('/').next().and_then(|rest| rest.split('"').next()?.parse::<usize>().ok());
        let (day, status) = self.exports[number.expect("the request names an export")];
        json!({ "ExportDescription": {
            "ExportStatus": status, "S3Bucket": "archive", "S3Prefix": format!("events/day={day}"),
        } })
    }
}

/// A UTC day. The export of the day that was one day ago is due.
pub(crate) fn day(ago: i64) -> Date {
    let due = Timestamp::now() - 2.hours();
    due.to_zoned_datetime(TimeZone::UTC).date() - ago.days()
}
