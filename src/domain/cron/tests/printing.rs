//! New times for the same days: short, readable, equivalent.

use super::*;

fn moved(minutes: &[u8], hours: &[u8]) -> String {
    cron("0 0 1-7 * MON-FRI")
        .at(minutes, hours)
        .unwrap()
        .to_string()
}

#[test]
fn the_days_keep_their_text() {
    assert_eq!(moved(&[17], &[2]), "17 2 1-7 * MON-FRI");
}

#[test]
fn times_are_written_as_a_person_would() {
    let minute = |minutes: &[u8]| moved(minutes, &[2]).split(' ').next().unwrap().to_owned();

    assert_eq!(minute(&[0, 15, 30, 45]), "*/15");
    assert_eq!(minute(&[30, 0]), "*/30");
    assert_eq!(minute(&[5, 20, 35, 50]), "5/15");
    assert_eq!(minute(&[13, 43]), "13,43");
    assert_eq!(minute(&[0, 25, 50]), "0,25,50");
    assert_eq!(minute(&[0, 25]), "0,25", "'*/25' would add 50");
    assert_eq!(minute(&[10, 12, 14, 16]), "10-16/2");
    assert_eq!(minute(&[1, 2, 3, 9, 10]), "1-3,9,10");
    assert_eq!(minute(&(0..60).collect::<Vec<_>>()), "*");
    assert_eq!(minute(&[7, 7, 7]), "7");
}

#[test]
fn all_hours_become_a_star_and_a_working_day_a_range() {
    assert_eq!(
        moved(&[5], &(0..24).collect::<Vec<_>>()),
        "5 * 1-7 * MON-FRI"
    );
    assert_eq!(moved(&[5], &[9, 10, 11, 12]), "5 9-12 1-7 * MON-FRI");
    assert_eq!(moved(&[5], &[0, 6, 12, 18]), "5 */6 1-7 * MON-FRI");
}

proptest! {
    #[test]
    fn moved_times_are_those_asked_for_on_the_same_days(
        text in expression(),
        minutes in proptest::collection::btree_set(0..60_u8, 1..60),
        hours in proptest::collection::btree_set(0..24_u8, 1..24),
    ) {
        let (minutes, hours): (Vec<_>, Vec<_>) = (minutes.into_iter().collect(), hours.into_iter().collect());
        let before = cron(&text);
        let moved = before.at(&minutes, &hours).unwrap();
        prop_assert_eq!((moved.minutes(), moved.hours()), (minutes, hours));
        let back = moved.at(&before.minutes(), &before.hours()).unwrap();
        prop_assert!(back.fires_like(&before));
    }

    #[test]
    fn evenly_spaced_times_survive_being_printed(start in 0..30_u8, step in 1..30_u8, count in 1..12_usize) {
        let minutes: Vec<u8> = (start..60).step_by(usize::from(step)).take(count).collect();
        prop_assert_eq!(cron("0 0 * * *").at(&minutes, &[0]).unwrap().minutes(), minutes);
    }
}
