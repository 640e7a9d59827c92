//! The order of messages. Only their numbers and places in a file are in memory.
//!
//! Messages come in order of time. Tencent's number `MsgSeq` is more exact: in a group it is the order of the messages
//! (page 34375), and between two users that of the messages of one second (page 34365). So messages that are numbered
//! together keep their places in the conversation, and are put into these places in the order of their numbers.

use std::collections::HashMap;

use super::message::{Missing, Sent};
use crate::evidence::manifest::Gap;

/// If a number is lower than one so much earlier, a new group with the same id has begun, and the end of the old one was not
/// recorded.
const RESTART_MILLIS: u64 = 60_000;

/// What is numbered together.
#[derive(Clone, Copy, Debug)]
pub(super) enum Numbering {
    /// The messages of a group, or of a topic.
    Group,
    /// The messages of a second.
    Second,
}

/// The messages while they are read.
#[derive(Debug)]
pub(super) struct Order {
    numbering: Numbering,
    places: Vec<Place>,
    /// By generation and topic.
    runs: HashMap<(u32, Option<String>), Run>,
    topics: Vec<Option<String>>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    at: u64,
    /// The run and the number. A message without a number keeps its place.
    number: Option<(usize, i64)>,
}

/// Messages that are numbered together.
#[derive(Debug)]
struct Run {
    id: usize,
    highest: i64,
    time: u64,
}

/// A message's place in the file, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) at: u64,
    pub(super) missing: Option<Missing>,
}

impl Order {
    pub(super) fn new(numbering: Numbering) -> Self {
        Self { numbering, places: Vec::new(), runs: HashMap::new(), topics: Vec::new() }
    }

    /// Adds a message that stands at this place in the file. Returns its place here.
    pub(super) fn push(&mut self, sent: &Sent, at: u64) -> usize {
        let number = sent.seq.map(|seq| (self.run(sent, seq), seq));
        self.places.push(Place { at, number });
        self.places.len() - 1
    }

    fn run(&mut self, sent: &Sent, seq: i64) -> usize {
        let next = self.topics.len();
        let key = (sent.generation, sent.topic.clone());
        let run = self.runs.entry(key).or_insert_with(|| {
            self.topics.push(sent.topic.clone());
            Run { id: next, highest: seq, time: sent.time }
        });
        let begins_again = match self.numbering {
            Numbering::Group => seq < run.highest && sent.time > run.time + RESTART_MILLIS,
            Numbering::Second => sent.time / 1000 != run.time / 1000,
        };
        if begins_again {
            self.topics.push(sent.topic.clone());
            *run = Run { id: next, highest: seq, time: sent.time };
        } else if seq > run.highest {
            (run.highest, run.time) = (seq, sent.time);
        }
        run.id
    }

    /// The messages in order, without those at some places, and the numbers that none of them has.
    pub(super) fn done(self, is_left_out: impl Fn(usize) -> bool) -> (Vec<Next>, Vec<Gap>) {
        let Self { numbering, places, topics, .. } = self;
        let places: Vec<Place> = places
            .into_iter()
            .enumerate()
            .filter(|(index, _)| !is_left_out(*index))
            .map(|(_, place)| place)
            .collect();
        let mut next: Vec<Next> = places.iter().map(|place| Next { at: place.at, missing: None }).collect();
        let mut slots: Vec<(usize, i64, usize)> = places
            .iter()
            .enumerate()
            .filter_map(|(index, place)| place.number.map(|(run, seq)| (run, seq, index)))
            .collect();
        slots.sort_by_key(|&(run, _, index)| (run, index));
        let mut numbered = slots.clone();
        numbered.sort_unstable();
        let (mut gaps, mut last) = (Vec::new(), None);
        for (&(_, _, slot), &(run, seq, index)) in slots.iter().zip(&numbered) {
            let before = last.filter(|(of, _)| *of == run && matches!(numbering, Numbering::Group));
            let missing = before
                .filter(|(_, before)| seq.saturating_sub(*before) > 1)
                .map(|(_, before)| Missing { from: before + 1, to: seq - 1 });
            gaps.extend(missing.map(|missing| Gap {
                topic: topics[run].clone(),
                from: missing.from,
                to: missing.to,
            }));
            next[slot] = Next { at: places[index].at, missing };
            last = Some((run, seq));
        }
        (next, gaps)
    }
}

#[cfg(test)]
mod tests;
