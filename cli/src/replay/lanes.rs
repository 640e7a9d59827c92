//! The order of the callbacks of a subject, while several callbacks are under way.

use std::collections::{HashMap, VecDeque};

use tencent_chat_webhook::record::RecordedEvent;

/// The most that waits, in bytes of bodies.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// What an event takes besides its body: attributes.
const EVENT_BYTES: usize = 2048;

/// A lane for each subject with a callback under way. In it, later callbacks of the subject wait.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: HashMap<String, VecDeque<RecordedEvent>>,
    bytes: usize,
}

impl Lanes {
    /// Returns the event if no other of its subject is under way. From then on, it is under way itself.
    pub(super) fn enter(&mut self, event: RecordedEvent) -> Option<RecordedEvent> {
        if let Some(lane) = self.lanes.get_mut(event.pk()) {
            self.bytes += bytes(&event);
            lane.push_back(event);
            return None;
        }
        self.lanes.insert(event.pk().to_owned(), VecDeque::new());
        Some(event)
    }

    /// After a callback of a subject has ended, returns the next one, which is under way from then on.
    pub(super) fn leave(&mut self, pk: &str) -> Option<RecordedEvent> {
        let next = self.lanes.get_mut(pk).and_then(VecDeque::pop_front);
        match &next {
            Some(event) => self.bytes -= bytes(event),
            None => drop(self.lanes.remove(pk)),
        }
        next
    }

    /// Whether no more events should be read.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= MAX_BYTES
    }
}

fn bytes(event: &RecordedEvent) -> usize {
    EVENT_BYTES + event.body().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_has_one_event_under_way_and_keeps_its_order() {
        let mut lanes = Lanes::default();
        let event = |pk, sk| RecordedEvent::of_key(pk, sk);
        assert_eq!(lanes.enter(event("a", "1")), Some(event("a", "1")));
        assert_eq!(lanes.enter(event("a", "2")), None);
        assert_eq!(lanes.enter(event("b", "3")), Some(event("b", "3")));
        assert_eq!(lanes.enter(event("a", "4")), None);
        assert_eq!(lanes.leave("b"), None);
        assert_eq!(lanes.leave("a"), Some(event("a", "2")));
        assert_eq!(lanes.enter(event("b", "5")), Some(event("b", "5")));
        assert_eq!(lanes.leave("a"), Some(event("a", "4")));
        assert_eq!((lanes.leave("a"), lanes.leave("b")), (None, None));
        assert_eq!((lanes.bytes, lanes.lanes.len()), (0, 0));
    }

    #[test]
    fn lanes_are_full_of_bytes_and_not_of_events() {
        let mut lanes = Lanes::default();
        let waiting = MAX_BYTES / EVENT_BYTES;
        for number in 0..=waiting {
            assert!(!lanes.is_full(), "{number}");
            lanes.enter(RecordedEvent::of_key("a", &number.to_string()));
        }
        assert!(lanes.is_full());
        lanes.leave("a");
        assert!(!lanes.is_full());
    }
}
