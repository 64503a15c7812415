//! Every proposed move with its reason, and what cannot hold.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{
    answer,
    groups::{choice, named, standing},
    holds, page_number,
};
use crate::{
    domain::Seconds,
    report::{
        Entry,
        words::{or_dash, schedules},
    },
    web::dashboard::{
        fresh::{Fresh, Shown},
        parts::{Cell, Frame, Pager, Tab, Table, day, to_workflow},
    },
};

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::dashboard) struct Asked {
    pub(super) q: String,
    pub(super) group: String,
    pub(super) page: Option<String>,
}

/// Answers with the plan.
pub(in crate::web::dashboard) async fn plan(
    State(fresh): State<Fresh>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&Plan::of(&fresh.shown(), asked))
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Plan {
    frame: Frame,
    q: String,
    groups: Vec<(&'static str, &'static str, bool)>,
    pager: Pager,
    table: Table,
    violations: Table,
}

impl Plan {
    fn of(shown: &Shown, asked: Asked) -> Self {
        let group = named(&asked.group);
        let wanted = |entry: &&Entry| {
            holds(&entry.workflow, &asked.q)
                && group.map_or_else(|| entry.moves(), |group| entry.group == group)
        };
        let mut all: Vec<&Entry> = shown
            .picture
            .report
            .workflows
            .iter()
            .filter(wanted)
            .collect();
        // What earns itself most comes first; names decide between equals.
        all.sort_by_key(|entry| (std::cmp::Reverse(entry.saves), &entry.id));
        let values = [("q", asked.q.as_str()), ("group", asked.group.as_str())];
        let what = if group.is_some() {
            "workflows"
        } else {
            "moves"
        };
        let page = page_number(asked.page.as_deref());
        let pager = Pager::of(what, all.len(), page, "/plan", &values);
        let piece = pager.piece(&all);
        let broken = piece.iter().flat_map(|entry| violations(entry));
        Self {
            frame: Frame::of(shown, Some(Tab::Plan), "Plan"),
            groups: choice("every move", &asked.group),
            table: Table::new(
                "Proposed moves",
                &[
                    "workflow",
                    "now",
                    "proposed",
                    "group",
                    ">confidence",
                    ">saves a week",
                    "why",
                ],
                "Nothing here moves.",
            )
            .with(piece.iter().map(|entry| row(entry))),
            violations: Table::new(
                "What cannot hold",
                &["workflow", "what"],
                "Everything holds.",
            )
            .with(broken),
            pager,
            q: asked.q,
        }
    }
}

fn row(entry: &Entry) -> Vec<Cell> {
    let mut why = entry.reasons.join("; ");
    if let Some(demotion) = entry.demotion {
        why.push_str(&format!(
            "; its forecasts are not acted on since {}",
            day(demotion.since)
        ));
    }
    let saves = (entry.saves > Seconds::ZERO).then(|| entry.saves.rounded());
    vec![
        Cell::link(&entry.workflow, to_workflow(&entry.id)),
        Cell::code(schedules(&entry.current)),
        if entry.moves() {
            Cell::code(schedules(&entry.proposed))
        } else {
            Cell::text("-")
        },
        standing(entry),
        Cell::text(or_dash(entry.confidence)),
        Cell::text(or_dash(saves)),
        Cell::text(why),
    ]
}

fn violations(entry: &Entry) -> Vec<Vec<Cell>> {
    let row = |violation: &String| {
        vec![
            Cell::link(&entry.workflow, to_workflow(&entry.id)),
            Cell::text(violation).toned("bad"),
        ]
    };
    entry.violations.iter().map(row).collect()
}
