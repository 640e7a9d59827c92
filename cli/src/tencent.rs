//! A client of Tencent's REST API (page 34620).

use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
    str::FromStr,
    time::Duration,
};

use aws_smithy_types::body::SdkBody;
use http::{
    HeaderMap, Request, StatusCode,
    header::{CONTENT_TYPE, DATE, USER_AGENT},
};
use jiff::fmt::rfc2822;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tencent_chat_webhook::{
    https::{Https, Timeouts},
    time::now_millis,
};
use tokio::time::timeout;

use crate::{
    fault::{Fault, causes},
    receiver::{AGENT, read},
    web::NamedHost,
};

mod refusal;
mod user_sig;

/// The variable with the `SecretKey`.
const SECRET_KEY: &str = "TENCENT_SECRET_KEY";

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(10), idle: Duration::from_secs(20) };

/// The time limit for a response.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest answer that is read.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// The application's `SecretKey`. It signs in any user, so it must not be shown.
#[derive(Clone)]
struct SecretKey(String);

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey(…)")
    }
}

/// The server of a data centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiHost {
    text: String,
    host: NamedHost,
}

impl ApiHost {
    /// Whether the server is a stand-in on this machine, with HTTP instead of HTTPS.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.is_loopback()
    }

    pub(crate) fn host(&self) -> &NamedHost {
        &self.host
    }
}

impl FromStr for ApiHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected a server of Tencent's REST API, such as adminapisgp.im.qcloud.com";
        let host: NamedHost = text.parse().map_err(|_| expected)?;
        // A sign-in of the administrator goes to this server.
        let is_tencent = [".tim.qq.com", ".im.qcloud.com"].iter().any(|domain| text.ends_with(domain));
        let is_known = is_tencent || host.is_loopback();
        is_known.then(|| Self { text: text.to_owned(), host }).ok_or(expected)
    }
}

/// The client, signed in as an administrator of the application.
#[derive(Debug)]
pub(crate) struct Tencent {
    api: ApiHost,
    app: String,
    admin: String,
    key: SecretKey,
    client: Https,
}

/// An answer with an error code.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) code: i64,
    fault: Fault,
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        error.fault
    }
}

impl From<String> for ApiError {
    fn from(reason: String) -> Self {
        Self { code: 0, fault: Fault::Message(reason) }
    }
}

impl Tencent {
    /// A client with the key of the environment.
    pub(crate) fn from_env(api: ApiHost, app: String, admin: String) -> Result<Self, Fault> {
        let key = std::env::var(SECRET_KEY).unwrap_or_default().trim().to_owned();
        if key.is_empty() {
            return Err(Fault::Usage(format!("set {SECRET_KEY} to the SecretKey of application {app}")));
        }
        let client = if api.is_loopback() {
            Https::without_roots(TIMEOUTS)
        } else {
            Https::with_system_roots(TIMEOUTS)
        };
        Ok(Self { api, app, admin, key: SecretKey(key), client })
    }

    /// Calls an interface, for example `v4/open_msg_svc/get_history`.
    pub(crate) async fn call<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, ApiError> {
        let request = self.request(path, body)?;
        let exchange = timeout(TIMEOUT, self.exchange(request)).await;
        let (headers, answer) =
            exchange.map_err(|_| self.unanswered(&format!("no response in {} s", TIMEOUT.as_secs())))??;
        let code = answer["ErrorCode"].as_i64();
        if code != Some(0) {
            let info = answer["ErrorInfo"].as_str().unwrap_or_default();
            return Err(self.refusal(code.unwrap_or(-1), info, &headers));
        }
        serde_json::from_value(answer)
            .map_err(|error| format!("can't read the answer of {}: {error}", self.api.text).into())
    }

    fn request(&self, path: &str, body: &Value) -> Result<Request<SdkBody>, ApiError> {
        let now = now_millis() / 1000;
        let user_sig = user_sig::user_sig(&self.key.0, &self.app, &self.admin, now)
            .ok_or_else(|| format!("{} is not an SDKAppID", self.app))?;
        let random = RandomState::new().build_hasher().finish() >> 32;
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("sdkappid", &self.app)
            .append_pair("identifier", &self.admin)
            .append_pair("usersig", &user_sig)
            .append_pair("random", &random.to_string())
            .append_pair("contenttype", "json")
            .finish();
        let scheme = if self.api.is_loopback() { "http" } else { "https" };
        let request = Request::post(format!("{scheme}://{}/{path}?{query}", self.api.text))
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, AGENT)
            .body(body.to_string().into());
        // The error would not show the URL, but neither is it needed.
        request.map_err(|_| format!("can't make a request to {}", self.api.text).into())
    }

    async fn exchange(&self, request: Request<SdkBody>) -> Result<(HeaderMap, Value), ApiError> {
        let response = self.client.send(request).await.map_err(|error| self.unanswered(&causes(&error)))?;
        let (parts, body) = response.into_parts();
        if parts.status != StatusCode::OK {
            return Err(self.unanswered(&format!("status {}", parts.status.as_u16())));
        }
        let answer = read(body, MAX_ANSWER_BYTES).await.map_err(|reason| self.unanswered(&reason))?;
        if answer.len() > MAX_ANSWER_BYTES {
            return Err(self.unanswered("the answer is too large"));
        }
        let answer =
            serde_json::from_slice(&answer).map_err(|_| self.unanswered("the answer is not JSON"))?;
        Ok((parts.headers, answer))
    }

    fn unanswered(&self, reason: &str) -> ApiError {
        format!("can't ask Tencent's REST API at {}: {reason}", self.api.text).into()
    }

    fn refusal(&self, code: i64, info: &str, headers: &HeaderMap) -> ApiError {
        let seconds_ahead = headers.get(DATE).and_then(|date| date.to_str().ok()).and_then(|date| {
            let there = rfc2822::parse(date).ok()?.timestamp().as_second();
            Some(i64::try_from(now_millis() / 1000).ok()? - there)
        });
        let fault = Fault::Message(refusal::message(code, info, &self.app, &self.admin, seconds_ahead));
        ApiError { code, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_goes_only_to_tencent_or_to_this_machine() {
        for (text, expected) in [
            ("console.tim.qq.com", true),
            ("adminapisgp.im.qcloud.com", true),
            ("127.0.0.1:9999", true),
            ("example.com", false),
            ("eviltim.qq.com", false),
            ("console.tim.qq.com.example.com", false),
            ("https://console.tim.qq.com", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(text.parse::<ApiHost>().is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn secret_key_is_not_in_debug_output() {
        assert_eq!(format!("{:?}", SecretKey("planted".to_owned())), "SecretKey(…)");
    }
}
