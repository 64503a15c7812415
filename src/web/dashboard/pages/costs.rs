//! What runs cost, in every way that people ask for, what the moves would change, and what could be spared.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};

use super::{answer, cost, holds, page_number, plan::Asked};
use crate::{
    domain::Visibility,
    report::{Amount, OfWorkflow, Spent, words::or_dash},
    web::dashboard::{
        fresh::{Fresh, Shown},
        parts::{Cell, Frame, Pager, Tab, Table, to_workflow},
    },
};

/// How many repositories, kinds of runners, moves and pieces of advice are listed: no fleet makes this page a heavy one.
const LISTED: usize = 20;

/// Answers with the costs.
pub(in crate::web::dashboard) async fn costs(
    State(fresh): State<Fresh>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&Costs::of(&fresh.shown(), asked))
}

#[derive(Template)]
#[template(path = "cost.html")]
struct Costs {
    frame: Frame,
    facts: Vec<(&'static str, String)>,
    q: String,
    pager: Pager,
    workflows: Table,
    repositories: Table,
    runners: Table,
    months: Table,
    moves: Vec<String>,
    spare: Table,
}

impl Costs {
    fn of(shown: &Shown, asked: Asked) -> Self {
        let spent = &shown.picture.spent;
        let wanted = |one: &&OfWorkflow| holds(&one.workflow, &asked.q);
        let all: Vec<&OfWorkflow> = spent.workflows.iter().filter(wanted).collect();
        let values = [("q", asked.q.as_str())];
        let page = page_number(asked.page.as_deref());
        let pager = Pager::of("workflows", all.len(), page, "/cost", &values);
        let rows = pager.piece(&all).iter();
        Self {
            frame: Frame::of(shown, Some(Tab::Cost), "Cost"),
            facts: facts(spent),
            workflows: table("By workflow", "workflow", "No workflow is like this.")
                .with(rows.map(|one| row(workflow(one), seen(one.visibility), &one.amount))),
            pager,
            q: asked.q,
            repositories: repositories(spent),
            runners: runners(spent),
            months: months(spent),
            moves: moves(spent),
            spare: cost::spare(spent).at_most(LISTED),
        }
    }
}

fn facts(spent: &Spent) -> Vec<(&'static str, String)> {
    let total = &spent.total;
    let until = spent
        .until
        .map(|until| until.format("%Y-%m-%d %H:%M").to_string());
    let mut facts = vec![
        ("cost of 30 days", total.words()),
        ("up to", or_dash(until)),
        ("runs", total.runs.to_string()),
        ("whose jobs are known", or_dash(total.measured_share())),
        ("billed minutes", cost::minutes(total)),
    ];
    if total.unpriced_milli > 0 {
        let minutes = total.unpriced_minutes().to_string();
        facts.push(("minutes without a price", minutes));
    }
    if total.unknown_runs > 0 {
        facts.push(("runs in no sum", total.unknown_runs.to_string()));
    }
    facts
}

fn table(caption: &'static str, name: &'static str, empty: &'static str) -> Table {
    let header = [
        name,
        "seen by",
        ">runs",
        ">minutes",
        ">cost",
        "bounds",
        ">measured",
    ];
    Table::new(caption, &header, empty)
}

fn row(name: Cell, seen: String, amount: &Amount) -> Vec<Cell> {
    let mut row = vec![name, Cell::text(seen)];
    row.extend(sums(amount));
    row
}

fn sums(amount: &Amount) -> [Cell; 5] {
    [
        amount.runs.to_string(),
        cost::minutes(amount),
        amount.likely(),
        amount.bounds(),
        or_dash(amount.measured_share()),
    ]
    .map(Cell::text)
}

fn workflow(one: &OfWorkflow) -> Cell {
    Cell::link(&one.workflow, to_workflow(&one.id))
}

fn seen(visibility: Option<Visibility>) -> String {
    visibility.map_or_else(|| "unknown".to_owned(), |one| one.to_string())
}

fn repositories(spent: &Spent) -> Table {
    let each = spent.repositories.iter();
    table("By repository", "repository", "No run is stored.")
        .with(each.map(|one| {
            let name = Cell::text(&one.repository);
            row(name, seen(one.visibility), &one.amount)
        }))
        .at_most(LISTED)
}

fn runners(spent: &Spent) -> Table {
    let row = |one: &crate::report::OfRunner| {
        vec![
            Cell::code(&one.labels),
            Cell::text(one.per_minute()),
            Cell::text(one.amount.minutes().to_string()),
            Cell::text(one.amount.likely()),
            Cell::text(one.amount.bounds()),
            Cell::text(&one.price),
        ]
    };
    let header = [
        "labels",
        ">a minute",
        ">minutes",
        ">cost",
        "bounds",
        "price",
    ];
    Table::new("By runner", &header, "No job is known.")
        .with(spent.runners.iter().map(row))
        .at_most(LISTED)
}

fn months(spent: &Spent) -> Table {
    let header = ["month", ">runs", ">minutes", ">cost", "bounds", ">measured"];
    let row = |one: &crate::report::OfMonth| {
        let mut row = vec![Cell::text(one.month.to_string())];
        row.extend(sums(&one.amount));
        row
    };
    Table::new("By month", &header, "No run is stored.").with(spent.months.iter().map(row))
}

/// What the proposed moves change; nothing for most, since a run that starts at another time costs the same.
fn moves(spent: &Spent) -> Vec<String> {
    let change = spent.moves.iter().filter(|one| !one.saving.is_nothing());
    let line = |one: &crate::report::OfMove| format!("{}: {}", one.workflow, one.says);
    change.take(LISTED).map(line).collect()
}
