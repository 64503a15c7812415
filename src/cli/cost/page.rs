//! Costs as a page: the sum first, then by whatever people ask for, then what would spare some of it.

use crate::{
    cli::{
        page::{Content, Page},
        report::page::{with_lines, with_rows},
    },
    cost::Amount,
    domain::Visibility,
    report::{OfRunner, OfWorkflow, Spent, words::or_dash},
};

/// How many workflows, repositories, runners and moves the page names; the data has all of them.
pub(super) const NAMED: usize = 25;

/// The columns of a sum, behind its names.
const SUM: [&str; 5] = [">runs", ">minutes", ">cost", "between", ">measured"];

/// The page of costs.
pub(super) fn page(spent: &Spent) -> Page {
    let page = Page::new(title(spent)).with("", Content::Facts(facts(&spent.total)));
    let page = by_name(page, spent);
    let page = with_rows(
        page,
        "By runner",
        &[
            "labels",
            ">a minute",
            ">minutes",
            ">cost",
            "between",
            "price",
        ],
        spent.runners.iter().take(NAMED).map(runner).collect(),
    );
    let months = spent.months.iter();
    let page = with_rows(
        page,
        "By month (UTC; the oldest and the newest are not whole)",
        &[&["month"], &SUM[..]].concat(),
        months
            .map(|one| row([one.month.to_string()], &one.amount))
            .collect(),
    );
    let page = with_lines(
        page,
        "Of fewer days (older runs are not kept)",
        cut_off(spent),
    );
    let moves_cost = format!("What the proposed moves cost, in {} days", spent.days);
    let page = with_lines(page, &moves_cost, moves(spent));
    let advice = spent.advice.iter().take(NAMED);
    let advice = advice.map(|one| format!("{}: {}", one.workflow, one.says));
    with_lines(
        page,
        "Could be spared (for you to judge: nothing is done by this)",
        advice.collect(),
    )
}

fn title(spent: &Spent) -> String {
    let days = spent.days;
    let Some(until) = spent.until else {
        return "No run is stored, so no cost can be told".to_owned();
    };
    let until = until.format("%Y-%m-%d %H:%M UTC");
    if spent.is_known() && !spent.total.is_told() {
        return format!(
            "No runner of the {days} days up to {until} has a price, so no cost can be told"
        );
    }
    if spent.is_known() {
        let cost = spent.total.words();
        return format!("Runs cost {cost} in the {days} days up to {until}");
    }
    format!("No job of the {days} days up to {until} is known, so no cost can be told")
}

/// The tables of workflows and of repositories.
fn by_name(page: Page, spent: &Spent) -> Page {
    let named = |heading: &str, number: usize| {
        if number > NAMED {
            return format!("{heading} (the dearest {NAMED} of {number})");
        }
        heading.to_owned()
    };
    let workflows = spent.workflows.iter().take(NAMED);
    let page = with_rows(
        page,
        &named("By workflow", spent.workflows.len()),
        &[&["workflow", "seen by"], &SUM[..]].concat(),
        workflows
            .map(|one| row([one.workflow.clone(), seen(one.visibility)], &one.amount))
            .collect(),
    );
    let repositories = spent.repositories.iter().take(NAMED);
    with_rows(
        page,
        &named("By repository", spent.repositories.len()),
        &[&["repository", "seen by"], &SUM[..]].concat(),
        repositories
            .map(|one| row([one.repository.clone(), seen(one.visibility)], &one.amount))
            .collect(),
    )
}

/// What a sum is made of, figure by figure.
pub(in crate::cli) fn facts(total: &Amount) -> Vec<(String, String)> {
    let estimated = total.runs - total.measured_runs - total.unknown_runs;
    let mut facts = vec![
        ("cost", total.words()),
        (
            "measured",
            format!(
                "{} in {} of {} runs, whose jobs are known",
                total.measured, total.measured_runs, total.runs
            ),
        ),
        ("estimated from these", runs(estimated)),
        ("billed minutes", total.minutes().to_string()),
    ];
    if total.unknown_runs > 0 {
        facts.push((
            "in no sum",
            format!(
                "{} of workflows of which no job is known",
                runs(total.unknown_runs)
            ),
        ));
    }
    if total.unpriced_milli > 0 {
        facts.push((
            "without a price",
            format!("{} billed minutes", total.unpriced_minutes()),
        ));
    }
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    facts.into_iter().map(owned).collect()
}

fn row<const N: usize>(names: [String; N], amount: &Amount) -> Vec<String> {
    let mut cells: Vec<String> = names.into();
    let is_known = amount.runs > amount.unknown_runs;
    let minutes = is_known.then(|| amount.minutes().to_string());
    cells.extend([
        amount.runs.to_string(),
        minutes.unwrap_or_else(|| "unknown".to_owned()),
        amount.likely(),
        amount.bounds(),
        or_dash(amount.measured_share()),
    ]);
    cells
}

fn runner(one: &OfRunner) -> Vec<String> {
    vec![
        one.labels.clone(),
        one.per_minute(),
        one.amount.minutes().to_string(),
        one.amount.likely(),
        one.amount.bounds(),
        one.price.clone(),
    ]
}

fn runs(number: u64) -> String {
    if number == 1 {
        return "1 run".to_owned();
    }
    format!("{number} runs")
}

fn seen(visibility: Option<Visibility>) -> String {
    visibility.map_or_else(|| "unknown".to_owned(), |one| one.to_string())
}

/// The workflows that run too often for the runs of all days to be kept.
fn cut_off(spent: &Spent) -> Vec<String> {
    let since = |one: &OfWorkflow| {
        let at = one.cut_off_at?.format("%Y-%m-%d %H:%M UTC");
        Some(format!("{}: since {at}", one.workflow))
    };
    spent
        .workflows
        .iter()
        .filter_map(since)
        .take(NAMED)
        .collect()
}

fn moves(spent: &Spent) -> Vec<String> {
    let (change, same): (Vec<_>, Vec<_>) =
        spent.moves.iter().partition(|one| !one.saving.is_nothing());
    let mut lines: Vec<String> = change
        .iter()
        .take(NAMED)
        .map(|one| format!("{}: {}", one.workflow, one.says))
        .collect();
    if !same.is_empty() {
        lines.push(format!(
            "{} {} nothing: the workflow runs as often as before, and time in a queue is not billed",
            same.len(),
            if same.len() == 1 { "move changes" } else { "moves change" }
        ));
    }
    lines
}
