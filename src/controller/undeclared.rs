//! A status for definitions that are a version behind: what they do not declare is left out, and the status says so.
//!
//! Pure: the API server's refusal in, what can be written out. An unknown field would have a whole status refused otherwise, and
//! everything that it tells with it.

use serde_json::Value;

use crate::api::condition::READY;

/// What the API server says behind each field that a definition does not declare.
const UNDECLARED: &str = ": field not declared in schema";

/// Leaves out of a status what a refusal names, and tells of it in its condition Ready; the fields' names, none where the refusal
/// is for something else.
pub(super) fn leave_out(status: &mut Value, refusal: &str) -> Vec<String> {
    let mut pieces: Vec<_> = refusal.split(UNDECLARED).collect();
    // Behind the last one nothing is named.
    pieces.pop();
    let named = pieces
        .iter()
        .filter_map(|piece| piece.split_whitespace().last()?.strip_prefix(".status."));
    let left_out: Vec<_> = named
        .filter(|path| remove(status, path))
        .map(ToOwned::to_owned)
        .collect();
    if !left_out.is_empty() {
        tell(status, &left_out);
    }
    left_out
}

/// Removes what is at a path of fields, of every item where it names one of a list.
fn remove(status: &mut Value, path: &str) -> bool {
    if let Some((list, rest)) = path.split_once('[') {
        let field = rest.split_once("].").map_or("", |(_, field)| field);
        let pointer = format!("/{}", list.replace('.', "/"));
        let items = status.pointer_mut(&pointer).and_then(Value::as_array_mut);
        let items = items.into_iter().flatten();
        return items.fold(false, |removed, item| remove(item, field) | removed);
    }
    let (parent, field) = path.rsplit_once('.').unwrap_or(("", path));
    let mut parents = parent.split('.').filter(|name| !name.is_empty());
    let parent = parents.try_fold(status, |at, name| at.get_mut(name));
    let fields = parent.and_then(Value::as_object_mut);
    fields.is_some_and(|fields| fields.remove(field).is_some())
}

fn tell(status: &mut Value, left_out: &[String]) {
    let conditions = status.get_mut("conditions").and_then(Value::as_array_mut);
    let mut conditions = conditions.into_iter().flatten();
    let Some(ready) = conditions.find(|one| one["type"] == READY) else {
        return;
    };
    let told = ready["message"].as_str().unwrap_or_default();
    let fields = left_out.join(", ");
    let told = format!(
        "{told}; the cluster's CustomResourceDefinitions are of an earlier version, which has no {fields}: apply those of this \
         version (docs/upgrade.md)"
    );
    ready["message"] = Value::String(told);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status() -> Value {
        json!({
            "observedGeneration": 3,
            "accuracy": {"score": 80},
            "prediction": {"runs": 7, "sureness": 90},
            "conditions": [
                {"type": "InSync", "message": "as wished"},
                {"type": "Ready", "message": "observed"},
            ],
        })
    }

    #[test]
    fn what_a_definition_does_not_declare_is_left_out_and_told_with_the_way_out() {
        let mut left = status();
        // As an API server of 1.36 says it.
        let refusal = "failed to create typed patch object (ci/nightly; cronwright.dev/v1alpha1, Kind=WorkflowSchedule): errors:\n  \
             .status.accuracy: field not declared in schema\n  .status.prediction.sureness: field not declared in schema";

        let names = leave_out(&mut left, refusal);

        assert_eq!(names, ["accuracy", "prediction.sureness"]);
        assert_eq!(left["prediction"], json!({"runs": 7}));
        assert_eq!(left.get("accuracy"), None);
        assert_eq!(left["observedGeneration"], 3);
        let told = left["conditions"][1]["message"].as_str().unwrap();
        assert_eq!(
            told,
            "observed; the cluster's CustomResourceDefinitions are of an earlier version, which has no accuracy, \
             prediction.sureness: apply those of this version (docs/upgrade.md)"
        );
        assert_eq!(left["conditions"][0], status()["conditions"][0]);
    }

    #[test]
    fn of_a_list_whose_items_have_too_much_the_items_stay() {
        let mut left = status();
        left["incidents"] = json!([{"kind": "Slower", "names": ["a"]}, {"kind": "Flaky"}]);
        let refusal = "errors:\n  .status.incidents[0].names: field not declared in schema";

        assert_eq!(leave_out(&mut left, refusal), ["incidents[0].names"]);

        assert_eq!(
            left["incidents"],
            json!([{"kind": "Slower"}, {"kind": "Flaky"}])
        );
    }

    #[test]
    fn another_refusal_leaves_a_status_as_it_is() {
        for refusal in [
            "etcdserver: request timed out",
            ".spec.accuracy: field not declared in schema",
            ".status.unheard: field not declared in schema",
        ] {
            let mut left = status();
            assert_eq!(leave_out(&mut left, refusal), [""; 0], "{refusal}");
            assert_eq!(left, status(), "{refusal}");
        }
    }
}
