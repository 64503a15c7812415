//! `cronwright store`: what is done to a store as a whole.

mod bar;
pub mod migrate;

use std::{io::Write, process::ExitCode};

use clap::{Args, Subcommand};

/// Arguments of `cronwright store`.
#[derive(Debug, Args)]
pub struct StoreCommandArgs {
    /// What is done.
    #[command(subcommand)]
    pub deed: Deed,
}

/// What is done to a store.
#[derive(Debug, Subcommand)]
pub enum Deed {
    /// Moves a history from one store into another, such as from SQLite into PostgreSQL.
    Migrate(migrate::MigrateArgs),
}

/// Does it.
///
/// # Errors
/// When it could not be done.
pub async fn run(
    args: &StoreCommandArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    match &args.deed {
        Deed::Migrate(args) => migrate::run(args, out, err).await,
    }
}
