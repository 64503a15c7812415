//! The definitions themselves: installed either way, explained, named shortly.

use super::control_plane::shared;

const CRDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crds");

/// Every kind by its plural name.
const KINDS: [&str; 3] = [
    "githubconnections.cronwright.dev",
    "workflowschedulesets.cronwright.dev",
    "workflowschedules.cronwright.dev",
];

#[test]
fn the_definitions_are_accepted_established_and_have_no_complaint() {
    let installed = shared().kubectl(&["apply", "--server-side", "--filename", CRDS]);

    assert!(installed.success, "{}", installed.err);
    assert_eq!(installed.err, "", "a warning is a complaint");
    let conditions =
        "jsonpath={.status.conditions[?(@.status!=\"True\")]}{.status.conditions[*].type}";
    for kind in KINDS {
        let told = shared()
            .kubectl(&["get", "crd", kind, "--output", conditions])
            .expect_success();
        assert_eq!(told, "NamesAccepted Established", "{kind}");
    }
}

#[test]
fn the_definitions_fit_a_plain_apply_whose_annotation_is_limited() {
    let trial = [
        "create",
        "--dry-run=client",
        "--save-config",
        "--output=name",
        "--filename",
        CRDS,
    ];
    shared().kubectl(&trial).expect_success();

    let applied = shared().kubectl(&["apply", "--dry-run=server", "--filename", CRDS]);

    assert!(applied.success, "{}", applied.err);
}

#[test]
fn installing_the_definitions_again_changes_nothing() {
    let difference = shared().kubectl(&["diff", "--server-side", "--filename", CRDS]);

    assert!(difference.success, "{}{}", difference.out, difference.err);
}

#[test]
fn kubectl_explains_every_field_of_the_spec() {
    for field in [
        "workflowschedule.spec",
        "workflowschedule.spec.timing",
        "workflowschedule.spec.timing.windows",
        "workflowschedule.spec.timing.after",
        "workflowschedule.spec.policy",
        "workflowschedule.spec.pullRequest",
        "workflowschedule.status",
        "workflowscheduleset.spec",
        "workflowscheduleset.spec.repositories",
        "workflowscheduleset.spec.workflows",
        "workflowscheduleset.spec.template.metadata",
        "workflowscheduleset.spec.template.spec.timing",
        "workflowscheduleset.spec.limits",
        "workflowscheduleset.status",
        "githubconnection.spec",
        "githubconnection.spec.credentials",
        "githubconnection.spec.credentials.app",
    ] {
        let told = shared().kubectl(&["explain", field]).expect_success();

        assert!(!told.contains("<no description>"), "{field}:\n{told}");
    }
}

#[test]
fn kubectl_explains_the_timing_in_words() {
    let told = shared()
        .kubectl(&["explain", "workflowschedule.spec.timing"])
        .expect_success();

    for words in [
        "The crons the file must have",
        "How often it must run",
        "When it may start",
    ] {
        assert!(told.contains(words), "'{words}' is not in:\n{told}");
    }
}

#[test]
fn short_names_and_the_category_find_the_kinds() {
    let listed = [
        "api-resources",
        "--api-group=cronwright.dev",
        "--no-headers",
        "--sort-by=name",
    ];
    let listed = shared().kubectl(&listed).expect_success();

    let words: Vec<Vec<_>> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        words,
        [
            [
                "githubconnections",
                "ghc",
                "cronwright.dev/v1alpha1",
                "true",
                "GitHubConnection"
            ],
            [
                "workflowschedules",
                "wfs",
                "cronwright.dev/v1alpha1",
                "true",
                "WorkflowSchedule"
            ],
            [
                "workflowschedulesets",
                "wfss",
                "cronwright.dev/v1alpha1",
                "true",
                "WorkflowScheduleSet"
            ],
        ]
    );
    for name in ["wfs", "wfss", "ghc", "cronwright"] {
        let none = shared().kubectl(&["get", name, "--namespace=nowhere"]);
        assert!(none.success, "{name}: {}", none.err);
    }
}
