//! Our own workflows: as careful as we ask others to be.
//!
//! Actions are pinned by digest, a job may do no more than it must, no text from outside becomes a command, and CI is
//! the verbs of the Makefile, so that what passes here passes there.

use std::fs;

use super::{
    finding::{Finding, expect_none, lines},
    source::{files, relative, root},
};

/// Digits of a commit's digest.
const DIGEST_DIGITS: usize = 40;

/// The lines of a workflow that trust more than they must.
fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (text, line) in text.lines().zip(1..) {
        let step = text.trim().trim_start_matches("- ");
        let action = step.strip_prefix("uses:").map(str::trim);
        if action.is_some_and(|action| !is_pinned(action)) {
            let advice = "write `owner/name@<40 digits> # vX.Y.Z`: a tag can be moved";
            findings.push(Finding::new(
                path,
                line,
                "an action without a digest",
                advice,
            ));
        }
        let is_expression_in_command = step.contains("${{") && !is_key_of_value(step);
        if is_expression_in_command {
            let advice = "hand it over in `env:` and quote the variable: an expression is pasted into the script as text";
            findings.push(Finding::new(
                path,
                line,
                "an expression in a command",
                advice,
            ));
        }
    }
    if !text
        .lines()
        .any(|line| line == "permissions: {}" || line == "permissions:")
    {
        let advice = "open with `permissions: {}` and give each job what it needs";
        findings.push(Finding::new(
            path,
            1,
            "the workflow takes the default permissions",
            advice,
        ));
    }
    findings
}

/// Whether an action is named by a commit's digest, with its version beside it.
fn is_pinned(action: &str) -> bool {
    let Some((name, version)) = action.split_once(" # ") else {
        return action.starts_with("./");
    };
    let digest = name.rsplit_once('@').map_or("", |(_, digest)| digest);
    let is_digest = digest.len() == DIGEST_DIGITS && digest.chars().all(|c| c.is_ascii_hexdigit());
    is_digest && version.starts_with('v')
}

/// Whether a line is `key: value` of something other than a script.
fn is_key_of_value(step: &str) -> bool {
    let key = step.split_once(": ").map_or("", |(key, _)| key);
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    is_key && key != "run"
}

#[test]
fn our_own_workflows_trust_no_more_than_they_must() {
    let found = files(".github/workflows", ".yml");
    assert!(!found.is_empty(), ".github/workflows holds no workflow");
    let read = |path| fs::read_to_string(path).expect("a readable workflow");

    expect_none(
        found
            .iter()
            .flat_map(|path| check(&relative(path), &read(path)))
            .collect(),
    );
}

#[test]
fn the_ci_script_runs_the_one_test_command() {
    let script = fs::read_to_string(root().join(".ci/run")).expect(".ci/run");

    assert!(
        script.lines().any(|line| line.trim() == "make test"),
        ".ci/run must call `make test`, which is what README.md tells people to run"
    );
}

#[test]
fn what_trusts_too_much_is_found() {
    let text = "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n      \
                - run: echo ${{ github.head_ref }}\n      - run: |\n          echo ${{ inputs.x }}\n";

    assert_eq!(lines(&check("ci.yml", text)), [5, 6, 8, 1]);
}

#[test]
fn a_careful_workflow_is_left_alone() {
    let text = "permissions: {}\njobs:\n  a:\n    env:\n      NAME: ${{ github.head_ref }}\n    steps:\n      \
                - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0\n";

    assert_eq!(check("ci.yml", text), []);
}
