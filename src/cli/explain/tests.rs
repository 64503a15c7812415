//! What an explanation says, to the letter.

use super::*;
use crate::report::{
    Inventory,
    sample::{self, id},
};

fn explained(inventory: &Inventory, name: &str) -> String {
    let explained = Explained::of(inventory, &id(name).into());
    let mut out = Vec::new();
    page::print(&mut out, Format::Text, &explained, || page(&explained)).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

fn named(inventory: &Inventory) -> Vec<&Located> {
    inventory.workflows.keys().collect()
}

#[test]
fn a_move_is_explained_from_its_file_to_what_would_change_it() {
    let mut inventory = sample::inventory();
    let known = inventory
        .workflows
        .get_mut(&id("acme/app/nightly.yml").into());
    known.expect("a workflow of the sample").scores = sample::scores(30, 90);
    insta::assert_snapshot!(explained(&inventory, "acme/app/nightly.yml"));
}

#[test]
fn a_line_that_stays_says_what_would_move_it() {
    insta::assert_snapshot!(explained(&sample::inventory(), "acme/data/import.yml"));
}

#[test]
fn a_workflow_that_nobody_declares_says_so() {
    insta::assert_snapshot!(explained(&sample::inventory(), "acme/app/release.yml"));
}

#[test]
fn forecasts_that_lost_their_trust_are_told_with_what_wins_it_back() {
    let mut inventory = sample::inventory();
    let known = inventory
        .workflows
        .get_mut(&id("acme/app/nightly.yml").into());
    known.expect("a workflow of the sample").scores = sample::scores(30, 900);

    let text = explained(&inventory, "acme/app/nightly.yml");

    assert!(
        text.contains("nothing is done by these forecasts"),
        "{text}"
    );
    assert!(
        text.contains("Forecasts that do better again over twenty runs"),
        "{text}"
    );
}

#[test]
fn a_part_of_a_name_must_be_in_one_name_only() {
    let mut inventory = sample::inventory();
    inventory
        .workflows
        .retain(|id, _| id.to_string().contains("acme/data"));

    let several = the_one(&named(&inventory), "acme/data")
        .expect_err("two workflows")
        .to_string();
    assert!(
        several.contains("acme/data/export.yml, acme/data/import.yml among them"),
        "{several}"
    );

    let exact = the_one(&named(&inventory), "ACME/data/export.yml").expect("an exact name");
    assert_eq!(exact.to_string(), "acme/data/export.yml");

    inventory
        .workflows
        .retain(|id, _| id.to_string().contains("import"));
    let only = the_one(&named(&inventory), "import").expect("one workflow");
    assert_eq!(only.to_string(), "acme/data/import.yml");
}
