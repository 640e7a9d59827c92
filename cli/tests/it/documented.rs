//! The costs and exit codes in `docs/chat-events.md` are those of the program.

use support::requests::CREATED;

use crate::{
    counted::{operation, run_watched},
    world::{ENVIRONMENT, World, created, program, run},
};

const PAGE: &str = include_str!("../../../docs/chat-events.md");

/// The row of a table that begins with this cell.
fn row(cell: &str) -> &'static str {
    let start = format!("| {cell} |");
    PAGE.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("the page has no row {cell}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn read_units_are_those_of_the_requests() {
    let world = World::start().await;
    world.record(&created("g", 1_670_574_414_123, "A"), 1).await;
    let of_index = ["list", "--command", CREATED, "--since", "2022-12-09", "--until", "2022-12-10", "--json"];
    for (selection, arguments, units) in [
        ("a SUBJECT", &["list", "g"][..], "| one per 4 KB |"),
        ("`--since`", &of_index, "| half a unit per query and per 4 KB |"),
        ("anything else, or `--scan`", &["list", "--yes"], "| half a unit per 4 KB of the table |"),
    ] {
        assert!(row(selection).ends_with(units), "{}", row(selection));
        let (ran, requests) = run_watched(&world, arguments).await;
        assert!(ran.code == Some(0) && ran.stdout.contains("2022-12-09T08:26:54.123Z"), "{ran:?}");
        let is_read = |request: &&String| ["Query", "Scan", "BatchGetItem"].contains(&operation(request));
        let reads: Vec<_> = requests.iter().filter(is_read).collect();
        assert!(!reads.is_empty(), "{selection}");
        // A strongly consistent read costs twice as much.
        for request in reads {
            let is_consistent = request.contains(r#""ConsistentRead":true"#);
            assert_eq!(is_consistent, units.starts_with("| one "), "{selection}: {request}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_are_those_of_the_program() {
    let world = World::start().await;
    for (code, meaning, arguments) in [
        (0, "`list`, `count` or `chat` may have found nothing", &["list", "nobody"][..]),
        (1, "`show` or `group` found nothing", &["group", "nobody"]),
        (1, "something failed", &["list", "x", "--table", "nowhere"]),
        (2, "an argument is missing, wrong, or does not fit the others", &["list", "x", "--sinse", "1h"]),
        (2, "does not fit the others", &["list", "x", "--since", "1h", "--until", "2h"]),
        (2, "does not fit the others", &["chat", "a", "b", "--html", "x.html", "--json"]),
        (2, "an argument is missing", &["doctor"]),
    ] {
        assert!(row(&code.to_string()).contains(meaning), "{meaning}");
        assert_eq!(world.run(arguments).code, Some(code), "{arguments:?}");
    }
    for missing in ["TABLE_NAME", "SDK_APP_ID", "AWS_DEFAULT_REGION"] {
        let without: Vec<_> = ENVIRONMENT.into_iter().filter(|(name, _)| *name != missing).collect();
        let mut command = program(&without, &["list", "x"]);
        // Without it, the program would ask the metadata service of the machine.
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        assert_eq!(run(command, "").code, Some(2), "{missing}");
    }
    assert!(row("2").contains("no table, application or Region is named"));
}
