//! Others' judgement: `helm lint`, kubeconform with the API server's own schemas, kube-score.

use super::{
    render::{CHART, SETS, parsed, rendered, run, template, values},
    schemas,
};

/// What kube-score asks for and we decline, with why.
const DECLINED: [&str; 3] = [
    // A limit would slow the controller without protecting anybody: the request already shares the node fairly.
    "--ignore-container-cpu-limit",
    // Versions of the image do not move, and a digest can be given.
    "--ignore-test=container-image-pull-policy",
    // The Service is for metrics; nobody's request is lost while the one replica with SQLite moves.
    "--ignore-test=deployment-replicas,deployment-strategy",
];

/// Kinds of the Prometheus operator, which no API server of ours knows.
const ELSEWHERE: &str = "ServiceMonitor,PrometheusRule";

#[test]
fn helm_lints_every_value_set_without_a_warning() {
    for set in SETS {
        let values = format!("--values={}", values(set).display());
        let said = run("helm", "", &["lint", "--strict", CHART, &values]);
        let out = said.expect_success();
        assert!(!out.contains("[WARNING]"), "{set}: {out}");
    }
}

#[test]
fn kube_score_has_nothing_to_say_to_any_value_set() {
    for set in SETS {
        let mut arguments = vec![
            "score",
            "--kubernetes-version=v1.33",
            "--exit-one-on-warning",
        ];
        arguments.extend(DECLINED);
        arguments.extend(["--output-format=ci", "-"]);
        let said = run("kube-score", &rendered(set), &arguments);
        assert!(said.success, "{set}: {}{}", said.out, said.err);
    }
}

/// Judges manifests by the schemas of a real API server, in which nothing is allowed that they do not name.
fn conforms(manifests: &str, more: &[&str]) -> Result<(), String> {
    let folder = schemas::folder().display();
    let location =
        format!("{folder}/{{{{.ResourceKind}}}}-{{{{.Group}}}}-{{{{.ResourceAPIVersion}}}}.json");
    let fixed = ["-strict", "-summary", "-schema-location", &location];
    let said = run("kubeconform", manifests, &[&fixed[..], more].concat());
    if said.success {
        let kinds = parsed(manifests).len();
        assert!(
            said.out.contains(&format!("{kinds} resource")),
            "{}",
            said.out
        );
        return Ok(());
    }
    Err(format!("{}{}", said.out, said.err))
}

#[test]
fn every_value_set_conforms_strictly_to_the_schemas_of_a_real_api_server() {
    for set in SETS {
        let judged = conforms(&rendered(set), &["-skip", ELSEWHERE]);
        judged.unwrap_or_else(|said| panic!("{set}: {said}"));
    }
}

#[test]
fn examples_and_definitions_conform_strictly_to_our_own_schemas_and_a_slip_does_not() {
    for folder in ["examples", "crds"] {
        let files = crate::architecture::files(folder, ".yaml");
        // Argo CD's and Flux's own objects are judged by nobody here.
        let ours =
            |path: &std::path::PathBuf| !path.components().any(|part| part.as_os_str() == "gitops");
        for path in files.into_iter().filter(ours) {
            let text = std::fs::read_to_string(&path).unwrap();
            let judged = conforms(&text, &[]);
            judged.unwrap_or_else(|said| panic!("{}: {said}", path.display()));
        }
    }
    let slip = "{apiVersion: cronwright.dev/v1alpha1, kind: WorkflowSchedule, metadata: {name: a}, \
                spec: {connectionRef: {name: acme}, repository: a/b, workflow: c.yml, suspended: true}}";
    let said = conforms(slip, &[]).unwrap_err();
    assert!(said.contains("'suspended' not allowed"), "{said}");
    let template = template(&[]).expect_success();
    let slip = template.replace("terminationGracePeriodSeconds", "terminationGraceSeconds");
    assert!(conforms(&slip, &[]).is_err());
}
