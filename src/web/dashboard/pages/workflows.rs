//! Every workflow, in pieces, by name and group.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};

use super::{
    answer,
    groups::{choice, named, standing},
    holds, page_number,
    plan::Asked,
};
use crate::{
    domain::Percent,
    report::{
        Entry, Report,
        words::{dash, or_dash, schedules},
    },
    store::Served,
    web::dashboard::{
        fresh::{Fresh, Shown},
        parts::{Cell, Frame, Pager, Tab, Table, to_workflow},
        picture::Picture,
    },
};

/// Answers with the list of workflows.
pub(in crate::web::dashboard) async fn workflows(
    State(fresh): State<Fresh>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&Workflows::of(&fresh.shown(), asked))
}

#[derive(Template)]
#[template(path = "workflows.html")]
struct Workflows {
    frame: Frame,
    q: String,
    groups: Vec<(&'static str, &'static str, bool)>,
    pager: Pager,
    table: Table,
}

impl Workflows {
    fn of(shown: &Shown, asked: Asked) -> Self {
        let report: &Report = &shown.picture.report;
        let group = named(&asked.group);
        let wanted = |entry: &&Entry| {
            holds(&entry.workflow, &asked.q) && group.is_none_or(|group| entry.group == group)
        };
        let all: Vec<&Entry> = report.workflows.iter().filter(wanted).collect();
        let values = [("q", asked.q.as_str()), ("group", asked.group.as_str())];
        let page = page_number(asked.page.as_deref());
        let pager = Pager::of("workflows", all.len(), page, "/workflows", &values);
        let rows = pager.piece(&all).iter();
        Self {
            frame: Frame::of(shown, Some(Tab::Workflows), "Workflows"),
            groups: choice("all groups", &asked.group),
            table: Table::new(
                "Workflows that run by cron",
                &[
                    "workflow",
                    "schedule",
                    ">p50",
                    ">p90",
                    ">success",
                    ">confidence",
                    ">on time",
                    "impact",
                    "group",
                ],
                "No workflow is like this.",
            )
            .with(rows.map(|entry| row(&shown.picture, entry))),
            pager,
            q: asked.q,
        }
    }
}

fn row(picture: &Picture, entry: &Entry) -> Vec<Cell> {
    let duration = entry.duration;
    vec![
        Cell::link(&entry.workflow, to_workflow(&entry.id)),
        Cell::code(schedules(&entry.current)),
        Cell::text(or_dash(duration.map(|duration| duration.p50.rounded()))),
        Cell::text(or_dash(duration.map(|duration| duration.p90.rounded()))),
        Cell::text(or_dash(entry.success)),
        Cell::text(or_dash(entry.confidence)),
        Cell::text(picture.served.get(&entry.id).map_or_else(dash, on_time)),
        Cell::text(or_dash(entry.impact)),
        standing(entry),
    ]
}

/// The share of fires that were served on time.
fn on_time(served: &Served) -> String {
    let fires = served.on_time + served.late + served.coalesced + served.missed;
    if fires == 0 {
        return dash();
    }
    Percent::from_share(f64::from(served.on_time) / f64::from(fires)).to_string()
}
