//! All objects of a kind, page by page.

use std::fmt::Debug;

use kube::{Api, Resource, api::ListParams, core::NamespaceResourceScope};
use serde::de::DeserializeOwned;

use super::client::Cluster;

/// How many objects a page holds: what kubectl asks for.
const PAGE: u32 = 500;
/// How many pages are read: a million objects, far beyond any cluster, and an end for a server that never comes to one.
const MOST_PAGES: usize = 2_000;

/// Lists a kind where the cluster is looked at.
pub(super) async fn list<K>(cluster: &Cluster) -> Result<Vec<K>, kube::Error>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + Debug
        + DeserializeOwned,
{
    let client = cluster.client.clone();
    let api: Api<K> = match &cluster.namespace {
        Some(namespace) => Api::namespaced(client, namespace),
        None => Api::all(client),
    };
    let (mut objects, mut page) = (Vec::new(), ListParams::default().limit(PAGE));
    for _ in 0..MOST_PAGES {
        let listed = api.list(&page).await?;
        objects.extend(listed.items);
        let next = listed.metadata.continue_.filter(|next| !next.is_empty());
        let Some(next) = next else {
            break;
        };
        page = page.continue_token(&next);
    }
    Ok(objects)
}
