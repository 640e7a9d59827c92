//! The check of the archive.

use super::{
    api, assert_explains,
    aws::{Aws, day},
    doctor, wrong,
};

/// The result of the check on a changed stack: whether it is ok, the finding and the fix.
async fn looked(plant: impl FnOnce(&mut Aws)) -> Option<(bool, String, String)> {
    let api = api().await;
    let mut aws = Aws::well(&api.url());
    plant(&mut aws);
    let ran = doctor(aws, &["--json"]);
    assert_eq!(ran.stderr, "");
    let others = wrong(&ran).into_iter().filter(|(check, _, _)| check != "archive");
    assert_eq!(others.collect::<Vec<_>>(), [], "only the archive is changed");
    let finding = ran.json().into_iter().find(|finding| finding["check"] == "archive")?;
    let text = |name: &str| finding[name].as_str().expect("a text").to_owned();
    if finding["ok"] != true {
        assert_explains(&text("fix"));
    }
    Some((finding["ok"] == true, text("finding"), text("fix")))
}

#[tokio::test(flavor = "multi_thread")]
async fn archive_with_each_day_is_ok() {
    let (is_ok, finding, _) = looked(|_| {}).await.expect("the archive is checked");
    assert_eq!((is_ok, finding), (true, format!("every day up to {} is exported", day(1))));
    // An export that has begun is enough.
    let running = looked(|aws| aws.archive.exports[4].1 = "IN_PROGRESS").await;
    assert!(running.expect("the archive is checked").0);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_days_are_named_with_the_command_that_exports_them() {
    let (is_ok, finding, fix) =
        looked(|aws| drop(aws.archive.exports.drain(1..3))).await.expect("the archive is checked");
    assert_eq!((is_ok, finding), (false, format!("not exported: {}, {}", day(4), day(3))));
    let command = "aws stepfunctions start-execution --state-machine-arn arn:aws:states:us-east-1:1:stateMachine:archive";
    assert!(fix.starts_with(&format!(r#"{command} --input '{{"day": "{}"}}'"#, day(4))), "{fix}");
    let (is_ok, finding, _) =
        looked(|aws| aws.archive.exports[4].1 = "FAILED").await.expect("the archive is checked");
    assert_eq!((is_ok, finding), (false, format!("not exported: {}", day(1))));
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_that_is_off_is_found() {
    let (is_ok, finding, _) =
        looked(|aws| aws.archive.has_recovery = false).await.expect("the archive is checked");
    let expected = "no day is exported: the table's point-in-time recovery is off";
    assert_eq!((is_ok, finding.as_str()), (false, expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn archive_that_cannot_be_checked_is_not_ok() {
    let denied = looked(|aws| aws.fault = Some(("ListExports", "AccessDeniedException"))).await;
    let (is_ok, finding, fix) = denied.expect("the archive is checked");
    let expected = "not checked: the permission dynamodb:ListExports is missing";
    assert_eq!((is_ok, finding.as_str()), (false, expected));
    assert!(fix.contains("doctor --explain"), "{fix}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stack_without_an_archive_is_not_checked_for_it() {
    assert_eq!(looked(|aws| aws.outputs.retain(|(key, _)| *key != "ArchiveBucketName")).await, None);
}
