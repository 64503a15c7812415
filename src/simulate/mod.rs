//! A simulated GitHub: a seeded world of repositories, workflows, runners and people, with GitHub's REST face.
//!
//! Owns its own idea of GitHub and shares no wire type with the client of the product, so that the two check each
//! other; it imports `domain` alone. Time is simulated and passes only when somebody advances it. Invariant: the same
//! settings and the same deeds give the same journal, object ids and answers.

mod access;
mod agenda;
mod behaviour;
mod demo;
mod draw;
mod execution;
pub mod face;
mod family;
mod faults;
mod firing;
mod fleet;
mod forks;
mod habit;
mod hook;
mod journal;
mod lateness;
mod moves;
mod objects;
mod people;
mod pool;
mod pull;
mod pulling;
mod refusal;
mod registry;
mod replay;
mod repository;
mod requests;
mod run;
mod secondary;
mod settings;
mod signature;
mod views;
mod workflow;
mod world;

pub use access::{Level, Permissions};
pub use behaviour::{Behaviour, Durations};
pub use demo::{
    DEMO_HISTORY_DAYS, DEMO_OWNER, DEMO_POOL, DEMO_POOL_CAPACITY, DEMO_TOKEN, demo_world,
};
pub use family::Family;
pub use faults::{Fault, FaultKind, Faults};
pub use fleet::{FLEET_POOL, FLEET_TOKEN, fleet};
pub use forks::ForkProposal;
pub use hook::{Delivery, Disorder};
pub use journal::{DropReason, Entry, Happening, PullDeed};
pub use lateness::{Lateness, Regime};
pub use people::{Deed, PERSON};
pub use refusal::Refusal;
pub use replay::{Histories, Recorded, ReplayError, read_runs};
pub use repository::NewRepository;
pub use requests::{Request, Requests};
pub use secondary::SecondaryLimits;
pub use settings::Settings;
pub use views::PullView;
pub use world::{SharedWorld, World};
