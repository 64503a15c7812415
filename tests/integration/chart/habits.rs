//! Habits of good manifests that neither a schema nor kube-score knows: one named check each, on every value set.

use cronwright::web::webhooks::PATH;
use serde_json::Value;

use super::render::{SETS, objects};

/// A check: its name, and what it finds wrong with the objects of a release.
type Check = (&'static str, fn(&[Value]) -> Vec<String>);

const CHECKS: &[Check] = &[
    ("rules name their verbs, resources and groups", wildcards),
    ("Secrets are only got", secrets),
    ("no role is the cluster's own", foreign_roles),
    (
        "bindings and Pods name accounts and roles that are there",
        dangling,
    ),
    (
        "a Service finds the Pods of its Deployment, and their port",
        services,
    ),
    ("the world reaches webhooks and nothing else", doors),
    ("nothing of the host is shared or mounted", hosts),
    ("an image has a version", images),
    (
        "variables are named once and hold no credentials",
        variables,
    ),
    ("probes ask a port that is there", probes),
    ("a token is given to the controller alone", tokens),
    ("every object says where it belongs", belongings),
];

fn of<'a>(all: &'a [Value], kinds: &'a [&str]) -> impl Iterator<Item = &'a Value> {
    let is_kind = move |one: &&Value| kinds.iter().any(|kind| one["kind"] == *kind);
    all.iter().filter(is_kind)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn rules(all: &[Value]) -> impl Iterator<Item = &Value> {
    of(all, &["Role", "ClusterRole"]).flat_map(|role| list(&role["rules"]))
}

fn pods(all: &[Value]) -> impl Iterator<Item = &Value> {
    let own = of(all, &["Pod"]).map(|pod| &pod["spec"]);
    own.chain(of(all, &["Deployment"]).map(|one| &one["spec"]["template"]["spec"]))
}

fn containers(all: &[Value]) -> impl Iterator<Item = &Value> {
    pods(all).flat_map(|pod| list(&pod["containers"]))
}

fn wildcards(all: &[Value]) -> Vec<String> {
    let stars = |rule: &&Value| {
        let parts = ["verbs", "resources", "apiGroups"].map(|part| list(&rule[part]));
        parts.into_iter().flatten().any(|text| text == "*")
    };
    rules(all).filter(stars).map(ToString::to_string).collect()
}

fn secrets(all: &[Value]) -> Vec<String> {
    let about = |rule: &&Value| list(&rule["resources"]).any(|name| name == "secrets");
    let more = |rule: &&Value| list(&rule["verbs"]).any(|verb| verb != "get");
    rules(all)
        .filter(about)
        .filter(more)
        .map(ToString::to_string)
        .collect()
}

fn foreign_roles(all: &[Value]) -> Vec<String> {
    let names: Vec<_> = of(all, &["Role", "ClusterRole"])
        .map(|role| &role["metadata"]["name"])
        .collect();
    let bindings =
        of(all, &["RoleBinding", "ClusterRoleBinding"]).map(|one| &one["roleRef"]["name"]);
    bindings
        .filter(|name| !names.contains(name))
        .map(ToString::to_string)
        .collect()
}

fn dangling(all: &[Value]) -> Vec<String> {
    let made: Vec<_> = of(all, &["ServiceAccount"])
        .map(|one| &one["metadata"]["name"])
        .collect();
    let bound =
        of(all, &["RoleBinding", "ClusterRoleBinding"]).flat_map(|one| list(&one["subjects"]));
    let mut named = bound.map(|subject| &subject["name"]).chain(
        of(all, &["Deployment"]).map(|one| &one["spec"]["template"]["spec"]["serviceAccountName"]),
    );
    // Without an account of its own a release names one of the user's, everywhere the same.
    let first = made.first().copied().or_else(|| named.next());
    named
        .filter(|name| Some(*name) != first)
        .map(ToString::to_string)
        .collect()
}

fn services(all: &[Value]) -> Vec<String> {
    let deployment = of(all, &["Deployment"]).next();
    let template = deployment.map(|one| &one["spec"]["template"]);
    let fits = |service: &&Value| {
        let labels = template.map(|template| &template["metadata"]["labels"]);
        let selector = service["spec"]["selector"].as_object();
        let found = selector.is_some_and(|selector| {
            selector
                .iter()
                .all(|(name, value)| labels.is_some_and(|labels| labels[name] == *value))
        });
        let port = &service["spec"]["ports"][0]["targetPort"];
        found && containers(all).any(|one| list(&one["ports"]).any(|open| open["name"] == *port))
    };
    of(all, &["Service"])
        .filter(|service| !fits(service))
        .map(ToString::to_string)
        .collect()
}

/// What leads to a Service from outside the cluster: its own type, or a path of an Ingress.
fn doors(all: &[Value]) -> Vec<String> {
    let is_ours = |service: &Value| {
        list(&service["spec"]["ports"]).all(|port| port["targetPort"] == "webhooks")
    };
    let open = of(all, &["Service"]).filter(|service| service["spec"]["type"] != "ClusterIP");
    let open = open.filter(|service| !is_ours(service));
    let paths = of(all, &["Ingress"])
        .flat_map(|one| list(&one["spec"]["rules"]))
        .flat_map(|rule| list(&rule["http"]["paths"]));
    let leads_elsewhere = |path: &&Value| {
        let name = &path["backend"]["service"]["name"];
        let target = of(all, &["Service"]).find(|service| service["metadata"]["name"] == *name);
        path["path"] != PATH || path["pathType"] != "Exact" || !target.is_some_and(is_ours)
    };
    open.chain(paths.filter(leads_elsewhere))
        .map(ToString::to_string)
        .collect()
}

fn hosts(all: &[Value]) -> Vec<String> {
    let shares = |pod: &&Value| {
        let flags = ["hostNetwork", "hostPID", "hostIPC"].iter();
        flags.map(|flag| &pod[*flag]).any(|flag| flag == true)
            || list(&pod["volumes"]).any(|volume| !volume["hostPath"].is_null())
    };
    pods(all).filter(shares).map(ToString::to_string).collect()
}

fn images(all: &[Value]) -> Vec<String> {
    let images = containers(all).map(|one| one["image"].as_str().unwrap_or_default());
    let is_bare = |image: &&str| {
        let tag = image
            .rsplit('/')
            .next()
            .and_then(|name| name.split_once(':'));
        tag.is_none_or(|(_, tag)| tag.is_empty() || tag == "latest")
    };
    images.filter(is_bare).map(ToOwned::to_owned).collect()
}

fn variables(all: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for container in containers(all) {
        let mut names: Vec<_> = Vec::new();
        for variable in list(&container["env"]) {
            let name = variable["name"].as_str().unwrap_or_default();
            let secret = ["SECRET", "TOKEN", "PASSWORD", "STORE"]
                .iter()
                .any(|word| name.contains(word));
            if names.contains(&name) || (secret && !variable["value"].is_null()) {
                wrong.push(name.to_owned());
            }
            names.push(name);
        }
    }
    wrong
}

fn probes(all: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for container in of(all, &["Deployment"])
        .flat_map(|one| list(&one["spec"]["template"]["spec"]["containers"]))
    {
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let port = &container[probe]["httpGet"]["port"];
            if !list(&container["ports"]).any(|open| open["name"] == *port) {
                wrong.push(probe.to_owned());
            }
        }
    }
    wrong
}

fn tokens(all: &[Value]) -> Vec<String> {
    let accounts = of(all, &["ServiceAccount"]).map(|one| &one["automountServiceAccountToken"]);
    let test = of(all, &["Pod"]).map(|one| &one["spec"]["automountServiceAccountToken"]);
    accounts
        .chain(test)
        .filter(|given| **given != false)
        .map(ToString::to_string)
        .collect()
}

fn belongings(all: &[Value]) -> Vec<String> {
    let is_cluster = |one: &Value| {
        one["kind"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("Cluster"))
    };
    let is_lost = |one: &&Value| {
        let metadata = &one["metadata"];
        let labelled = !metadata["labels"]["app.kubernetes.io/instance"].is_null();
        !labelled || metadata["namespace"].is_string() == is_cluster(one)
    };
    all.iter()
        .filter(is_lost)
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_value_set_has_good_habits() {
    for set in SETS {
        let all = objects(set);
        for (name, check) in CHECKS {
            assert_eq!(check(&all), [""; 0], "{set}: {name}");
        }
    }
}

#[test]
fn every_check_finds_what_it_is_there_for() {
    let bad = serde_json::json!([
        {"kind": "ClusterRole", "metadata": {"name": "a"}, "rules": [
            {"verbs": ["*"], "resources": ["pods"]}, {"verbs": ["list"], "resources": ["secrets"]}]},
        {"kind": "ClusterRoleBinding", "metadata": {"name": "a"}, "roleRef": {"name": "cluster-admin"},
            "subjects": [{"name": "default"}]},
        {"kind": "ServiceAccount", "metadata": {"name": "a"}},
        {"kind": "Service", "spec": {"selector": {"app": "b"}, "ports": [{"targetPort": "http"}]}},
        {"kind": "Deployment", "spec": {"template": {"metadata": {"labels": {"app": "a"}}, "spec": {
            "serviceAccountName": "a", "hostPID": true,
            "containers": [{"image": "a:latest", "env": [{"name": "TOKEN", "value": "x"}]}]}}}},
    ]);
    let bad = bad.as_array().unwrap();
    for (name, check) in CHECKS {
        assert_ne!(check(bad), [""; 0], "{name}");
    }
}
