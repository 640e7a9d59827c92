//! The JSON that Tencent expects (page 34354, "Webhook response"), as API Gateway wants it handed over.

use serde::Serialize;

use crate::refusal::Refusal;

/// An HTTP response in API Gateway's payload format 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// HTTP status. Tencent takes anything but 200 for a failure.
    pub status_code: u16,
    headers: Headers,
    /// `{"ActionStatus":…,"ErrorInfo":…,"ErrorCode":…}`
    pub body: String,
    is_base64_encoded: bool,
    cookies: [&'static str; 0],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Headers {
    #[serde(rename = "content-type")]
    content_type: &'static str,
}

impl Reply {
    /// 200, `OK`: recorded, recorded before, a check of the URL, or a before-callback to let pass.
    #[must_use]
    pub fn ok() -> Self {
        Self::new(200, "OK", "", 0)
    }

    /// `FAIL` with the refusal's status.
    #[must_use]
    pub fn refused(refusal: Refusal) -> Self {
        Self::new(refusal.status(), "FAIL", refusal.error_info(), refusal.status())
    }

    /// 503, `FAIL`: the callback could not be stored.
    #[must_use]
    pub fn not_stored() -> Self {
        Self::new(503, "FAIL", "The callback could not be stored.", 503)
    }

    fn new(status_code: u16, action_status: &str, error_info: &str, error_code: u16) -> Self {
        Self {
            status_code,
            headers: Headers { content_type: "application/json" },
            // No text here needs escaping: all of them are this crate's own.
            body: format!(
                r#"{{"ActionStatus":"{action_status}","ErrorInfo":"{error_info}","ErrorCode":{error_code}}}"#
            ),
            is_base64_encoded: false,
            cookies: [],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn every_reply_is_the_documented_json() {
        let mut replies = vec![(Reply::ok(), 200, "OK", 0), (Reply::not_stored(), 503, "FAIL", 503)];
        for refusal in Refusal::ALL {
            replies.push((Reply::refused(refusal), refusal.status(), "FAIL", refusal.status()));
        }
        for (reply, status, action_status, error_code) in replies {
            assert_eq!(reply.status_code, status);
            let body: Value = serde_json::from_str(&reply.body).expect("a reply is JSON");
            let error_info = body["ErrorInfo"].as_str().expect("ErrorInfo is a string");
            assert_eq!(error_info.is_empty(), status == 200);
            assert_eq!(
                body,
                json!({"ActionStatus": action_status, "ErrorInfo": error_info, "ErrorCode": error_code})
            );
        }
    }

    #[test]
    fn api_gateway_gets_payload_format_2() {
        assert_eq!(
            serde_json::to_value(Reply::ok()).expect("a reply serializes"),
            json!({
                "statusCode": 200,
                "headers": {"content-type": "application/json"},
                "body": r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#,
                "isBase64Encoded": false,
                "cookies": []
            })
        );
    }

    #[test]
    fn the_signature_failures_look_alike_from_outside() {
        let signature = Refusal::ALL.into_iter().filter(|refusal| refusal.name().starts_with("sign_"));
        let replies: Vec<_> = signature.map(Reply::refused).collect();
        assert_eq!(replies.len(), 5);
        assert!(replies.iter().all(|reply| *reply == replies[0]));
    }
}
