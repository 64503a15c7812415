//! What the statuses of a cluster tell of costs, as a page.

use super::page::NAMED;
use crate::{
    cli::{
        page::{Content, Page},
        report::page::{with_lines, with_rows},
    },
    report::{CostOfStatus, CostsOfStatuses},
};

/// What no status holds, and who does.
const NOT_TOLD: &str = "A status does not hold costs by runner or by month, nor what a move would change: the dashboard shows them, and \
    so does the same command on the controller's store (--store).";

/// The page of a cluster's costs.
pub(super) fn page(costs: &CostsOfStatuses) -> Page {
    let page = Page::new(title(costs)).with("", Content::Facts(facts(costs)));
    let number = costs.workflows.len();
    let heading = if number > NAMED {
        format!("By workflow (the dearest {NAMED} of {number})")
    } else {
        "By workflow".to_owned()
    };
    let header = ["workflow", ">minutes", ">cost", "between", ">measured"];
    let rows = costs.workflows.iter().take(NAMED).map(row).collect();
    let page = with_rows(page, &heading, &header, rows);
    let advice = costs.advice.iter().take(NAMED);
    let advice = advice.map(|one| format!("{}: {}", one.workflow, one.says));
    let page = with_lines(
        page,
        "Could be spared (for you to judge: nothing is done by this)",
        advice.collect(),
    );
    page.with("Not told", Content::Lines(vec![NOT_TOLD.to_owned()]))
}

fn title(costs: &CostsOfStatuses) -> String {
    let days = costs.days;
    if costs.workflows.is_empty() {
        return "No status tells a cost: nothing ran of late, or no job is known".to_owned();
    }
    if !costs.total.is_told() {
        return format!("No runner of the last {days} days has a price, so no cost can be told");
    }
    format!("Runs cost {} in {days} days", costs.total.words())
}

fn facts(costs: &CostsOfStatuses) -> Vec<(String, String)> {
    let total = &costs.total;
    let mut facts = vec![
        ("cost", total.words()),
        ("billed minutes", total.billed_minutes.to_string()),
    ];
    if total.unpriced_minutes > 0 {
        let minutes = format!("{} billed minutes", total.unpriced_minutes);
        facts.push(("without a price", minutes));
    }
    if costs.untold_workflows > 0 {
        let workflows = match costs.untold_workflows {
            1 => "1 workflow, whose status tells no cost".to_owned(),
            number => format!("{number} workflows, whose statuses tell no cost"),
        };
        facts.push(("in no sum", workflows));
    }
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    facts.into_iter().map(owned).collect()
}

fn row(one: &CostOfStatus) -> Vec<String> {
    let told = |words: String| {
        if one.sum.is_told() {
            words
        } else {
            "unknown".to_owned()
        }
    };
    vec![
        one.workflow.clone(),
        one.sum.billed_minutes.to_string(),
        told(one.sum.cost.likely.to_string()),
        told(one.sum.cost.bounds()),
        one.measured.to_string(),
    ]
}
