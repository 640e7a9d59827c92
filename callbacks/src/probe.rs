//! The console's check of the URL: a request that is answered, and is not a callback.
//!
//! The console's page (269/32431) does not say what it sends. One integrator met a signed POST without `SdkAppid`, with
//! a `CallbackCommand` in the URL and `{}` as its body. So a request of a served application is a probe if its body
//! is empty or white space, or if it is an object without fields under no command or a documented one: each
//! documented command has fields that it can't be without. [`Callback::parse`](crate::Callback::parse) finds these.
//! For a request without `SdkAppid` there is
//! [`Admission::admit_probe`](crate::signature::Admission::admit_probe).

/// Whether a body is empty or only white space.
pub(crate) fn is_blank(body: &[u8]) -> bool {
    body.trim_ascii().is_empty()
}

/// Whether a body is a JSON object without fields. Any other body is recognised by its first bytes.
pub(crate) fn has_no_fields(body: &[u8]) -> bool {
    body.iter().filter(|byte| !b" \t\r\n".contains(byte)).eq(b"{}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_without_fields_has_no_fields() {
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
