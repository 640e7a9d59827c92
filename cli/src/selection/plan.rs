//! The cheapest way to read a selection.

use super::{
    Selection, commands,
    index::{INDEX, Keys},
    span::Span,
};
use crate::{
    confirm::{confirm, confirm_scan},
    deployment::Deployment,
    fault::Fault,
    output::note,
    plain::counted,
    table::Table,
};

/// Up to this many queries, the size of the index is not checked.
const FEW_QUERIES: u64 = 100;

/// Up to this many queries, or read units of the index for twice as many, the user is not asked.
const MOST_QUERIES: u64 = 1000;

/// What else the user can do.
const OTHERWISE: &str = "add --yes, or give a SUBJECT or a --command, or a shorter time";

/// Why a selection by time is not read from the index.
const UNDOCUMENTED: &str = "the index can't be asked for a pattern that fits no documented command, so ";

/// The way to read the events.
#[derive(Debug)]
pub(super) enum ReadPlan {
    /// A query of one partition.
    Subject(String),
    /// Queries of the index, by command, day and shard.
    Index(Keys),
    /// All of the index, in no order.
    WholeIndex { app: String, items: u64 },
    /// All of the table, in no order.
    Scan { items: u64 },
}

impl ReadPlan {
    /// Chooses the way. Before a read that costs much, it prints the cost and asks.
    pub(super) async fn choose(
        selection: &Selection,
        deployment: &Deployment,
        span: Span,
    ) -> Result<Self, Fault> {
        let Selection { subject, since, scan, yes, .. } = selection;
        if let Some(subject) = subject {
            return Ok(Self::Subject(format!("{}#{subject}", deployment.app()?)));
        }
        let table = Table::of(deployment)?;
        let commands = commands::in_index(&selection.command);
        if since.is_some() && !scan && deployment.has_index() && !commands.is_empty() {
            let keys = Keys { app: deployment.app()?, commands, shards: deployment.index_shards()? };
            // Queries of the DynamoDB of `make run` cost nothing.
            return Self::of_index(selection, &table, keys, span, *yes || deployment.local.is_some()).await;
        }
        let (why, otherwise) = if *scan {
            ("", "add --yes".to_owned())
        } else if !deployment.has_index() {
            ("", "add --yes, or give a SUBJECT".to_owned())
        } else if since.is_none() {
            ("", "add --yes, or give a SUBJECT or --since".to_owned())
        } else {
            (
                UNDOCUMENTED,
                format!(
                    "add --yes, or another --command: {}",
                    commands::advice(&selection.command).join("; ")
                ),
            )
        };
        Ok(Self::Scan { items: confirm_scan(&table, *yes, why, &otherwise).await?.items })
    }

    /// Each command, day and shard is a query, and a query without results costs half a read unit too. For a long time in
    /// a small table, a scan of the index is cheaper.
    async fn of_index(
        selection: &Selection,
        table: &Table,
        keys: Keys,
        span: Span,
        yes: bool,
    ) -> Result<Self, Fault> {
        let queries = keys.queries(span);
        let size = if queries > FEW_QUERIES { table.index_size(INDEX).await } else { None };
        let many = format!("{}, about {}", counted(queries, "query"), counted(queries / 2, "read unit"));
        if let Some(size) = size.filter(|size| size.read_units < queries / 2) {
            let units = counted(size.read_units, "read unit");
            let cost = format!("this reads the whole index, about {units}: less than {many}");
            confirm(&cost, yes || size.read_units <= MOST_QUERIES / 2, OTHERWISE)?;
            return Ok(Self::WholeIndex { app: keys.app, items: size.items });
        }
        if queries > MOST_QUERIES {
            confirm(&format!("this makes {many} or more"), yes, OTHERWISE)?;
        }
        if commands::may_be_undocumented(&selection.command) {
            note("only documented commands are read; --scan also finds others");
        }
        Ok(Self::Index(keys))
    }

    /// Whether the events are read in order of time.
    pub(super) fn is_in_order(&self) -> bool {
        match self {
            Self::Subject(_) => true,
            Self::Index(keys) => keys.are_in_order(),
            Self::WholeIndex { .. } | Self::Scan { .. } => false,
        }
    }

    /// Whether the events are read from the index, which has no bodies.
    pub(super) fn is_of_index(&self) -> bool {
        matches!(self, Self::Index(_) | Self::WholeIndex { .. })
    }
}
