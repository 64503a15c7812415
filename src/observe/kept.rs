//! A timetable as it stands in the store, for those who report it.
//!
//! An observatory writes beside it what it was planned from; that is nobody else's business.

use serde::{Deserialize, Serialize};

use crate::plan::Timetable;

#[derive(Serialize, Deserialize)]
struct Body<T> {
    timetable: T,
}

/// Reads the timetable in a stored body; none where another version wrote it in another shape.
#[must_use]
pub fn timetable(body_json: &str) -> Option<Timetable> {
    let body: Body<Timetable> = serde_json::from_str(body_json).ok()?;
    Some(body.timetable)
}

/// Writes a timetable as a body that reports can read; an observatory that finds it plans anew.
#[must_use]
pub fn body(timetable: &Timetable) -> String {
    serde_json::to_string(&Body { timetable })
        .expect("a timetable holds text, numbers and lists only")
}
