//! The floor: a function that only answers.

use std::convert::Infallible;

use lambda_http::{Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let answer = |_: Request| async {
        let reply = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
        Ok::<_, Infallible>(Response::new(reply.to_owned()))
    };
    run(service_fn(answer)).await
}
