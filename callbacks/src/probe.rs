//! The console's URL check: a request that is answered but is not a callback.
//!
//! The console's page (269/32431) does not describe this request. One integrator saw a signed POST without
//! `SdkAppid`, with a `CallbackCommand` in the URL and the body `{}`. So a request for a served application is a URL
//! check if its body is empty or white space. It is also one if the body is an object without fields, and the command
//! is absent or documented: each documented command has required fields. A request without `SdkAppid` is a
//! URL check if its body is empty or has no fields, and it is signed or one of the applications is unsigned. All of
//! these are [`Received::UrlCheck`](crate::Received::UrlCheck).

/// Whether a body is empty or only white space.
pub(crate) fn is_blank(body: &[u8]) -> bool {
    body.trim_ascii().is_empty()
}

/// Whether a body is a JSON object without fields. For any other body, the first bytes are enough.
pub(crate) fn has_no_fields(body: &[u8]) -> bool {
    body.iter().filter(|byte| !b" \t\r\n".contains(byte)).eq(b"{}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_object_has_no_fields() {
        for body in ["{}", " {} ", "{\r\n\t}\n"] {
            assert!(has_no_fields(body.as_bytes()), "{body:?}");
        }
        for body in
            ["", " ", "{", "}", "{}{}", "[]", "null", "{\"a\":1}", "{\"\\ud800\":1}", "\u{feff}{}", "\x0c{}"]
        {
            assert!(!has_no_fields(body.as_bytes()), "{body:?}");
        }
    }
}
