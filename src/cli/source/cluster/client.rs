//! Which cluster is meant, and the client that talks to it as the user.

use std::time::Duration;

use anyhow::Context as _;
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig, KubeconfigError},
};

use super::ClusterArgs;

/// How long the API server may take to let us in: a person waits.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a page of a listing may take.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// A cluster, and where in it to look.
pub(super) struct Cluster {
    pub(super) client: Client,
    /// The only namespace; none means all of them.
    pub(super) namespace: Option<String>,
    /// Both as messages name them.
    pub(super) place: String,
    /// Where its API server is.
    pub(super) server: String,
}

impl Cluster {
    /// Finds the cluster that the arguments name.
    ///
    /// # Errors
    /// When there is no kubeconfig, no such context in it, or it cannot be used.
    pub(super) async fn find(args: &ClusterArgs) -> anyhow::Result<Self> {
        let (mut config, context) = config(args).await?;
        config.default_retry = false;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        config.read_timeout = Some(READ_TIMEOUT);
        let namespace = match &args.namespace {
            Some(namespace) => Some(namespace.clone()),
            None if args.all_namespaces => None,
            None => Some(config.default_namespace.clone()),
        };
        let place = match &namespace {
            Some(namespace) => format!("namespace {namespace} of {context}"),
            None => context,
        };
        Ok(Self {
            server: config.cluster_url.to_string(),
            client: Client::try_from(config)
                .context("the cluster's address, certificates or credentials cannot be used")?,
            namespace,
            place,
        })
    }
}

/// The configuration of the context, and what messages call it.
async fn config(args: &ClusterArgs) -> anyhow::Result<(Config, String)> {
    let file = match &args.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    let file = match file {
        Ok(file) => file,
        Err(error) if is_missing(&error) && args.kubeconfig.is_none() && args.context.is_none() => {
            return in_cluster();
        }
        Err(error) => {
            return Err(error).context("no cluster to tell from: the kubeconfig cannot be read");
        }
    };
    let named: Vec<String> = file.contexts.iter().map(|one| one.name.clone()).collect();
    let current = args.context.clone().or(file.current_context.clone());
    let current = current.filter(|name| !name.is_empty()).with_context(|| {
        format!(
            "the kubeconfig has no current context: name one of {} with --context",
            listed(&named)
        )
    })?;
    anyhow::ensure!(
        named.contains(&current),
        "the kubeconfig has no context '{current}'; it has {}",
        listed(&named)
    );
    let options = KubeConfigOptions {
        context: Some(current.clone()),
        ..KubeConfigOptions::default()
    };
    let config = Config::from_custom_kubeconfig(file, &options).await;
    let config = config.with_context(|| format!("the context '{current}' cannot be used"))?;
    Ok((config, format!("context {current}")))
}

/// In a pod there is no kubeconfig, and the account of the pod is meant.
fn in_cluster() -> anyhow::Result<(Config, String)> {
    let config = Config::incluster().context(
        "no cluster to tell from: there is no kubeconfig (KUBECONFIG, ~/.kube/config), and this is no pod",
    )?;
    Ok((config, "this cluster".to_owned()))
}

fn is_missing(error: &KubeconfigError) -> bool {
    if let KubeconfigError::ReadConfig(error, _) = error {
        return error.kind() == std::io::ErrorKind::NotFound;
    }
    matches!(error, KubeconfigError::FindPath)
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}
