//! Answers near 6 MB, the most that Lambda returns.

use support::requests::{SDK_APPID, post};

use crate::world::{World, ok, status_and_body};

const COMMAND: &str = "Sns.CallbackPrevFriendAdd";

/// A request to add friends with these accounts, each written as in JSON.
fn request(accounts: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = accounts.map(|account| format!(r#"{{"To_Account":"{account}"}}"#)).collect();
    format!(
        r#"{{"Requester_Account":"a","From_Account":"a","EventTime":1670574514123,"FriendItem":[{}]}}"#,
        items.join(",")
    )
}

#[tokio::test]
async fn answer_too_large_for_lambda_becomes_the_plain_answer() {
    let world = World::start().await;
    let query = format!("SdkAppid={SDK_APPID}&CallbackCommand={COMMAND}");
    for (name, body, fits) in [
        ("55,000 friends", request((0..55_000).map(|n| n.to_string())), true),
        ("110,000 friends", request((0..110_000).map(|n| n.to_string())), false),
        ("a name of 700,000 quotes", request(std::iter::once("\\\"".repeat(700_000))), true),
        ("a name of 1.7 million quotes", request(std::iter::once("\\\"".repeat(1_700_000))), false),
        ("a name of 3.4 MB", request(std::iter::once("x".repeat(3_400_000))), true),
    ] {
        let reply = world.send(&post(&query, &body)).await;
        assert!(reply.to_string().len() <= 6_000_000, "{name}");
        let (status, answer) = status_and_body(&reply);
        assert_eq!(status, 200, "{name}");
        assert_eq!(answer["ResultItem"].is_array(), fits, "{name}");
        // On a busy machine the body may not be stored in time; then further lines hold pieces of it.
        let line = world.log.take_lines().remove(0);
        assert_eq!(line["answer"].as_str(), (!fits).then_some("too_large"), "{name}");
        if !fits {
            assert_eq!(answer, ok(), "{name}");
            assert_ne!(line["level"], "INFO", "{name}");
        }
    }
}
