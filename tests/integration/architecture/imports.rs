//! Floors: imports run downhill only.
//!
//! The table is the picture of the house. A room that is not in it does not exist; a new one gets a line here
//! and in the opening words of `src/lib.rs`.

use super::{
    finding::{Finding, expect_none, lines},
    source::{Source, crate_sources},
};

/// Rooms of pure values that decisions are made from.
const PURE: &[&str] = &[
    "domain", "api", "predict", "track", "plan", "edit", "anomaly", "load", "cost",
];

/// What observe and act stand on.
const WORLD: &[&str] = &["decide", "github", "store", "metrics"];

/// Rooms below the shells, without the simulated world.
const BELOW: &[&str] = &["observe", "act", "report", "round", "web"];

/// A room (or a file or folder of one, named before it), what it may import, and why not more.
const TABLE: &[(&str, &[&[&str]], &str)] = &[
    (
        "domain",
        &[],
        "the words of the house know nobody: move what is needed down into `domain`",
    ),
    ("api", &[&["domain"]], FLOOR_2),
    ("predict", &[&["domain"]], FLOOR_2),
    ("track", &[&["domain"]], FLOOR_2),
    ("plan", &[&["domain"]], FLOOR_2),
    ("edit", &[&["domain"]], FLOOR_2),
    ("anomaly", &[&["domain"]], FLOOR_2),
    ("load", &[&["domain"]], FLOOR_2),
    ("cost", &[&["domain"]], FLOOR_2),
    ("github", &[&["domain"]], FLOOR_2),
    ("store", &[&["domain"]], FLOOR_2),
    ("metrics", &[&["domain"]], FLOOR_2),
    (
        "simulate",
        &[&["domain"]],
        "the simulated world shares no type with the client it tests: what both got wrong would agree",
    ),
    (
        "decide",
        &[PURE],
        "the waist is pure and total: let `observe` read it and hand it over in `Seen`",
    ),
    (
        "observe",
        &[PURE, WORLD],
        "a look changes nothing and starts nothing: it must not know `act`, rounds or shells",
    ),
    (
        "act",
        &[PURE, WORLD, &["observe"]],
        "a deed is decided elsewhere; it may look once more before it acts, and knows no round or shell",
    ),
    (
        "report",
        &[PURE, &["store", "observe"]],
        "what a store comes to is the same for a command and for a page: neither the one nor the other is known here",
    ),
    (
        "round",
        &[PURE, WORLD, &["observe", "act"]],
        "a round is the same in both shells: hand what it needs in as an argument",
    ),
    (
        "web",
        &[&[
            "domain", "metrics", "github", "plan", "track", "anomaly", "load", "store", "report",
        ]],
        "the servers tell numbers and what a store holds, and hear deliveries: let the shell hand the rest in and out",
    ),
    (
        "controller",
        &[PURE, WORLD, BELOW],
        "the Kubernetes shell runs in a cluster: it knows neither the command line nor a simulated world",
    ),
    (
        // The command that starts the cluster shell is the one place where both shells meet.
        "cli/controller.rs",
        &[PURE, WORLD, BELOW, &["controller"]],
        "the command that starts the cluster shell knows nothing of the simulated world",
    ),
    (
        "cli",
        &[PURE, WORLD, BELOW, &["simulate"]],
        "the shells never import each other; only `cli/controller.rs` starts the other one",
    ),
    (
        "telemetry",
        &[],
        "logs and traces are made by whoever has something to say; where they go is nobody else's business",
    ),
    (
        "main.rs",
        &[&["cli", "telemetry"]],
        "`main` chooses a shell and nothing else: put it behind `cli`",
    ),
];

const FLOOR_2: &str = "floor 2 imports `domain` only and never a neighbour: \
    move the shared word down into `domain`, or join the two in `decide` or above";

/// Rooms whose tests may put a simulated world before them.
const TESTED_ON_A_SIMULATED_WORLD: &[&str] = &["observe", "act", "round", "controller"];

/// The crate's root, which lists the rooms.
const ROOT: &str = "lib.rs";

