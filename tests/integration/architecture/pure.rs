//! Purity: the same question gets the same answer, whenever and wherever it is asked.
//!
//! Pure code never waits, asks no clock, draws no number and touches no disk, so it can be replayed, model-checked and
//! tested without a runtime. Its tests keep this too, but may read recorded data from files.

use super::{
    finding::{Finding, expect_none, lines},
    imports::is_in,
    source::{Source, crate_sources},
};

/// The pure places.
const PURE: &[&str] = &[
    "domain",
    "api",
    "predict",
    "track",
    "plan",
    "edit",
    "anomaly",
    "load",
    "cost",
    "decide",
    "act/wording",
];

/// Pure rooms whose `mod.rs` makes the compiler deny what `.clippy.toml` bans.
const DENYING: &[&str] = &[
    "domain", "predict", "track", "plan", "edit", "anomaly", "load", "cost", "decide",
];

/// The line that each of them opens its code with.
const DENIAL: &str = "#![deny(clippy::disallowed_methods, clippy::disallowed_types)]";

/// Beginnings and ends of paths that reach out of pure code, and whether tests may.
const OUTSIDE: &[(&str, bool, &str)] = &[
    ("tokio::", false, WAITS),
    ("futures::", false, WAITS),
    ("::Utc::now", false, CLOCK),
    ("::Local::now", false, CLOCK),
    ("::SystemTime::now", false, CLOCK),
    ("::Instant::now", false, CLOCK),
    (
        "rand::",
        false,
        "randomness is handed in: take a seed or the drawn value",
    ),
    ("std::thread::", false, "concurrency belongs to the shells"),
    ("std::net::", false, IO),
    ("std::process::", true, IO),
    ("std::fs::", true, IO),
    ("std::env::", true, IO),
    (
        "tracing::",
        true,
        "pure code returns reasons; whoever acts on them logs",
    ),
];

const WAITS: &str =
    "pure code never waits: return what to do as data and let `round` or `act` do it";
const CLOCK: &str = "time enters at the shells: take a `now: Timestamp`";
const IO: &str =
    "pure code does no I/O: take the bytes or the value, let `observe` or a shell read them";

fn is_pure(source: &Source) -> bool {
    let path = source.path.strip_prefix("src/").unwrap_or(&source.path);
    PURE.iter().any(|place| is_in(path, place))
}

/// The lines of a pure file that wait or reach outside.
fn check(source: &Source) -> Vec<Finding> {
    if !is_pure(source) {
        return Vec::new();
    }
    let waiting = source
        .tokens
        .iter()
        .filter(|token| ["async", "await"].contains(&token.text.as_str()))
        .map(|token| {
            let rule = format!("`{}` in a pure room", token.text);
            Finding::new(&source.path, token.line, rule, WAITS)
        });
    let names = source.names();
    let reaching = names.iter().filter_map(|name| {
        let path = format!("::{}::", name.segments.join("::"));
        let (what, _, advice) = OUTSIDE.iter().find(|(what, in_tests, _)| {
            let reaches = match what.strip_prefix("::") {
                Some(end) => path.ends_with(&format!("::{end}::")),
                None => path.starts_with(&format!("::{what}")),
            };
            reaches && !(*in_tests && source.is_test(name.line))
        })?;
        let rule = format!("`{}` in a pure room", what.trim_matches(':'));
        Some(Finding::new(&source.path, name.line, rule, *advice))
    });
    waiting.chain(reaching).collect()
}

/// Says so when the face of a pure room does not deny the bans.
fn check_denial(source: &Source) -> Option<Finding> {
    let advice =
        format!("open the room with {DENIAL}, so that clippy holds clocks and hash maps off");
    let rule = "a pure room does not deny what .clippy.toml bans";
    let denies = source.text.lines().any(|line| line == DENIAL);
    (!denies).then(|| Finding::new(&source.path, 1, rule, advice))
}

#[test]
fn pure_rooms_neither_wait_nor_reach_outside() {
    expect_none(crate_sources().iter().flat_map(check).collect());
}

#[test]
fn pure_rooms_deny_what_clippy_bans() {
    let sources = crate_sources();
    let faces = DENYING.iter().map(|room| {
        let path = format!("src/{room}/mod.rs");
        let face = sources.iter().find(|source| source.path == path);
        face.unwrap_or_else(|| panic!("{path} is not there"))
    });

    expect_none(faces.filter_map(check_denial).collect());
}

#[test]
fn waiting_and_reaching_out_of_a_pure_room_is_found() {
    let text = "async fn f() { g().await; }\n\
                fn g() { let now = chrono::Utc::now(); }\n\
                use std::{fs, time::SystemTime};\n\
                fn h() { dbg!(SystemTime::now(), std::env::var(\"X\")); }\n\
                #[cfg(test)]\n\
                mod tests {\n\
                fn read() { std::fs::read(\"x\"); Utc::now(); }\n\
                }\n";

    let found = check(&Source::parse("src/predict/wait.rs", text));

    let mut at = lines(&found);
    at.sort_unstable();
    at.dedup();
    assert_eq!(at, [1, 2, 3, 4, 7]);
    assert_eq!(found.iter().filter(|finding| finding.line == 7).count(), 1);
    assert_eq!(check(&Source::parse("src/round/mod.rs", text)), []);
}

#[test]
fn a_pure_room_without_the_denial_is_found() {
    let with = |text: &str| check_denial(&Source::parse("src/plan/mod.rs", text));

    assert!(with("//! Plans.\n").is_some());
    assert!(with(&format!("//! Plans.\n\n{DENIAL}\n")).is_none());
}
