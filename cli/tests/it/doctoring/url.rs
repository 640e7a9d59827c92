//! `doctor` at a URL that does not refuse as the function does.

use super::{assert_explains, aws::Aws, doctor, wrong};
use crate::receiver::Receiver;

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
    assert_explains(&found[0].2);
}
