//! Events in order of time: a table for people, whole items for programs.

use futures_util::TryStreamExt;

use crate::{
    deployment::Deployment,
    fault::Fault,
    output::{Output, note},
    plain::counted,
    selection::Selection,
    table::Wanted,
};

/// Prints the events.
pub(crate) async fn run(
    deployment: &Deployment,
    selection: &Selection,
    output: &mut Output,
) -> Result<(), Fault> {
    let wanted = if output.json { Wanted::Whole } else { Wanted::Columns };
    let mut events = selection.find(deployment, wanted).await?.sorted().await?;
    let (mut count, mut without_body) = (0_u64, 0_u64);
    while let Some(event) = events.try_next().await? {
        count += 1;
        without_body += u64::from(output.json && event.body().is_none());
        output.event(selection.columns(), &event)?;
    }
    if count == 0 {
        selection.none(deployment).iter().for_each(|text| note(text));
    }
    if without_body > 0 {
        output.flush()?;
        return Err(Fault::Message(format!(
            "{}, {without_body} without a Body: parts of it are not in the table, they may have expired",
            counted(count, "event")
        )));
    }
    Ok(())
}
