//! A callback: command, JSON object, subject and time.

use std::{borrow::Cow, sync::OnceLock};

use serde_json::error::Category;

use crate::{
    event::{Command, Event, ShapeError, is_name},
    object::{Field, Object},
    origin::Origin,
    probe::{has_no_fields, is_blank},
    query::Query,
    refusal::Refusal,
    surrogate,
    value::Millis,
};

mod subject;
mod time;
pub use subject::{MAX_SUBJECT_BYTES, SUBJECTS};
pub use time::OTHER_TIMES;

/// The command of an object that names none.
pub const UNKNOWN_COMMAND: &str = "Unknown";

/// A callback: a command and a JSON object.
#[derive(Debug)]
pub struct Callback<'a> {
    query: Query<'a>,
    command: String,
    body: &'a str,
    object: Object<'a>,
    subject: Option<Cow<'a, str>>,
    event_time: Option<Millis>,
    time: Option<Millis>,
    problems: Vec<String>,
    /// The body with its lone surrogates replaced; `None` if it has none. Computed on first use.
    repaired: OnceLock<Option<String>>,
}

impl<'a> Callback<'a> {
    /// A callback without a URL: its command and its body, such as a recorded one. It has no
    /// [`origin`](Self::origin).
    ///
    /// # Errors
    /// One of the refusals named `Body…`.
    pub fn of(command: &'a str, body: &'a (impl AsRef<[u8]> + ?Sized)) -> Result<Self, Refusal> {
        Self::parse(Query::of_command(command), text(body.as_ref())?)
    }

    /// A callback that was admitted before, such as one in a log, from its query string and body. **This checks
    /// neither application nor signature**: for a request, use [`Receiver::receive`](crate::Receiver::receive).
    /// `None` means the console's [URL check](crate::probe).
    ///
    /// # Errors
    /// One of the refusals named `Body…`.
    pub fn admitted_before(
        query: &'a str,
        body: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> Result<Option<Self>, Refusal> {
        Self::read(Query::parse(query), body.as_ref())
    }

    /// Reads the body of an admitted request. `None` means the console's [URL check](crate::probe).
    pub(crate) fn read(query: Query<'a>, body: &'a [u8]) -> Result<Option<Self>, Refusal> {
        let body = text(body)?;
        if is_probe(query.callback_command(), body.as_bytes()) {
            return Ok(None);
        }
        Self::parse(query, body).map(Some)
    }

    fn parse(query: Query<'a>, body: &'a str) -> Result<Self, Refusal> {
        let object: Object<'a> = serde_json::from_str(body).map_err(|error| match error.classify() {
            Category::Data => Refusal::BodyNotObject,
            _ => Refusal::BodyNotJson,
        })?;
        let mut problems = Vec::new();
        let command = command(query.callback_command(), &object, &mut problems);
        let event_time = time::event_time(&object, &mut problems);
        // Times in the body come first: they stay the same when Tencent sends the callback again; `RequestTime` does
        // not.
        let time = event_time
            .or_else(|| time::other_time(&object, &mut problems))
            .or_else(|| time::request_time(&query));
        let subject = subject::subject(&object, &mut problems);
        Ok(Self {
            query,
            command,
            body,
            object,
            subject,
            event_time,
            time,
            problems,
            repaired: OnceLock::new(),
        })
    }

    /// Application, platform and address that the callback comes from. Empty without a URL.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        Origin::new(&self.query)
    }

    /// The URL parameters.
    #[must_use]
    pub fn query(&self) -> &Query<'a> {
        &self.query
    }

    /// `CallbackCommand` of the URL, else of the body, else [`UNKNOWN_COMMAND`].
    #[must_use]
    pub fn command(&self) -> &str {
        &self.command
    }

    /// The body, byte for byte.
    #[must_use]
    pub fn body(&self) -> &'a str {
        self.body
    }

    /// The typed event. A lone surrogate in the body, which is not valid Unicode, becomes U+FFFD in the event.
    ///
    /// # Errors
    /// As [`Event::parse`].
    pub fn event(&self) -> Result<Event<'_>, ShapeError> {
        let repaired = self.repaired.get_or_init(|| surrogate::replaced(self.body));
        Event::parse(&self.command, repaired.as_deref().unwrap_or(self.body))
    }

    /// The fields of the body's top level.
    #[must_use]
    pub fn object(&self) -> &Object<'a> {
        &self.object
    }

    /// The subject: the first of [`SUBJECTS`] that the body has, such as a group or a user; otherwise the command.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.subject.as_deref().unwrap_or(&self.command)
    }

    /// When it happened: the body's `EventTime`, else the first of [`OTHER_TIMES`], else the URL's
    /// `RequestTime`. `None` if none of them is plausible; then use the time of receipt.
    #[must_use]
    pub fn time(&self) -> Option<Millis> {
        self.time
    }

    /// The body's `EventTime`, if it is plausible.
    #[must_use]
    pub fn event_time(&self) -> Option<Millis> {
        self.event_time
    }

    /// Short descriptions of problems with command, time and subject.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

