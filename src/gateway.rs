//! Between API Gateway's events and the handler's requests.
//!
//! `lambda_http::run` makes a request of an event, but not of every event that a stranger can cause: it panics
//! on a query string or base64 that it can't read, and gives up on odd headers. Each time the invocation would
//! fail, count as an error of the function, and end in an alarm. So the request is made here, where what can't
//! be read gets a reply like any other refusal.

use std::convert::Infallible;

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

use crate::handler::Handler;

/// What an HTTP library doesn't take in a query string, and API Gateway hands over all the same.
const ODD: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// The longest that a [`Uri`] can be, less a little.
const MAX_URI_BYTES: usize = 65_000;

/// Serves events until Lambda ends the process.
///
/// # Errors
/// Where Lambda's Runtime API can't be talked to.
pub async fn serve(handler: &Handler) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event| answer(handler, event))).await
}

/// Answers an event, whatever is in it.
///
/// # Errors
/// None.
pub async fn answer(
    handler: &Handler,
    event: LambdaEvent<Event>,
) -> Result<ApiGatewayV2httpResponse, Infallible> {
    let LambdaEvent { payload, context, .. } = event;
    let response = match payload {
        // Boxed: the SDK's futures nest so deeply that a compiler gives up on a main around them.
        Event::Request(request) => Box::pin(handler.handle(request.with_lambda_context(context))).await,
        Event::Malformed { request_id, fault } => handler.refuse_malformed(&context, &request_id, fault),
    };
    let (head, body) = response.into_parts();
    let mut reply = ApiGatewayV2httpResponse::default();
    reply.status_code = head.status.as_u16().into();
    (reply.headers, reply.body) = (head.headers, Some(body));
    Ok(reply)
}

/// An event of API Gateway's HTTP API, payload format 2.0.
pub enum Event {
    /// A request, with what API Gateway knows of it as an extension.
    Request(Box<Request>),
    /// Something else.
    Malformed {
        /// API Gateway's id of the request, if it can be made out.
        request_id: String,
        /// Why it is not a request.
        fault: &'static str,
    },
}

impl<'de> Deserialize<'de> for Event {
    /// Never fails on JSON: that would fail the invocation.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?;
        let event = serde_json::from_str(json.get());
        let request = event.map_err(|_| "it is not an event of API Gateway's HTTP API").and_then(request);
        Ok(request.map_or_else(
            |fault| Self::malformed(json.get(), fault),
            |request| Self::Request(Box::new(request)),
        ))
    }
}

impl Event {
    fn malformed(json: &str, fault: &'static str) -> Self {
        let event = serde_json::from_str::<serde_json::Value>(json).unwrap_or_default();
        let request_id = event.pointer("/requestContext/requestId").and_then(|id| id.as_str());
        Self::Malformed { request_id: request_id.unwrap_or_default().to_owned(), fault }
    }
}

/// The fields of an event that the function needs. The rest may be anything, such as an authorizer's claim that is a
/// number or a header that no HTTP library accepts: no check needs it, it must not refuse a genuine callback, and reading
/// it takes as long as reading the callback.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpApiEvent {
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

fn request(event: HttpApiEvent) -> Result<Request, &'static str> {
    let body = decode(event.body.unwrap_or_default(), event.is_base64_encoded)?;
    let mut request = Request::new(body);
    *request.uri_mut() = uri(&event.raw_query_string.unwrap_or_default())?;
    let Context { request_id, time_epoch, http: Http { method, user_agent } } = event.request_context;
    let method: Method = method.parse().map_err(|_| "its method is not one")?;
    let mut http = ApiGatewayV2httpRequestContextHttpDescription::default();
    (http.method, http.user_agent) = (method.clone(), user_agent);
    let mut context = ApiGatewayV2httpRequestContext::default();
    (context.request_id, context.time_epoch, context.http) = (request_id, time_epoch, http);
    *request.method_mut() = method;
    request.extensions_mut().insert(RequestContext::ApiGatewayV2(context));
    Ok(request)
}

/// The query string as part of a URI.
fn uri(query: &str) -> Result<Uri, &'static str> {
    let path_and_query = format!("/?{}", utf8_percent_encode(query, ODD));
    if path_and_query.len() > MAX_URI_BYTES {
        return Err("its query string is too long");
    }
    PathAndQuery::try_from(path_and_query).map(Uri::from).map_err(|_| "its query string is not one")
}

fn decode(body: String, is_base64: bool) -> Result<Body, &'static str> {
    if !is_base64 {
        return Ok(Body::Text(body));
    }
    STANDARD.decode(body).map(Body::Binary).map_err(|_| "its body is not base64")
}
