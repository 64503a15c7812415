//! What the new bytes look like, and what a change must be.

use super::support::{after, change, edit_one, fixture, schedule, workflow};
use crate::edit::{Change, Options, Refusal, Replacement, edit, read};

#[test]
fn a_plain_scalar_stays_plain_where_yaml_reads_it_as_itself() {
    let text = workflow("cron: 0 0 * * *", "");
    assert_eq!(
        after(&text, "5,35 2 * * 1-5"),
        workflow("cron: 5,35 2 * * 1-5", "")
    );
}

#[test]
fn a_plain_scalar_gets_quotes_where_its_text_would_be_an_alias() {
    let text = workflow("cron: 0 0 * * * # c", "");
    assert_eq!(
        after(&text, "*/5 2 * * *"),
        workflow("cron: '*/5 2 * * *' # c", "")
    );
}

#[test]
fn a_comma_does_not_end_a_plain_scalar_in_flow_style() {
    let text = workflow("{cron: 0 0 * * *, timezone: UTC}", "");
    assert_eq!(
        after(&text, "0 0 1,15 * *"),
        workflow("{cron: '0 0 1,15 * *', timezone: UTC}", "")
    );
}

#[test]
fn quotes_stay_as_they_are() {
    for quote in ['\'', '"'] {
        let text = workflow(&format!("cron: {quote}0 0 * * *{quote}   #{quote} c"), "");
        let expected = workflow(&format!("cron: {quote}*/5 2 * * *{quote}   #{quote} c"), "");
        assert_eq!(after(&text, "*/5 2 * * *"), expected);
    }
}

#[test]
fn the_time_zone_changes_where_it_has_a_scalar() {
    let bytes = fixture("timezone_first");
    let edited = edit_one(&bytes, 0, "0 0 * * * America/New_York").unwrap();
    let line = |line, from: &str, to: &str| Replacement {
        line,
        from: from.to_owned(),
        to: to.to_owned(),
    };
    assert_eq!(
        edited.replaced,
        [line(4, "Europe/Berlin", "America/New_York")]
    );
    let both = edit_one(&bytes, 0, "17 2 * * * America/New_York").unwrap();
    assert_eq!(
        both.replaced,
        [
            line(4, "Europe/Berlin", "America/New_York"),
            line(5, "0 0 * * *", "17 2 * * *")
        ]
    );
    assert_eq!(
        read(&both.bytes).unwrap().entries[0].schedule,
        Ok(schedule("17 2 * * * America/New_York"))
    );
}

#[test]
fn a_time_zone_without_a_scalar_is_refused_with_the_line_to_add() {
    let refusal = edit_one(&fixture("single_quoted"), 0, "0 0 * * * Europe/Berlin").unwrap_err();
    assert_eq!(
        refusal,
        Refusal::NoTimeZoneScalar {
            line: 4,
            add: "timezone: Europe/Berlin".to_owned()
        }
    );
}

#[test]
fn several_entries_change_in_one_edit_and_may_swap() {
    let text = workflow("cron: '0 0 * * *'\n    - cron: '0 12 * * *'", "");
    let changes = [
        change(text.as_bytes(), 1, "0 0 * * *"),
        change(text.as_bytes(), 0, "0 12 * * *"),
    ];
    let edited = edit(text.as_bytes(), &changes, Options::default()).unwrap();
    let expected = workflow("cron: '0 12 * * *'\n    - cron: '0 0 * * *'", "");
    assert_eq!(String::from_utf8(edited.bytes).unwrap(), expected);
}

#[test]
fn a_belief_that_is_not_true_is_refused() {
    let bytes = fixture("single_quoted");
    let belief = |index, from: &str| Change {
        index,
        from: schedule(from),
        to: schedule("17 3 * * *"),
    };
    let refused = |belief| edit(&bytes, &[belief], Options::default()).unwrap_err();
    let expected = "1 0 * * *".to_owned();
    assert_eq!(
        refused(belief(0, "1 0 * * *")),
        Refusal::NoSuchCron {
            expected,
            found: Some("0 0 * * *".to_owned())
        }
    );
    assert_eq!(
        refused(belief(1, "0 0 * * *")),
        Refusal::NoSuchEntry { index: 1, count: 1 }
    );
}

#[test]
fn a_time_zone_is_part_of_the_belief() {
    let bytes = fixture("timezone_beside");
    let belief = Change {
        index: 0,
        from: schedule("0 0 * * *"),
        to: schedule("17 3 * * *"),
    };
    let refusal = edit(&bytes, &[belief], Options::default()).unwrap_err();
    assert_eq!(refusal.reason(), "NoSuchCron");
}

#[test]
fn nothing_and_twice_are_refused() {
    let bytes = fixture("single_quoted");
    let (same, other) = (
        change(&bytes, 0, "0 0 * * *"),
        change(&bytes, 0, "1 0 * * *"),
    );
    assert_eq!(
        edit(&bytes, &[], Options::default()),
        Err(Refusal::NothingToChange)
    );
    assert_eq!(
        edit(&bytes, std::slice::from_ref(&same), Options::default()),
        Err(Refusal::NothingToChange)
    );
    assert_eq!(
        edit(&bytes, &[same, other], Options::default()),
        Err(Refusal::ChangedTwice { index: 0 })
    );
}

#[test]
fn a_generated_file_is_edited_when_that_is_allowed() {
    let bytes = fixture("generated");
    let changes = [change(&bytes, 0, "17 3 * * *")];
    assert_eq!(
        edit(&bytes, &changes, Options::default())
            .unwrap_err()
            .reason(),
        "Generated"
    );
    assert!(
        edit(
            &bytes,
            &changes,
            Options {
                allow_generated: true
            }
        )
        .is_ok()
    );
}

#[test]
fn a_file_without_a_schedule_is_read_but_not_edited() {
    let belief = Change {
        index: 0,
        from: schedule("0 0 * * *"),
        to: schedule("1 0 * * *"),
    };
    for name in ["no_schedule", "schedule_without_list"] {
        let bytes = fixture(name);
        assert_eq!(read(&bytes).unwrap().entries, []);
        assert_eq!(
            edit(&bytes, std::slice::from_ref(&belief), Options::default()),
            Err(Refusal::NoSchedule)
        );
    }
}
