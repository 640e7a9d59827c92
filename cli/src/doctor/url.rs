//! Whether the URL answers, and admits only signed requests.

use serde_json::Value;
use tencent_chat_callbacks::signature::TOLERANCE_SECONDS;

use super::{finding::Finding, response::output, runbook};
use crate::{
    deployment::Deployment,
    fault::Fault,
    receiver::{Answer, ConnectionFlags, Receiver},
    sender::{Parameters, Signature, token},
};

const UNSIGNED: &str = "url unsigned";
const SIGNED: &str = "url signed";

/// The sections of the runbook on another token, no token, a foreign application, and the domain.
const SIGNATURES: &str = "SignatureRefusalsAlarm";
const TOKEN: &str = "give-the-function-the-consoles-token";
const APPLICATION: &str = "QuietAlarm";
const DOMAIN: &str = "your-own-domain";

/// The body of the console's URL check.
const URL_CHECK: &[u8] = b"{}";

/// Sends the console's URL check, without a signature and with one. Neither is recorded.
pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let url = match output(deployment, UNSIGNED, "CallbackUrl") {
        Ok(url) => url,
        Err(finding) => return vec![finding],
    };
    let Ok(receiver) = Receiver::new(&url, &ConnectionFlags::default()) else {
        let finding = format!("the stack's CallbackUrl is not a URL: {url}");
        return vec![Finding::wrong(
            UNSIGNED,
            finding,
            format!("check DomainName: {}", runbook::command(DOMAIN)),
        )];
    };
    let unsigned = receiver.post(&Parameters::default().query(None), URL_CHECK.to_vec()).await;
    let admits_unsigned = deployment.parameter("AllowUnsigned") == Some("true");
    let mut findings = vec![of_unsigned(&unsigned, admits_unsigned)];
    if unsigned.status != 0 {
        findings.push(
            signed(deployment, &receiver).await.unwrap_or_else(|fault| Finding::unchecked(SIGNED, fault, "")),
        );
    }
    findings
}

fn of_unsigned(answer: &Answer, admits_unsigned: bool) -> Finding {
    let check = UNSIGNED;
    match answer.status {
        401 | 403 if is_the_functions(answer) => {
            Finding::ok(check, "a request without a signature is refused")
        }
        200 if admits_unsigned && is_the_functions(answer) => {
            Finding::ok(check, "callbacks without a signature are accepted: AllowUnsigned is true")
        }
        200 if is_the_functions(answer) => Finding::wrong(
            check,
            "a request without a signature is accepted",
            format!("deploy with a token, and without AllowUnsigned: {}", runbook::command(TOKEN)),
        ),
        429 => Finding::wrong(check, "the API throttles requests", runbook::command("ApiThrottlesAlarm")),
        _ => of_other(check, answer),
    }
}

async fn signed(deployment: &Deployment, receiver: &Receiver) -> Result<Finding, Fault> {
    let (check, app) = (SIGNED, deployment.app()?);
    let Some(token) = token(&app)? else {
        let fix = "set CALLBACK_TOKENS to the console's token";
        return Ok(Finding::skipped(check, "CALLBACK_TOKENS is not set", fix));
    };
    let parameters = Parameters { sdk_appid: Some(&app), ..Parameters::default() };
    let answer = receiver.post(&parameters.query(Some(&Signature::new(&token, 0))), URL_CHECK.to_vec()).await;
    Ok(match answer.status {
        200 if is_the_functions(&answer) => {
            Finding::ok(check, "a request with the token of CALLBACK_TOKENS is accepted")
        }
        401 => Finding::wrong(
            check,
            "the function does not have the token of CALLBACK_TOKENS",
            format!(
                "console and function need the same token: {}; or this computer's clock is off by more than {TOLERANCE_SECONDS} s",
                runbook::command(SIGNATURES)
            ),
        ),
        403 if is_the_functions(&answer) => {
            let fix = format!("add it to SdkAppIds: {}", runbook::command(APPLICATION));
            Finding::wrong(check, format!("the function does not serve {app}"), fix)
        }
        _ => of_other(check, &answer),
    })
}

fn of_other(check: &'static str, answer: &Answer) -> Finding {
    if answer.status == 0 {
        return Finding::wrong(
            check,
            format!("no answer: {}", answer.text),
            format!(
                "check the API and, if it has a domain, the DNS record: {}",
                runbook::command("missing-callbacks")
            ),
        );
    }
    if answer.status < 500 && !is_the_functions(answer) {
        let finding =
            format!("not the function answers, but something else: {} {}", answer.status, answer.text);
        return Finding::wrong(
            check,
            finding,
            format!(
                "check DomainName, its DNS record, and what stands in front of the API: {}",
                runbook::command(DOMAIN)
            ),
        );
    }
    let finding = format!("the API answers {}: {}", answer.status, answer.text);
    Finding::wrong(check, finding, runbook::command("ApiErrorsAlarm"))
}

/// Whether the function sent the answer. A domain without an API also answers 403, and a web server may answer 200 or
/// 401.
fn is_the_functions(answer: &Answer) -> bool {
    let fields = ["ActionStatus", "ErrorInfo", "ErrorCode"];
    serde_json::from_str::<Value>(&answer.text)
        .is_ok_and(|answer| fields.iter().all(|name| answer.get(name).is_some()))
}
