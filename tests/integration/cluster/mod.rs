//! Tests on a real Kubernetes control plane: API server, etcd and controller manager on loopback.
//!
//! [`control_plane`] starts it, [`kubectl`], [`scope`], [`service_account`], [`verdict`] and [`wait`] are how a test
//! uses it; the other files are tests. A test takes [`control_plane::shared`] and a namespace of its own, and never relies on
//! another test's objects. What cannot be started is a failure with a reason, never a skip.

pub(crate) mod control_plane;
pub(crate) mod kubectl;
mod scope;
mod service_account;
mod verdict;
mod wait;

mod columns;
mod controller;
mod crons;
mod dashboard;
mod definitions;
mod diff;
mod install;
mod lease;
mod lifetime;
mod refusals;
mod status;
mod storing;
mod telling;
