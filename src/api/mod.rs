//! The kinds as Kubernetes stores them: what a person may declare and what status tells.
//!
//! Owns the wire shape (names, defaults, CEL rules, columns) and nothing else: no client, no clock, no decision.
//! A spec that was stored is well-shaped, not yet meaningful; [`crate::decide`] reads its meaning. Everything in a
//! status is whole and ordered, so that two statuses compare exactly and an unchanged one is never written.

// The lint takes the keys of one printer column for repetitions of another's.
#![allow(clippy::duplicated_attributes)]

pub mod condition;
pub mod crds;
pub mod github_connection;
pub mod reference;
pub mod rules;
mod shape;
pub mod validate;
mod walk;
pub mod workflow_schedule;
pub mod workflow_schedule_set;

pub use condition::{Condition, ConditionStatus};
pub use github_connection::{
    GitHubConnection, GitHubConnectionSpec, GitHubConnectionStatus, IncidentStatus, LabelPrice,
};
pub use reference::{LocalReference, SecretKeyReference};
pub use validate::{misshapen, validate};
pub use workflow_schedule::{Mode, WorkflowSchedule, WorkflowScheduleSpec, WorkflowScheduleStatus};
pub use workflow_schedule_set::{
    WorkflowScheduleSet, WorkflowScheduleSetSpec, WorkflowScheduleSetStatus,
};

/// The API group of every kind.
pub const GROUP: &str = "cronwright.dev";

/// The annotation whose change asks for a full look at once; its value is copied into
/// `status.lastHandledReconcileAt` when that look is done.
pub const REQUESTED_AT: &str = "reconcile.cronwright.dev/requestedAt";

/// The finalizer that keeps an object until what it opened outside is closed.
pub const FINALIZER: &str = "cronwright.dev/pull-request";

/// The label that says to which WorkflowScheduleSet a WorkflowSchedule belongs; one without it was made by hand.
pub const SET: &str = "cronwright.dev/set";

/// The annotation with the digest of the template that a WorkflowSchedule was made from last.
pub const TEMPLATE: &str = "cronwright.dev/template";
