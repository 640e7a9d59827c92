//! Items that DynamoDB rejects permanently.

use support::endpoint::Step;

use super::stage::{Kind, Stage, check_log};

const REJECTED: Step = Step::Fail(400, "ValidationException", "A value is not supported.");

/// For a large body, a lookup of the head and two parts come before the head.
fn head_rejected(kind: Kind) -> Vec<Step> {
    let mut script = vec![Step::Pass; if kind.large { 3 } else { 0 }];
    script.extend([REJECTED, Step::Pass]);
    script
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_head_is_written_without_the_body_s_fields() {
    for kind in Kind::ALL {
        let stage = Stage::scripted(&head_rejected(kind)).await;
        assert_eq!(stage.deliver(&kind.event(1)).await.0, 200, "{kind}");
        assert_eq!(stage.log.outcomes(), ["recorded"], "{kind}");
        assert_eq!(stage.table.bodies().await, [kind.body(1)], "{kind}");
        let head = &stage.table.heads().await[0];
        assert!(head.contains_key("EventTime") && head.contains_key("MemberCount"), "{head:?}");
        assert!(!head.contains_key("GroupId") && !head.contains_key("Type"), "{head:?}");
        let problem = head["Problem"].as_s().expect("a text");
        assert!(
            problem.ends_with("fields are only in Body: DynamoDB rejected them as attributes"),
            "{problem}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_rejected_twice_or_rejected_part_is_a_failure() {
    for (kind, script) in
        [(Kind::SMALL, vec![REJECTED]), (Kind::LARGE, vec![Step::Pass, REJECTED, Step::Pass, Step::Pass])]
    {
        let stage = Stage::scripted(&script).await;
        let event = kind.event(1);
        assert_eq!(stage.deliver(&event).await.0, 503, "{kind}");
        assert_eq!(check_log(&stage.log.text(), &event)["reason"], "ValidationException", "{kind}");
        assert!(stage.table.heads().await.is_empty(), "{kind}");
    }
}
