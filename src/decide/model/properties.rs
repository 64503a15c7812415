//! What must hold in every state that can be reached.

use std::{collections::BTreeMap, sync::Mutex};

use stateright::Property;

use super::{
    Bounds,
    look::{View, change, decided, look_at_file, look_at_pulls},
    worker::{self, Next, Worker},
    world::{Change, Claim, Planned, State, World, Wrong},
};

pub(super) const ONE_OPEN: &str = "never two open pull requests";
pub(super) const NO_IS_FINAL: &str = "never proposed again after a person's no";
pub(super) const COMMITS_ARE_SAFE: &str = "never a person's commit moved, deleted or closed over";
pub(super) const STATUS_IS_TRUE: &str = "status tells deeds that happened";
pub(super) const NO_ORPHAN: &str = "no pull request outlives its object";
pub(super) const RESTS: &str = "undisturbed rounds end without effects";
pub(super) const ENDS_WELL: &str = "undisturbed rounds end with what is wished";

/// How many undisturbed rounds are needed at most.
const ROUNDS: usize = 4;

pub(super) fn all() -> Vec<Property<Bounds>> {
    fn never(world: &World, wrongs: &[Wrong]) -> bool {
        world.wrong.is_none_or(|wrong| !wrongs.contains(&wrong))
    }
    vec![
        Property::always(ONE_OPEN, |_, world: &World| world.open().count() <= 1),
        Property::always(NO_IS_FINAL, |_, world: &World| {
            never(world, &[Wrong::ProposedAgain])
        }),
        Property::always(COMMITS_ARE_SAFE, |_, world: &World| {
            never(world, &[Wrong::CommitLost, Wrong::ClosedOverAPerson])
        }),
        Property::always(STATUS_IS_TRUE, |_, world: &World| {
            never(world, &[Wrong::FalseStatus])
        }),
        Property::always(NO_ORPHAN, |_, world: &World| {
            never(world, &[Wrong::Orphaned])
        }),
        Property::always(RESTS, |_, world: &World| fate(world).is_some()),
        Property::always(ENDS_WELL, |_, world: &World| fate(world).unwrap_or(true)),
        Property::sometimes("a change is merged", |_, world: &World| {
            world.pulls.iter().any(|pull| pull.state == State::Merged)
        }),
        Property::sometimes("an object is let go", |_, world: &World| world.gone),
    ]
}

/// The timetable for the present.
pub(super) fn plan(world: &World) -> Planned {
    Planned {
        cron: world.file.cron,
        pinned: world.spec.pinned,
    }
}

/// Whether undisturbed rounds end well; none when they do not end. Whoever was at work has died.
fn fate(world: &World) -> Option<bool> {
    static MEMORY: Mutex<BTreeMap<World, Option<bool>>> = Mutex::new(BTreeMap::new());
    let world = left_alone(world);
    if let Some(fate) = MEMORY.lock().unwrap().get(&world) {
        return *fate;
    }
    let fate = settles(world.clone()).map(|end| is_well(&end));
    MEMORY.lock().unwrap().insert(world, fate);
    fate
}

fn left_alone(world: &World) -> World {
    let mut world = world.clone();
    for worker in &mut world.workers {
        *worker = Worker::Idle;
    }
    if world.claim != Claim::Free {
        world.claim = Claim::Expired;
    }
    world.planned = plan(&world);
    (world.people_left, world.faults_left, world.wrong) = (0, 0, None);
    world
}

/// The world after undisturbed rounds of one worker, if it rests by then.
fn settles(mut world: World) -> Option<World> {
    for _ in 0..ROUNDS {
        if world.gone || acts(&world) == 0 && !world.spec.deleting {
            return Some(world);
        }
        round(&mut world);
    }
    (world.gone || acts(&world) == 0).then_some(world)
}

fn acts(world: &World) -> usize {
    decided(&View {
        file: look_at_file(world),
        pulls: look_at_pulls(world),
    })
    .acts
    .len()
}

fn round(world: &mut World) {
    worker::act(world, 0, Next::LookAtFile);
    worker::act(world, 0, Next::LookAtPulls);
    while world.workers[0] != Worker::Idle {
        worker::act(world, 0, Next::Step);
    }
}

/// Whether what is open is exactly what is wished, told as it is.
fn is_well(world: &World) -> bool {
    let open: Vec<_> = world.open().map(|(_, pull)| pull).collect();
    if open.iter().any(|pull| pull.head.touched) {
        return open.len() == 1;
    }
    let wanted = Change {
        base: world.file,
        to: world.spec.pinned,
    };
    let no = |pull: &_| change(world, pull) == Some(wanted);
    let no = world
        .pulls
        .iter()
        .any(|pull| pull.state != State::Open && pull.state != State::ClosedByUs && no(pull));
    let wished =
        world.spec.pull_request && !world.spec.deleting && wanted.to != wanted.base.cron && !no;
    let carries: Vec<_> = open
        .iter()
        .map(|pull| (pull.head.carries, pull.told))
        .collect();
    carries
        == if wished {
            vec![(wanted, wanted)]
        } else {
            Vec::new()
        }
}
