//! Writes of the WorkflowSchedules that sets make: server-side apply, and deletion of exactly the one that was meant.

use std::collections::BTreeMap;

use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, Preconditions},
};
use serde::Serialize;

use super::{
    context::Context,
    error::Error,
    write::{MANAGER, limited},
};
use crate::{
    api::{WorkflowSchedule, WorkflowScheduleSet, WorkflowScheduleSpec},
    decide::{
        Cause, Retry, Why,
        schedule_set::{SetEffect, Wanted},
    },
    round::Workshop,
};

/// The WorkflowSchedules of a set, in the cluster.
pub(super) struct Children<'a> {
    /// What every reconcile shares.
    pub(super) context: &'a Context,
    /// The set.
    pub(super) set: &'a WorkflowScheduleSet,
}

impl Workshop for Children<'_> {
    async fn write(&mut self, effect: &SetEffect) -> Result<(), Why> {
        write(self.context, self.set, effect).await
    }
}

/// Does what was decided about one WorkflowSchedule of a set.
async fn write(
    context: &Context,
    set: &WorkflowScheduleSet,
    effect: &SetEffect,
) -> Result<(), Why> {
    let namespace = set.namespace().unwrap_or_default();
    let api = Api::namespaced(context.client.clone(), &namespace);
    let written = match effect {
        SetEffect::Apply(wanted) => apply(&api, set, wanted).await,
        SetEffect::Delete { name, uid, why } => {
            tracing::info!(
                workflow_schedule.name = name,
                why = why.words(),
                "WorkflowSchedule is deleted"
            );
            delete(&api, name, uid).await
        }
    };
    written.map_err(|error| {
        tracing::warn!(error = %error, "WorkflowSchedule could not be written");
        refused(effect, error)
    })
}

/// Makes one, or changes it. One that is made must meet nothing of anybody else's, and one that is changed must be the very
/// one that was seen.
async fn apply(
    api: &Api<WorkflowSchedule>,
    set: &WorkflowScheduleSet,
    wanted: &Wanted,
) -> Result<(), Error> {
    let parameters = PatchParams {
        force: wanted.uid.is_some(),
        ..PatchParams::apply(MANAGER)
    };
    let applied = applied(set, wanted);
    let patch = Patch::Apply(&applied);
    limited(
        "a WorkflowSchedule",
        api.patch(&wanted.name, &parameters, &patch),
    )
    .await?;
    tracing::info!(
        workflow_schedule.name = wanted.name,
        repository.name = wanted.spec.repository,
        workflow.path = wanted.spec.workflow,
        "WorkflowSchedule applied"
    );
    Ok(())
}

/// Deletes the one of this uid; one that is gone, or another one of that name, is none of ours.
async fn delete(api: &Api<WorkflowSchedule>, name: &str, uid: &str) -> Result<(), Error> {
    let parameters = DeleteParams {
        preconditions: Some(Preconditions {
            uid: Some(uid.to_owned()),
            resource_version: None,
        }),
        ..DeleteParams::background()
    };
    match limited(
        "the deletion of a WorkflowSchedule",
        api.delete(name, &parameters),
    )
    .await
    {
        Err(error) if !error.is_code(404) && !error.is_code(409) => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// A WorkflowSchedule as server-side apply takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Applied<'a> {
    api_version: String,
    kind: String,
    metadata: Metadata<'a>,
    spec: &'a WorkflowScheduleSpec,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<&'a str>,
    labels: &'a BTreeMap<String, String>,
    annotations: &'a BTreeMap<String, String>,
    owner_references: [Owner; 1],
}

/// The set, which takes its WorkflowSchedules along when it is deleted, and whose deletion waits for none of them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    api_version: String,
    kind: String,
    name: String,
    uid: String,
    controller: bool,
}

fn applied<'a>(set: &WorkflowScheduleSet, wanted: &'a Wanted) -> Applied<'a> {
    Applied {
        api_version: WorkflowSchedule::api_version(&()).into_owned(),
        kind: WorkflowSchedule::kind(&()).into_owned(),
        metadata: Metadata {
            name: &wanted.name,
            uid: wanted.uid.as_deref(),
            labels: &wanted.labels,
            annotations: &wanted.annotations,
            owner_references: [Owner {
                api_version: WorkflowScheduleSet::api_version(&()).into_owned(),
                kind: WorkflowScheduleSet::kind(&()).into_owned(),
                name: set.name_any(),
                uid: set.uid().unwrap_or_default(),
                controller: true,
            }],
        },
        spec: &wanted.spec,
    }
}

/// What a refusal means: of the object itself, or of the API server's for now.
fn refused(effect: &SetEffect, error: Error) -> Why {
    let of_the_object = [400, 403, 409, 422].iter().any(|code| error.is_code(*code));
    if !of_the_object {
        return Why::from(error);
    }
    let name = match effect {
        SetEffect::Apply(wanted) => &wanted.name,
        SetEffect::Delete { name, .. } => name,
    };
    Why {
        cause: Cause::RequestRefused,
        message: format!("WorkflowSchedule {name}: {error}"),
        retry: Retry::Backoff,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::SET;

    #[test]
    fn an_applied_object_belongs_to_its_set_and_says_nothing_of_its_deletion() {
        let set: WorkflowScheduleSet = serde_json::from_value(json!({
            "apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowScheduleSet",
            "metadata": {"name": "acme", "namespace": "ci", "uid": "7"},
            "spec": {"connectionRef": {"name": "acme"}, "owner": "acme"},
        }))
        .unwrap();
        let spec = json!({"connectionRef": {"name": "acme"}, "repository": "acme/app", "workflow": "nightly.yml"});
        let wanted = Wanted {
            name: "app-nightly-1".to_owned(),
            uid: None,
            labels: BTreeMap::from([(SET.to_owned(), "acme".to_owned())]),
            annotations: BTreeMap::new(),
            spec: serde_json::from_value(spec).unwrap(),
        };
        let told = serde_json::to_value(applied(&set, &wanted)).unwrap();
        assert_eq!(
            told["metadata"],
            json!({
                "name": "app-nightly-1", "labels": {"cronwright.dev/set": "acme"}, "annotations": {},
                "ownerReferences": [{
                    "apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowScheduleSet",
                    "name": "acme", "uid": "7", "controller": true,
                }],
            })
        );
    }
}
