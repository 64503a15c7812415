//! Tidiness of every text in the repository, whatever its language.

use std::{fs, path::Path};

use super::{
    finding::{Finding, expect_none, lines},
    source::{files, relative, root},
};

/// Folders whose text a person writes.
const FOLDERS: &[&str] = &[
    "src", "tests", "benches", "examples", "docs", "deploy", "charts", "crds", ".ci", ".github",
];

/// Endings of files that are bytes, locks, or recorded as they were.
const OTHERS: &[&str] = &[".gz", ".pem", ".png", ".snap", ".sum"];

/// Workflow files whose odd bytes are what they are there for.
const FIXTURES: &str = "tests/fixtures/";

/// What other people wrote, byte for byte as they published it.
const OTHERS_WROTE: &[&str] = &["/vendor/", "/node_modules/"];

/// Languages whose own formatter indents with tabs.
const TABBED: &[&str] = &[".go", ".mod", "Makefile"];

/// Folders that exist on one machine only. GitHub's runners have `/home/runner`, which workflow files may name.
const MACHINES: &[&str] = &["/root/", "/Users/", "/home/"];

/// Every text of the repository with its path.
fn texts() -> Vec<(String, String)> {
    let mut paths: Vec<_> = FOLDERS
        .iter()
        .flat_map(|folder| files(folder, ""))
        .collect();
    let top = fs::read_dir(root()).expect("a readable repository");
    let top = top.map(|entry| entry.expect("a readable entry").path());
    paths.extend(top.filter(|path| path.is_file() && !path.ends_with(".git")));
    let is_text = |path: &Path| {
        let path = relative(path);
        path != "Cargo.lock"
            && !OTHERS_WROTE.iter().any(|folder| path.contains(folder))
            && !OTHERS.iter().any(|ending| path.ends_with(ending))
    };
    let read = |path: &Path| Some((relative(path), fs::read_to_string(path).ok()?));
    let texts = paths.iter().filter(|path| is_text(path));
    texts.filter_map(|path| read(path)).collect()
}

/// Tabs, trailing spaces, carriage returns and a missing or doubled last line end.
fn spaces(path: &str, text: &str) -> Vec<Finding> {
    if path.starts_with(FIXTURES) {
        return Vec::new();
    }
    let advice = "an editor that reads .editorconfig does it right; in a string write an escape";
    let tabbed = TABBED.iter().any(|ending| path.ends_with(ending));
    let mut findings = Vec::new();
    for (line, number) in text.split('\n').zip(1..) {
        if line.contains('\t') && !tabbed {
            findings.push(Finding::new(path, number, "a tab", advice));
        }
        if line.ends_with([' ', '\t', '\r']) {
            findings.push(Finding::new(
                path,
                number,
                "a space at the end of a line",
                advice,
            ));
        }
    }
    let last = text.lines().count().max(1);
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        let rule = "the file does not end with one line end";
        findings.push(Finding::new(path, last, rule, advice));
    }
    findings
}

/// Paths that exist on the machine of whoever wrote them.
fn machine_paths(path: &str, text: &str) -> Vec<Finding> {
    let advice = "find it from the repository's root, a flag or an environment variable";
    let is_start = |before: &str| {
        let last = before.chars().next_back();
        last.is_none_or(|last| !last.is_alphanumeric() && !"/._-}~$*".contains(last))
    };
    let names = |line: &str, folder: &str| {
        let mut hits = line.match_indices(folder);
        hits.any(|(at, _)| is_start(&line[..at]) && !line[at..].starts_with("/home/runner/"))
    };
    let mut findings = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        for folder in MACHINES.iter().filter(|folder| names(line, folder)) {
            let rule = format!("a path below {folder}, which is one machine's");
            findings.push(Finding::new(path, number, rule, advice));
        }
    }
    findings
}

/// This file, which must name what it looks for.
fn is_this(path: &str) -> bool {
    path.ends_with("architecture/text.rs")
}

#[test]
fn lines_end_clean_in_every_text() {
    let texts = texts();
    assert!(texts.len() > 200, "only {} texts were found", texts.len());

    expect_none(
        texts
            .iter()
            .flat_map(|(path, text)| spaces(path, text))
            .collect(),
    );
}

#[test]
fn no_text_names_a_path_of_one_machine() {
    let texts = texts().into_iter().filter(|(path, _)| !is_this(path));

    expect_none(
        texts
            .flat_map(|(path, text)| machine_paths(&path, &text))
            .collect(),
    );
}

#[test]
fn untidy_spaces_are_found_except_where_they_belong() {
    let text = "a\tb\nc \nd\r\nlast";

    assert_eq!(lines(&spaces("docs/x.md", text)), [1, 2, 3, 4]);
    assert_eq!(lines(&spaces("docs/x.md", "a\n\n")), [2]);
    assert_eq!(spaces("Makefile", "a:\n\tb\n"), []);
    assert_eq!(spaces("tests/fixtures/workflows/x.yml", text), []);
}

#[test]
fn a_path_of_one_machine_is_found_and_its_likes_are_not() {
    let text = "a = \"/home/ann/x\"\ncd /root/x\nhttps://x.dev/home/ann\n/home/runner/work/x\n$HOME/work/x\n";

    assert_eq!(lines(&machine_paths("x.sh", text)), [1, 2]);
}