/// The lines where a file imports a room that it must not know.
fn check(source: &Source) -> Vec<Finding> {
    let path = source.path.strip_prefix("src/").unwrap_or(&source.path);
    let row = TABLE.iter().find(|(place, ..)| is_in(path, place));
    let Some((place, may, advice)) = row else {
        let advice = "give the room a line in the table of tests/integration/architecture/imports.rs and in src/lib.rs";
        let rule = "is in no room of the table";
        return (path != ROOT)
            .then(|| Finding::new(&source.path, 1, rule, advice))
            .into_iter()
            .collect();
    };
    let own = place.split('/').next().unwrap_or(place);
    let allowed = |room: &str, line: usize| {
        room == own
            || may.iter().any(|group| group.contains(&room))
            || room == "simulate"
                && source.is_test(line)
                && TESTED_ON_A_SIMULATED_WORLD.contains(&own)
    };
    source
        .names()
        .into_iter()
        .filter(|name| name.segments[0] == "crate")
        .filter_map(|name| Some((name.line, name.segments.get(1)?.clone())))
        .filter(|(line, room)| is_room(room) && !allowed(room, *line))
        .map(|(line, room)| {
            let rule = format!("`{place}` must not import `{room}`");
            Finding::new(&source.path, line, rule, *advice)
        })
        .collect()
}

/// Whether a file is a place of the table or in it.
pub fn is_in(path: &str, place: &str) -> bool {
    let rest = path.strip_prefix(place);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
}

fn is_room(name: &str) -> bool {
    TABLE.iter().any(|(place, ..)| *place == name)
}

#[test]
fn imports_run_downhill_only() {
    expect_none(crate_sources().iter().flat_map(check).collect());
}

#[test]
fn every_room_of_the_table_stands_in_the_house() {
    let root = crate_sources()
        .iter()
        .find(|source| source.path == "src/lib.rs");
    let text = &root.expect("the crate's root").text;
    let rooms = TABLE.iter().map(|(place, ..)| *place);
    for room in rooms.filter(|place| !place.contains(['/', '.'])) {
        assert!(
            text.contains(&format!("pub mod {room};")) && text.contains(&format!("[`{room}`]")),
            "src/lib.rs neither declares nor explains the room `{room}`"
        );
    }
}

#[test]
fn an_import_uphill_or_sideways_is_found_however_it_is_written() {
    let bad = Source::parse(
        "src/plan/week.rs",
        "use crate::{domain::Run, decide::Seen};\n\
         fn one() { crate::github::client(); }\n\
         fn two() { println!(\"{:?}\", super::super::store::open()); }\n\
         use cronwright::cli;\n",
    );

    assert_eq!(lines(&check(&bad)), [1, 4, 2, 3]);
}

#[test]
fn a_look_never_acts_and_the_shells_do_not_know_each_other() {
    let importing = |path: &str, room: &str| {
        check(&Source::parse(path, &format!("use crate::{room}::x;"))).len()
    };

    assert_eq!(importing("src/act/present.rs", "observe"), 0);
    assert_eq!(importing("src/observe/look.rs", "act"), 1);
    assert_eq!(importing("src/cli/controller.rs", "controller"), 0);
    assert_eq!(importing("src/cli/mod.rs", "controller"), 1);
    assert_eq!(importing("src/controller/run.rs", "cli"), 1);
    assert_eq!(importing("src/decide/seen.rs", "store"), 1);
    assert_eq!(importing("src/main.rs", "controller"), 1);
    assert_eq!(importing("src/attic/mod.rs", "domain"), 1);
}

#[test]
fn only_tests_of_the_upper_floors_know_the_simulated_world() {
    let text = "#[cfg(test)]\nuse crate::simulate::World;\nuse crate::simulate::World;\n";

    assert_eq!(lines(&check(&Source::parse("src/round/x.rs", text))), [3]);
    assert_eq!(
        lines(&check(&Source::parse("src/github/x.rs", text))),
        [2, 3]
    );
}
