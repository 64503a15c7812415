//! The checks, and for each rule the check that sees it broken.

use stateright::{Checker, HasDiscoveries, Model};

use super::{Bounds, ONE_ACTS, Rules};

fn explore(candidates: u8, faults: u8) {
    let model = Bounds {
        rules: Rules::ALL,
        candidates,
        faults,
    };
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!(
        "{candidates} candidates, {faults} faults: {} states",
        checker.unique_state_count()
    );
    checker.assert_properties();
}

/// Whether two are seen to act at once without a rule.
fn two_act(rules: Rules, faults: u8) -> bool {
    let model = Bounds {
        rules,
        candidates: 2,
        faults,
    };
    let until = HasDiscoveries::AllOf([ONE_ACTS].into());
    let checker = model.checker().threads(2).finish_when(until).spawn_bfs();
    checker.join().discovery(ONE_ACTS).is_some()
}

#[test]
fn two_candidates_never_act_at_once_whatever_fault_there_is() {
    explore(2, 1);
}

#[test]
fn without_versions_a_late_renewal_takes_the_lease_back() {
    let rules = Rules {
        compares_versions: false,
        ..Rules::ALL
    };
    assert!(two_act(rules, 1));
}

#[test]
fn a_time_stamp_of_another_clock_ends_a_lease_that_holds() {
    let rules = Rules {
        times_others_itself: false,
        ..Rules::ALL
    };
    assert!(two_act(rules, 0));
}

#[test]
fn who_does_not_stop_by_itself_acts_beside_the_next() {
    let rules = Rules {
        stops_by_itself: false,
        ..Rules::ALL
    };
    assert!(two_act(rules, 0));
}

#[test]
fn who_counts_from_the_answer_counts_too_long() {
    let rules = Rules {
        counts_from_sent: false,
        ..Rules::ALL
    };
    assert!(two_act(rules, 0));
}

#[test]
fn who_acts_on_a_new_record_acts_beside_the_holder_of_a_deleted_one() {
    let rules = Rules {
        waits_on_a_new_record: false,
        ..Rules::ALL
    };
    assert!(two_act(rules, 1));
}

#[test]
fn without_a_margin_clocks_that_run_apart_let_two_act() {
    let rules = Rules {
        leaves_a_margin: false,
        ..Rules::ALL
    };
    assert!(two_act(rules, 1));
}
