//! Whether the answer to a test callback is the expected one.

use std::time::Duration;

use tencent_chat_callbacks::{Callback, event::is_before_callback};

use super::{Form, PROBED};
use crate::{fault::Fault, output::note, receiver::Answer};

/// How long Tencent waits for an answer.
const TENCENT_WAITS: Duration = Duration::from_secs(2);

/// A callback that was sent.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    pub(super) form: Form,
    pub(super) command: &'a str,
    pub(super) body: &'a [u8],
    /// The application, if the callback has no signature.
    pub(super) unsigned: Option<&'a str>,
}

impl Sent<'_> {
    /// Whether Tencent would take this answer.
    pub(super) fn judge(&self, answer: &Answer) -> Result<(), Fault> {
        let Form { wrong_sign, stale, .. } = self.form;
        if wrong_sign || stale {
            return if answer.status == 401 {
                Ok(())
            } else {
                Err(Fault::new("expected status 401; does the function have a token for this application?"))
            };
        }
        if answer.time > TENCENT_WAITS {
            note(&format!("too late: Tencent waits {} s for an answer", TENCENT_WAITS.as_secs()));
        }
        let is_after = !is_before_callback(self.command);
        match (answer.status, self.unsigned) {
            // The function answers Tencent itself, so the receiver behind it only has to take the callback.
            (_, _) if is_after && answer.is_taken() && answer.object().is_none() => Err(Fault::new(
                "the answer is not a JSON object: enough for a receiver behind the function, but not for Tencent",
            )),
            (200, _) => self.check(&answer.text),
            (401 | 403, Some(app)) => Err(Fault::Message(format!(
                "refused without a signature; set CALLBACK_TOKENS to the token of application {app}, as in the console"
            ))),
            (401, None) => Err(Fault::new(
                "refused; does the receiver have the token of CALLBACK_TOKENS, and is the clock of this machine right?",
            )),
            _ => Err(Fault::new("expected status 200 with ActionStatus OK")),
        }
    }

    /// Whether it is an answer of this command. The answer to a URL check is that to an after-callback.
    fn check(&self, answer: &str) -> Result<(), Fault> {
        let command = if self.form.probe { PROBED } else { self.command };
        let body = std::str::from_utf8(self.body).ok();
        // A receiver that takes a body that is no object has its own rules.
        let Some(callback) = body.and_then(|body| Callback::of(command, body).ok()) else { return Ok(()) };
        let checked = callback.check_answer(answer);
        checked.map_err(|error| Fault::Message(format!("Tencent does not accept this answer: {error}")))
    }
}
