use tencent_chat_webhook::record::RecordedEvent;

use super::*;
use crate::content::Content;

/// A message at a time, with its number and topic.
fn sent(time: u64, seq: Option<i64>, topic: &str) -> Sent {
    let topic = (!topic.is_empty()).then(|| topic.to_owned());
    let event = RecordedEvent::default();
    Sent { time, seq, topic, ..Sent::of(&event, "amy", Content::default()) }
}

/// The places of the messages in order, and the missing numbers.
fn ordered(numbering: Numbering, messages: &[Sent]) -> (Vec<u64>, Vec<(i64, i64)>) {
    let mut order = Order::new(numbering);
    for (at, message) in (0..).zip(messages) {
        order.push(message, at);
    }
    let (next, gaps) = order.done(|_| false);
    let shown: Vec<_> = next.iter().filter_map(|next| next.missing).collect();
    let gaps: Vec<_> = gaps.into_iter().map(|gap| (gap.from, gap.to)).collect();
    let mut sorted: Vec<_> = shown.into_iter().map(|missing| (missing.from, missing.to)).collect();
    sorted.sort_unstable();
    let mut expected = gaps.clone();
    expected.sort_unstable();
    assert_eq!(sorted, expected, "each gap is shown once");
    (next.iter().map(|next| next.at).collect(), gaps)
}

#[test]
fn number_wins_over_the_times_of_two_seconds() {
    let messages =
        [sent(1999, Some(2), ""), sent(2001, Some(1), ""), sent(2001, None, ""), sent(2002, Some(3), "")];
    assert_eq!(ordered(Numbering::Group, &messages), (vec![1, 0, 2, 3], vec![]));
    assert_eq!(ordered(Numbering::Second, &messages).0, [0, 1, 2, 3]);
}

#[test]
fn topics_have_their_own_numbers_and_gaps() {
    let messages = [sent(1, Some(1), ""), sent(2, Some(9), "t"), sent(3, Some(4), ""), sent(4, Some(8), "t")];
    assert_eq!(ordered(Numbering::Group, &messages), (vec![0, 3, 2, 1], vec![(2, 3)]));
}

#[test]
fn numbers_of_a_new_group_begin_again() {
    let later = 1 + RESTART_MILLIS + 1;
    let messages = [sent(1, Some(50), ""), sent(later, Some(1), ""), sent(later + 1, Some(3), "")];
    assert_eq!(ordered(Numbering::Group, &messages), (vec![0, 1, 2], vec![(2, 2)]));
    let messages = [sent(1, Some(2), ""), sent(later - 1, Some(1), "")];
    assert_eq!(ordered(Numbering::Group, &messages).0, [1, 0]);
}

#[test]
fn messages_left_out_leave_no_place() {
    let mut order = Order::new(Numbering::Group);
    for (at, seq) in [(0, None), (1, Some(2)), (2, Some(1))] {
        order.push(&sent(1, seq, ""), at);
    }
    let (next, gaps) = order.done(|place| place == 0);
    assert_eq!((next.iter().map(|next| next.at).collect::<Vec<_>>(), gaps), (vec![2, 1], vec![]));
}
