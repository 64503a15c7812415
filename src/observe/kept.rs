//! A timetable as it stands in the store, for those who report it.
//!
//! An observatory writes beside it what it was planned from; that is nobody else's business.

use serde::{Deserialize, Serialize};

use crate::{domain::Host, plan::Timetable};

#[derive(Serialize, Deserialize)]
struct Body<T> {
    #[serde(default)]
    host: Host,
    timetable: T,
}

/// Reads the timetable in a stored body, and the host that it is for; none where another version wrote it in another shape.
#[must_use]
pub fn timetable(body_json: &str) -> Option<(Host, Timetable)> {
    let body: Body<Timetable> = serde_json::from_str(body_json).ok()?;
    Some((body.host, body.timetable))
}

/// Writes a timetable as a body that reports can read; an observatory that finds it plans anew.
#[must_use]
pub fn body(timetable: &Timetable) -> String {
    let host = Host::default();
    serde_json::to_string(&Body { host, timetable })
        .expect("a timetable holds text, numbers and lists only")
}
