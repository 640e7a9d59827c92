//! The checks of the URL.

use super::{api, aws::Aws, doctor, wrong};
use crate::{
    receiver::{Receiver, Reply},
    world::{ENVIRONMENT, program, run},
};

#[tokio::test(flavor = "multi_thread")]
async fn url_is_wrong_if_it_admits_unsigned_or_does_not_answer() {
    for (status, finding) in
        [(200, "without a signature is accepted"), (500, "answers 500"), (0, "no answer")]
    {
        let api = Receiver::start(move |number| if number == 0 { status } else { 200 }).await;
        let ran = doctor(Aws::well(&api.url()), &[]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let lines = ran.lines();
        assert!(lines[0].starts_with("FAIL   url unsigned  ") && lines[0].contains(finding), "{lines:?}");
        assert!(lines[1].starts_with("                      "), "{lines:?}");
    }
    let other_token = Receiver::start(|_| 401).await;
    let found = wrong(&doctor(Aws::well(&other_token.url()), &["--json"]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.contains("does not have the token of CALLBACK_TOKENS"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn url_of_another_server_or_application_is_found() {
    let page = Receiver::replying(|_, _| Reply::new(404, "<html>")).await;
    let other_app = Receiver::start(|number| if number == 0 { 401 } else { 403 }).await;
    for (url, finding, fix) in [
        (page.url(), "not the function answers, but something else: 404 <html>", "--explain your-own-domain"),
        (other_app.url(), "the function does not serve 1400000001", "add it to SdkAppIds: "),
        ("ftp://example.com".to_owned(), "the stack's CallbackUrl is not a URL", "--explain your-own-domain"),
    ] {
        let found = wrong(&doctor(Aws::well(&url), &["--json"]));
        assert!(found[0].1.starts_with(finding) && found[0].2.contains(fix), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skipped_signed_request_has_the_section_on_tokens() {
    let api = api().await;
    let mut command = program(&ENVIRONMENT, &["--stack", "ours", "doctor", "--json"]);
    command.envs(Aws::well(&api.url()).serve());
    let ran = run(command, "");
    let [(check, _, fix)] = wrong(&ran).try_into().expect("one finding");
    assert_eq!((ran.code, check.as_str()), (Some(0), "url signed"));
    let expected =
        "set CALLBACK_TOKENS to the console's token; see chat-events doctor --explain SignatureRefusalsAlarm";
    assert_eq!(fix, expected);
}
