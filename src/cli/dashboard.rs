//! `cronwright dashboard`: serves what a store holds as pages, read-only.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context as _;
use clap::Args;
use tokio::{net::TcpListener, sync::watch};

use super::{now, stop};
use crate::{
    store::Store,
    web::dashboard::{Access, Dashboard},
};

/// Where a person finds it: beside the admin server (8080) and the receiver of webhooks (8081).
const LISTEN: &str = "127.0.0.1:8082";

/// How a dashboard's token is handed in.
#[derive(Clone, Debug, Default, Args)]
pub struct TokenArgs {
    /// A file with the token that whoever looks at the dashboard must have; without one it is served on this machine alone.
    #[arg(
        long,
        value_name = "FILE",
        env = "CRONWRIGHT_DASHBOARD_TOKEN_FILE",
        hide_env_values = true
    )]
    pub dashboard_token_file: Option<PathBuf>,
}

/// Arguments of `cronwright dashboard`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright dashboard --store sqlite://history.db\n  cronwright simulate --store sqlite://trial.db && cronwright dashboard --store sqlite://trial.db\n  cronwright dashboard --listen 0.0.0.0:8082 --dashboard-token-file token\n\nOn loopback it needs no token. Anywhere else it is refused without one; a browser asks for it as a password, with any user."
)]
pub struct DashboardArgs {
    /// The store with the history.
    #[arg(
        long,
        value_name = "URL",
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    store: String,
    /// Where the pages are served; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = LISTEN)]
    listen: SocketAddr,
    #[command(flatten)]
    token: TokenArgs,
}

/// Serves until a signal comes. The store must exist: a page is no reason to make one.
///
/// # Errors
/// When the store cannot be read, the address cannot be had, or others could reach it without a token.
pub async fn run(args: DashboardArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let access = access(&args.token, args.listen)?;
    let (store, _) = Store::open_to_report(&args.store).await?;
    let dashboard = Dashboard::open(store.clone(), access, Arc::new(now)).await?;
    let listener = bind(args.listen).await?;
    writeln!(out, "http://{}", listener.local_addr()?)?;
    out.flush()?;
    dashboard.serve_on(listener, stopped(stop)).await?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Serves beside rounds, where an address is given; it ends with the process.
pub(super) async fn beside(
    address: Option<SocketAddr>,
    token: &TokenArgs,
    store: &Store,
    clock: crate::web::dashboard::Clock,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<(Dashboard, SocketAddr)>> {
    let Some(address) = address else {
        return Ok(None);
    };
    let access = access(token, address)?;
    let dashboard = Dashboard::open(store.clone(), access, clock).await?;
    let listener = bind(address).await?;
    let address = listener.local_addr()?;
    let serving = dashboard.clone();
    tokio::spawn(async move {
        if let Err(error) = serving.serve_on(listener, stopped(stop)).await {
            tracing::error!(error = %error, "the dashboard is served no more; rounds go on");
        }
    });
    Ok(Some((dashboard, address)))
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("the dashboard cannot listen on {address}"))
}

/// Who may see it, if that is allowed on this address.
fn access(token: &TokenArgs, address: SocketAddr) -> anyhow::Result<Access> {
    let token = token
        .dashboard_token_file
        .as_deref()
        .map(read)
        .transpose()?;
    let access = Access::by(token.map(Into::into))?;
    access.allows(address)?;
    Ok(access)
}

/// A token from its file, without the end of its line.
fn read(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the dashboard's token in {} cannot be read", file.display()))?;
    Ok(text.trim().to_owned())
}

/// Resolves when it is time to stop.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_a_file_is_what_stands_in_it_without_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "0123456789abcdef\n").unwrap();
        assert_eq!(read(&file).unwrap(), "0123456789abcdef");
        let missing = read(&folder.path().join("none")).unwrap_err();
        assert!(
            missing.to_string().contains("none cannot be read"),
            "{missing}"
        );
    }

    #[test]
    fn an_address_that_others_reach_is_refused_without_a_token_and_says_what_to_do() {
        let refused = access(&TokenArgs::default(), "0.0.0.0:8082".parse().unwrap()).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("listen on 127.0.0.1, or give a token"),
            "{refused}"
        );
    }
}
