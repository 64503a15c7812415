//! What a node does with a Pod, as far as one process needs it: variables from Secrets, volumes as folders, a token that
//! is bound to the Pod.
//!
//! Four things stand in for a Pod's own network, and are not the Pod's: where the API server is, any free ports for the
//! admin server and for webhooks, and the image's file of certificate authorities. A Pod that asks for something this node has not learned
//! makes the test fail, so that nothing of it is passed over in silence.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{
    super::{control_plane::ControlPlane, wait},
    container::{Container, Mount, give},
};

const DOCKERFILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/Dockerfile"));

/// A place where Pods of one namespace run; what their claims hold outlives them.
pub struct Node<'a> {
    pub plane: &'static ControlPlane,
    pub namespace: &'a str,
    pub folder: &'a Path,
}

impl Node<'_> {
    /// The release's Pod that is not about to go and is another than `but`, once the controllers have made it.
    pub async fn pod(&self, but: &str) -> Value {
        self.pod_of("cronwright", but).await
    }

    /// The Pod of `helm test`, once Helm has made it.
    pub async fn test_pod(&self) -> Value {
        self.pod_of("cronwright-test", "").await
    }

    async fn pod_of(&self, application: &str, but: &str) -> Value {
        let selector = format!("--selector=app.kubernetes.io/name={application}");
        wait::poll("there is a Pod to run", async || {
            let pods = self.get(&["pods", &selector]);
            let mut pods = pods["items"].as_array().unwrap().iter();
            let alive = |pod: &&Value| {
                pod["metadata"]["deletionTimestamp"].is_null() && pod["metadata"]["name"] != but
            };
            pods.find(alive).cloned()
        })
        .await
    }

    /// The container of a Pod, ready to run.
    pub fn container(&self, pod: &Value) -> Container {
        let name = pod["metadata"]["name"].as_str().unwrap();
        let containers = pod["spec"]["containers"].as_array().unwrap();
        let [container] = containers.as_slice() else {
            panic!("one container was expected: {containers:?}");
        };
        assert!(pod["spec"]["initContainers"].is_null() && container["envFrom"].is_null());
        let security = [
            &container["securityContext"],
            &pod["spec"]["securityContext"],
        ];
        assert_eq!(security[0]["readOnlyRootFilesystem"], true);
        let number = |name: &str| {
            let said = security.iter().find_map(|context| context[name].as_u64());
            u32::try_from(said.unwrap()).unwrap()
        };
        let group = number("runAsGroup");
        let place = self.folder.join(name);
        fs::create_dir_all(place.join("root")).unwrap();
        let mut command = texts(&container["command"]);
        if command.is_empty() {
            command = entrypoint();
        }
        let program = command.remove(0);
        command.extend(texts(&container["args"]));
        Container {
            root: place.join("root"),
            program,
            arguments: command,
            environment: self.environment(pod, container),
            mounts: self.mounts(pod, container, &place, group),
            user: number("runAsUser"),
            group,
        }
    }

    /// The container's variables, and those that every container gets.
    fn environment(&self, pod: &Value, container: &Value) -> Vec<(String, String)> {
        let server = self.plane.ready().server.strip_prefix("https://").unwrap();
        let (host, port) = server.split_once(':').unwrap();
        let mut all = vec![
            ("HOSTNAME".to_owned(), text(&pod["metadata"]["name"])),
            ("KUBERNETES_SERVICE_HOST".to_owned(), host.to_owned()),
            ("KUBERNETES_SERVICE_PORT".to_owned(), port.to_owned()),
            (
                "CRONWRIGHT_ADMIN_ADDRESS".to_owned(),
                "127.0.0.1:0".to_owned(),
            ),
        ];
        for variable in list(&container["env"]) {
            let reference = &variable["valueFrom"]["secretKeyRef"];
            let value = match (&variable["value"], reference) {
                (Value::String(value), Value::Null) => value.clone(),
                (Value::Null, Value::Object(_)) => self.secret(reference),
                other => panic!("a variable of a kind that this node has not learned: {other:?}"),
            };
            assert!(!value.contains("$("), "{value} is to be expanded");
            let name = text(&variable["name"]);
            if name == "CRONWRIGHT_WEBHOOKS_ADDRESS" {
                let mut ports = list(&container["ports"]).map(|port| &port["containerPort"]);
                assert!(ports.any(|port| value == format!("[::]:{port}")), "{value}");
                all.push((name, "127.0.0.1:0".to_owned()));
            } else {
                all.push((name, value));
            }
        }
        all
    }

    /// One value of a Secret.
    fn secret(&self, reference: &Value) -> String {
        let (name, key) = (text(&reference["name"]), text(&reference["key"]));
        let values = self.secret_values(&name);
        let found = values.into_iter().find(|(found, _)| *found == key);
        found.unwrap_or_else(|| panic!("no key {key} in {name}")).1
    }

    fn secret_values(&self, name: &str) -> Vec<(String, String)> {
        let template = "--template={{range $key, $value := .data}}{{$key}} {{$value | base64decode | printf \"%q\"}}\n{{end}}";
        let namespace = format!("--namespace={}", self.namespace);
        let arguments = ["get", "secret", name, &namespace, template];
        let told = self.plane.kubectl(&arguments).expect_success();
        let lines = told.lines().map(|line| line.split_once(' ').unwrap());
        lines
            .map(|(key, value)| (key.to_owned(), serde_json::from_str(value).unwrap()))
            .collect()
    }

    /// The container's mounts, filled.
    fn mounts(&self, pod: &Value, container: &Value, place: &Path, group: u32) -> Vec<Mount> {
        let mut mounts = vec![self.image_certificates(place)];
        for mount in list(&container["volumeMounts"]) {
            assert!(mount["subPath"].is_null(), "{mount}");
            let volume = list(&pod["spec"]["volumes"]).find(|one| one["name"] == mount["name"]);
            mounts.push(Mount {
                folder: self.volume(pod, volume.unwrap(), place, group),
                path: text(&mount["mountPath"]),
            });
        }
        mounts
    }

    /// The image has certificate authorities; which ones does not matter on loopback.
    fn image_certificates(&self, place: &Path) -> Mount {
        let folder = place.join("certificates");
        fs::create_dir_all(&folder).unwrap();
        let authorities = fs::read(&self.plane.ready().ca_file).unwrap();
        fs::write(folder.join("ca-certificates.crt"), authorities).unwrap();
        let path = "/etc/ssl/certs".to_owned();
        Mount { folder, path }
    }

    /// A volume as a folder; a claim's is the same for every Pod.
    fn volume(&self, pod: &Value, volume: &Value, place: &Path, group: u32) -> PathBuf {
        let made = |folder: PathBuf| {
            fs::create_dir_all(&folder).unwrap();
            give(&folder, group);
            folder
        };
        let own = place.join(text(&volume["name"]));
        if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
            self.get(&["persistentvolumeclaim", claim]);
            return made(self.folder.join("claims").join(claim));
        }
        if volume["emptyDir"].is_object() {
            return made(own);
        }
        let files = if let Some(name) = volume["secret"]["secretName"].as_str() {
            self.secret_values(name)
        } else if let Some(sources) = volume["projected"]["sources"].as_array() {
            let files = sources
                .iter()
                .flat_map(|source| self.projected(pod, source));
            files.collect()
        } else {
            panic!("a volume of a kind that this node has not learned: {volume}");
        };
        let folder = made(own);
        for (name, content) in files {
            fs::write(folder.join(name), content).unwrap();
        }
        folder
    }

    /// The files of a source of a projected volume.
    fn projected(&self, pod: &Value, source: &Value) -> Vec<(String, String)> {
        if source["serviceAccountToken"].is_object() {
            let path = text(&source["serviceAccountToken"]["path"]);
            return vec![(path, self.token(pod, &source["serviceAccountToken"]))];
        }
        if let Some(name) = source["configMap"]["name"].as_str() {
            let map = self.get(&["configmap", name]);
            let items = source["configMap"]["items"].as_array().unwrap();
            let file = |item: &Value| (text(&item["path"]), text(&map["data"][text(&item["key"])]));
            return items.iter().map(file).collect();
        }
        let items = source["downwardAPI"]["items"].as_array();
        let items = items.unwrap_or_else(|| panic!("a source that is not learned: {source}"));
        items
            .iter()
            .map(|item| {
                assert_eq!(item["fieldRef"]["fieldPath"], "metadata.namespace");
                (text(&item["path"]), self.namespace.to_owned())
            })
            .collect()
    }

    /// A token of the Pod's service account that ends with the Pod.
    fn token(&self, pod: &Value, wanted: &Value) -> String {
        let account = text(&pod["spec"]["serviceAccountName"]);
        let metadata = &pod["metadata"];
        let token = self.plane.kubectl(&[
            "create",
            "token",
            &account,
            &format!("--namespace={}", self.namespace),
            "--bound-object-kind=Pod",
            &format!("--bound-object-name={}", text(&metadata["name"])),
            &format!("--bound-object-uid={}", text(&metadata["uid"])),
            &format!("--duration={}s", wanted["expirationSeconds"]),
        ]);
        token.expect_success().trim().to_owned()
    }

    /// An object, or a list of them, of the namespace.
    pub fn get(&self, what: &[&str]) -> Value {
        let namespace = format!("--namespace={}", self.namespace);
        let mut arguments = vec!["get", "--output=json", namespace.as_str()];
        arguments.extend(what);
        let told = self.plane.kubectl(&arguments).expect_success();
        serde_json::from_str(&told).unwrap()
    }
}

/// What the image starts when a Pod names no command.
fn entrypoint() -> Vec<String> {
    let lines = DOCKERFILE.lines();
    let mut found = lines.filter_map(|line| line.strip_prefix("ENTRYPOINT "));
    serde_json::from_str(found.next().unwrap()).unwrap()
}

/// The items of a list that may not be there.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &Value) -> Vec<String> {
    list(value).map(text).collect()
}

fn text(value: &Value) -> String {
    let told = value.as_str();
    told.unwrap_or_else(|| panic!("a text was expected: {value}"))
        .to_owned()
}
