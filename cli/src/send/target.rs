//! The target of a test callback.

use crate::{
    deployment::{Deployment, DeploymentFlags},
    fault::Fault,
    receiver::{Answer, ConnectionFlags, Receiver},
};

/// A receiver, and the application of the callback.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) receiver: Receiver,
    pub(super) app: String,
    /// Its name in messages. A URL of `--to` may hold a password, so it is not quoted.
    pub(super) name: String,
    /// Whether it is the function of `make run`.
    is_local_run: bool,
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
                is_local_run: false,
            }),
            (None, true, false) => {
                let name = DeploymentFlags::local_function();
                let receiver = Receiver::new(&name, connection)
                    .map_err(|fault| Fault::Message(format!("LOCAL_FUNCTION_ADDRESS: {fault}")))?;
                let app = flags.app_without_a_stack();
                Ok(Self { receiver, app, name, is_local_run: true })
            }
            (None, false, true) => {
                let deployment = Deployment::find(flags).await?;
                let receiver = Receiver::new(&deployment.callback_url()?, connection)?;
                let app = deployment.app()?;
                Ok(Self { receiver, app, name: "the stack's CallbackUrl".to_owned(), is_local_run: false })
            }
            _ => Err(Fault::usage("where to? Give exactly one of --stack, --local and --to")),
        }
    }

    /// The error if there is no answer.
    pub(super) fn silence(&self, answer: &Answer) -> Fault {
        let name = &self.name;
        Fault::Message(if self.is_local_run && !answer.was_sent {
            format!("nothing answers at {name}; start `make run` first")
        } else {
            format!("no answer from {name}: {}", answer.text)
        })
    }
}
