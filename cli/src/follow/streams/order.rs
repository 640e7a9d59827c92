//! The order in which the records of several shards are returned.

use aws_sdk_dynamodbstreams::{primitives::DateTime, types::Record};

/// The records of some shards in order of their creation, without those created before `since`.
///
/// A record's time is rounded and approximate, so the records of a shard keep their order even if their times disagree.
pub(super) fn in_order(shards: Vec<Vec<Record>>, since: Option<DateTime>) -> Vec<Record> {
    let mut timed = Vec::new();
    for records in shards {
        let mut latest = None;
        for record in records {
            let created = created(&record);
            latest = latest.max(created);
            if created.is_none_or(|created| Some(created) >= since) {
                timed.push((latest, record));
            }
        }
    }
    timed.sort_by_key(|(time, _)| *time);
    timed.into_iter().map(|(_, record)| record).collect()
}

fn created(record: &Record) -> Option<DateTime> {
    record.dynamodb()?.approximate_creation_date_time().copied()
}
