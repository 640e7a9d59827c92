//! Converts API Gateway's events into requests, and replies into API Gateway's responses.
//!
//! `lambda_http::run` can't convert every event that a stranger can cause: it panics on a query string or base64 that
//! it can't read, and returns an error for odd headers. Each time, the invocation would fail and raise an alarm. So
//! the request is built here, and an unreadable event gets a reply like any other refusal.

use std::{borrow::Cow, convert::Infallible};

use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_http::{
    Body, Error, LambdaEvent, Request, RequestExt,
    aws_lambda_events::apigw::{
        ApiGatewayV2httpRequestContext, ApiGatewayV2httpRequestContextHttpDescription,
        ApiGatewayV2httpResponse,
    },
    http::{Method, Uri, uri::PathAndQuery},
    request::RequestContext,
};
use lambda_runtime::service_fn;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::handler::{HEALTH, Handler};

/// Characters in a query string that API Gateway passes on but the `http` crate rejects.
const MUST_ENCODE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// A little less than the longest [`Uri`].
const MAX_URI_BYTES: usize = 65_000;

/// Serves events until Lambda ends the process.
///
/// # Errors
/// If Lambda's Runtime API can't be reached.
pub async fn serve(handler: &Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event| answer(handler, event))).await
}

/// Answers an event, whatever it contains.
///
/// # Errors
/// Never.
pub async fn answer(
    handler: &Handler,
    event: LambdaEvent<GatewayEvent>,
) -> Result<ApiGatewayV2httpResponse, Infallible> {
    let LambdaEvent { payload, context, .. } = event;
    let response = match payload {
        // Boxed: the SDK's futures are nested so deeply that the compiler rejects a `main` around them.
        GatewayEvent::Request(request) => {
            Box::pin(handler.handle(request.with_lambda_context(context))).await
        }
        GatewayEvent::Malformed { request_id, error } => handler.refuse_malformed(&request_id, error),
    };
    let (head, body) = response.into_parts();
    let mut reply = ApiGatewayV2httpResponse::default();
    reply.status_code = head.status.as_u16().into();
    (reply.headers, reply.body) = (head.headers, Some(body));
    Ok(reply)
}

/// An event of API Gateway's HTTP API, payload format 2.0.
pub enum GatewayEvent {
    /// A request, with API Gateway's context as an extension.
    Request(Box<Request>),
    /// Not a readable request.
    Malformed {
        /// API Gateway's id of the request, if it is readable.
        request_id: String,
        /// The reason why it is not a request.
        error: &'static str,
    },
}

impl<'de> Deserialize<'de> for GatewayEvent {
    /// Never fails on JSON: an error here would fail the invocation.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?;
        let event = serde_json::from_str(json.get());
        let request = event.map_err(|_| "it is not an event of API Gateway's HTTP API").and_then(request);
        Ok(request.map_or_else(
            |error| Self::malformed(json.get(), error),
            |request| Self::Request(Box::new(request)),
        ))
    }
}

impl GatewayEvent {
    fn malformed(json: &str, error: &'static str) -> Self {
        let event = serde_json::from_str::<serde_json::Value>(json).unwrap_or_default();
        let request_id = event.pointer("/requestContext/requestId").and_then(|id| id.as_str());
        Self::Malformed { request_id: request_id.unwrap_or_default().to_owned(), error }
    }
}

/// The fields of an event that the function needs. All other fields can have any value, such as a number in an
/// authorizer's claim or a header that no HTTP library accepts. They are not parsed: they must not make a genuine
/// callback unreadable, and parsing them takes as long as parsing the callback.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpApiEvent<'a> {
    #[serde(borrow)]
    raw_path: Option<Cow<'a, str>>,
    raw_query_string: Option<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: Context,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    request_id: Option<String>,
    #[serde(default)]
    time_epoch: i64,
    http: Http,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    user_agent: Option<String>,
}

fn request(event: HttpApiEvent<'_>) -> Result<Request, &'static str> {
    let body = decode(event.body.unwrap_or_default(), event.is_base64_encoded)?;
    let mut request = Request::new(body);
    let path = if event.raw_path.as_deref() == Some(HEALTH) { HEALTH } else { "/" };
    *request.uri_mut() = uri(path, &event.raw_query_string.unwrap_or_default())?;
    let Context { request_id, time_epoch, http: Http { method, user_agent } } = event.request_context;
    let method: Method = method.parse().map_err(|_| "its method is not valid")?;
    let mut http = ApiGatewayV2httpRequestContextHttpDescription::default();
    (http.method, http.user_agent) = (method.clone(), user_agent);
    let mut context = ApiGatewayV2httpRequestContext::default();
    (context.request_id, context.time_epoch, context.http) = (request_id, time_epoch, http);
    *request.method_mut() = method;
    request.extensions_mut().insert(RequestContext::ApiGatewayV2(context));
    Ok(request)
}

/// Path and query string as a URI.
fn uri(path: &str, query: &str) -> Result<Uri, &'static str> {
    let path_and_query = format!("{path}?{}", utf8_percent_encode(query, MUST_ENCODE));
    if path_and_query.len() > MAX_URI_BYTES {
        return Err("its query string is too long");
    }
    PathAndQuery::try_from(path_and_query).map(Uri::from).map_err(|_| "its query string is not valid")
}

fn decode(body: String, is_base64: bool) -> Result<Body, &'static str> {
    if !is_base64 {
        return Ok(Body::Text(body));
    }
    STANDARD.decode(body).map(Body::Binary).map_err(|_| "its body is not base64")
}
