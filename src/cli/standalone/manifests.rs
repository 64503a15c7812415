//! Manifests from a folder: the same YAML that `kubectl apply` takes.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::api::{
    GROUP, GitHubConnection, WorkflowSchedule, WorkflowScheduleSet, misshapen, validate,
};

/// The longest manifest file that is read, in bytes: as much as the API server takes.
const LONGEST_FILE: u64 = 3 * 1024 * 1024;

/// What a folder declares, by `namespace/name`.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// The connections.
    pub connections: BTreeMap<String, GitHubConnection>,
    /// The schedules.
    pub schedules: BTreeMap<String, WorkflowSchedule>,
    /// The sets.
    pub sets: BTreeMap<String, WorkflowScheduleSet>,
    /// The Secrets' values by key, as text.
    pub secrets: BTreeMap<String, BTreeMap<String, String>>,
}

/// Why a folder cannot be read as manifests. Nothing of it is used then.
#[derive(Debug, thiserror::Error)]
pub enum ManifestsError {
    /// A file or the folder cannot be read.
    #[error("{path} cannot be read", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is longer than a manifest can be.
    #[error("{path} is longer than 3 MiB; a manifest is not", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A document is not what it says it is.
    #[error("{path}, document {document}: {message}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Which of its documents, from 1.
        document: usize,
        /// What is wrong.
        message: String,
    },
    /// Two documents declare the same object.
    #[error("{path}, document {document}: {object} is declared twice", path = path.display())]
    Twice {
        /// The file of the second one.
        path: PathBuf,
        /// Which of its documents, from 1.
        document: usize,
        /// Kind and name.
        object: String,
    },
}

impl Manifests {
    /// Whether nobody's workflows are declared.
    #[must_use]
    pub fn declares_nothing(&self) -> bool {
        self.schedules.is_empty() && self.sets.is_empty()
    }

    /// Reads manifests that the program brings along, by name.
    ///
    /// # Errors
    /// See [`Manifests::read`].
    pub fn built_in(files: &[(&str, &str)]) -> Result<Self, ManifestsError> {
        let mut manifests = Self::default();
        for (name, text) in files {
            manifests.add_file(Path::new(name), text)?;
        }
        Ok(manifests)
    }

    /// Reads every `.yaml` and `.yml` file directly in a folder, in the order of their names; or one file.
    ///
    /// # Errors
    /// The first file or document that cannot be taken; see [`ManifestsError`].
    pub fn read(path: &Path) -> Result<Self, ManifestsError> {
        let mut manifests = Self::default();
        for file in files(path)? {
            let unreadable = |source| ManifestsError::Unreadable {
                path: file.clone(),
                source,
            };
            if fs::metadata(&file).map_err(unreadable)?.len() > LONGEST_FILE {
                return Err(ManifestsError::TooLarge { path: file });
            }
            let text = fs::read_to_string(&file).map_err(unreadable)?;
            manifests.add_file(&file, &text)?;
        }
        Ok(manifests)
    }

    fn add_file(&mut self, path: &Path, text: &str) -> Result<(), ManifestsError> {
        let malformed = |document, message: String| ManifestsError::Malformed {
            path: path.to_owned(),
            document,
            message,
        };
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(text).map_err(|error| malformed(1, error.to_string()))?;
        for (index, document) in documents
            .into_iter()
            .enumerate()
            .filter(|(_, document)| !document.is_null())
        {
            let object = self
                .add(document)
                .map_err(|message| malformed(index + 1, message))?;
            if let Some(object) = object {
                return Err(ManifestsError::Twice {
                    path: path.to_owned(),
                    document: index + 1,
                    object,
                });
            }
        }
        Ok(())
    }

