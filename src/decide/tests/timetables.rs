//! From WorkflowSchedules to the items of a timetable.

use super::support::{schedule, spec};
use crate::decide::{
    Wish,
    timetable::{Member, MemberFile, items},
};

fn member(name: &str, edit: impl FnOnce(&mut serde_json::Value)) -> Member {
    let wish = Wish::read(&spec(|spec| {
        spec["workflow"] = format!("{name}.yml").into();
        edit(spec);
    }));
    Member {
        name: name.to_owned(),
        wish: wish.unwrap(),
        file: Some(MemberFile {
            schedules: vec![schedule("0 0 * * *")],
            editable: true,
        }),
        forecast: None,
        jobs: Vec::new(),
    }
}

#[test]
fn nothing_is_planned_before_every_file_was_seen() {
    let unseen = Member {
        file: None,
        ..member("b", |_| ())
    };
    assert_eq!(
        items(&[member("a", |_| ()), unseen], None).unwrap_err(),
        ["b"]
    );
}

#[test]
fn an_order_between_objects_becomes_one_between_workflows() {
    let after = |spec: &mut serde_json::Value| {
        spec["timing"] =
            serde_json::json!({"after": [{"name": "a", "slack": "10m"}, {"name": "nobody"}]});
    };
    let items = items(&[member("a", |_| ()), member("b", after)], None).unwrap();
    let waits: Vec<_> = items[1]
        .intent
        .after
        .iter()
        .map(|after| after.id.file.as_str())
        .collect();
    assert_eq!(waits, ["a.yml"]);
}

#[test]
fn only_files_that_may_be_edited_for_objects_that_may_propose_are_movable() {
    let observe = member("a", |spec| spec["policy"]["mode"] = "Observe".into());
    let suspended = member("b", |spec| spec["suspend"] = true.into());
    let mut generated = member("c", |_| ());
    generated.file = Some(MemberFile {
        schedules: vec![schedule("0 0 * * *")],
        editable: false,
    });
    let items = items(&[observe, suspended, generated, member("d", |_| ())], None).unwrap();
    assert_eq!(
        items.iter().map(|item| item.movable).collect::<Vec<_>>(),
        [false, false, false, true]
    );
}

#[test]
fn a_file_without_a_schedule_is_no_item() {
    let mut bare = member("a", |_| ());
    bare.file = Some(MemberFile {
        schedules: Vec::new(),
        editable: true,
    });
    assert!(items(&[bare], None).unwrap().is_empty());
}
