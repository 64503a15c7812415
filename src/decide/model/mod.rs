//! A model check of the very functions [`decide`](super::decide()) and [`conclude`](super::conclude()).
//!
//! Two workers share one WorkflowSchedule, as around a change of leaders. Each reads the object with the file and the
//! pull requests at different times, decides, and acts request by request; it may die between any two of them, and an
//! answer may be lost after the deed. People merge, close, push, take back, edit, pin, switch the mode and delete,
//! whenever they like. What the executor has to promise for this to end well is the [`Contract`], clause by clause.

mod contract;
mod facts;
mod look;
mod people;
mod properties;
mod tests;
mod worker;
mod world;

use stateright::{Model, Property};

use contract::Contract;
use world::World;

/// How much is explored.
#[derive(Clone, Debug)]
struct Bounds {
    contract: Contract,
    workers: usize,
    people: u8,
    faults: u8,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Happening {
    /// The connection's round makes the timetable anew.
    Plan,
    Person(people::Deed),
    Worker(usize, worker::Next),
}

impl Model for Bounds {
    type State = World;
    type Action = Happening;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(
            self.contract,
            self.workers,
            self.people,
            self.faults,
        )]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Happening>) {
        if world.wrong.is_some() {
            return;
        }
        if world.planned != properties::plan(world) && !world.spec.deleting {
            actions.push(Happening::Plan);
        }
        if world.people_left > 0 {
            actions.extend(people::deeds(world).into_iter().map(Happening::Person));
        }
        for (who, worker) in world.workers.iter().enumerate() {
            actions.extend(
                worker::nexts(world, worker)
                    .into_iter()
                    .map(|next| Happening::Worker(who, next)),
            );
        }
    }

    fn next_state(&self, world: &World, action: Happening) -> Option<World> {
        let mut next = world.clone();
        match action {
            Happening::Plan => next.planned = properties::plan(world),
            Happening::Person(deed) => people::act(&mut next, deed),
            Happening::Worker(who, does) => worker::act(&mut next, who, does),
        }
        (next != *world).then(|| next.with_workers_sorted())
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }

    fn within_boundary(&self, world: &World) -> bool {
        world.pulls.len() <= 4
    }
}
