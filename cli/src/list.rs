//! Events in order of time: a table for people, whole items for programs.

use futures_util::TryStreamExt;

use crate::{
    fault::Fault,
    output::{Output, note},
    place::Place,
    plain::counted,
    selection::Selection,
    table::Wanted,
};

/// Prints the events.
pub(crate) async fn run(place: &Place, selection: &Selection, output: &mut Output) -> Result<(), Fault> {
    let wanted = if output.json { Wanted::Whole } else { Wanted::Columns };
    let mut events = selection.find(place, wanted).await?.sorted().await?;
    let (mut count, mut without_body) = (0_u64, 0_u64);
    while let Some(event) = events.try_next().await? {
        count += 1;
        without_body += u64::from(output.json && !event.contains_key("Body"));
        output.event(selection.columns(), &event)?;
    }
    if count == 0 {
        note(&selection.none(place));
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