fn text(body: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(body).map_err(|_| Refusal::BodyNotText)
}

/// Whether this is the console's URL check. An undocumented command may have no fields.
fn is_probe(in_url: Option<&str>, body: &[u8]) -> bool {
    let command = || in_url.filter(|name| is_name(name));
    is_blank(body) || has_no_fields(body) && command().is_none_or(|name| Command::find(name).is_some())
}

/// The URL's command wins. A command that is not a name counts as absent.
fn command(in_url: Option<&str>, object: &Object<'_>, problems: &mut Vec<String>) -> String {
    let in_body = match object.get("CallbackCommand") {
        None | Some(Field::Null) => None,
        Some(Field::String(name)) if is_name(&name) => Some(name),
        Some(_) => {
            problems.push("CallbackCommand of the body is not a name".to_owned());
            None
        }
    };
    if in_url.is_some_and(|name| !is_name(name)) {
        problems.push("CallbackCommand of the URL is not a name".to_owned());
    }
    match (in_url.filter(|name| is_name(name)), in_body) {
        (Some(in_url), in_body) => {
            if let Some(other) = in_body.filter(|name| name != in_url) {
                problems.push(format!("CallbackCommand of the body is {other}"));
            }
            in_url.to_owned()
        }
        (None, in_body) => in_body.map_or_else(|| UNKNOWN_COMMAND.to_owned(), Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<'a>(in_url: Option<&str>, body: &'a [u8]) -> Result<Option<Callback<'a>>, Refusal> {
        let raw = in_url.map(|name| format!("CallbackCommand={name}")).unwrap_or_default();
        Callback::read(Query::parse(Box::leak(raw.into_boxed_str())), body)
    }

    #[test]
    fn command_in_url_wins_and_a_different_one_in_body_is_a_problem() {
        let (url, body, differ) = (
            Some("CallbackCommand of the URL is not a name"),
            Some("CallbackCommand of the body is not a name"),
            Some("CallbackCommand of the body is A.b"),
        );
        for (in_url, json, command, problems) in [
            (Some("A.B"), r#"{"CallbackCommand":"A.B"}"#, "A.B", [None, None]),
            (Some("A.B"), "{}", "A.B", [None, None]),
            (Some("A.B"), r#"{"CallbackCommand":null}"#, "A.B", [None, None]),
            (None, r#"{"CallbackCommand":"A.B"}"#, "A.B", [None, None]),
            (None, r#"{"CallbackCommand":"X","CallbackCommand":"A.B"}"#, "A.B", [None, None]),
            (None, r#"{"a":1}"#, "Unknown", [None, None]),
            (Some("A.B"), r#"{"CallbackCommand":"A.b"}"#, "A.B", [differ, None]),
            (Some("A.B"), r#"{"CallbackCommand":5}"#, "A.B", [body, None]),
            (None, r#"{"CallbackCommand":"a b"}"#, "Unknown", [body, None]),
            (None, r#"{"CallbackCommand":"\ud800"}"#, "Unknown", [body, None]),
            (None, &nested("CallbackCommand", r#""A.B""#), "A.B", [None, None]),
            (Some(""), r#"{"CallbackCommand":"A.B"}"#, "A.B", [url, None]),
            (Some("a%20b"), r#"{"a":1}"#, "Unknown", [url, None]),
            (Some("%23"), r#"{"CallbackCommand":[]}"#, "Unknown", [body, url]),
        ] {
            let callback = parse(in_url, json.as_bytes()).expect("an object").expect("a callback");
            assert_eq!(callback.command(), command, "{in_url:?} {json}");
            let problems: Vec<_> = problems.into_iter().flatten().collect();
            assert_eq!(callback.problems(), problems, "{in_url:?} {json}");
        }
    }

    /// A body with a value at a path, in which each step follows a thousand other fields.
    pub(super) fn nested(path: &str, value: &str) -> String {
        path.rsplit('.').fold(value.to_owned(), |inner, step| {
            let name = step.trim_end_matches("[0]");
            let inner = if name == step { inner } else { format!("[{inner}]") };
            format!(r#"{{{}"{name}":{inner}}}"#, r#""n":1,"#.repeat(1000))
        })
    }

    #[test]
    fn body_that_is_not_an_object_is_refused_with_the_reason() {
        for (body, expected) in [
            (b"{".as_slice(), Refusal::BodyNotJson),
            (b"{}}", Refusal::BodyNotJson),
            (b"{\"a\":1}x", Refusal::BodyNotJson),
            (b"{\"a\":\"\x01\"}", Refusal::BodyNotJson),
            (b"{'a':1}", Refusal::BodyNotJson),
            (b"[]", Refusal::BodyNotObject),
            (b"\"{}\"", Refusal::BodyNotObject),
            (b"null", Refusal::BodyNotObject),
            (b"{\"a\":\"\xff\"}", Refusal::BodyNotText),
        ] {
            assert_eq!(parse(Some("A.B"), body).err(), Some(expected), "{body:?}");
        }
    }

    #[test]
    fn empty_body_is_a_url_check_unless_command_is_undocumented() {
        let full = Some("Group.CallbackAfterGroupFull");
        for in_url in [None, Some(""), Some("%23"), Some("A.B"), full] {
            for body in ["", " \r\n", "{}", " { } "] {
                let is_probe = body.trim().is_empty() || in_url != Some("A.B");
                let parsed = parse(in_url, body.as_bytes()).expect("it is not refused");
                assert_eq!(parsed.is_none(), is_probe, "{in_url:?} {body:?}");
            }
            for body in [r#"{"\ud800":1}"#, r#"{"CallbackCommand":"Group.CallbackAfterGroupFull"}"#] {
                assert!(matches!(parse(in_url, body.as_bytes()), Ok(Some(_))), "{in_url:?} {body}");
            }
        }
    }

    #[test]
    fn lone_surrogate_is_replaced_in_the_event_but_not_in_the_body() {
        let body = r#"{"From_Account":"f\udfff","To_Account":"t","\ud800":1,
            "MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"\ud83d\ude00\ud800"}}]}"#;
        let callback = parse(Some("C2C.CallbackBeforeSendMsg"), body.as_bytes()).expect("an object");
        let callback = callback.expect("a callback");
        let Ok(Event::C2cBeforeSendMsg(event)) = callback.event() else { panic!("{:?}", callback.event()) };
        assert_eq!(event.from_account, "f\u{fffd}");
        assert_eq!(event.msg_body[0].text().as_deref(), Some("\u{1f600}\u{fffd}"));
        assert_eq!(callback.body(), body);
    }

    #[test]
    fn callback_without_a_subject_has_its_command_as_subject() {
        let of = |body: &'static [u8]| parse(Some("A.B"), body).expect("an object").expect("a callback");
        assert_eq!(of(b"{}").subject(), "A.B");
        assert_eq!(of(br#"{"GroupId":"g"}"#).subject(), "g");
    }
}
