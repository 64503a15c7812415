//! What runs cost, as the pages tell it: a card, the parts of one workflow, and what could be spared.

use super::overview::Card;
use crate::{
    domain::{Located, Visibility},
    report::{
        Amount, OfRunner, Spent,
        words::{dash, or_dash},
    },
    web::dashboard::parts::{Cell, Table, to_workflow},
};

/// How many kinds of runners are listed of a workflow.
const RUNNERS: usize = 20;

/// The card of the overview.
pub(super) fn card(spent: &Spent) -> Card {
    let total = &spent.total;
    let name = "Cost of 30 days";
    if !spent.is_known() {
        return Card {
            name,
            value: dash(),
            note: "No job of these days is known yet.".to_owned(),
            tone: "",
        };
    }
    let value = if total.is_told() {
        total.cost.likely.to_string()
    } else {
        total.likely()
    };
    let measured = or_dash(total.measured_share());
    let mut note = format!("the jobs of {measured} of its runs were measured");
    let has_more = total.unknown_runs > 0;
    if total.is_told() && (has_more || total.bounds() != value) {
        let more = if has_more { " and more" } else { "" };
        note = format!("{}{more}; {note}", total.bounds());
    }
    if total.unpriced_milli > 0 {
        let minutes = total.unpriced_minutes();
        note.push_str(&format!(", {minutes} minutes have no price"));
    }
    Card {
        name,
        value,
        note,
        tone: "",
    }
}

/// Billed minutes; a dash where no job is known.
pub(super) fn minutes(amount: &Amount) -> String {
    let is_known = amount.runs > amount.unknown_runs;
    or_dash(is_known.then(|| amount.minutes()))
}

/// What a workflow's runs cost, figure by figure; nothing where none ran of late.
pub(super) fn facts(spent: &Spent, id: &Located) -> Vec<(&'static str, String)> {
    let Some(one) = spent.of_workflow(id) else {
        return Vec::new();
    };
    let amount = &one.amount;
    let visibility = match one.visibility {
        Some(Visibility::Public) => "public: GitHub's standard runners are free",
        Some(Visibility::Private) => "private",
        None => "not known yet",
    };
    let mut facts = vec![
        ("cost of 30 days", amount.words()),
        ("runs", amount.runs.to_string()),
        ("measured", or_dash(amount.measured_share())),
        ("billed minutes", minutes(amount)),
        ("its repository is", visibility.to_owned()),
    ];
    if amount.unpriced_milli > 0 {
        let minutes = amount.unpriced_minutes();
        facts.push(("minutes without a price", minutes.to_string()));
    }
    if let Some(at) = one.cut_off_at {
        let at = at.format("%Y-%m-%d %H:%M UTC");
        facts.push(("older runs are not kept: these are since", at.to_string()));
    }
    facts
}

/// The runners that a workflow's jobs ran on.
pub(super) fn runners(spent: &Spent, id: &Located) -> Table {
    let row = |one: &OfRunner| {
        vec![
            Cell::code(&one.labels),
            Cell::text(one.per_minute()),
            Cell::text(one.amount.minutes().to_string()),
            Cell::text(one.amount.words()),
            Cell::text(&one.price),
        ]
    };
    let runners = spent.of_workflow(id).map(|one| one.runners.as_slice());
    Table::new(
        "What it costs by runner",
        &["labels", ">a minute", ">minutes", ">cost", "price"],
        "No job of it is known.",
    )
    .with(runners.unwrap_or_default().iter().map(row))
    .at_most(RUNNERS)
}

/// What is advised of a workflow.
pub(super) fn advice(spent: &Spent, id: &Located) -> Vec<String> {
    let advised = spent.advice_on(id).into_iter();
    advised.map(|one| one.says.clone()).collect()
}

/// What running less often would spare, the dearest first.
pub(super) fn spare(spent: &Spent) -> Table {
    let row = |one: &crate::report::Advised| {
        let (cost, minutes) = one.advice.spares();
        vec![
            Cell::link(&one.workflow, to_workflow(&one.id)),
            Cell::text(cost.likely.to_string()),
            Cell::text(minutes.to_string()),
            Cell::text(&one.says),
        ]
    };
    Table::new(
        "What running less often would spare in 30 days",
        &["workflow", ">spares", ">minutes", "why"],
        "Nothing.",
    )
    .with(spent.advice.iter().map(row))
}
