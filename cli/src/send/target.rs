//! The target of a test callback.

use crate::{
    deployment::{Deployment, DeploymentFlags},
    fault::Fault,
    receiver::{ConnectionFlags, Receiver},
};

/// A receiver, and the application of the callback.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) receiver: Receiver,
    pub(super) app: String,
    /// Its name in messages. A URL of `--to` may hold a password, so it is not quoted.
    pub(super) name: String,
    /// Advice if it doesn't answer.
    advice: &'static str,
}

impl Target {
    pub(super) async fn find(
        flags: DeploymentFlags,
        to: Option<&str>,
        connection: &ConnectionFlags,
    ) -> Result<Self, Fault> {
        match (to, flags.local, flags.stack.is_some()) {
            (Some(url), false, false) => Ok(Self {
                receiver: Receiver::new(url, connection)?,
                app: flags.app_without_a_stack(),
                name: "the URL of --to".to_owned(),
                advice: "",
            }),
            (None, true, false) => {
                let name = DeploymentFlags::local_function();
                let receiver = Receiver::new(&name, connection).map_err(|_| {
                    Fault::new("LOCAL_FUNCTION_ADDRESS is not an address like 127.0.0.1:9000")
                })?;
                let app = flags.app_without_a_stack();
                Ok(Self { receiver, app, name, advice: "; start `make run` first" })
            }
            (None, false, true) => {
                let deployment = Deployment::find(flags).await?;
                let receiver = Receiver::new(&deployment.callback_url()?, connection)?;
                let app = deployment.app()?;
                Ok(Self { receiver, app, name: "the stack's CallbackUrl".to_owned(), advice: "" })
            }
            _ => Err(Fault::new("where to? Give exactly one of --stack, --local and --to")),
        }
    }

    /// The error if there is no answer.
    pub(super) fn silence(&self, cause: &str) -> Fault {
        let Self { name, advice, .. } = self;
        Fault::Message(format!("no answer from {name}: {cause}{advice}"))
    }
}
