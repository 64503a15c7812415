//! `cronwright controller`: the Kubernetes shell.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Args;

use super::{
    dashboard::{self, TokenArgs},
    now, stop,
};
use crate::{
    controller::{self, ApiServer, Options, Selector},
    decide::lease::Terms,
    domain::Seconds,
    store::Retention,
    web::dashboard::{Access, Reviewed},
};

/// Arguments of `cronwright controller`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright controller --store sqlite:///var/lib/cronwright/history.db\n  cronwright controller --namespace ci --concurrency 16\n  cronwright controller --leader-elect --store sqlite:///shared/history.db\n  cronwright controller --leader-elect --lease-name cronwright-a --selector shard=a"
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
    /// Where health and metrics are served; `[::]` is every address, IPv4's and IPv6's.
    #[arg(long, env = "CRONWRIGHT_ADMIN_ADDRESS", default_value = "[::]:8080")]
    pub admin_address: SocketAddr,
    /// Where GitHub's webhooks are received, such as `[::]:8081`, with TLS ended in front of it; left out, nowhere.
    #[arg(long, env = "CRONWRIGHT_WEBHOOKS_ADDRESS")]
    pub webhooks_address: Option<SocketAddr>,
    /// Where the dashboard is served, such as 127.0.0.1:8082; left out, nowhere.
    #[arg(long, env = "CRONWRIGHT_DASHBOARD_ADDRESS")]
    pub dashboard_address: Option<SocketAddr>,
    /// Who may see it.
    #[command(flatten)]
    pub dashboard_token: TokenArgs,
    /// Lets the cluster say who may see it: whoever may list WorkflowSchedules where this controller watches, by a token of theirs.
    #[arg(
        long,
        env = "CRONWRIGHT_DASHBOARD_TOKEN_REVIEW",
        requires = "dashboard_address",
        conflicts_with = "dashboard_token_file"
    )]
    pub dashboard_token_review: bool,
    /// The name under which events are reported; in a cluster, the pod's.
    #[arg(long, env = "HOSTNAME", hide_env_values = true)]
    pub instance: Option<String>,
    /// How long runs and their scores are kept, such as 400d; of each workflow the newest stay in any case.
    #[arg(long, env = "CRONWRIGHT_KEEP_HISTORY", default_value = "400d")]
    pub keep_history: Retention,
    /// Watches only the objects with these labels, such as shard=a: GitHubConnections and the WorkflowSchedules that go
    /// through them. Every shard needs its own store, and its own --lease-name.
    #[arg(long, env = "CRONWRIGHT_SELECTOR")]
    pub selector: Option<Selector>,
    /// Leader election.
    #[command(flatten)]
    pub lease: LeaseArgs,
}

impl ControllerArgs {
    /// Who may see the dashboard.
    fn access(&self, address: SocketAddr, config: &kube::Config) -> anyhow::Result<Access> {
        if !self.dashboard_token_review {
            return dashboard::access(&self.dashboard_token, address);
        }
        let server = ApiServer::new(config.clone(), self.namespace.clone())?;
        Ok(Access::Cluster(Reviewed::by(server)))
    }
}

/// Arguments for several replicas.
#[derive(Debug, Args)]
#[command(next_help_heading = "Several replicas")]
pub struct LeaseArgs {
    /// Acts only while it holds a Lease; others with the same one stand by.
    #[arg(long, env = "CRONWRIGHT_LEADER_ELECT")]
    pub leader_elect: bool,
    /// The Lease's name.
    #[arg(
        long,
        env = "CRONWRIGHT_LEASE_NAME",
        default_value = "cronwright",
        requires = "leader_elect"
    )]
    pub lease_name: String,
    /// The Lease's namespace; left out, that of the pod or of the kubeconfig's context.
    #[arg(long, env = "CRONWRIGHT_LEASE_NAMESPACE")]
    pub lease_namespace: Option<String>,
    /// How long a leader that died is waited for, 3s to 5m; a living one stops acting a quarter earlier.
    #[arg(long, env = "CRONWRIGHT_LEASE_DURATION", default_value = "15s", value_parser = lease_duration)]
    pub lease_duration: Seconds,
}

impl LeaseArgs {
    /// The lease to hold, if any. The holder's name is new with every process, so that none takes over what another one,
    /// perhaps still alive, has begun.
    fn settings(self, instance: &str) -> Option<controller::Lease> {
        let begun = chrono::Utc::now().timestamp_micros();
        self.leader_elect.then(|| controller::Lease {
            name: self.lease_name,
            namespace: self.lease_namespace,
            identity: format!("{instance}_{}_{begun:x}", std::process::id()),
            terms: Terms::of_seconds(self.lease_duration.0),
        })
    }
}

/// A duration within the bounds of leases.
fn lease_duration(text: &str) -> Result<Seconds, String> {
    let duration: Seconds = text.parse().map_err(|error| format!("{error}"))?;
    let (shortest, longest) = (Terms::SHORTEST_SECONDS, Terms::LONGEST_SECONDS);
    if (shortest..=longest).contains(&duration.0) {
        return Ok(duration);
    }
    Err(format!("a lease lasts {shortest} to {longest} seconds"))
}

/// Runs the controller until it is told to stop.
///
/// # Errors
/// When there is no cluster to reach, or the store cannot be used; a store whose server is away is waited for.
pub async fn run(args: ControllerArgs) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let config = kube::Config::infer().await.context(
        "no cluster to reach: run inside one, set KUBECONFIG, or use 'cronwright run' without a cluster",
    )?;
    let shown = match args.dashboard_address {
        Some(address) => {
            let access = args.access(address, &config)?;
            let clock = Arc::new(now);
            let told = dashboard::once_there(address, access, &args.store, clock, stop.clone());
            Some(told.await?)
        }
        None => None,
    };
    let instance = args.instance.unwrap_or_else(|| "cronwright".to_owned());
    let options = Options {
        lease: args.lease.settings(&instance),
        selector: args.selector,
        namespace: args.namespace,
        concurrency: args.concurrency,
        admin_address: args.admin_address,
        instance,
        webhooks_address: args.webhooks_address,
        retention: args.keep_history,
        shown,
    };
    controller::run(options, config, &args.store, stop).await?;
    Ok(ExitCode::SUCCESS)
}
