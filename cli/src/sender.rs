//! Callbacks as Tencent sends them: the parameters of the URL, and the signature.

use std::collections::HashMap;

use serde_json::Value;
use tencent_chat_callbacks::signature::sign;
use tencent_chat_webhook::{record::RecordedEvent, settings, time::now_millis};

use crate::{
    fault::Fault,
    receiver::{Answer, Receiver},
};

/// The parameters of a callback's URL.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters<'a> {
    pub(crate) sdk_appid: Option<&'a str>,
    pub(crate) command: Option<&'a str>,
    pub(crate) client_ip: Option<&'a str>,
    pub(crate) opt_platform: Option<&'a str>,
    /// Whether the URL says that the callback was sent before.
    pub(crate) is_replayed: bool,
}

impl<'a> Parameters<'a> {
    /// The parameters of a recorded event.
    pub(crate) fn of(event: &'a RecordedEvent) -> Self {
        Self {
            sdk_appid: event.attribute("SdkAppid"),
            command: event.attribute("CallbackCommand"),
            client_ip: event.attribute("ClientIP"),
            opt_platform: event.attribute("OptPlatform"),
            is_replayed: false,
        }
    }

    /// The query string, with a signature if there is one.
    pub(crate) fn query(&self, signature: Option<&Signature>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut put = |name, value: Option<&str>| {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        };
        put("SdkAppid", self.sdk_appid);
        put("CallbackCommand", self.command);
        put("contenttype", Some("json"));
        put("ClientIP", self.client_ip);
        put("OptPlatform", self.opt_platform);
        put("RequestTime", signature.map(|signature| signature.request_time.as_str()));
        put("Sign", signature.map(|signature| signature.sign.as_str()));
        put("Replayed", self.is_replayed.then_some("1"));
        query.finish()
    }
}

/// `RequestTime` and `Sign` (page 34354).
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    request_time: String,
    sign: String,
}

impl Signature {
    /// A signature with a token and a time `seconds_ago` seconds ago.
    pub(crate) fn new(token: &str, seconds_ago: u64) -> Self {
        let request_time = (now_millis() / 1000 - seconds_ago).to_string();
        let sign = sign(token, &request_time);
        Self { request_time, sign }
    }
}

/// The token in `CALLBACK_TOKENS` that signs an application's callbacks.
pub(crate) fn token(sdk_appid: &str) -> Result<Option<String>, Fault> {
    let lookup = |name: &str| std::env::var(name).ok();
    settings::token(lookup, sdk_appid).map_err(|error| Fault::Message(error.to_string()))
}

/// Sends recorded events to a receiver, as Tencent sent them.
#[derive(Debug)]
pub(crate) struct Sender {
    receiver: Receiver,
    is_replay: bool,
    /// By application.
    tokens: HashMap<String, Option<String>>,
}

impl Sender {
    /// With `is_replay`, the URL says that the callback was sent before.
    pub(crate) fn new(url: &str, is_replay: bool) -> Result<Self, Fault> {
        Ok(Self { receiver: Receiver::new(url)?, is_replay, tokens: HashMap::new() })
    }

    /// Sends an event, with a new signature if its application has a token.
    pub(crate) async fn send(&mut self, event: &RecordedEvent) -> Result<Answer, Fault> {
        let Some(body) = event.body() else {
            return Ok(Answer::none("not sent: a part of its body is not in the table"));
        };
        let app = event.sdk_appid();
        let token = match self.tokens.get(app) {
            Some(token) => token,
            None => self.tokens.entry(app.to_owned()).or_insert(token(app)?),
        };
        let signature = token.as_ref().map(|token| Signature::new(token, 0));
        let parameters = Parameters { is_replayed: self.is_replay, ..Parameters::of(event) };
        Ok(self.receiver.post(&parameters.query(signature.as_ref()), body).await)
    }
}

/// The JSON line for an event that was sent, and its answer.
pub(crate) fn line(event: &RecordedEvent, answer: &Answer) -> Value {
    let mut line = answer.json();
    for name in ["pk", "sk", "CallbackCommand"] {
        line[name] = event.attribute(name).into();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_has_escaped_parameters() {
        let parameters = Parameters {
            sdk_appid: Some("1400000001"),
            command: Some("A.B&c"),
            client_ip: Some("2001:db8::1"),
            is_replayed: true,
            ..Parameters::default()
        };
        let query = "SdkAppid=1400000001&CallbackCommand=A.B%26c&contenttype=json&ClientIP=2001%3Adb8%3A%3A1";
        assert_eq!(parameters.query(None), format!("{query}&Replayed=1"));
        let signed = parameters.query(Some(&Signature::new("t", 0)));
        assert!(
            signed.starts_with(&format!("{query}&RequestTime=")) && signed.contains("&Sign="),
            "{signed}"
        );
    }
}
