//! A namespace that belongs to one test.

use std::fmt::Debug;

use k8s_openapi::{NamespaceResourceScope, api::core::v1::Namespace};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{ObjectMeta, PostParams},
};
use serde::{Serialize, de::DeserializeOwned};

use super::control_plane::ControlPlane;

/// A namespace and a client with the administrator's rights.
#[derive(Clone)]
pub struct Scope {
    /// The namespace's name.
    pub name: String,
    /// The client; it belongs to the test's runtime.
    pub client: Client,
}

impl ControlPlane {
    /// Makes a namespace. It is left behind: it ends with the control plane, and deleting one takes five seconds.
    pub async fn namespace(&self, name: &str) -> Scope {
        let client = self.client().await;
        let namespace = Namespace {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                ..ObjectMeta::default()
            },
            ..Namespace::default()
        };
        let api: Api<Namespace> = Api::all(client.clone());
        let made = api.create(&PostParams::default(), &namespace).await;
        Scope {
            name: made
                .expect("a namespace of a name that no other test uses")
                .name_any(),
            client,
        }
    }
}

impl Scope {
    /// The objects of one kind in this namespace.
    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), &self.name)
    }

    /// Creates the object of a YAML manifest.
    pub async fn create<K>(&self, manifest: &str) -> K
    where
        K: Resource<Scope = NamespaceResourceScope> + Clone + Debug + Serialize + DeserializeOwned,
        K::DynamicType: Default,
    {
        let object: K = serde_saphyr::from_str(manifest).expect("a manifest of the kind");
        let created = self.api().create(&PostParams::default(), &object).await;
        created.unwrap_or_else(|error| panic!("{error}\n{manifest}"))
    }
}