    /// Adds one document; the name of the object when it was there already.
    fn add(&mut self, document: Value) -> Result<Option<String>, String> {
        let text = |field: &str| {
            document
                .get(field)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (version, kind) = (text("apiVersion"), text("kind"));
        let ours = format!("{GROUP}/v1alpha1");
        match (version.as_str(), kind.as_str()) {
            (group, "GitHubConnection") if group == ours => {
                put(&mut self.connections, &kind, document)
            }
            (group, "WorkflowSchedule") if group == ours => {
                put(&mut self.schedules, &kind, document)
            }
            (group, "WorkflowScheduleSet") if group == ours => put(&mut self.sets, &kind, document),
            ("v1", "Secret") => self.add_secret(document),
            // What else a folder for a cluster holds is none of our business.
            ("v1", "Namespace") => Ok(None),
            _ => Err(format!(
                "'{version}' '{kind}' is not known here; known are {ours} GitHubConnection, WorkflowSchedule and WorkflowScheduleSet, v1 Secret and v1 Namespace"
            )),
        }
    }

    fn add_secret(&mut self, document: Value) -> Result<Option<String>, String> {
        let identity = named(&document);
        // What could not be read may be the secret: it is not repeated.
        let mut secret: Secret = parse(without_nulls(document)).map_err(|_| {
            format!(
                "Secret {identity}: a value cannot be read: those under stringData must be texts (a number in quotes), those under data base64"
            )
        })?;
        let mut values = BTreeMap::new();
        for (key, bytes) in secret.data.take().unwrap_or_default() {
            let text = String::from_utf8(bytes.0).map_err(|_| format!("data.{key} is not text"))?;
            values.insert(key, text);
        }
        values.extend(secret.string_data.take().unwrap_or_default());
        let twice = self.secrets.insert(identity.clone(), values).is_some();
        Ok(twice.then(|| format!("Secret {identity}")))
    }
}

fn put<K: kube::CustomResourceExt + Serialize + DeserializeOwned>(
    objects: &mut BTreeMap<String, K>,
    kind: &str,
    document: Value,
) -> Result<Option<String>, String> {
    let identity = named(&document);
    if identity.ends_with('/') {
        return Err(format!("{kind}: metadata.name is missing"));
    }
    // What the API server would refuse is refused here, in the same words where they are ours.
    let refused = |problems: Vec<String>| match problems.join("; ") {
        none if none.is_empty() => Ok(()),
        some => Err(format!("{kind} {identity}: {some}")),
    };
    refused(misshapen::<K>(&document))?;
    let object: K =
        parse(without_nulls(document)).map_err(|error| format!("{kind} {identity}: {error}"))?;
    refused(validate(&object))?;
    let twice = objects.insert(identity.clone(), object).is_some();
    Ok(twice.then(|| format!("{kind} {identity}")))
}

/// A document without fields that have no value, which are as those that are left out.
fn without_nulls(document: Value) -> Value {
    match document {
        Value::Object(fields) => {
            let given = fields.into_iter().filter(|(_, value)| !value.is_null());
            let given = given.map(|(name, value)| (name, without_nulls(value)));
            Value::Object(given.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

fn parse<T: DeserializeOwned>(document: Value) -> Result<T, String> {
    serde_json::from_value(document).map_err(|error| error.to_string())
}

/// `namespace/name` of a document.
fn named(document: &Value) -> String {
    let text = |field: &str| document["metadata"][field].as_str();
    let (namespace, name) = (text("namespace"), text("name").unwrap_or_default());
    format!("{}/{name}", namespace.unwrap_or("default"))
}

/// `namespace/name`, with the namespace that `kubectl` would take where none is named.
pub(super) fn name<K: kube::Resource>(object: &K) -> String {
    format!(
        "{}/{}",
        object.namespace().unwrap_or_else(|| "default".to_owned()),
        object.name_any()
    )
}

fn files(path: &Path) -> Result<Vec<PathBuf>, ManifestsError> {
    let unreadable = |source| ManifestsError::Unreadable {
        path: path.to_owned(),
        source,
    };
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let yaml = file
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml");
        if yaml && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECTION: &str = "apiVersion: cronwright.dev/v1alpha1\nkind: GitHubConnection\nmetadata: {name: acme}\n\
                              spec: {credentials: {tokenSecretRef: {name: github, key: token}}}\n";

    fn read(text: &str) -> Result<Manifests, ManifestsError> {
        let mut manifests = Manifests::default();
        manifests
            .add_file(Path::new("a.yaml"), text)
            .map(|()| manifests)
    }

    #[test]
    fn several_documents_in_one_file_are_read_and_defaults_are_filled_in() {
        let text = format!(
            "{CONNECTION}---\napiVersion: v1\nkind: Secret\nmetadata: {{name: github}}\nstringData: {{token: t}}\n"
        );
        let manifests = read(&text).unwrap();
        assert_eq!(
            manifests.connections["default/acme"].spec.url,
            "https://api.github.com"
        );
        assert_eq!(manifests.secrets["default/github"]["token"], "t");
    }

    #[test]
    fn a_kind_that_is_not_known_is_named() {
        let error = read("apiVersion: apps/v1\nkind: Deployment\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("a.yaml, document 1: 'apps/v1' 'Deployment' is not known here"),
            "{error}"
        );
    }

    #[test]
    fn what_the_api_server_would_refuse_is_refused_in_its_words() {
        let schedule = "apiVersion: cronwright.dev/v1alpha1\nkind: WorkflowSchedule\nmetadata: {name: a}\n\
                        spec: {connectionRef: {name: acme}, repository: acme, workflow: a.yml}\n";
        let error = read(schedule).unwrap_err().to_string();
        assert!(
            error.starts_with("a.yaml, document 1: WorkflowSchedule default/a: spec.repository: "),
            "{error}"
        );
    }

    #[test]
    fn a_misspelt_field_and_a_secret_that_is_no_base64_are_refused_with_what_to_write() {
        let schedule = "apiVersion: cronwright.dev/v1alpha1\nkind: WorkflowSchedule\nmetadata: {name: a, namespace: ci}\n\
                        spec: {connectionRef: {name: acme}, repository: acme/app, workflow: a.yml, suspned: true}\n";
        let error = read(schedule).unwrap_err().to_string();
        assert_eq!(
            error,
            "a.yaml, document 1: WorkflowSchedule ci/a: spec.suspned: there is no such field; did you mean suspend?"
        );
        for values in ["data: {token: '!!'}", "stringData: {token: 918273645}"] {
            let secret =
                format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: github}}\n{values}\n");
            let error = read(&secret).unwrap_err().to_string();
            assert!(
                error.starts_with(
                    "a.yaml, document 1: Secret default/github: a value cannot be read"
                ),
                "{error}"
            );
            assert!(
                !error.contains("!!") && !error.contains("918273645"),
                "{error}"
            );
        }
        let without = schedule.replace("suspned: true", "suspend: , policy: ~");
        assert!(read(&without).is_ok());
        let nothing = schedule.replace("suspned: true", "timing: {cron: [~]}");
        let error = read(&nothing).unwrap_err().to_string();
        assert!(
            error.contains("spec.timing.cron[0]: must not be empty"),
            "{error}"
        );
    }

    #[test]
    fn the_same_object_twice_is_refused() {
        let error = read(&format!("{CONNECTION}---\n{CONNECTION}"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "a.yaml, document 2: GitHubConnection default/acme is declared twice"
        );
    }
}
