//! Cargo.toml: every package we stand on tells why it is there.

use std::fs;

use super::{
    finding::{Finding, expect_none, lines},
    source::root,
};

/// The fewest words that make a reason.
const REASON_WORDS_MIN: usize = 2;

/// The lines of dependency tables that name a package and not its purpose.
fn check(manifest: &str) -> Vec<Finding> {
    let advice = "append `# what it is for`; a package without a purpose of its own goes";
    let mut in_dependencies = false;
    let mut findings = Vec::new();
    for (text, line) in manifest.lines().zip(1..) {
        if let Some(table) = text.strip_prefix('[') {
            in_dependencies = table.trim_end_matches(']').ends_with("dependencies");
            continue;
        }
        let text = text.trim();
        if !in_dependencies || text.is_empty() || text.starts_with('#') {
            continue;
        }
        let reason = text.rsplit_once(" # ").map_or("", |(_, reason)| reason);
        if reason.split_whitespace().count() < REASON_WORDS_MIN {
            let name = text.split([' ', '=', '.']).next().unwrap_or(text);
            let rule = format!("the package `{name}` gives no reason");
            findings.push(Finding::new("Cargo.toml", line, rule, advice));
        }
    }
    findings
}

/// Lints that hold the house and must not quietly go.
const LINTS: &[&str] = &[
    "unsafe_code = \"forbid\"",
    "missing_docs = \"warn\"",
    "dbg_macro = \"warn\"",
    "print_stdout = \"warn\"",
    "self_named_module_files = \"warn\"",
    "todo = \"warn\"",
    "too_many_lines = \"warn\"",
    "unwrap_used = \"warn\"",
    "use_self = \"warn\"",
    "wildcard_enum_match_arm = \"warn\"",
];

fn manifest() -> String {
    fs::read_to_string(root().join("Cargo.toml")).expect("the crate's manifest")
}

#[test]
fn every_package_tells_why_it_is_there() {
    expect_none(check(&manifest()));
}

#[test]
fn the_lints_of_the_house_are_on() {
    let manifest = manifest();
    let missing: Vec<_> = LINTS
        .iter()
        .filter(|lint| !manifest.lines().any(|line| line == **lint))
        .collect();

    assert!(missing.is_empty(), "Cargo.toml lost {missing:?}");
}

#[test]
fn a_package_without_a_reason_is_found() {
    let manifest = "[dependencies]\na = \"1\" # reads crons fast\nb = \"1\"\n# a group\nc = { version = \"1\" } #\n\
                    [lints.rust]\nd = \"warn\"\n[target.'cfg(unix)'.dev-dependencies]\ne = \"1\"\n";

    assert_eq!(lines(&check(manifest)), [3, 5, 9]);
}
