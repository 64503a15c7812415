//! Reading: what is taken, that text survives, that no text does harm.

use super::*;
use crate::domain::Schedule;

#[test]
fn the_text_is_kept_with_single_spaces() {
    assert_eq!(
        cron("  05   2 *\t* mon-FRI ").to_string(),
        "05 2 * * mon-FRI"
    );
    assert_eq!(cron("0 12 * * *\n").as_str(), "0 12 * * *");
}

#[test]
fn a_step_after_a_number_runs_from_it_to_the_end() {
    assert_eq!(cron("5/15 * * * *").minutes(), [5, 20, 35, 50]);
    assert_eq!(cron("0 20/2 * * *").hours(), [20, 22]);
    assert!(cron("0 0 * * 5/1").fires_like(&cron("0 0 * * 5,6")));
    assert!(cron("0 0 * * 7/2").fires_like(&cron("0 0 * * 0")));
}

#[test]
fn a_step_longer_than_its_field_leaves_the_first_value() {
    assert_eq!(cron("*/60 * * * *").minutes(), [0]);
    assert_eq!(cron("3/99999999999999999999999 * * * *").minutes(), [3]);
}

#[test]
fn names_are_taken_in_any_case_within_lists_and_ranges() {
    assert!(cron("0 0 * Jan-mar,DEC wed").fires_like(&cron("0 0 * 1,2,3,12 3")));
}

#[test]
fn days_are_restricted_by_any_of_three_fields() {
    for text in ["0 0 1 * *", "0 0 * 1 *", "0 0 * * 1", "0 0 */2 * *"] {
        assert!(cron(text).days_restricted(), "{text}");
    }
    assert!(!cron("5 5 * * *").days_restricted());
    assert!(!cron("5 5 * 1-12 *").days_restricted());
}

#[test]
fn equality_order_and_hash_go_by_text() {
    let (plain, padded) = (cron("0 0 * * 1"), cron("0 0 * * MON"));

    assert_ne!(plain, padded);
    assert!(plain < padded);
    assert_eq!(plain, cron(" 0 0 * * 1"));
}

#[test]
fn a_schedule_travels_as_plain_text_fields() {
    let json = r#"{"cron":"17 2 * * *","time_zone":"Europe/Berlin"}"#;
    let schedule: Schedule = serde_json::from_str(json).unwrap();

    assert_eq!(serde_json::to_string(&schedule).unwrap(), json);
    assert!(serde_json::from_str::<Schedule>(r#"{"cron":"17 25 * * *"}"#).is_err());
    assert_eq!(schedule.to_string(), "17 2 * * * Europe/Berlin");
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_itself(text in expression()) {
        let cron = cron(&text);
        prop_assert_eq!(cron.to_string().parse::<Cron>().unwrap(), cron);
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,40}") {
        let _ = text.parse::<Cron>().map_err(|error| error.to_string());
        let _ = text.parse::<TimeZone>().map_err(|error| error.to_string());
    }

    #[test]
    fn no_text_that_looks_like_a_cron_makes_anything_panic(text in "[0-9*/,\\- A-Za-z?#@LW\\n]{0,24}") {
        if let Ok(cron) = text.parse::<Cron>() {
            let _ = (cron.describe(), cron.warnings(), cron.cadence(), cron.fires_like(&cron));
        }
    }

    #[test]
    fn an_error_points_into_the_text_or_just_behind_it(text in "[0-9*/,\\- A-Z?#@LWé]{0,24}") {
        if let Err(error) = text.parse::<Cron>() {
            let column = error.column.unwrap();
            prop_assert!((1..=text.chars().count() + 1).contains(&column), "{error}");
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}
