//! The name that stands in the place of a person.

use crate::fault::Fault;

/// A pseudonym: random for each run, so that it does not depend on the person.
#[derive(Clone, Debug)]
pub(super) struct Pseudonym(pub(super) String);

impl Pseudonym {
    pub(super) fn new() -> Result<Self, Fault> {
        let mut random = [0; 6];
        getrandom::fill(&mut random)
            .map_err(|error| Fault::Message(format!("the system gives no random numbers: {error}")))?;
        Ok(Self(format!("erased-{}", hex::encode(random))))
    }
}
