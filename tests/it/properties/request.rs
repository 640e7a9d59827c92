//! Whole events from API Gateway, each with its expected result.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};
use support::requests::{SDK_APPID, request_time};
use tencent_chat_callbacks::signature::sign;

use super::{
    json::{object, with_member},
    url::{Style, style},
};

pub(crate) const TOKEN: &str = "the token";
const COMMAND: &str = "Group.CallbackAfterGroupFull";

/// The components of a request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: Option<Value>,
    sdk_appid: Option<&'static str>,
    time: Time,
    sign: Sign,
    in_url: Option<&'static str>,
    in_body: Option<&'static str>,
    body: Body,
    base64: bool,
    style: Style,
    others: Vec<(&'static str, Value)>,
}

#[derive(Clone, Debug)]
enum Time {
    Off(i64),
    Malformed(&'static str),
    Missing,
}

#[derive(Clone, Copy, Debug)]
enum Sign {
    Right,
    InCapitals,
    Of(&'static str),
    Malformed(&'static str),
    Missing,
}

#[derive(Clone, Debug)]
enum Body {
    Object(String),
    Text(&'static str),
    NotBase64,
    NotText,
    Missing,
}

/// The expected result of a request.
#[derive(Debug, PartialEq)]
pub(crate) enum Earned {
    Refusal(u64),
    Probe,
    /// Recorded: this body must be in the table.
    Record(String),
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    let method = prop_oneof![
        20 => Just(Some(json!("POST"))),
        1 => select(vec![None, Some(json!("GET")), Some(json!("post")), Some(Value::Null)]),
    ];
    let sdk_appid = prop_oneof![
        20 => Just(Some(SDK_APPID)),
        1 => select(vec![None, Some(""), Some("1400000002"), Some("群"), Some("1400000001 ")]),
    ];
    let time = prop_oneof![
        20 => (-50_i64..=50).prop_map(Time::Off),
        1 => select(vec![Time::Off(-61), Time::Off(-1_000_000), Time::Off(70), Time::Off(1_000_000)]),
        1 => select(vec!["", " 1", "-1", "1e9", "99999999999999999999"]).prop_map(Time::Malformed),
        1 => Just(Time::Missing),
    ];
    let sign = prop_oneof![
        20 => select(vec![Sign::Right, Sign::InCapitals]),
        1 => select(vec!["", "the", "the token ", "THE TOKEN"]).prop_map(Sign::Of),
        1 => select(vec!["", "0", "%", "群"]).prop_map(Sign::Malformed),
        1 => Just(Sign::Missing),
    ];
    let commands = prop_oneof![
        8 => select(vec![(Some(COMMAND), None), (None, Some(COMMAND)), (Some(COMMAND), Some(COMMAND))]),
        2 => Just((None, None)),
        1 => select(vec![(Some(COMMAND), Some("A.B")), (Some("#"), None), (None, Some("a b")), (Some(""), None)]),
    ];
    let body = prop_oneof![
        12 => object().prop_map(Body::Object),
        3 => select(vec!["", " \n", "[]", "null", "{", "{}}", "1e999", "\u{feff}{}"]).prop_map(Body::Text),
        2 => select(vec![Body::NotBase64, Body::NotText, Body::Missing]),
    ];
    let parts = (method, sdk_appid, time, sign, commands, body, any::<bool>(), style(), others());
    parts.prop_map(|(method, sdk_appid, time, sign, (in_url, in_body), body, base64, style, others)| {
        Request { method, sdk_appid, time, sign, in_url, in_body, body, base64, style, others }
    })
}

/// Fields of an event that the function ignores.
fn others() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let texts = vec(any::<String>().prop_map(Value::String), 0..4).prop_map(Value::Array);
    let named = vec((any::<String>(), any::<String>()), 0..4)
        .prop_map(|fields| fields.into_iter().map(|(name, text)| (name, json!(text))).collect::<Value>());
    let other = prop_oneof![
        (select(vec!["rawPath", "routeKey", "version"]), any::<String>().prop_map(Value::String)),
        (select(vec!["queryStringParameters", "stageVariables", "pathParameters"]), named),
        (Just("cookies"), texts),
        (select(vec!["headers", "cookies", "rawPath", "nobody knows"]), Just(Value::Null)),
    ];
    vec(other, 0..5)
}

impl Request {
    /// The event, with current times.
    pub(crate) fn event(&self) -> Value {
        let time = match self.time {
            Time::Off(seconds) => Some(request_time(seconds)),
            Time::Malformed(text) => Some(text.to_owned()),
            Time::Missing => None,
        };
        let signed = time.clone().unwrap_or_default();
        let sign = match self.sign {
            Sign::Right => Some(sign(TOKEN, &signed)),
            Sign::InCapitals => Some(sign(TOKEN, &signed).to_uppercase()),
            Sign::Of(token) => Some(sign(token, &signed)),
            Sign::Malformed(text) => Some(text.to_owned()),
            Sign::Missing => None,
        };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let parameters: Vec<_> = [
            ("SdkAppid", owned(self.sdk_appid)),
            ("CallbackCommand", owned(self.in_url)),
            ("RequestTime", time),
            ("Sign", sign),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        let (body, base64) = self.body_field();
        let mut event: Value = self.others.iter().cloned().collect();
        event["rawQueryString"] = json!(self.style.write(&parameters));
        event["body"] = body;
        event["isBase64Encoded"] = base64;
        if let Some(method) = &self.method {
            event["requestContext"] = json!({ "http": { "method": method } });
        }
        event
    }

    /// The body field of the event, and whether it is base64.
    fn body_field(&self) -> (Value, Value) {
        match (&self.body, self.base64) {
            (Body::Missing, true) => (Value::Null, json!(true)),
            (Body::Missing, false) => (Value::Null, json!(false)),
            (Body::NotBase64, _) => (json!("{}"), json!(true)),
            (Body::NotText, _) => (json!(STANDARD.encode(b"{\"a\":\"\xff\"}")), json!(true)),
            (_, true) => (json!(STANDARD.encode(self.text())), json!(true)),
            (_, false) => (json!(self.text()), json!(false)),
        }
    }

    fn text(&self) -> String {
        match (&self.body, self.in_body) {
            (Body::Object(object), Some(command)) => {
                with_member(object, &format!("\"CallbackCommand\":\"{command}\""))
            }
            (Body::Object(object), None) => object.clone(),
            (Body::Text(text), _) => (*text).to_owned(),
            _ => String::new(),
        }
    }

    /// Applies the documented checks, in their order. An event that is not a request comes first.
    pub(crate) fn earned(&self) -> Earned {
        if matches!(self.body, Body::NotBase64) || matches!(self.method, None | Some(Value::Null)) {
            return Earned::Refusal(400);
        }
        if self.method != Some(json!("POST")) {
            return Earned::Refusal(405);
        }
        let text = self.text();
        let blank = !matches!(self.body, Body::NotText) && text.trim().is_empty();
        let nothing = blank || text.split_ascii_whitespace().collect::<String>() == "{}";
        let fresh = matches!(self.time, Time::Off(-60..=60));
        let signed = fresh && matches!(self.sign, Sign::Right | Sign::InCapitals);
        if self.sdk_appid.is_none() && nothing && signed {
            return Earned::Probe;
        }
        if self.sdk_appid != Some(SDK_APPID) {
            return Earned::Refusal(403);
        }
        if !signed {
            return Earned::Refusal(401);
        }
        // No case has an undocumented command.
        match &self.body {
            Body::NotText => Earned::Refusal(400),
            _ if nothing => Earned::Probe,
            Body::Object(_) => Earned::Record(text),
            _ => Earned::Refusal(400),
        }
    }
}
