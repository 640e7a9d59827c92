//! People write texts into a chat that look like everything a reader of log lines looks for. A batch gives exactly its
//! own entries.

use proptest::prelude::*;
use serde_json::json;
use support::planted::text;
use tencent_chat_webhook::{
    log::{Level, Log, LogFields},
    outcome::{Failure, Outcome},
    unrecorded::{LogEntries, Unrecorded},
};

use crate::world::CapturedLog;

proptest! {
    #[test]
    fn batch_gives_exactly_its_own_entries(texts in [text(), text(), text()], note in 0..5_usize) {
        let captured = CapturedLog::default();
        let log = Log::new(Level::Debug, captured.clone());
        let failed = Outcome::Failed(Failure { reason: "timeout".into(), error: "No answer.".to_owned() });
        let bodies: Vec<_> = texts.iter().map(|text| json!({ "GroupId": texts[0], "Text": text }).to_string()).collect();
        let entries: Vec<_> = ["own-1", "own-2", "own-3"]
            .into_iter()
            .zip(bodies)
            .map(|(id, body)| Unrecorded::new(id, "SdkAppid=1", 1_670_574_414_321, "request-1", body))
            .collect();
        let fields = LogFields { subject: Some(texts[0].clone()), problem: Some(texts[1].clone()), ..LogFields::default() };
        for (index, entry) in entries.iter().enumerate() {
            if index == note {
                log.note(Level::Error, &texts[index], Some(&texts[2]));
            }
            log.unrecorded(&failed, &fields, &entry.pieces());
        }
        let found = LogEntries::of_lines(captured.text().lines());
        prop_assert_eq!(found, LogEntries { whole: entries, ..LogEntries::default() });
    }
}
