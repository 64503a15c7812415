//! A cluster as a source: the WorkflowSchedules that the user may list, told from their statuses.
//!
//! Asks for WorkflowSchedules and GitHubConnections and for nothing else: no Secret is read, nothing is written, and GitHub is not
//! asked. The rights are the user's own.

mod client;
mod listing;
mod refusal;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::Args;

use self::{client::Cluster, listing::list, refusal::Asked};
use crate::{
    api::{GitHubConnection, WorkflowSchedule},
    domain::Located,
    report::Statuses,
};

/// Arguments of a cluster as a source.
#[derive(Clone, Debug, Default, Args)]
pub struct ClusterArgs {
    /// Tells from the statuses in the cluster of this context of the kubeconfig, instead of from a store.
    #[arg(long, value_name = "NAME", conflicts_with = "checkout")]
    pub context: Option<String>,
    /// The kubeconfig; left out, KUBECONFIG or ~/.kube/config. Alone, its current context is told from.
    #[arg(long, value_name = "FILE", conflicts_with = "checkout")]
    pub kubeconfig: Option<PathBuf>,
    /// The namespace; left out, that of the context.
    #[arg(long, short, value_name = "NAME", conflicts_with = "checkout")]
    pub namespace: Option<String>,
    /// All namespaces.
    #[arg(
        long,
        short = 'A',
        conflicts_with_all = ["namespace", "checkout"]
    )]
    pub all_namespaces: bool,
    /// Whether a cluster is told from where nothing says otherwise, as people expect of a plugin of kubectl.
    #[arg(skip)]
    pub(crate) by_default: bool,
}

impl ClusterArgs {
    /// Whether a cluster is to be told from.
    pub(crate) const fn is_asked_for(&self) -> bool {
        self.context.is_some()
            || self.kubeconfig.is_some()
            || self.namespace.is_some()
            || self.all_namespaces
            || self.by_default
    }

    /// Reads the statuses of the workflows that are wanted.
    ///
    /// # Errors
    /// When there is no such cluster, it does not answer, refuses, does not know our kinds, or has no such object.
    pub(super) async fn read(&self, wants: impl Fn(&Located) -> bool) -> anyhow::Result<Statuses> {
        let cluster = Cluster::find(self).await?;
        let asked = |plural| Asked::new(&cluster, plural);
        let schedules = list::<WorkflowSchedule>(&cluster).await;
        let schedules = schedules.map_err(|error| asked("workflowschedules").refused(error))?;
        let number = schedules.len();
        let connections = match list::<GitHubConnection>(&cluster).await {
            Ok(connections) => connections,
            // What is missing is the name of the server, for those that are not on github.com.
            Err(error) => {
                let told = asked("githubconnections").refused(error);
                eprintln!("cronwright: {told:#}; every repository is named as one of github.com");
                Vec::new()
            }
        };
        let statuses = Statuses::of(schedules, &connections, wants);
        let place = &cluster.place;
        anyhow::ensure!(
            number > 0,
            "{place} has no WorkflowSchedule; -A looks in all namespaces"
        );
        anyhow::ensure!(
            !statuses.is_empty(),
            "none of the {number} WorkflowSchedules of {place} is of a workflow named like that"
        );
        Ok(statuses)
    }
}
