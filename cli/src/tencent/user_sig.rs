//! `UserSig`: the sign-in of a user, made with the application's `SecretKey` (page 34385).

use std::io::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

/// How long a sign-in is valid. One is made for each request, so this only has to outlast a clock that is off.
const VALID_SECONDS: u64 = 600;

/// The sign-in of a user from now on. `None` if the application is not a number.
pub(super) fn user_sig(key: &str, app: &str, user: &str, now: u64) -> Option<String> {
    let app: u64 = app.parse().ok()?;
    let signed =
        format!("TLS.identifier:{user}\nTLS.sdkappid:{app}\nTLS.time:{now}\nTLS.expire:{VALID_SECONDS}\n");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    let sig = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let fields = json!({
        "TLS.ver": "2.0", "TLS.identifier": user, "TLS.sdkappid": app, "TLS.expire": VALID_SECONDS,
        "TLS.time": now, "TLS.sig": sig,
    });
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory can't fail.
    zlib.write_all(fields.to_string().as_bytes()).ok()?;
    let in_url = |character| match character {
        '+' => '*',
        '/' => '-',
        '=' => '_',
        other => other,
    };
    Some(BASE64_STANDARD.encode(zlib.finish().ok()?).chars().map(in_url).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;
    use serde_json::Value;

    use super::*;

    /// The expected signature was made with Python's `hmac`.
    #[test]
    fn user_sig_is_signed_as_tencent_documents_it() {
        let packed = user_sig("secret", "1400000001", "administrator", 1_670_574_414).expect("a signature");
        assert!(
            packed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*-_".contains(&byte)),
            "{packed}"
        );
        let packed = packed.replace('*', "+").replace('-', "/").replace('_', "=");
        let packed = BASE64_STANDARD.decode(packed).expect("base64");
        let mut json = String::new();
        ZlibDecoder::new(packed.as_slice()).read_to_string(&mut json).expect("zlib");
        let fields: Value = serde_json::from_str(&json).expect("JSON");
        let expected = json!({
            "TLS.ver": "2.0", "TLS.identifier": "administrator", "TLS.sdkappid": 1_400_000_001,
            "TLS.expire": 600, "TLS.time": 1_670_574_414, "TLS.sig": "8XFTQeSFDO3s1PZ+ly5ZcKEhVAcBPOlAYXZloQkyzbk=",
        });
        assert_eq!(fields, expected);
    }

    #[test]
    fn application_that_is_not_a_number_has_no_user_sig() {
        assert_eq!(user_sig("secret", "x", "administrator", 0), None);
    }
}
