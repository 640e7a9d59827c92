//! A stand-in for Tencent's REST API and its hourly files. It checks the signature of each request.

use std::{
    collections::HashMap,
    io::{Read, Write},
    sync::{Arc, Mutex, OnceLock},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, read::ZlibDecoder, write::GzEncoder};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha2::Sha256;
use support::{
    requests::SDK_APPID,
    stand_in::{Request, Response, serve_operations},
};
use tencent_chat_webhook::time::now_millis;

pub(crate) const KEY: &str = "planted-secret-key";
pub(crate) const ADMIN: &str = "administrator";

/// What the API has for a kind of chat and an hour.
#[derive(Clone, Debug)]
pub(crate) enum Hour {
    /// Uncompressed files.
    Files(Vec<Vec<u8>>),
    /// The answer for a file, and the bytes behind its URL.
    Odd(Value, Vec<u8>),
    /// An error code.
    Code(i64),
}

/// The stand-in.
pub(crate) struct Tencent {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tencent {
    pub(crate) fn start(hour: impl Fn(&str, &str) -> Hour + Send + 'static) -> Self {
        let (own, files) = (Arc::new(OnceLock::new()), Mutex::new(HashMap::<String, Vec<u8>>::new()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (url, kept) = (Arc::clone(&own), Arc::clone(&asked));
        let respond = move |request: &Request| {
            if let Some(file) = files.lock().expect("nobody panicked").get(&request.operation) {
                return Some(Response { status: 200, headers: Vec::new(), body: file.clone() });
            }
            let (_, query) = request.operation.split_once("get_history?")?;
            let body: Value = serde_json::from_str(&request.body).expect("a request is JSON");
            let (chat, msg_time) = (body["ChatType"].as_str()?, body["MsgTime"].as_str()?);
            kept.lock().expect("nobody panicked").push(format!("{chat} {msg_time}"));
            let url: &String = url.get()?;
            let list = |answer: &Value, bytes: Vec<u8>| {
                let mut files = files.lock().expect("nobody panicked");
                let name = format!("{}.gz", files.len());
                let mut answer = answer.clone();
                answer["URL"] = json!(format!("{url}/{name}"));
                files.insert(name, bytes);
                answer
            };
            let answer = match (refusal(query), hour(chat, msg_time)) {
                (Some(code), _) | (None, Hour::Code(code)) => json!({
                    "ActionStatus": "FAIL", "ErrorCode": code, "ErrorInfo": "no",
                }),
                (None, Hour::Files(contents)) => {
                    let listed = contents.iter().map(|content| {
                        let gzip = gzip(content);
                        list(&described(content, &gzip), gzip)
                    });
                    json!({ "ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "File": listed.collect::<Vec<_>>() })
                }
                (None, Hour::Odd(description, bytes)) => {
                    let listed = list(&description, bytes);
                    json!({ "ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "File": [listed] })
                }
            };
            let headers = vec![("date", "Fri, 09 Dec 2022 08:26:54 GMT".to_owned())];
            Some(Response { status: 200, headers, body: answer.to_string().into_bytes() })
        };
        let url = serve_operations(respond);
        own.set(url.clone()).expect("it is set once");
        Self { url, asked }
    }

    /// The value of `--api`.
    pub(crate) fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The kinds of chat and the hours that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }
}

/// A file in Tencent's form: a message on each line.
pub(crate) fn file(chat: &str, messages: &[Value]) -> Vec<u8> {
    let lines: Vec<_> = messages.iter().map(Value::to_string).collect();
    let head = format!(r#"{{"AppID":{SDK_APPID},"ChatType":"{chat}","MsgTime":"2022120916","MsgList":["#);
    format!("{head}\n{}\n]}}\n", lines.join(",\n")).into_bytes()
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(content).expect("memory takes it");
    gzip.finish().expect("memory takes it")
}

/// The entry of `File` without its URL.
pub(crate) fn described(content: &[u8], gzip: &[u8]) -> Value {
    let md5 = |bytes| hex::encode(Md5::digest(bytes));
    json!({
        "ExpireTime": "2022-12-10 16:45:23", "FileSize": content.len(), "FileMD5": md5(content),
        "GzipSize": gzip.len(), "GzipMD5": md5(gzip),
    })
}

/// The error code for a query whose signature is wrong.
fn refusal(query: &str) -> Option<i64> {
    let query: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    if field("sdkappid") != SDK_APPID
        || field("contenttype") != "json"
        || field("random").parse::<u32>().is_err()
    {
        return Some(60004);
    }
    let packed = field("usersig").replace('*', "+").replace('-', "/").replace('_', "=");
    let mut json = String::new();
    let packed = BASE64_STANDARD.decode(packed).unwrap_or_default();
    if ZlibDecoder::new(packed.as_slice()).read_to_string(&mut json).is_err() {
        return Some(70003);
    }
    let sig: Value = serde_json::from_str(&json).ok()?;
    let signed = format!(
        "TLS.identifier:{}\nTLS.sdkappid:{}\nTLS.time:{}\nTLS.expire:{}\n",
        sig["TLS.identifier"].as_str()?,
        sig["TLS.sdkappid"],
        sig["TLS.time"],
        sig["TLS.expire"],
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("any key fits");
    mac.update(signed.as_bytes());
    let expected = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let now = now_millis() / 1000;
    let expires = sig["TLS.time"].as_u64()? + sig["TLS.expire"].as_u64()?;
    match () {
        () if sig["TLS.sig"] != expected.as_str() => Some(70009),
        () if sig["TLS.identifier"] != field("identifier") => Some(70013),
        () if field("identifier") != ADMIN => Some(60010),
        () if expires < now => Some(70001),
        () => None,
    }
}
