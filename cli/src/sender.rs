//! Callbacks as Tencent sends them: the parameters of the URL, and the signature.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tencent_chat_callbacks::signature::sign;
use tencent_chat_webhook::{record::RecordedEvent, settings, time::now_millis};

use crate::{
    fault::Fault,
    plain::escaped,
    receiver::{Answer, ConnectionFlags, Receiver},
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

    /// The same without the secret part, to show it.
    pub(crate) fn hidden(self) -> Self {
        Self { sign: "***".to_owned(), ..self }
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
    pub(crate) fn new(url: &str, flags: &ConnectionFlags, is_replay: bool) -> Result<Self, Fault> {
        Ok(Self { receiver: Receiver::new(url, flags)?, is_replay, tokens: HashMap::new() })
    }

    /// Sends an event, with a new signature if its application has a token.
    pub(crate) fn send(
        &mut self,
        event: &RecordedEvent,
    ) -> Result<impl Future<Output = Answer> + Send + use<>, Fault> {
        let body = event.body().map(str::to_owned);
        let app = event.sdk_appid();
        let token = match self.tokens.get(app) {
            Some(token) => token,
            None => self.tokens.entry(app.to_owned()).or_insert(token(app)?),
        };
        let signature = token.as_ref().map(|token| Signature::new(token, 0));
        let parameters = Parameters { is_replayed: self.is_replay, ..Parameters::of(event) };
        let (receiver, query) = (self.receiver.clone(), parameters.query(signature.as_ref()));
        Ok(async move {
            match body {
                Some(body) => receiver.post(&query, body).await,
                None => Answer::unsent("not sent: a part of its body is not in the table".to_owned()),
            }
        })
    }
}

/// The JSON line for a callback and its answer.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pk: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sk: Option<&'a str>,
    #[serde(rename = "CallbackCommand")]
    command: Option<&'a str>,
    status: u16,
    /// The JSON object, else a string.
    answer: Option<Box<RawValue>>,
    ms: u64,
}

impl<'a> Line<'a> {
    pub(crate) fn new(command: &'a str, answer: &Answer) -> Self {
        let Answer { status, text, .. } = answer;
        let object = answer.object().or_else(|| to_raw_value(text).ok());
        let ms = answer.millis();
        Self { pk: None, sk: None, command: Some(command), status: *status, answer: object, ms }
    }

    /// The line in JSON, with escapes for characters that are not plain.
    pub(crate) fn json(&self) -> String {
        // Serializing it can't fail.
        escaped(&serde_json::to_string(self).unwrap_or_default())
    }

    /// The line of a recorded event.
    pub(crate) fn of(event: &'a RecordedEvent, answer: &Answer) -> Self {
        let command = event.attribute("CallbackCommand");
        Self { pk: Some(event.pk()), sk: Some(event.sk()), command, ..Self::new("", answer) }
    }
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
