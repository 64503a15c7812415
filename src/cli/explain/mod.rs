//! `cronwright explain NAME`: why one workflow is recommended what it is, step by step, and what would change the answer.

#[cfg(test)]
mod tests;

use std::{io::Write, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use super::{
    inventory,
    page::{self, Content, Format, Page},
    recorded::StoreArgs,
    source::{Source, SourceArgs},
};
use crate::{domain::Located, report::Explained};

/// Arguments of `cronwright explain`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright explain acme/payments/nightly.yml\n  cronwright explain nightly.yml --store sqlite://history.db\n  cronwright explain nightly.yml --checkout .\n  cronwright explain acme/payments/nightly.yml --context production -n ci\n  cronwright explain acme/payments/nightly.yml --format json | jq .would_change"
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
    #[command(flatten)]
    pub(super) source: SourceArgs,
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
    match args.source.open(&store).await? {
        Source::Store(store) => {
            let inventory = inventory::read(&store).await?;
            let named: Vec<&Located> = inventory.workflows.keys().collect();
            let explained = Explained::of(&inventory, the_one(&named, &args.name)?);
            page::print(out, args.format, &explained, || page(&explained))?;
        }
        Source::Statuses(statuses) => {
            let named: Vec<&Located> = statuses.workflows().collect();
            let explained = statuses.explained(the_one(&named, &args.name)?);
            let explained = explained.context("a workflow among those that were named")?;
            let data = explained.data_of_statuses();
            page::print(out, args.format, &data, || page(&explained))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The workflow that is meant: the one of exactly that name, or else the only one that has it in its name.
fn the_one<'a>(named: &[&'a Located], name: &str) -> anyhow::Result<&'a Located> {
    let exact = named
        .iter()
        .find(|id| id.to_string().eq_ignore_ascii_case(name));
    match (exact, named) {
        (Some(id), _) | (None, [id]) => Ok(id),
        (None, _) => {
            let some: Vec<String> = named.iter().take(5).map(ToString::to_string).collect();
            anyhow::bail!(
                "'{name}' is in the names of {} workflows, {} among them: name one, owner/name/file",
                named.len(),
                some.join(", ")
            )
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
