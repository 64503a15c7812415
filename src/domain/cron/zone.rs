//! IANA time zones: names that the compiled-in database knows, and a near match for those that it does not.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{CronError, refuse};

/// Abbreviations that people write for a zone, with the zone they most often mean. The database has no such names.
const ABBREVIATIONS: [(&str, &str); 8] = [
    ("AEST", "Australia/Sydney"),
    ("BST", "Europe/London"),
    ("CDT", "America/Chicago"),
    ("CEST", "Europe/Berlin"),
    ("EDT", "America/New_York"),
    ("JST", "Asia/Tokyo"),
    ("PDT", "America/Los_Angeles"),
    ("PST", "America/Los_Angeles"),
];

/// The most single-letter edits between a name and the one suggested for it.
const MOST_EDITS: usize = 2;

/// The longest text that is compared letter by letter; no zone's name comes near it.
const LONGEST_NAME: usize = 64;

/// An IANA time zone, `UTC` where a schedule names none. Ordered by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(pub chrono_tz::Tz);

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(chrono_tz::Tz::UTC);
}

impl Default for TimeZone {
    fn default() -> Self {
        Self::UTC
    }
}

impl PartialOrd for TimeZone {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for TimeZone {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.name().cmp(other.0.name())
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.name())
    }
}

impl FromStr for TimeZone {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|_| refuse::unknown_zone(text, near_match(text)))
    }
}

impl TryFrom<String> for TimeZone {
    type Error = CronError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.to_string()
    }
}

/// The zone that a text most likely means: another case, a city alone, an abbreviation, or a slip of the pen.
fn near_match(text: &str) -> Option<&'static str> {
    let wanted = text.trim().to_ascii_lowercase().replace(' ', "_");
    if wanted.is_empty() || wanted.len() > LONGEST_NAME {
        return None;
    }
    let names = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let same_name = || names().find(|name| name.eq_ignore_ascii_case(&wanted));
    let city = |name: &str| {
        name.rsplit('/')
            .next()
            .is_some_and(|city| city.eq_ignore_ascii_case(&wanted))
    };
    let same_city = || names().find(|name| city(name));
    let abbreviated = || {
        ABBREVIATIONS
            .iter()
            .find(|(short, _)| short.eq_ignore_ascii_case(&wanted))
    };
    let misspelt = || {
        let near = names().map(|name| (edits(&name.to_ascii_lowercase(), &wanted), name));
        // Short names are all near each other: a suggestion there would be a guess.
        near.filter(|(edits, name)| *edits <= MOST_EDITS && name.contains('/'))
            .min()
    };
    same_name()
        .or_else(same_city)
        .or_else(|| abbreviated().map(|(_, name)| *name))
        .or_else(|| misspelt().map(|(_, name)| name))
}

/// The fewest single-letter insertions, removals and replacements from one text to the other (Levenshtein).
fn edits(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (above, from) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], above + 1);
        for (index, to) in right.chars().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(row[index] + 1).min(diagonal + 1);
        }
    }
    row[right.chars().count()]
}
