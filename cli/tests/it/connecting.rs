//! Connections to a receiver, with and without TLS.

use std::io::Write;

use support::{receiver::Receiver as Plain, tls::Front};
use tempfile::NamedTempFile;

use crate::{
    receiver::Receiver,
    world::{Ran, World, created, program, run},
};

fn send(to: &str, arguments: &[&str]) -> Ran {
    let all = [&["send", "Group.CallbackAfterGroupFull", "--to", to], arguments].concat();
    run(program(&[], &all), "")
}

/// Sends to the server behind TLS, with its certificate in a file.
fn send_trusting(url: &str, certificate: &str) -> Ran {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(certificate.as_bytes()).expect("it can be written");
    send(url, &["--cacert", file.path().to_str().expect("text")])
}

#[tokio::test(flavor = "multi_thread")]
async fn receiver_is_trusted_by_its_own_certificate_or_its_authority() {
    let receiver = Receiver::start(|_| 200).await;
    let (signed, own) = (Front::start(receiver.address).await, Front::self_signed(receiver.address).await);
    for front in [&signed, &own] {
        let ran = send(&front.url, &[]);
        assert_eq!((ran.code, ran.stderr.lines().count()), (Some(1), 1), "{ran:?}");
        assert!(ran.stderr.contains("certificate") && ran.stderr.ends_with(" --cacert FILE\n"), "{ran:?}");
        send_trusting(&front.url, &front.authority).well();
    }
    assert_eq!(receiver.received().len(), 2);
    let other = Front::self_signed(receiver.address).await;
    let ran = send_trusting(&other.url, &own.authority);
    assert_eq!(ran.code, Some(1), "another certificate is not trusted: {ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_error_says_what_to_do_in_one_line() {
    let receiver = Receiver::start(|_| 0).await;
    let (port, front) = (receiver.address.port(), Front::start(receiver.address).await);
    let plain = Plain::answering("").await;
    for (to, expected) in [
        (format!("https://{}", plain.address), format!("{} does not speak TLS; use http://", plain.address)),
        (
            format!("http://localhost:{port}"),
            format!(
                "localhost:{port} closed the connection without an answer; if it expects TLS, use https://\n"
            ),
        ),
        (front.url.replace("localhost", "127.0.0.1"), "; give ".to_owned()),
        ("localhost:9".to_owned(), "nothing listens at localhost:9; start the receiver, ".to_owned()),
        (
            "https://no-such-host.invalid".to_owned(),
            "the name no-such-host.invalid is not known; ".to_owned(),
        ),
    ] {
        let ran = send(&to, &["--yes"]);
        assert_eq!((ran.code, ran.stderr.lines().count()), (Some(1), 1), "{to}: {ran:?}");
        assert!(ran.stderr.contains(&expected), "{to}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_is_reached_through_the_proxy_of_the_environment() {
    let world = World::start().await;
    world.record(&created("g", 1_670_574_414_000, "x"), 1).await;
    let list = |no_proxy: &str| {
        let mut command = world.program(&["count", "g"]);
        command.env("HTTP_PROXY", world.dynamodb.url()).env("NO_PROXY", no_proxy);
        command.env("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb.invalid").env("AWS_MAX_ATTEMPTS", "1");
        run(command, "")
    };
    assert!(list("other.invalid").well().starts_with('1'));
    assert_eq!(list("dynamodb.invalid").code, Some(1));
}
