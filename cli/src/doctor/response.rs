//! AWS's response, or a finding that says why there is none.

use std::error::Error;

use aws_sdk_cloudformation::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::StackResourceSummary,
};

use super::{finding::Finding, runbook};
use crate::{deployment::Deployment, fault::causes};

/// An output of the stack, or a finding that it has none.
pub(super) fn output(deployment: &Deployment, check: &'static str, key: &str) -> Result<String, Finding> {
    deployment.output(key).map_err(|_| {
        Finding::unchecked(
            check,
            format_args!("the stack has no output {key}"),
            format!(
                "stack and chat-events are of different releases: deploy this release, or use chat-events of the stack's; \
                 see {}",
                runbook::command("update")
            ),
        )
    })
}

/// The response to a request, or a finding that says why there is none.
pub(super) fn allowed<T, E>(
    check: &'static str,
    action: &str,
    answer: Result<T, SdkError<E>>,
) -> Result<T, Finding>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    answer.map_err(|error| {
        let Some(code) = error.as_service_error().and_then(ProvideErrorMetadata::code) else {
            let why = format_args!("{action} fails: {}", causes(&error));
            return Finding::unchecked(check, why, "check your network and credentials, and try again");
        };
        if code.contains("AccessDenied") {
            return Finding::unchecked(
                check,
                format_args!("the permission {action} is missing"),
                runbook::command("permissions-for-operators"),
            );
        }
        let message = error.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default();
        Finding::unchecked(check, format_args!("{action}: {code}: {message}"), advice(code))
    })
}

/// The resources of a stack, or a finding that says why they are unknown.
pub(super) type Resources = Result<Vec<StackResourceSummary>, Finding>;

/// The resources of a stack, without those of its nested stacks.
pub(super) async fn resources(deployment: &Deployment, check: &'static str, stack: &str) -> Resources {
    let client = Client::new(&deployment.config);
    let mut pages = client.list_stack_resources().stack_name(stack).into_paginator().send();
    let mut resources = Vec::new();
    while let Some(page) = pages.next().await {
        let page = allowed(check, "cloudformation:ListStackResources", page)?;
        resources.extend(page.stack_resource_summaries.unwrap_or_default());
    }
    Ok(resources)
}

fn advice(code: &str) -> &'static str {
    if ["NotFound", "NonExistent", "DoesNotExist"].iter().any(|text| code.contains(text)) {
        "it was deleted: create it again under the same name, with the properties in template.yaml"
    } else {
        "try again in a minute"
    }
}
