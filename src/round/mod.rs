//! One round: look, decide, perform, conclude. The same for both shells.
//!
//! The rounds own the order of things and nothing else: reading is `observe`'s, judging is `decide`'s, writing is `act`'s.

mod caught;
pub mod connection;
mod fleet;
#[cfg(test)]
mod full_disk;
pub mod opening;
pub mod schedule_set;
mod timed;
pub mod timetable;
pub mod upkeep;
pub mod workflow_schedule;

pub use caught::caught;
pub use connection::{ConnectionRound, connection_round};
pub use fleet::{add_sets, fleet};
pub use opening::{Opened, Opening};
pub use schedule_set::{SetObjects, Workshop, schedule_set_round};
pub use timed::timed;
pub use upkeep::Upkeep;
pub use workflow_schedule::{rationed_round, workflow_schedule_round};
