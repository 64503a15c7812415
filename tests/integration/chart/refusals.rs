//! Values that are refused, and what is said to them.

use super::render::template;

/// Arguments and the words that must be in the answer.
fn refused(arguments: &[&str], words: &str) {
    let said = template(arguments);
    assert!(
        !said.success && said.err.contains(words),
        "{arguments:?} was answered: {}{}",
        said.out,
        said.err
    );
}

#[test]
fn several_replicas_with_sqlite_are_refused_by_the_schema_and_by_the_template() {
    let three = "--set=replicas=3";
    refused(&[three], "'/store/postgres/existingSecret': minLength");
    refused(
        &[three, "--skip-schema-validation"],
        "replicas is 3, and an SQLite file has one writer: set store.postgres.existingSecret",
    );
    let postgres = "--set=store.postgres.existingSecret=database";
    template(&[three, postgres]).expect_success();
}

#[test]
fn one_replica_over_postgresql_elects_a_leader_too_since_its_successor_starts_before_it_ends() {
    let postgres = "--set=store.postgres.existingSecret=database";
    let rendered = template(&[postgres]).expect_success();
    for words in [
        "- --leader-elect",
        "name: cronwright-leader",
        "type: RollingUpdate",
    ] {
        assert!(rendered.contains(words), "{words}: {rendered}");
    }
    let sqlite = template(&[]).expect_success();
    assert!(!sqlite.contains("leader"), "{sqlite}");
}

#[test]
fn values_that_do_not_exist_or_cannot_be_are_refused_with_their_place() {
    for (value, words) in [
        ("replica=2", "additional properties 'replica' not allowed"),
        ("rbac.secretName=x", "'/rbac': additional properties"),
        ("watchNamespace=Team_A", "'/watchNamespace'"),
        ("concurrency=0", "'/concurrency': minimum"),
        ("log.json=yes", "'/log/json': got string, want boolean"),
        ("image.digest=sha256:12", "'/image/digest'"),
        ("persistence.size=lots", "'/persistence/size'"),
        (
            "podDisruptionBudget.maxUnavailable=0",
            "'/podDisruptionBudget",
        ),
        (
            "terminationGracePeriodSeconds=5",
            "'/terminationGracePeriodSeconds': minimum",
        ),
        (
            "extraVolumes[0].name=x,extraVolumes[0].hostPath.path=/",
            "'/extraVolumes/0/hostPath'",
        ),
        (
            "metrics.prometheusRule.runbookBaseUrl=wiki/runbooks",
            "'/metrics/prometheusRule/runbookBaseUrl'",
        ),
        (
            "webhooks.service.type=ExternalName",
            "'/webhooks/service/type'",
        ),
        (
            "webhooks.ingress.host=https://a.b",
            "'/webhooks/ingress/host'",
        ),
        (
            "extraVolumes[0].name=tmp,extraVolumes[0].emptyDir.sizeLimit=1Mi",
            "'/extraVolumes/0/name'",
        ),
    ] {
        refused(&[&format!("--set={value}")], words);
    }
}

#[test]
fn values_that_contradict_each_other_are_refused_with_what_to_do() {
    let claim = "--set=persistence.enabled=false,persistence.existingClaim=mine";
    refused(
        &[claim],
        "persistence.existingClaim is set and persistence.enabled is false",
    );
    refused(
        &["--set=serviceAccount.create=false"],
        "serviceAccount.name: which one, when serviceAccount.create is false?",
    );
    let door = "--set=webhooks.ingress.enabled=true,webhooks.ingress.host=hooks.example";
    refused(&[door], "nobody would listen behind the Ingress");
    refused(
        &["--set=webhooks.enabled=true,webhooks.ingress.enabled=true"],
        "webhooks.ingress.host: under which name does GitHub reach the Ingress?",
    );
}

#[test]
fn a_cluster_that_is_too_old_is_refused() {
    refused(
        &["--kube-version=1.32.0"],
        "requires kubeVersion: >=1.33.0-0",
    );
}
