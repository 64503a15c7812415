//! Writes to the API server: status by server-side apply, and finalizers. Each with a time limit.

use std::{borrow::Cow, fmt::Debug, future::Future, sync::Arc, time::Duration};

use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
    core::{NamespaceResourceScope, Request, object::HasStatus},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{
    context::{Context, key, kind, now, uid},
    error::Error,
    undeclared,
};
use crate::api::FINALIZER;

/// The field manager of everything we write.
pub(super) const MANAGER: &str = "cronwright";
/// How long the API server may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a finalizer is tried again at once when somebody else wrote in between.
const CONFLICTS: usize = 5;

/// A namespaced kind of ours.
pub(super) trait Kind:
    Resource<Scope = NamespaceResourceScope, DynamicType = ()>
    + HasStatus
    + Clone
    + Debug
    + DeserializeOwned
    + Send
    + Sync
    + 'static
{
}

impl<K> Kind for K where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + HasStatus
        + Clone
        + Debug
        + DeserializeOwned
        + Send
        + Sync
        + 'static
{
}

/// Applies a status that is otherwise than before; one of which a part was left out is tried again now and then.
///
/// # Errors
/// See [`status`].
pub(super) async fn changed<K: Kind, S: Serialize + PartialEq + Sync>(
    context: &Context,
    object: &K,
    before: &S,
    after: &S,
) -> Result<(), Error> {
    if after != before || context.meant.takes_turn(kind::<K>(), &uid(object), now()) {
        status(context, object, after).await?;
    }
    Ok(())
}

