//! What `--set` and `--set-index` say: which entry, and what it shall say.

use crate::{
    domain::{Cron, CronError, Schedule, TimeZone},
    edit::{Change, Refusal, WorkflowDocument},
};

/// What `--set` or `--set-index` asks for.
pub(super) enum Order {
    ByCron { from: Spoken, to: Spoken },
    ByIndex { index: usize, to: Spoken },
}

/// A cron as it is said on the command line, with a time zone or without.
pub(super) struct Spoken {
    cron: Cron,
    time_zone: Option<TimeZone>,
}

impl Order {
    /// Reads `OLD=NEW`.
    pub(super) fn by_cron(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once('=')
            .ok_or_else(|| format!("'{text}': write --set 'OLD=NEW'"))?;
        Ok(Self::ByCron {
            from: Spoken::new(from)?,
            to: Spoken::new(to)?,
        })
    }

    /// Reads `I=NEW`.
    pub(super) fn by_index(text: &str) -> Result<Self, String> {
        let misused = || format!("'{text}': write --set-index I='NEW', I counted from 0");
        let (index, to) = text.split_once('=').ok_or_else(misused)?;
        Ok(Self::ByIndex {
            index: index.trim().parse().map_err(|_| misused())?,
            to: Spoken::new(to)?,
        })
    }

    /// The change that is meant, in a file that says what `document` tells.
    pub(super) fn change(&self, document: &WorkflowDocument) -> Result<Change, Refusal> {
        let (entry, to) = match self {
            Self::ByCron { from, to } => (document.find(&from.cron, from.time_zone)?, to),
            Self::ByIndex { index, to } => (document.entry(*index)?, to),
        };
        let found = || Refusal::NoSuchCron {
            expected: to.cron.to_string(),
            found: Some(entry.text.clone()),
        };
        let from = entry.schedule.clone().map_err(|_| found())?;
        let to = Schedule {
            cron: to.cron.clone(),
            time_zone: to.time_zone.unwrap_or(from.time_zone),
        };
        Ok(Change {
            index: entry.index,
            from,
            to,
        })
    }
}

impl Spoken {
    /// Reads five fields, and a time zone as a sixth.
    fn new(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (fields, zone) = words.split_at(words.len().min(5));
        let misused = |error: CronError| format!("'{}': {error}", text.trim());
        let cron = fields.join(" ").parse().map_err(misused)?;
        let time_zone = match zone {
            [] => None,
            [zone] => Some(zone.parse().map_err(misused)?),
            _ => {
                return Err(format!(
                    "'{}': a cron has five fields, and a time zone may follow",
                    text.trim()
                ));
            }
        };
        Ok(Self { cron, time_zone })
    }
}
