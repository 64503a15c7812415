//! What the planner promises, each promise a sentence.

mod defects;
mod golden;
mod intents;
mod near;
mod properties;
mod scale;
mod steady;
pub(super) mod support;
