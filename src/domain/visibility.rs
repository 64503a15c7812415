//! Who can see a repository: what GitHub bills a run by.

use serde::{Deserialize, Serialize};

/// Whether everybody can see a repository.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Visibility {
    /// Everybody can.
    Public,
    /// Only some can; repositories that are internal to an enterprise are billed as private ones.
    Private,
}
