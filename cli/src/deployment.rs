//! The application, table and stack to use: from flags, stack and environment.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use aws_sdk_dynamodb::{Client, config::Builder};
use aws_types::SdkConfig;
use clap::Args;
use tencent_chat_webhook::{record::ItemSettings, settings};

use crate::fault::{Fault, RequestLabel};

mod aws;
mod stack;
use aws::Local;
use stack::Stack;

/// The table of `make run`, and the application of its samples.
const LOCAL_TABLE: &str = "tencent-chat-events";
const LOCAL_APP: &str = "1400000001";

/// The largest `INDEX_SHARDS`.
const MAX_SHARDS: u32 = 64;

/// The flags that choose application, table and stack.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Choose the table")]
pub(crate) struct DeploymentFlags {
    /// The application [default: $SDK_APP_ID, else the stack's only application]
    #[arg(long, global = true, value_name = "SDKAppID")]
    pub(crate) app: Option<String>,
    /// The table, by name or ARN [default: the stack's, else $TABLE_NAME]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// The CloudFormation stack, which has the table, the log group, the URL and the application
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// Use the local `make run`: DynamoDB at $LOCAL_DYNAMODB_ADDRESS or 127.0.0.1:8000, and for `send` the function at
    /// $LOCAL_FUNCTION_ADDRESS or 127.0.0.1:9000
    #[arg(long, global = true, conflicts_with = "stack")]
    pub(crate) local: bool,
}

impl DeploymentFlags {
    /// The application, without a stack.
    pub(crate) fn app_without_a_stack(&self) -> String {
        let app = self.app.clone().or_else(|| variable("SDK_APP_ID"));
        app.unwrap_or_else(|| LOCAL_APP.to_owned())
    }

    /// The URL of the function of `make run`.
    pub(crate) fn local_function() -> String {
        format!("http://{}", variable("LOCAL_FUNCTION_ADDRESS").as_deref().unwrap_or("127.0.0.1:9000"))
    }
}

/// The chosen application, table and stack, with the AWS configuration to reach them.
#[derive(Debug)]
pub(crate) struct Deployment {
    app: Option<String>,
    table: Option<String>,
    stack: Option<Stack>,
    pub(crate) local: Option<Local>,
    pub(crate) config: SdkConfig,
}

impl Deployment {
    pub(crate) async fn find(flags: DeploymentFlags) -> Result<Self, Fault> {
        let DeploymentFlags { app, table, stack, local } = flags;
        let table = table.or_else(|| variable("TABLE_NAME").filter(|_| stack.is_none() && !local));
        if table.is_none() && stack.is_none() && !local {
            return Err(Fault::usage("no table: give --stack, --table or --local, or set TABLE_NAME"));
        }
        let local = local.then(Local::from_env);
        let config = match &local {
            Some(local) => local.config(),
            None => aws::config().await?,
        };
        let stack = match stack {
            Some(name) => Some(Stack::describe(&config, &name).await?),
            None => None,
        };
        Ok(Self { app: app.or_else(|| variable("SDK_APP_ID")), table, stack, local, config })
    }

    pub(crate) fn table(&self) -> Result<String, Fault> {
        match (&self.table, &self.stack) {
            (Some(table), _) => Ok(table.clone()),
            (None, Some(stack)) => stack.output("TableName"),
            (None, None) => Ok(LOCAL_TABLE.to_owned()),
        }
    }

    pub(crate) fn app(&self) -> Result<String, Fault> {
        match (&self.app, &self.stack) {
            (Some(app), _) => Ok(app.clone()),
            (None, Some(stack)) => stack.app(),
            (None, None) if self.local.is_some() => Ok(LOCAL_APP.to_owned()),
            (None, None) => Err(Fault::usage("which application? Give --app or --stack, or set SDK_APP_ID")),
        }
    }

    /// The URL at which the stack's function receives callbacks.
    pub(crate) fn callback_url(&self) -> Result<String, Fault> {
        self.output("CallbackUrl")
    }

    /// The stack's name, empty without one.
    pub(crate) fn stack_name(&self) -> &str {
        self.stack.as_ref().map_or("", |stack| &stack.name)
    }

    /// An output of the stack.
    pub(crate) fn output(&self, key: &str) -> Result<String, Fault> {
        self.known_stack()?.output(key)
    }

    /// A parameter of the stack.
    pub(crate) fn parameter(&self, key: &str) -> Option<&str> {
        self.stack.as_ref()?.parameter(key)
    }

    fn known_stack(&self) -> Result<&Stack, Fault> {
        self.stack.as_ref().ok_or_else(|| Fault::usage("which stack? Give --stack"))
    }

    /// The application, if the user chose one.
    pub(crate) fn chosen_app(&self) -> Option<String> {
        self.app.clone()
    }

    /// The number of index shards that a command's day may have: the stack's, else that of the environment. If it is
    /// unknown, the maximum.
    pub(crate) fn index_shards(&self) -> Result<u32, Fault> {
        let is_known = self.stack.is_some() || variable("INDEX_SHARDS").is_some();
        if is_known { Ok(self.item_settings()?.index_shards) } else { Ok(MAX_SHARDS) }
    }

    /// Whether the table has an index by command. Without a stack, this is assumed.
    pub(crate) fn has_index(&self) -> bool {
        self.parameter("CommandIndex") != Some("false")
    }

    /// The log group of the function.
    pub(crate) fn log_group(&self) -> Result<String, Fault> {
        match &self.stack {
            _ if self.local.is_some() => Err(Fault::new(
                "the local function has no log group; pass its log on standard input: redrive -",
            )),
            Some(stack) => stack.output("FunctionLogName"),
            None => {
                Err(Fault::usage("which log group? Give --stack or --log-group, or - to read standard input"))
            }
        }
    }

    /// How the function keeps items: the stack's settings, or without a stack the environment's.
    pub(crate) fn item_settings(&self) -> Result<ItemSettings, Fault> {
        let lookup = |name: &str| match &self.stack {
            Some(stack) => {
                let key = if name == "RETENTION_DAYS" { "RetentionDays" } else { "IndexShards" };
                stack.parameter(key).map(str::to_owned)
            }
            None => variable(name),
        };
        settings::item_settings(lookup).map_err(|error| Fault::Message(error.to_string()))
    }

    /// Whether the retention is unknown, so that recorded events never expire.
    pub(crate) fn lacks_retention(&self) -> bool {
        self.stack.is_none() && self.local.is_none() && variable("RETENTION_DAYS").is_none()
    }

    pub(crate) fn dynamodb(&self) -> Client {
        Client::new(&self.config)
    }

    /// The client's configuration, for changes.
    pub(crate) fn dynamodb_config(&self) -> Builder {
        Builder::from(&self.config)
    }

    /// The words for errors of requests to the table.
    pub(crate) fn label(&self, doing: &str, table: &str) -> RequestLabel {
        RequestLabel {
            doing: format!("{doing} the table {table}"),
            what: format!("table {table}"),
            flags: "--stack or --table",
            region: self.config.region().cloned(),
            local: self.local.as_ref().map(|local| local.url.clone()),
        }
    }
}

/// A variable of the environment, if it has a value.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
