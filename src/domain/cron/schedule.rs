//! One entry of a workflow's `on.schedule` list.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Cron, TimeZone};
use crate::domain::Timestamp;

/// A cron with the time zone it is read in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Schedule {
    /// The cron.
    pub cron: Cron,
    /// Its time zone; UTC where the file names none.
    #[serde(default)]
    pub time_zone: TimeZone,
}

impl Schedule {
    /// The fires strictly after an instant, in order.
    pub fn fires(&self, after: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        self.cron.fires(self.time_zone, after)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.time_zone == TimeZone::UTC {
            write!(f, "{}", self.cron)
        } else {
            write!(f, "{} {}", self.cron, self.time_zone)
        }
    }
}
