//! The request of a test callback, for `--print`.

use aws_smithy_types::body::SdkBody;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value, json};

use super::target::Target;
use crate::{fault::Fault, output::Output, plain::plain};

/// Prints the request without secrets: signature, password, and the parameters of the URL itself.
pub(super) fn print(target: &Target, query: &str, body: Vec<u8>, output: &mut Output) -> Result<(), Fault> {
    let text = String::from_utf8_lossy(&body).into_owned();
    let request = target.receiver.request(query, SdkBody::from(body));
    let request = request.map_err(|error| Fault::Message(format!("can't make the request: {error}")))?;
    let own = request.uri().query().and_then(|whole| whole.strip_suffix(query)).filter(|own| !own.is_empty());
    let hidden = if own.is_some() { "***&" } else { "" };
    let server = request.uri().authority().map_or("", |authority| authority.as_str());
    let (scheme, path) = (request.uri().scheme_str().unwrap_or_default(), request.uri().path());
    let url = format!("{scheme}://{server}{path}?{hidden}{query}");
    let headers: Map<_, _> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = if name == AUTHORIZATION { "***" } else { value.to_str().unwrap_or_default() };
            (name.to_string(), Value::from(value))
        })
        .collect();
    if output.json {
        return output.json_line(&json!({ "method": "POST", "url": url, "headers": headers, "body": text }));
    }
    output.text(&format!("POST {}", plain(&url)))?;
    for (name, value) in &headers {
        output.text(&format!("{name}: {}", value.as_str().unwrap_or_default()))?;
    }
    output.text("")?;
    output.body(&text)?;
    output.text("")
}
