//! What a spec means, and what it cannot mean.

use super::support::spec;
use crate::{decide::Wish, domain::Seconds};

fn problem(edit: impl FnOnce(&mut serde_json::Value)) -> String {
    Wish::read(&spec(edit)).unwrap_err().to_string()
}

#[test]
fn a_spec_with_defaults_is_read() {
    let wish = Wish::read(&spec(|_| ())).unwrap();
    assert_eq!(wish.workflow.to_string(), "acme/payments/nightly.yml");
    assert_eq!(
        (wish.interval, wish.max_changes_per_week),
        (Seconds::minutes(5), 1)
    );
    assert_eq!(wish.pinned.unwrap()[0].to_string(), "17 2 * * *");
}

#[test]
fn a_problem_names_the_field() {
    let timing = |timing: serde_json::Value| problem(move |spec| spec["timing"] = timing);
    let cases = [
        (
            problem(|spec| spec["repository"] = "acme".into()),
            "spec.repository: ",
        ),
        (
            problem(|spec| spec["workflow"] = "nightly.txt".into()),
            "spec.workflow: ",
        ),
        (
            problem(|spec| spec["interval"] = "soon".into()),
            "spec.interval: ",
        ),
        (
            problem(|spec| spec["policy"]["minConfidence"] = 101.into()),
            "spec.policy.minConfidence: ",
        ),
        (
            problem(|spec| spec["policy"]["maxChangesPerWeek"] = (-1).into()),
            "spec.policy.maxChangesPerWeek: ",
        ),
        (
            timing(serde_json::json!({"cron": ["0 0 * * *", "61 * * * *"]})),
            "spec.timing.cron[1]: ",
        ),
        (
            timing(serde_json::json!({"cron": ["* * * * *"]})),
            "spec.timing.cron[0]: ",
        ),
        (
            timing(serde_json::json!({"cron": ["0 0 * * *"], "every": "1d"})),
            "spec.timing: ",
        ),
        (
            timing(serde_json::json!({"timeZone": "Mars/Base"})),
            "spec.timing.timeZone: ",
        ),
        (
            timing(serde_json::json!({"finishBy": "25:00"})),
            "spec.timing.finishBy: ",
        ),
        (
            timing(serde_json::json!({"after": [{"name": "x", "slack": "later"}]})),
            "spec.timing.after: ",
        ),
        (
            timing(
                serde_json::json!({"windows": [{"days": ["Mon"], "from": "06:00", "to": "06:00"}]}),
            ),
            "spec.timing.windows: ",
        ),
        (
            timing(serde_json::json!({"windows": [{"days": [], "from": "06:00", "to": "07:00"}]})),
            "spec.timing.windows: ",
        ),
    ];
    for (message, field) in cases {
        assert!(
            message.starts_with(field),
            "{message} does not start with {field}"
        );
    }
}

#[test]
fn a_pinned_cron_together_with_windows_is_refused_as_the_api_server_does() {
    let windows = serde_json::json!([{"days": ["Mon"], "from": "06:00", "to": "07:00"}]);
    let both = serde_json::json!({"cron": ["0 0 * * *"], "windows": windows});
    assert!(problem(|spec| spec["timing"] = both).starts_with("spec.timing: "));
}

#[test]
fn an_empty_list_of_crons_is_refused() {
    let none = serde_json::json!({"cron": []});
    assert!(problem(|spec| spec["timing"] = none).starts_with("spec.timing.cron: "));
}
