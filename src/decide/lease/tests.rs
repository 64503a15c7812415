//! The rules one by one; what they come to together is the model's to say.

use super::{Candidate, Claim, Holder, Look, Millis, Record, Terms, Written};

fn candidate() -> Candidate<&'static str> {
    Candidate::new(Terms::of_seconds(20))
}

fn found(holder: Holder, version: &'static str) -> Look<&'static str> {
    Look::Found(Record {
        holder,
        lasts: Some(Millis(20_000)),
        version,
    })
}

#[test]
fn a_holder_acts_for_its_duration_less_the_margin_from_when_it_sent_the_write() {
    let mut candidate = candidate();
    let claim = Claim::Take("1");
    let wait = candidate.wrote(&claim, Written::Done, Millis(1_000));
    assert_eq!(wait, Millis(4_000));
    assert!(candidate.acts(Millis(15_999)));
    assert!(!candidate.acts(Millis(16_000)));
}

#[test]
fn a_write_that_was_refused_or_not_answered_lengthens_nothing() {
    let mut candidate = candidate();
    candidate.wrote(&Claim::Take("1"), Written::Done, Millis(0));
    for written in [Written::Refused, Written::Silent] {
        candidate.wrote(&Claim::Renew("1"), written, Millis(5_000));
        assert_eq!(candidate.acts_until(), Some(Millis(15_000)));
    }
    assert_eq!(candidate.looked(Look::Silent, Millis(6_000)), None);
    assert_eq!(candidate.acts_until(), Some(Millis(15_000)));
}

#[test]
fn the_record_of_another_is_taken_once_it_was_seen_unchanged_for_its_duration() {
    let mut candidate = candidate();
    let mut looked = |version, now| candidate.looked(found(Holder::Other, version), Millis(now));
    assert_eq!(looked("1", 0), None);
    assert_eq!(looked("1", 19_999), None);
    assert_eq!(looked("2", 20_000), None, "renewed in between");
    assert_eq!(looked("2", 39_999), None);
    assert_eq!(looked("2", 40_000), Some(Claim::Take("2")));
}

#[test]
fn how_long_another_is_waited_for_is_the_records_word_within_bounds() {
    let after = |lasts, now| {
        let mut candidate = candidate();
        let record = Record {
            holder: Holder::Other,
            lasts,
            version: "1",
        };
        candidate.looked(Look::Found(record.clone()), Millis(0));
        candidate.looked(Look::Found(record), Millis(now)).is_some()
    };
    assert!(after(Some(Millis(5_000)), 5_000));
    assert!(!after(Some(Millis(60_000)), 59_999));
    assert!(after(Some(Millis(u64::MAX)), 300_000));
    assert!(!after(None, 19_999));
    assert!(!after(Some(Millis(0)), 19_999));
}

#[test]
fn a_released_lease_is_taken_at_once_and_a_new_one_is_not() {
    let looked = |holder| candidate().looked(found(holder, "1"), Millis(0));
    assert_eq!(looked(Holder::Released), Some(Claim::Take("1")));
    assert_eq!(looked(Holder::Unclaimed), None);
    assert_eq!(looked(Holder::Us), Some(Claim::Renew("1")));
}

#[test]
fn a_lease_that_was_deleted_is_waited_for_as_long_as_its_holder_may_act() {
    let mut candidate = candidate();
    let record = |holder, lasts, version| {
        let lasts = Some(Millis(lasts));
        Look::Found(Record {
            holder,
            lasts,
            version,
        })
    };
    candidate.looked(record(Holder::Other, 300_000, "1"), Millis(0));
    assert_eq!(
        candidate.looked(Look::Absent, Millis(1_000)),
        Some(Claim::Make)
    );
    let mut looked =
        |now: u64| candidate.looked(record(Holder::Unclaimed, 20_000, "2"), Millis(2_000 + now));
    assert_eq!(looked(0), None);
    assert_eq!(looked(299_999), None);
    assert_eq!(looked(300_000), Some(Claim::Take("2")));
}

#[test]
fn a_holder_that_reads_of_another_or_of_no_record_stops_at_once() {
    for look in [found(Holder::Other, "2"), Look::Absent] {
        let mut candidate = candidate();
        candidate.wrote(&Claim::Take("1"), Written::Done, Millis(0));
        candidate.looked(look, Millis(1));
        assert!(!candidate.acts(Millis(1)));
    }
}

#[test]
fn several_renewals_fit_into_the_time_a_holder_acts_for() {
    for seconds in [0, 3, 15, 300, u64::MAX] {
        let terms = Terms::of_seconds(seconds);
        assert!((3..=300).contains(&terms.seconds()));
        let try_again = terms.renew_every().0 + 2 * terms.answer_within().0;
        assert!(try_again < terms.acts_for().0, "{terms:?}");
        assert!(terms.look_every() <= Millis(500));
    }
}
