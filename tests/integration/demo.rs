//! `cronwright demo` as a newcomer runs it: it comes out, and README.md quotes a pull request of it to the letter.

use std::{path::Path, process::Command};

use serde_json::Value;

/// Runs the demo with its defaults; what it did, as its JSON tells.
fn demo() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_cronwright"))
        .args(["demo", "--json"])
        .current_dir(root)
        .output()
        .expect("the demo starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

/// A pull request as README.md shows it.
fn quoted(pull: &Value) -> String {
    let text = |field: &str| pull[field].as_str().expect("a text").trim_end();
    let body = text("body").lines();
    // The marker is for machines, and invisible on GitHub.
    let shown: Vec<_> = body.filter(|line| !line.starts_with("<!--")).collect();
    let quote = |line: &str| format!("> {line}").trim_end().to_owned();
    let shown: Vec<_> = shown.join("\n").trim_end().lines().map(quote).collect();
    // A diff's lines for empty lines end in a space, which no editor keeps.
    let diff: Vec<_> = text("diff").lines().map(str::trim_end).collect();
    format!(
        "**{}**\n\n```diff\n{}\n```\n\n{}\n",
        text("title"),
        diff.join("\n"),
        shown.join("\n")
    )
}

#[test]
fn the_demo_comes_out_and_the_readme_quotes_its_pull_request_to_the_letter() {
    let told = demo();
    let checks = told["checks"].as_array().expect("checks");
    assert!(checks.len() >= 6, "{checks:?}");
    assert!(
        checks.iter().all(|check| check["holds"] == true),
        "{checks:?}"
    );
    let pulls = told["pullRequests"].as_array().expect("pull requests");
    let of = |pull: &&Value| pull["repository"] == "acme/mobile" && pull["state"] == "open";
    let quote = quoted(pulls.iter().find(of).expect("the mobile team's"));

    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).expect("README.md");

    assert!(
        readme.contains(&quote),
        "README.md must quote this:\n\n{quote}"
    );
}
