//! The checks, and for each clause of the contract the check that sees it missing.

use stateright::{Checker, HasDiscoveries, Model};

use super::{
    Bounds,
    contract::Contract,
    properties::{COMMITS_ARE_SAFE, ENDS_WELL, NO_IS_FINAL, NO_ORPHAN, ONE_OPEN, RESTS},
};

const WHOLE: Contract = Contract::WHOLE;

/// Explores everything within the bounds.
fn explore(workers: usize, people: u8, faults: u8) {
    let model = Bounds {
        contract: WHOLE,
        workers,
        people,
        faults,
    };
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!(
        "{workers} workers, {people} deeds of people, {faults} faults: {} states",
        checker.unique_state_count()
    );
    checker.assert_properties();
}

/// Explores until a property is seen broken; false if it never is.
fn sees(broken: &'static str, contract: Contract, workers: usize, people: u8, faults: u8) -> bool {
    let model = Bounds {
        contract,
        workers,
        people,
        faults,
    };
    let until = HasDiscoveries::AllOf([broken].into());
    let checker = model
        .checker()
        .threads(2)
        .finish_when(until)
        .spawn_bfs()
        .join();
    checker.discovery(broken).is_some()
}

#[test]
fn a_lone_worker_keeps_every_promise_against_people_deaths_and_lost_answers() {
    explore(1, 3, 1);
}

#[test]
fn two_workers_keep_every_promise_against_people() {
    explore(2, 2, 0);
}

#[test]
fn two_workers_keep_every_promise_against_deaths_and_lost_answers() {
    explore(2, 1, 1);
}

#[test]
fn a_lone_worker_needs_no_claim() {
    let contract = Contract {
        claims: false,
        ..WHOLE
    };
    let checker = Bounds {
        contract,
        workers: 1,
        people: 2,
        faults: 1,
    }
    .checker()
    .threads(2)
    .spawn_bfs()
    .join();
    checker.assert_properties();
}

#[test]
fn without_a_claim_two_workers_open_two_pull_requests() {
    assert!(sees(
        ONE_OPEN,
        Contract {
            claims: false,
            ..WHOLE
        },
        2,
        1,
        0
    ));
}

#[test]
fn without_a_second_look_a_pull_request_is_opened_again_after_a_no() {
    assert!(sees(
        NO_IS_FINAL,
        Contract {
            rereads: false,
            asks_for_a_no: false,
            ..WHOLE
        },
        2,
        1,
        0
    ));
}

#[test]
fn a_second_look_that_only_counts_open_ones_opens_again_after_a_no() {
    assert!(sees(
        NO_IS_FINAL,
        Contract {
            asks_for_a_no: false,
            ..WHOLE
        },
        2,
        1,
        0
    ));
}

#[test]
fn a_body_alone_does_not_tell_what_a_person_said_no_to() {
    assert!(sees(
        NO_IS_FINAL,
        Contract {
            trusts_commits: false,
            ..WHOLE
        },
        1,
        3,
        1
    ));
}

#[test]
fn a_mark_alone_turns_a_persons_no_into_a_withdrawal() {
    assert!(sees(
        NO_IS_FINAL,
        Contract {
            asks_who_closed: false,
            ..WHOLE
        },
        1,
        3,
        0
    ));
}

#[test]
fn a_closing_that_does_not_compare_closes_over_a_commit_pushed_meanwhile() {
    assert!(sees(
        COMMITS_ARE_SAFE,
        Contract {
            closes_by_compare_and_delete: false,
            ..WHOLE
        },
        1,
        2,
        0
    ));
}

#[test]
fn a_branch_name_that_a_person_took_would_be_tried_for_ever() {
    assert!(sees(
        RESTS,
        Contract {
            takes_another_name: false,
            ..WHOLE
        },
        1,
        2,
        0
    ));
}

#[test]
fn an_opening_for_an_older_spec_outlives_its_object() {
    assert!(sees(
        NO_ORPHAN,
        Contract {
            asks_the_object: false,
            ..WHOLE
        },
        2,
        1,
        0
    ));
}

#[test]
fn a_farewell_on_older_pull_requests_leaves_one_open() {
    assert!(sees(
        ENDS_WELL,
        Contract {
            looks_again_at_farewell: false,
            ..WHOLE
        },
        2,
        1,
        0
    ));
}
