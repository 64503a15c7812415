//! Statuses as they were meant, where definitions of an earlier version took only part of them.
//!
//! What was told once is remembered in the status itself. Where a part of that is left out, the whole is remembered here, or every
//! round would tell its events anew and write the same status again. In memory: a process that has just started tells them once more.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::Timestamp;

/// How often one object of a kind tries whether the definitions have been brought up to date. Once one finds that, all write theirs.
const TRIED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Statuses as they were meant, by kind.
#[derive(Debug, Default)]
pub(super) struct Meant(Mutex<BTreeMap<&'static str, OfKind>>);

#[derive(Debug, Default)]
struct OfKind {
    statuses: BTreeMap<String, Value>,
    tried_at: Timestamp,
    is_renewed: bool,
}

impl Meant {
    /// Remembers the status of an object of which a part was left out.
    pub(super) fn remember(&self, kind: &'static str, key: String, status: Value, now: Timestamp) {
        let mut kinds = self.lock();
        let of_kind = kinds.entry(kind).or_default();
        of_kind.statuses.insert(key, status);
        of_kind.tried_at = now;
        of_kind.is_renewed = false;
    }

    /// Forgets an object's status, which was written whole.
    pub(super) fn written(&self, kind: &'static str, key: &str) {
        if let Some(of_kind) = self.lock().get_mut(kind) {
            of_kind.is_renewed |= of_kind.statuses.remove(key).is_some();
        }
    }

    /// Forgets an object that is gone.
    pub(super) fn forget(&self, kind: &'static str, key: &str) {
        if let Some(of_kind) = self.lock().get_mut(kind) {
            of_kind.statuses.remove(key);
        }
    }

    /// Puts what was meant in the place of what was written.
    pub(super) fn recall<S: DeserializeOwned>(
        &self,
        kind: &'static str,
        key: &str,
        before: &mut S,
    ) {
        let kinds = self.lock();
        let meant = kinds
            .get(kind)
            .and_then(|of_kind| of_kind.statuses.get(key));
        if let Some(meant) = meant.and_then(|status| S::deserialize(status).ok()) {
            *before = meant;
        }
    }

    /// Whether an object is to try whether the definitions know its whole status now; then no other of its kind is for a while.
    pub(super) fn takes_turn(&self, kind: &'static str, key: &str, now: Timestamp) -> bool {
        let mut kinds = self.lock();
        let Some(of_kind) = kinds.get_mut(kind) else {
            return false;
        };
        let is_due = of_kind.is_renewed || now - of_kind.tried_at >= TRIED_EVERY;
        let takes = is_due && of_kind.statuses.contains_key(key);
        if takes {
            of_kind.tried_at = now;
        }
        takes
    }

    /// A panic elsewhere leaves the maps usable: each entry is whole.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, OfKind>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kube::client::Body;
    use serde_json::json;

    use super::*;
    use crate::{
        api::{WorkflowSchedule, WorkflowScheduleStatus},
        controller::{context::Context, defects::context_of, write},
    };

    /// How often an API server was asked whose definitions do not know what was handled last.
    type Asked = Arc<Mutex<Vec<Value>>>;

    fn a_version_behind(asked: &Asked) -> kube::Client {
        let asked = asked.clone();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let asked = asked.clone();
            async move {
                let patch = request.into_body().collect_bytes().await?;
                let patch: Value = serde_json::from_slice(&patch)?;
                let is_known = patch["status"].get("lastHandledReconcileAt").is_none();
                asked.lock().unwrap().push(patch["status"].clone());
                let answer = if is_known {
                    json!({"metadata": {"resourceVersion": "8"}})
                } else {
                    json!({
                        "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure", "code": 500,
                        "message": "errors:\n  .status.lastHandledReconcileAt: field not declared in schema",
                    })
                };
                let code = if is_known { 200 } else { 500 };
                let answer = http::Response::builder()
                    .status(code)
                    .body(Body::from(answer.to_string().into_bytes()));
                Ok::<_, tower::BoxError>(answer?)
            }
        });
        kube::Client::new(service, "ci")
    }

    fn object() -> WorkflowSchedule {
        serde_json::from_value(json!({
            "apiVersion": "cronwright.dev/v1alpha1", "kind": "WorkflowSchedule",
            "metadata": {"name": "nightly", "namespace": "ci", "generation": 3, "resourceVersion": "7"},
            "spec": {"connectionRef": {"name": "acme"}, "repository": "acme/app", "workflow": "nightly.yml"},
        }))
        .unwrap()
    }

    /// What the next round takes for the status before.
    fn before(context: &Context, written: WorkflowScheduleStatus) -> WorkflowScheduleStatus {
        let mut before = written;
        context.recall(&object(), &mut before);
        before
    }

    #[tokio::test]
    async fn a_status_that_definitions_took_in_part_is_remembered_whole_and_not_written_again_at_rest()
     {
        let asked = Asked::default();
        let context = context_of(a_version_behind(&asked)).await;
        let status: WorkflowScheduleStatus = serde_json::from_value(
            json!({"observedGeneration": 3, "lastHandledReconcileAt": "now"}),
        )
        .unwrap();
        let nothing = WorkflowScheduleStatus::default();

        let first = write::changed(&context, &object(), &nothing, &status).await;
        first.unwrap();
        assert_eq!(asked.lock().unwrap().len(), 2);

        let before = before(&context, nothing);
        assert_eq!(before, status);
        write::changed(&context, &object(), &before, &status)
            .await
            .unwrap();
        assert_eq!(asked.lock().unwrap().len(), 2);
    }

    const KIND: &str = "GitHubConnection";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn one_of_a_kind_tries_each_minute_and_all_follow_once_it_was_written_whole() {
        let meant = Meant::default();
        assert!(!meant.takes_turn(KIND, "a", at(0)));
        for key in ["a", "b", "c"] {
            meant.remember(KIND, key.to_owned(), json!(7), at(0));
        }

        assert!(!meant.takes_turn(KIND, "a", at(59)));
        assert!(!meant.takes_turn(KIND, "d", at(60)) && !meant.takes_turn("Other", "a", at(60)));
        assert!(meant.takes_turn(KIND, "a", at(60)));
        assert!(!meant.takes_turn(KIND, "b", at(61)));
        meant.written(KIND, "a");

        assert!(meant.takes_turn(KIND, "b", at(62)) && meant.takes_turn(KIND, "c", at(62)));
        meant.remember(KIND, "b".to_owned(), json!(7), at(63));
        assert!(
            !meant.takes_turn(KIND, "c", at(64)),
            "it was no new definition"
        );
    }

    #[test]
    fn what_was_meant_is_recalled_until_it_is_written_or_its_object_is_gone() {
        let meant = Meant::default();
        let recalled = |key| {
            let mut before = 1;
            meant.recall(KIND, key, &mut before);
            before
        };
        for key in ["a", "b"] {
            meant.remember(KIND, key.to_owned(), json!(7), at(0));
        }

        assert_eq!([recalled("a"), recalled("b"), recalled("c")], [7, 7, 1]);
        meant.forget(KIND, "a");
        meant.written(KIND, "b");
        assert_eq!([recalled("a"), recalled("b")], [1, 1]);
    }
}
