//! What a report says, to the letter.

use super::page;
use crate::{
    cli::{
        cost,
        page::{Format, print},
    },
    domain::Percent,
    report::{Inventory, Report, sample},
};

fn printed(inventory: &Inventory, format: Format) -> String {
    let report = Report::of(inventory);
    let mut out = Vec::new();
    print(&mut out, format, &report, || page::page(&report)).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_report_tells_the_groups_the_reasons_and_the_hours() {
    insta::assert_snapshot!(printed(&sample::inventory(), Format::Text));
}

#[test]
fn a_report_in_markdown_escapes_what_would_be_markup() {
    insta::assert_snapshot!(printed(&sample::inventory(), Format::Markdown));
}

#[test]
fn an_export_holds_what_the_page_tells() {
    insta::assert_snapshot!(printed(&sample::inventory(), Format::Json));
}

#[test]
fn every_workflow_is_counted_once_and_stands_in_one_group() {
    let report = Report::of(&sample::inventory());

    let groups = &report.groups;
    let grouped = [
        &groups.ready_to_apply,
        &groups.needs_review,
        &groups.more_data_needed,
        &groups.nothing_to_do,
    ];
    let number: usize = grouped.iter().map(|group| group.len()).sum();
    assert_eq!(number + report.manual_only.len(), report.inventory.total);
    assert_eq!(report.manual_only, ["acme/app/release.yml"]);
    assert_eq!(report.inventory.schedulable, report.workflows.len());
}

#[test]
fn the_bounds_of_the_groups_are_70_and_50_percent() {
    let group = |confidence| {
        let report = Report::of(&sample::crowd(Percent(confidence)));
        let groups = report.groups;
        [
            groups.ready_to_apply.len(),
            groups.needs_review.len(),
            groups.more_data_needed.len(),
        ]
        .map(|number| number > 0)
    };

    assert_eq!(group(70), [true, false, false]);
    assert_eq!(group(69), [false, true, false]);
    assert_eq!(group(50), [false, true, false]);
    assert_eq!(group(49), [false, false, true]);
}

#[test]
fn a_move_by_forecasts_that_lost_their_trust_is_for_a_person_to_look_at() {
    let mut inventory = sample::crowd(Percent(90));
    for known in inventory.workflows.values_mut() {
        known.scores = sample::scores(40, 900);
    }

    let report = Report::of(&inventory);

    assert!(report.groups.ready_to_apply.is_empty());
    assert!(!report.groups.needs_review.is_empty());
    let text = printed(&inventory, Format::Text);
    assert!(
        text.contains("its forecasts are not acted on since"),
        "{text}"
    );
}

#[tokio::test]
async fn a_report_tells_the_sum_and_the_advice() {
    let (inventory, spent) = cost::tests::company().await;
    let report = Report::of(&inventory).with_costs(spent);
    let text = page::page(&report).to_string();
    for told in [
        "Cost of the last 30 days",
        "Could be spared",
        "it has failed 40 times in a row",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
}
