//! The cron of another cadence, as near to the one at hand as can be.
//!
//! Keeps the minute and hour of the first fire; the search moves it from there.

use super::{Violation, item::Item};
use crate::domain::{Cron, Schedule, Seconds};

/// The schedule that the cadence asks for; nothing when the file has it already.
///
/// # Errors
/// The reason why no cron can have it.
pub(super) fn rebased(item: &Item) -> Result<Option<Schedule>, Violation> {
    let Some(every) = item.intent.every else {
        return Ok(None);
    };
    match item.schedules.as_slice() {
        [] => Ok(None),
        [only] if only.cron.cadence() == every => Ok(None),
        [only] => {
            let cron =
                cron_every(&only.cron, every).ok_or(Violation::CadenceImpossible { every })?;
            Ok(Some(Schedule {
                cron,
                time_zone: only.time_zone,
            }))
        }
        many if many.iter().all(|schedule| schedule.cron.cadence() == every) => Ok(None),
        many => Err(Violation::CadenceAmbiguous {
            schedules: many.len(),
        }),
    }
}

/// A cron with this cadence: minutes that divide an hour (five or more), hours that divide a day, a day or a week.
fn cron_every(cron: &Cron, every: Seconds) -> Option<Cron> {
    let minute = u64::from(*cron.minutes().first()?);
    let hour = u64::from(*cron.hours().first()?);
    let list = |first: u64, step: u64, end: u64| {
        let numbers: Vec<String> = (first % step..end)
            .step_by(step as usize)
            .map(|n| n.to_string())
            .collect();
        numbers.join(",")
    };
    let days = cron
        .as_str()
        .splitn(3, ' ')
        .nth(2)
        .unwrap_or("* * *")
        .to_owned();
    let weekday = days
        .rsplit(' ')
        .next()
        .filter(|field| *field != "*")
        .map_or_else(String::new, first_weekday);
    // A week's or a month's days say how often, too: a shorter cadence drops them, a day keeps working days.
    let working_days = cron.cadence() <= Seconds::days(1);
    let days = if working_days {
        days
    } else {
        "* * *".to_owned()
    };
    let text = match every.0 {
        604_800 => format!(
            "{minute} {hour} * * {}",
            if weekday.is_empty() { "1" } else { &weekday }
        ),
        86_400 => format!("{minute} {hour} {days}"),
        seconds if seconds >= 3_600 && 86_400 % seconds == 0 && seconds % 3_600 == 0 => {
            format!("{minute} {} {days}", list(hour, seconds / 3_600, 24))
        }
        seconds if seconds >= 300 && 3_600 % seconds == 0 && seconds % 60 == 0 => {
            format!("{} * {days}", list(minute, seconds / 60, 60))
        }
        _ => return None,
    };
    let cron: Cron = text.parse().ok()?;
    cron.at(&cron.minutes(), &cron.hours())
        .ok()
        .filter(|cron| cron.cadence() == every)
}

/// The first day that a day-of-week field names, as it is written.
fn first_weekday(field: &str) -> String {
    field
        .split([',', '-', '/'])
        .next()
        .filter(|day| *day != "*")
        .unwrap_or("1")
        .to_owned()
}
