//! `cronwright controller`: the Kubernetes shell.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use super::stop;
use crate::{
    controller::{self, Options},
    store::{Retention, Store},
};

/// Arguments of `cronwright controller`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright controller --store sqlite:///var/lib/cronwright/history.db\n  cronwright controller --namespace ci --concurrency 16"
)]
pub struct ControllerArgs {
    /// Watches this namespace only; left out, all of them.
    #[arg(long, env = "CRONWRIGHT_NAMESPACE")]
    pub namespace: Option<String>,
    /// Where the history is kept, such as sqlite:///var/lib/cronwright/history.db.
    #[arg(
        long,
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    pub store: String,
    /// How many objects of a kind are reconciled at once.
    #[arg(long, env = "CRONWRIGHT_CONCURRENCY", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Where health and metrics are served.
    #[arg(long, env = "CRONWRIGHT_ADMIN_ADDRESS", default_value = "0.0.0.0:8080")]
    pub admin_address: SocketAddr,
    /// Where GitHub's webhooks are received, such as 0.0.0.0:8081, with TLS ended in front of it; left out, nowhere.
    #[arg(long, env = "CRONWRIGHT_WEBHOOKS_ADDRESS")]
    pub webhooks_address: Option<SocketAddr>,
    /// The name under which events are reported; in a cluster, the pod's.
    #[arg(long, env = "HOSTNAME", hide_env_values = true)]
    pub instance: Option<String>,
    /// How long runs and their scores are kept, such as 400d; of each workflow the newest stay in any case.
    #[arg(long, env = "CRONWRIGHT_KEEP_HISTORY", default_value = "400d")]
    pub keep_history: Retention,
}

/// Runs the controller until it is told to stop.
///
/// # Errors
/// When there is no cluster to reach, or the store cannot be opened.
pub async fn run(args: ControllerArgs) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let config = kube::Config::infer().await.context(
        "no cluster to reach: run inside one, set KUBECONFIG, or use 'cronwright run' without a cluster",
    )?;
    let client = controller::client(config)
        .context("the cluster's address or credentials cannot be used")?;
    let store = Store::open(&args.store).await?;
    let options = Options {
        namespace: args.namespace,
        concurrency: args.concurrency,
        admin_address: args.admin_address,
        webhooks_address: args.webhooks_address,
        instance: args.instance.unwrap_or_else(|| "cronwright".to_owned()),
        retention: args.keep_history,
    };
    controller::run(options, client, store.clone(), stop).await?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
