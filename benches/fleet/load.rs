//! A bare load generator: the statuses that the controller writes, with nothing before and nothing after the write.

use std::time::Instant;

use cronwright::api::{WorkflowSchedule, WorkflowScheduleStatus};
use futures::{StreamExt as _, stream};
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::json;

use crate::{
    objects::{Cluster, LOAD},
    stage::name,
};

/// Writes these statuses to objects that have none yet, the same way as the controller; writes a second.
pub async fn rate(
    cluster: &Cluster,
    statuses: &[WorkflowScheduleStatus],
    concurrency: usize,
) -> f64 {
    // The objects of the second half follow those of the first.
    static TAKEN: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let first = TAKEN.fetch_add(statuses.len(), std::sync::atomic::Ordering::Relaxed);
    let api: Api<WorkflowSchedule> = Api::namespaced(cluster.load_client.clone(), LOAD);
    let parameters = PatchParams::apply("cronwright").force();
    let start = Instant::now();
    let writes = stream::iter(statuses.iter().enumerate()).map(|(number, status)| {
        let (api, parameters) = (api.clone(), parameters.clone());
        let patch = json!({"apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowSchedule", "status": status});
        tokio::spawn(async move {
            let name = name(first + number);
            api.patch_status(&name, &parameters, &Patch::Apply(patch))
                .await
                .unwrap();
        })
    });
    let count = writes.buffer_unordered(concurrency).count().await;
    f64::from(u32::try_from(count).unwrap()) / start.elapsed().as_secs_f64()
}
