//! `cronwright explain NAME`: why one workflow is recommended what it is, step by step, and what would change the answer.

mod steps;
#[cfg(test)]
mod tests;

use std::{io::Write, process::ExitCode};

use clap::Args;
use serde::Serialize;

use super::{
    inventory::{self, Inventory},
    page::{self, Content, Format, Page},
    recorded::StoreArgs,
};
use crate::{
    domain::{Forecast, Located},
    plan::Line,
    track::{Accuracy, accuracy},
};

/// Arguments of `cronwright explain`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright explain acme/payments/nightly.yml\n  cronwright explain nightly.yml --store sqlite://history.db\n  cronwright explain acme/payments/nightly.yml --format json | jq .would_change"
)]
pub struct ExplainArgs {
    /// The workflow, owner/name/file, or a part of that which only one workflow has.
    #[arg(value_name = "NAME")]
    name: String,
    /// The store with the history.
    #[arg(
        long,
        value_name = "URL",
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    store: String,
    /// How the explanation is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// One workflow with everything its recommendation rests on.
#[derive(Serialize)]
struct Explained {
    workflow: String,
    /// Whose timetable has it.
    connection: Option<String>,
    line: Option<Line>,
    forecast: Option<Forecast>,
    accuracy: Option<Accuracy>,
    /// The answer in words, one step after the other.
    steps: Vec<Step>,
    /// What would lead to another answer.
    would_change: Vec<String>,
}

/// One step of the explanation.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Step {
    title: &'static str,
    says: Vec<String>,
}

/// Explains one workflow.
///
/// # Errors
/// When the store cannot be read, or knows no workflow of that name, or several.
pub async fn run(args: &ExplainArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let store = StoreArgs {
        store: args.store.clone(),
        only: Some(args.name.clone()),
    };
    let inventory = inventory::read(&store).await?;
    let explained = Explained::of(&inventory, the_one(&inventory, &args.name)?);
    page::print(out, args.format, &explained, || page(&explained))?;
    Ok(ExitCode::SUCCESS)
}

/// The workflow that is meant: the one of exactly that name, or else the only one that has it in its name.
fn the_one<'a>(inventory: &'a Inventory, name: &str) -> anyhow::Result<&'a Located> {
    let mut named = inventory.workflows.keys();
    let exact = named.find(|id| id.to_string().eq_ignore_ascii_case(name));
    let mut all = inventory.workflows.keys();
    match (exact, all.next(), all.next()) {
        (Some(id), ..) | (None, Some(id), None) => Ok(id),
        (None, ..) => {
            let some: Vec<String> = inventory
                .workflows
                .keys()
                .take(5)
                .map(ToString::to_string)
                .collect();
            anyhow::bail!(
                "'{name}' is in the names of {} workflows, {} among them: name one, owner/name/file",
                inventory.workflows.len(),
                some.join(", ")
            )
        }
    }
}

impl Explained {
    fn of(inventory: &Inventory, id: &Located) -> Self {
        let planned = inventory
            .planned
            .iter()
            .find_map(|planned| Some((planned, planned.line(id)?.1)));
        let (planned, line) = planned.unzip();
        let known = inventory.workflows.get(id);
        let forecast = known.and_then(|known| known.forecast.as_ref());
        let accuracy = known.and_then(|known| accuracy(&known.scores));
        Self {
            workflow: id.to_string(),
            connection: planned.map(|planned| planned.connection.clone()),
            steps: steps::steps(planned, line, forecast, accuracy.as_ref()),
            would_change: steps::would_change(line, forecast, accuracy.as_ref()),
            line: line.cloned(),
            forecast: forecast.cloned(),
            accuracy,
        }
    }
}

fn page(explained: &Explained) -> Page {
    let mut page = Page::new(format!(
        "Why {} is recommended what it is",
        explained.workflow
    ));
    for (number, step) in explained.steps.iter().enumerate() {
        let heading = format!("{}. {}", number + 1, step.title);
        page = page.with(&heading, Content::Lines(step.says.clone()));
    }
    page.with(
        "What would change the answer",
        Content::Lines(explained.would_change.clone()),
    )
}
