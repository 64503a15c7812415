//! A model check of the very [`Candidate`](super::Candidate): several of them, one record, and everything that goes wrong.
//!
//! Between any two steps of a candidate time may pass, so a frozen process, a slow answer and an API server that is away
//! are all in it without a word. Faults cost: an answer that is lost, a write that arrives late or never, a clock that gains
//! or loses, a crash, a release, a record that somebody deletes. The checks allow one fault; two (1.4 million states, a
//! minute) were explored when the protocol was written, and are worth it when it is changed.

mod party;
mod tests;
mod world;

use stateright::{Model, Property};

use super::{Millis, Terms};
use world::{Step, World};

const ONE_ACTS: &str = "never two who act at once";
const SOMEBODY_LEADS: &str = "undisturbed, somebody leads soon";

/// What the protocol rests on. The checks break one rule at a time, to see that it is needed and that the checker sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Rules {
    /// A write names the version that was read.
    compares_versions: bool,
    /// Another's lease is timed by the own clock alone.
    times_others_itself: bool,
    /// Who hears nothing stops in time.
    stops_by_itself: bool,
    /// The own lease is counted from when its write was sent.
    counts_from_sent: bool,
    /// A new record is nobody's.
    waits_on_a_new_record: bool,
    /// Who stops leaves a margin for clocks that run apart.
    leaves_a_margin: bool,
}

impl Rules {
    const ALL: Self = Self {
        compares_versions: true,
        times_others_itself: true,
        stops_by_itself: true,
        counts_from_sent: true,
        waits_on_a_new_record: true,
        leaves_a_margin: true,
    };

    /// A lease of four ticks, half of which is margin: two clocks may each be one off.
    const fn terms(self) -> Terms {
        Terms {
            duration: Millis(4),
            margin: Millis(if self.leaves_a_margin { 2 } else { 0 }),
        }
    }
}

/// How much is explored.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    rules: Rules,
    candidates: u8,
    faults: u8,
}

impl Model for Bounds {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.rules, self.candidates, self.faults)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Step>) {
        world.steps(actions);
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        next.take(step);
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONE_ACTS, |_, world: &World| world.acting() <= 1),
            Property::always(SOMEBODY_LEADS, |_, world: &World| world.leads_in_the_end()),
            Property::sometimes("the first leads", |_, world: &World| world.acts(0)),
            Property::sometimes("the second leads", |_, world: &World| world.acts(1)),
        ]
    }
}
