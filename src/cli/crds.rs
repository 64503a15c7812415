//! `cronwright crds`: the CustomResourceDefinitions.

use std::{fs, io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use crate::api::crds;

/// Arguments of `cronwright crds`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright crds | kubectl apply --server-side -f -\n  cronwright crds --output-dir crds"
)]
pub struct CrdsArgs {
    /// Writes one file a kind into this folder, which is made where there is none, instead of printing all of them.
    #[arg(long, value_name = "FOLDER")]
    pub output_dir: Option<PathBuf>,
}

/// Prints or writes the definitions.
///
/// # Errors
/// When they cannot be written there.
pub fn run(args: &CrdsArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.output_dir {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} could not be made", folder.display()))?;
    }
    for (name, text) in crds::files()? {
        match &args.output_dir {
            None => write!(out, "---\n{text}")?,
            Some(folder) => {
                let path = folder.join(name);
                fs::write(&path, text)
                    .with_context(|| format!("{} could not be written", path.display()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
