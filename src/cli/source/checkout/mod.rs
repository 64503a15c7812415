//! A repository's checkout as a source: its workflows with a cron are looked at on GitHub, into a store that is kept.
//!
//! Reads files, asks GitHub, and writes into the store of the cache alone: never into the checkout, and never to GitHub.

mod cache;
mod config;
mod folder;
mod look;
mod owner;
mod remote;
mod server;
#[cfg(test)]
mod tests;
mod token;

use std::path::{Path, PathBuf};

use clap::Args;

use self::{folder::Checkout, look::Looked, server::Server};
use crate::{
    cli::progress,
    cli::recorded::StoreArgs,
    decide::{Cause, Retry, Why},
    github::Clock,
    store::Store,
};

/// Arguments of a checkout as a source.
#[derive(Clone, Debug, Default, Args)]
pub struct CheckoutArgs {
    /// Looks at the repository of this checkout on GitHub, read-only, instead of a store. GH_TOKEN or GITHUB_TOKEN holds the
    /// token.
    #[arg(long, value_name = "DIR")]
    pub checkout: Option<PathBuf>,
    /// A file with the token, instead of the environment.
    #[arg(long, value_name = "FILE", requires = "checkout")]
    pub token_file: Option<PathBuf>,
    /// Where GitHub's API is; left out, as the remote 'origin' says, if that is github.com or the server of GH_HOST.
    #[arg(long, value_name = "URL", requires = "checkout")]
    pub api_url: Option<String>,
    /// Where what was read is kept between two commands; left out, below the user's cache folder.
    #[arg(long, value_name = "DIR", requires = "checkout")]
    pub cache_dir: Option<PathBuf>,
}

impl CheckoutArgs {
    /// Looks at a checkout's repository; the store that knows it now.
    ///
    /// # Errors
    /// When there is no checkout with scheduled workflows, no token, or GitHub could not be read and nothing is known from before.
    pub(super) async fn look(
        &self,
        folder: &Path,
        only: Option<&String>,
        clock: Clock,
    ) -> anyhow::Result<StoreArgs> {
        let variable = |name: &str| std::env::var(name).ok();
        let checkout = Checkout::read(folder)?;
        let server = Server::of(&checkout.remote, self.api_url.as_deref())?;
        let token = token::token(self.token_file.as_deref(), &server, variable)?;
        let file = cache::file(self.cache_dir.as_deref(), &checkout.remote, variable)?;
        let url = format!("sqlite://{}", file.display());
        let store = Store::open(&url).await?;
        let bar = progress::counted(checkout.scheduled.len(), progress::NAMED_STEPS);
        let looked = look::look(&checkout, (&server.api_url, token), &store, clock, |file| {
            bar.set_message(file.as_str().to_owned());
            bar.inc(1);
        })
        .await;
        bar.finish_and_clear();
        let is_known = !store.observed().await?.is_empty();
        store.close().await;
        tell(&checkout, &looked?, is_known)?;
        Ok(StoreArgs {
            store: url,
            only: only.cloned(),
        })
    }
}

/// Tells on standard error what is missing from the answer.
///
/// # Errors
/// When there will be no answer, because nothing is known of the repository.
fn tell(checkout: &Checkout, looked: &Looked, is_known: bool) -> anyhow::Result<()> {
    let files = checkout.unreadable.iter();
    let files = files.map(|file| format!("not read as a workflow: {file}"));
    for note in files.chain(looked.notes.iter().cloned()) {
        eprintln!("cronwright: {note}");
    }
    let Some(why) = &looked.failure else {
        return Ok(());
    };
    let told = failed(checkout, why);
    // A wrong name or token is no reason to tell what is remembered of it.
    anyhow::ensure!(is_known && why.retry != Retry::Never, told);
    eprintln!("cronwright: {told}; told is what was read until then");
    Ok(())
}

/// Why the repository was not read, and what to do about it.
fn failed(checkout: &Checkout, why: &Why) -> String {
    let (repository, host) = (&checkout.remote.repository, &checkout.remote.host);
    let told = &why.message;
    match why.cause {
        Cause::NotFound => format!(
            "{host} shows no repository {repository}: is 'origin' of {} right, and may the token read it? {told}",
            checkout.folder.display()
        ),
        Cause::CredentialsRefused => format!("{host} does not take the token: {told}"),
        Cause::PermissionMissing => format!(
            "the token does not reach far enough for {repository}: it takes Actions, Contents and Pull requests: read. {told}"
        ),
        Cause::RateLimited => format!(
            "the token's limit, or the half of it that is used here, is reached: what was read is kept, and the same command goes on from there later. {told}"
        ),
        Cause::ConnectionNotReady
        | Cause::GitHubUnavailable
        | Cause::RequestRefused
        | Cause::StoreUnavailable
        | Cause::NotYetSeen => format!("{repository} could not be read from {host}: {told}"),
    }
}
