//! Whether the URL answers, and admits whom it should.

use tencent_chat_callbacks::signature::TOLERANCE_SECONDS;

use super::finding::{Finding, runbook};
use crate::{
    fault::Fault,
    place::Place,
    receiver::{Answer, Receiver},
    sender::{Parameters, Signature, token},
};

/// Sends the console's check of the URL, without a signature and with one. Neither is recorded.
pub(super) async fn check(place: &Place) -> Result<Vec<Finding>, Fault> {
    let receiver = Receiver::new(&place.callback_url()?)?;
    let unsigned = receiver.post(&Parameters::default().query(None), b"{}".to_vec()).await;
    let admits_unsigned = place.parameter("AllowUnsigned") == Some("true");
    let mut findings = vec![unsigned_check(&unsigned, admits_unsigned)];
    if unsigned.status != 0 {
        findings.push(signed(place, &receiver).await?);
    }
    Ok(findings)
}

fn unsigned_check(answer: &Answer, admits_unsigned: bool) -> Finding {
    let check = "url unsigned";
    match answer.status {
        401 | 403 => Finding::ok(check, "a request without a signature is refused"),
        200 if admits_unsigned => {
            Finding::ok(check, "callbacks without a signature are accepted: AllowUnsigned is true")
        }
        200 => Finding::wrong(
            check,
            "a request without a signature is accepted",
            "deploy with a token, and without AllowUnsigned",
        ),
        0 => Finding::wrong(
            check,
            format!("no answer: {}", answer.text),
            "is the API there? `sam deploy`; with a domain, its DNS record",
        ),
        429 => Finding::wrong(check, "the API turns requests away", runbook("ApiThrottlesAlarm")),
        status => Finding::wrong(check, format!("the API answers {status}"), runbook("ApiErrorsAlarm")),
    }
}

async fn signed(place: &Place, receiver: &Receiver) -> Result<Finding, Fault> {
    let (check, app) = ("url signed", place.app()?);
    let Some(token) = token(&app)? else {
        return Ok(Finding::ok(check, "not looked at")
            .with_fix("to look, set CALLBACK_TOKENS to the console's token"));
    };
    let parameters = Parameters { sdk_appid: Some(&app), ..Parameters::default() };
    let answer = receiver.post(&parameters.query(Some(&Signature::new(&token, 0))), Vec::new()).await;
    Ok(match answer.status {
        200 => Finding::ok(check, "a request with the token of CALLBACK_TOKENS is accepted"),
        401 => Finding::wrong(
            check,
            "the token of CALLBACK_TOKENS is not one of the function's",
            format!(
                "the console's token and the function's must be the same: docs/deploy.md#rotate-the-token; or this clock is wrong by over {TOLERANCE_SECONDS} s"
            ),
        ),
        403 => Finding::wrong(check, format!("the function does not serve {app}"), "SdkAppIds; `sam deploy`"),
        status => Finding::wrong(
            check,
            format!("the API answers {status}: {}", answer.text),
            runbook("ApiErrorsAlarm"),
        ),
    })
}
