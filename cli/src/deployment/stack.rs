//! Outputs and parameters of a CloudFormation stack.

use std::collections::HashMap;

#[cfg(feature = "aws")]
use aws_sdk_cloudformation::Client;
use aws_types::SdkConfig;

use crate::fault::Fault;
#[cfg(feature = "aws")]
use crate::fault::RequestLabel;

/// Outputs and parameters of a stack of `template.yaml`.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(super) name: String,
    outputs: HashMap<String, String>,
    parameters: HashMap<String, String>,
}

impl Stack {
    #[cfg(not(feature = "aws"))]
    pub(crate) fn describe(_: &SdkConfig, _: &str) -> std::future::Ready<Result<Self, Fault>> {
        std::future::ready(Err(Fault::local_only()))
    }

    #[cfg(feature = "aws")]
    pub(crate) async fn describe(config: &SdkConfig, name: &str) -> Result<Self, Fault> {
        let label = RequestLabel {
            doing: format!("describe the stack {name}"),
            what: format!("stack {name}"),
            flags: "--stack",
            region: config.region().cloned(),
            local: None,
        };
        let described = Client::new(config).describe_stacks().stack_name(name).send().await;
        let described = described.map_err(|error| label.fault(&error))?;
        let stack =
            described.stacks().first().ok_or_else(|| Fault::new(format!("there is no {}", label.what)))?;
        let pair = |key: Option<&str>, value: Option<&str>| Some((key?.to_owned(), value?.to_owned()));
        Ok(Self {
            name: name.to_owned(),
            outputs: stack
                .outputs()
                .iter()
                .filter_map(|each| pair(each.output_key(), each.output_value()))
                .collect(),
            parameters: stack
                .parameters()
                .iter()
                .filter_map(|each| pair(each.parameter_key(), each.parameter_value()))
                .collect(),
        })
    }

    /// An output of the template.
    pub(crate) fn output(&self, key: &str) -> Result<String, Fault> {
        let no_output = || {
            Fault::Message(format!(
                "the stack {} has no output {key}: is it a stack of this project?",
                self.name
            ))
        };
        self.outputs.get(key).cloned().ok_or_else(no_output)
    }

    pub(crate) fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters.get(key).map(String::as_str)
    }

    /// The only application.
    pub(crate) fn app(&self) -> Result<String, Fault> {
        let apps = self.parameter("SdkAppIds").unwrap_or_default();
        let mut each = apps.split(',').map(str::trim).filter(|app| !app.is_empty());
        match (each.next(), each.next()) {
            (Some(app), None) => Ok(app.to_owned()),
            _ => Err(Fault::Usage(format!(
                "which application? The stack {} has {apps}; give --app",
                self.name
            ))),
        }
    }
}