/// Applies a whole status: what it leaves out, and we wrote before, goes away.
///
/// The object is named by its uid, too: a status never lands on a namesake that was made since. An object that is gone
/// needs no status.
pub(super) async fn status<K: Kind>(
    context: &Context,
    object: &K,
    status: &impl Serialize,
) -> Result<(), Error> {
    let written = match limited("its status", apply_status(context, object, status)).await {
        Err(error) if error.is_code(500) => apply_known(context, object, status, error).await,
        Ok(written) => {
            context.meant.written(kind::<K>(), &uid(object));
            Ok(written)
        }
        Err(error) => Err(error),
    };
    match written {
        Ok(written) => {
            let version = written.metadata.resource_version;
            context.freshness.wrote(key(object), version.as_deref());
            tracing::debug!("status written");
            Ok(())
        }
        Err(error) if error.is_code(404) || error.is_code(409) => {
            context.meant.forget(kind::<K>(), &uid(object));
            tracing::debug!(error = %error, "status not written: the object is gone");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Applies what the cluster's definitions know of a status that was refused for what they do not; every other refusal stands.
async fn apply_known<K: Kind>(
    context: &Context,
    object: &K,
    status: &impl Serialize,
    refusal: Error,
) -> Result<Written, Error> {
    let Ok(meant) = serde_json::to_value(status) else {
        return Err(refusal);
    };
    let mut known = meant.clone();
    let fields = undeclared::leave_out(&mut known, &refusal.to_string());
    if fields.is_empty() {
        return Err(refusal);
    }
    tracing::debug!(
        fields = fields.join(", "),
        "the definitions are of an earlier version; what they know of the status is written"
    );
    let written = limited("its status", apply_status(context, object, &known)).await?;
    let (kind, key) = (kind::<K>(), uid(object));
    context.meant.remember(kind, key, meant, now());
    Ok(written)
}

/// An object as the API server has it now.
pub(super) async fn present<K: Kind>(context: &Context, object: &K) -> Result<Option<K>, Error> {
    let api = api(context, object);
    limited("a look at the object", api.get_opt(&object.name_any())).await
}

/// A whole status as server-side apply takes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Applied<'a, S> {
    api_version: Cow<'a, str>,
    kind: Cow<'a, str>,
    metadata: Identity,
    status: &'a S,
}

#[derive(Serialize)]
struct Identity {
    uid: Option<String>,
}

/// What of the answer to a write is read: the object itself comes through the watch, and is more than half field managers.
#[derive(Deserialize)]
struct Written {
    metadata: Version,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    resource_version: Option<String>,
}

async fn apply_status<K: Kind>(
    context: &Context,
    object: &K,
    status: &impl Serialize,
) -> kube::Result<Written> {
    let applied = Applied {
        api_version: K::api_version(&()),
        kind: K::kind(&()),
        metadata: Identity { uid: object.uid() },
        status,
    };
    let parameters = PatchParams::apply(MANAGER).force();
    let request = Request::new(K::url_path(&(), object.namespace().as_deref()));
    let request = request.patch_subresource(
        "status",
        &object.name_any(),
        &parameters,
        &Patch::Apply(applied),
    );
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    // Names the call in traces, as the library's own calls are named.
    request.extensions_mut().insert("patch_status");
    context.client.request(request).await
}

/// Puts our finalizer on an object, or takes it off, and leaves those of others.
///
/// The patch is tested against the finalizers the object had, so that a concurrent change is never undone; after one it
/// is made anew from the present.
pub(super) async fn finalizer<K: Kind>(
    context: &Context,
    object: &K,
    wanted: bool,
) -> Result<(), Error> {
    let (name, api) = (object.name_any(), api(context, object));
    let mut present = object.clone();
    for _ in 0..CONFLICTS {
        let Some(patch) = finalizer_patch(&present, wanted) else {
            return Ok(());
        };
        let (parameters, patch) = (PatchParams::default(), Patch::Merge(patch));
        let patched = api.patch(&name, &parameters, &patch);
        match limited("its finalizer", patched).await {
            Ok(answer) => {
                let version = answer.resource_version();
                context.freshness.wrote(key(object), version.as_deref());
                return Ok(());
            }
            Err(error) if error.is_code(409) => {}
            // An object that is gone needs no finalizer any more.
            Err(error) if error.is_code(404) && !wanted => return Ok(()),
            Err(error) => return Err(error),
        }
        match limited("a look at its finalizers", api.get_opt(&name)).await? {
            Some(newer) if newer.uid() == object.uid() => present = newer,
            Some(_) | None if !wanted => return Ok(()),
            Some(_) | None => break,
        }
    }
    Err(Error::Overtaken)
}

/// The patch that changes nothing but our finalizer; none where it is as wanted.
fn finalizer_patch<K: Kind>(object: &K, wanted: bool) -> Option<serde_json::Value> {
    let before = object.finalizers();
    let is_ours = |name: &&String| *name == FINALIZER;
    if before.iter().any(|name| is_ours(&name)) == wanted {
        return None;
    }
    let mut after: Vec<_> = before.iter().filter(|name| !is_ours(name)).collect();
    let ours = FINALIZER.to_owned();
    if wanted {
        after.push(&ours);
    }
    let version = object.resource_version();
    Some(json!({ "metadata": { "finalizers": after, "resourceVersion": version } }))
}

/// The API of an object's kind in its namespace.
fn api<K: Kind>(context: &Context, object: &K) -> Api<K> {
    let namespace = object.namespace().unwrap_or_default();
    Api::namespaced(context.client.clone(), &namespace)
}

/// A call to the API server that ends in time.
pub(super) async fn limited<T>(
    what: &'static str,
    call: impl Future<Output = kube::Result<T>>,
) -> Result<T, Error> {
    match tokio::time::timeout(ANSWER_TIMEOUT, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(source)) => Err(Error::Kubernetes {
            what,
            source: Arc::new(source),
        }),
        Err(_) => Err(Error::Timeout { what }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::WorkflowSchedule;

    fn held_by(finalizers: &[&str]) -> WorkflowSchedule {
        serde_json::from_value(json!({
            "apiVersion": "cronwright.dev/v1alpha1",
            "kind": "WorkflowSchedule",
            "metadata": {"name": "nightly", "resourceVersion": "7", "finalizers": finalizers},
            "spec": {"connectionRef": {"name": "acme"}, "repository": "acme/app", "workflow": "nightly.yml"},
        }))
        .unwrap()
    }

    #[test]
    fn our_finalizer_comes_and_goes_and_those_of_others_stay() {
        let put = finalizer_patch(&held_by(&["other.dev/hold"]), true).unwrap();
        assert_eq!(
            put,
            json!({"metadata": {"finalizers": ["other.dev/hold", FINALIZER], "resourceVersion": "7"}})
        );
        let taken = finalizer_patch(&held_by(&[FINALIZER, "other.dev/hold"]), false).unwrap();
        assert_eq!(
            taken,
            json!({"metadata": {"finalizers": ["other.dev/hold"], "resourceVersion": "7"}})
        );
    }

    #[test]
    fn a_finalizer_that_is_as_wanted_is_not_written() {
        assert_eq!(finalizer_patch(&held_by(&[FINALIZER]), true), None);
        assert_eq!(finalizer_patch(&held_by(&[]), false), None);
    }
}
