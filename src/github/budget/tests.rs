//! The budget's rule as properties over arbitrary traffic, and its reaction to what answers say.

use proptest::prelude::*;

use super::*;

fn start() -> Timestamp {
    Timestamp::from_timestamp(1_764_000_000, 0).expect("in range")
}

fn after(seconds: u64) -> Timestamp {
    start() + Seconds(seconds).to_delta()
}

fn said(limit: u64, remaining: u64, resets_at: Timestamp) -> AnswerFacts {
    AnswerFacts {
        primary: Some((limit, remaining, resets_at)),
        ..AnswerFacts::default()
    }
}

fn slow_down(retry_after: Option<u64>) -> AnswerFacts {
    AnswerFacts {
        retry_after: retry_after.map(Seconds),
        refused: true,
        slow_down: true,
        ..AnswerFacts::default()
    }
}

fn cost() -> impl Strategy<Value = Cost> {
    prop_oneof![4 => Just(Cost::Read), 3 => (1_u32..12).prop_map(Cost::Writes), 1 => Just(Cost::Token)]
}

/// Traffic as steps: milliseconds since the last, and what is asked for; from a storm to a trickle.
fn traffic() -> impl Strategy<Value = Vec<(i64, Cost)>> {
    prop_oneof![Just(30_i64), Just(400), Just(20_000)]
        .prop_flat_map(|gap| proptest::collection::vec((0..gap, cost()), 1..800))
}

fn most_in(window: Seconds, admitted: &[(Timestamp, u32)]) -> u32 {
    let inside = |from: Timestamp| {
        let spent = admitted
            .iter()
            .filter(|(at, _)| *at >= from && *at - from < window.to_delta());
        spent.map(|(_, amount)| *amount).sum()
    };
    admitted
        .iter()
        .map(|(at, _)| inside(*at))
        .max()
        .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_traffic_passes_the_documented_limits(steps in traffic()) {
        let (mut budget, mut now) = (Budget::new(Percent(100)), start());
        let (mut points, mut writes) = (Vec::new(), Vec::new());
        for (gap, cost) in steps {
            now += chrono::TimeDelta::milliseconds(gap);
            if budget.admit(cost, now).is_ok() {
                points.push((now, cost.points()));
                writes.push((now, cost.writes()));
            }
        }
        prop_assert!(most_in(MINUTE, &points) <= POINTS_PER_MINUTE);
        prop_assert!(most_in(MINUTE, &writes) <= WRITES_PER_MINUTE);
        prop_assert!(most_in(HOUR, &writes) <= WRITES_PER_HOUR);
        // Chains of at most eleven: a burst, one per second of the window, and what the last chain owes.
        prop_assert!(most_in(Seconds(10), &writes) <= WRITE_BURST + 10 + 3);
    }

    #[test]
    fn who_waits_as_told_gets_in(steps in traffic(), wanted in cost(), remaining in 0_u64..50) {
        let (mut budget, mut now) = (Budget::new(Percent(80)), start());
        budget.learn(&said(100, remaining, after(40)), now);
        for (gap, cost) in steps {
            now += chrono::TimeDelta::milliseconds(gap);
            let _ = budget.admit(cost, now);
        }
        let mut refusals = 0;
        while let Err(wait) = budget.admit(wanted, now) {
            prop_assert!(wait.until > now);
            now = wait.until;
            refusals += 1;
            prop_assert!(refusals <= 6, "{wait:?}");
        }
    }

    #[test]
    fn nothing_goes_while_github_wants_silence(silence in 1_u64..3600, asked in 0_u64..4000) {
        let mut budget = Budget::new(Percent(100));
        budget.learn(&slow_down(Some(silence)), start());
        prop_assert_eq!(budget.admit(Cost::Read, after(asked)).is_ok(), asked >= silence);
    }

    #[test]
    fn the_share_of_others_is_left_to_them(share in 1_u8..=100) {
        let mut budget = Budget::new(Percent(share));
        let mut remaining = 400;
        budget.learn(&said(400, remaining, after(3000)), start());
        while budget.admit(Cost::Read, start() + Seconds(2 * (400 - remaining)).to_delta()).is_ok() {
            remaining -= 1;
            budget.learn(&said(400, remaining, after(3000)), start());
            prop_assert!(remaining < 400);
            if remaining == 0 { break; }
        }
        prop_assert_eq!(remaining, 400 * u64::from(100 - share) / 100);
    }
}

#[test]
fn requests_under_way_count_against_what_remains() {
    let mut budget = Budget::new(Percent(100));
    budget.learn(&said(5000, 2, after(600)), start());
    for _ in 0..2 {
        budget.admit(Cost::Read, start()).unwrap();
        budget.depart();
    }
    assert_eq!(
        budget.admit(Cost::Read, start()),
        Err(Wait {
            until: after(600),
            limit: Limit::Primary
        })
    );
    budget.arrive();
    assert_eq!(budget.admit(Cost::Read, start()), Ok(()));
}

#[test]
fn unchanged_answers_do_not_use_the_budget_up() {
    let mut budget = Budget::new(Percent(100));
    for second in 0..6000 {
        budget.admit(Cost::Read, after(second)).unwrap();
        budget.depart();
        budget.learn(&said(5000, 10, after(10_000)), after(second));
        budget.arrive();
    }
}

#[test]
fn silence_without_a_length_doubles_and_is_forgiven_after_an_answer() {
    let mut budget = Budget::new(Percent(100));
    let mut waits = |facts: &AnswerFacts| {
        budget
            .learn(facts, start())
            .map(|wait| (wait.until - start()).num_seconds())
    };
    assert_eq!(waits(&slow_down(None)), Some(60));
    assert_eq!(waits(&slow_down(None)), Some(120));
    let last = (0..20)
        .map(|_| waits(&slow_down(None)))
        .fold(None, |_, wait| wait);
    assert_eq!(last, Some(900));
    assert_eq!(waits(&AnswerFacts::default()), None);
    assert_eq!(waits(&slow_down(None)), Some(60));
}

#[test]
fn no_answer_and_no_clock_set_back_silences_us_for_more_than_an_hour() {
    let mut budget = Budget::new(Percent(100));
    let wait = budget
        .learn(&slow_down(Some(u64::MAX)), after(86_400))
        .unwrap();
    assert_eq!(wait.until, after(86_400 + 3600));
    assert_eq!(
        budget.admit(Cost::Read, start()),
        Ok(()),
        "the clock was set back by a day"
    );
}

#[test]
fn one_pull_request_goes_in_one_breath_and_the_next_waits_for_its_seconds() {
    let mut budget = Budget::new(Percent(100));
    budget.admit(Cost::Writes(3), start()).unwrap();
    for _ in 0..5 {
        budget.admit(Cost::Writes(1), start()).unwrap();
    }
    assert_eq!(
        budget.admit(Cost::Writes(1), start()),
        Err(Wait {
            until: after(1),
            limit: Limit::Writes
        })
    );
    assert_eq!(
        budget.admit(Cost::Writes(3), start()),
        Err(Wait {
            until: after(3),
            limit: Limit::Writes
        })
    );
}

#[test]
fn an_enterprise_server_without_limits_is_not_limited_by_us() {
    let mut budget = Budget::new(Percent(1));
    assert_eq!(budget.admit(Cost::Read, start()), Ok(()));
    assert_eq!(budget.snapshot(start()).limit, None);
}
