//! Faults of a stack with your own receiver.

use serde_json::{Value, json};

use super::{Fault, aws::line};

fn missed(sk: &str) -> Value {
    line(
        "recorded",
        &json!({ "token": 1, "forward": "503", "unforwarded": { "pk": "p", "sk": sk, "hop": 1 } }),
    )
}

pub(super) const FAULTS: [Fault; 4] = [
    (
        |aws| {
            aws.with_receiver();
            aws.log([missed("a"), missed("b"), missed("c")]);
            let line = |outcome, sk| json!({ "outcome": outcome, "pk": "p", "sk": sk });
            aws.reforward_log = vec![line("forwarded", "a"), line("failed", "b")];
            aws.in_receiver_queue = 2;
        },
        &[
            (
                "receiver queue",
                "2 messages: callbacks that wait for the receiver",
                "--explain ReforwardQueueAgeAlarm",
            ),
            ("reforwarded", "3 missed = 1 sent again + 2 waiting", "--explain ReforwardQueueAgeAlarm"),
        ],
    ),
    (
        |aws| {
            aws.with_receiver();
            aws.log([missed("a")]);
        },
        &[("reforwarded", "1 waiting, and the receiver's queue is empty", "--explain ReforwardDroppedAlarm")],
    ),
    (
        |aws| {
            aws.with_receiver();
            aws.has_reforward = false;
        },
        &[("subscription", "missed callbacks stay in the log", "--explain ReforwardDeliveryAlarm")],
    ),
    (
        |aws| {
            aws.with_receiver();
            aws.receiver_letters = 1;
        },
        &[("receiver dead letters", "1 message: callbacks", "--explain ReforwardDeadLettersAlarm")],
    ),
];
