//! The built controller as a process of its own, with a service account's token and the rights of `deploy/kustomize`,
//! between the real API server and a simulated GitHub on loopback.
//!
//! [`stage`] sets a test's scene, [`process`] runs the controller, [`rights`] reads the audit log; the other files are
//! tests. Nobody sleeps: tests watch objects, metrics and the simulated GitHub's own log.

pub(super) mod process;
pub(super) mod rights;
pub(super) mod stage;
pub(super) mod webhooks;

mod ask;
mod crash;
mod credentials;
mod earlier_definitions;
mod rest;
mod sets;
mod story;
mod trouble;
