//! A health check, for a DNS service that watches a Region.

use serde_json::{Value, json};
use support::requests::post;

use crate::world::{handler, log_lines, ok, send, status_and_body};

/// A request with this method and path, and nothing that admits it.
fn request(method: &str, path: &str) -> Value {
    let mut event = post("", "");
    event["requestContext"]["http"]["method"] = json!(method);
    event["rawPath"] = json!(path);
    event
}

/// Neither table nor receiver can be reached.
#[tokio::test]
async fn health_check_is_answered_without_table_and_receiver() {
    let settings = [("CALLBACK_TOKENS", "planted-token"), ("FORWARD_URL", "http://127.0.0.1:9/")];
    let (function, log) = handler("http://127.0.0.1:9", &settings);
    for method in ["GET", "HEAD"] {
        assert_eq!(
            status_and_body(&send(&function, &request(method, "/health")).await),
            (200, ok()),
            "{method}"
        );
        let line = log.take_lines().remove(0);
        assert_eq!((&line["outcome"], &line["level"]), (&json!("health"), &json!("INFO")), "{line}");
    }
    for (method, path, status) in [
        ("GET", "/", 405),
        ("GET", "/health/", 405),
        ("GET", "/Health", 405),
        ("GET", "/\u{1f}health", 405),
        ("PUT", "/health", 405),
        ("POST", "/health", 403),
    ] {
        let (got, _) = status_and_body(&send(&function, &request(method, path)).await);
        assert_eq!(got, status, "{method} {path}");
    }
    assert!(log_lines(&log.text()).iter().all(|line| line["outcome"] == "refused"));
}
