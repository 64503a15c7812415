//! Pages that name tests and other pages: what they name is there.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::architecture::files;

/// Pages whose promises are held by tests that they name.
const NAMING: [&str; 2] = ["faults.md", "threat-model.md"];

fn pages() -> Vec<(PathBuf, String)> {
    let pages = files("docs", ".md").into_iter();
    pages
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Names of functions in the code.
fn functions() -> BTreeSet<String> {
    let sources = files("src", ".rs")
        .into_iter()
        .chain(files("tests/integration", ".rs"));
    let texts = sources.map(|path| fs::read_to_string(path).unwrap());
    let mut names = BTreeSet::new();
    for text in texts {
        let named = text
            .split("fn ")
            .skip(1)
            .filter_map(|rest| rest.split(['(', '<']).next());
        names.extend(named.map(ToOwned::to_owned));
    }
    names
}

/// Words in code marks that can only be a test's name: four words and more.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |word: &&str| {
        let letters =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        word.matches('_').count() >= 3
            && word.chars().all(letters)
            && !word.starts_with("cronwright_")
    };
    text.split('`').skip(1).step_by(2).filter(is_name)
}

#[test]
fn tests_that_pages_name_are_there() {
    let functions = functions();
    for (path, text) in pages()
        .into_iter()
        .filter(|(path, _)| NAMING.iter().any(|page| path.ends_with(page)))
    {
        let names: Vec<_> = named(&text).collect();
        assert!(
            names.len() > 20,
            "{} names {} tests",
            path.display(),
            names.len()
        );
        for name in names {
            assert!(
                functions.contains(name),
                "{} names the test {name}, which is not there",
                path.display()
            );
        }
    }
}

#[test]
fn reasons_of_faults_are_explained_among_the_conditions() {
    let pages = pages();
    let text = |name: &str| {
        &pages
            .iter()
            .find(|(path, _)| path.ends_with(name))
            .unwrap()
            .1
    };
    let explained: BTreeSet<_> = text("conditions.md")
        .split('`')
        .skip(1)
        .step_by(2)
        .collect();
    let is_reason = |word: &&str| {
        word.chars().all(char::is_alphanumeric)
            && word.starts_with(char::is_uppercase)
            && *word != "InSync"
    };
    let reasons: BTreeSet<_> = text("faults.md")
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(is_reason)
        .collect();
    assert!(reasons.len() > 10, "{reasons:?}");
    let unexplained: Vec<_> = reasons.difference(&explained).collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut all = pages();
    for top in ["README.md", "CHANGELOG.md", "ARCHITECTURE.md"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(top);
        all.push((path.clone(), fs::read_to_string(path).unwrap()));
    }
    for (path, text) in all {
        let links = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next());
        for link in links.filter(|link| !link.is_empty() && !link.contains("://")) {
            let target = path.parent().unwrap().join(link);
            assert!(target.exists(), "{} leads to {link}", path.display());
        }
    }
}
