//! Says in English when an expression fires, for reports and pull requests.
//!
//! A sentence is a time phrase and a day phrase. Invariant: expressions with the same sentence fire alike.

use super::{Field, fields::Fields, values::Values};

/// The most times of day that are listed one by one.
const LISTED_TIMES: usize = 6;

/// The fewest evenly spaced numbers that are told by their step.
const STEPPED: usize = 4;

/// Minutes of a day.
const DAY_MINUTES: u32 = 1_440;

/// Months as people write them, January first.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Weekdays as people write them, Monday first, which keeps a week-end together.
const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// The sentence for what an expression selects.
pub(super) fn describe(fields: &Fields) -> String {
    if !fields.ever_fires() {
        return "never".to_owned();
    }
    let (time, all_day) = time_phrase(fields);
    match (day_phrase(fields), all_day) {
        (None, true) => time,
        (None, false) => format!("{time} every day"),
        // "every 15 minutes in June" says "every day" already.
        (Some(days), true) => format!(
            "{time} {}",
            days.strip_prefix("every day ").unwrap_or(&days)
        ),
        (Some(days), false) => format!("{time} {days}"),
    }
}

/// The times of day, and whether they go round the clock so that "every day" need not be said.
fn time_phrase(fields: &Fields) -> (String, bool) {
    let times = fields.times();
    let every_hour = fields.hours == Field::Hour.every();
    if times.len() >= STEPPED
        && let Some(step) = step(&times)
    {
        return progression(&times, step);
    }
    if times.len() <= LISTED_TIMES {
        let clocks: Vec<_> = times.iter().map(|time| clock(*time)).collect();
        return (format!("at {}", join(&clocks)), false);
    }
    let minutes = numbered("minute", fields.minutes);
    if every_hour {
        return (format!("at {minutes} of every hour"), true);
    }
    let all_minutes = fields.minutes == Field::Minute.every();
    let minutes = if all_minutes {
        "every minute".to_owned()
    } else {
        format!("at {minutes}")
    };
    (
        format!("{minutes} of {}", numbered("hour", fields.hours)),
        false,
    )
}

/// The phrase for evenly spaced times of day, and whether they go round the clock.
fn progression(times: &[u32], step: u32) -> (String, bool) {
    let (first, last) = (times[0], times[times.len() - 1]);
    let every = match step {
        1 => "every minute".to_owned(),
        60 => "every hour".to_owned(),
        _ if step.is_multiple_of(60) => format!("every {} hours", step / 60),
        _ => format!("every {step} minutes"),
    };
    let round_the_clock = first + DAY_MINUTES - last == step;
    let phrase = match (round_the_clock, first) {
        (false, _) => format!("{every} from {} to {}", clock(first), clock(last)),
        (true, 0) => every,
        (true, _) if step == 60 => format!("{every} at minute {first}"),
        (true, _) if step < 60 => format!("{every} from minute {first}"),
        (true, _) => format!("{every} from {}", clock(first)),
    };
    (phrase, round_the_clock)
}

/// The days on which it fires; none for every day.
fn day_phrase(fields: &Fields) -> Option<String> {
    let all_months = fields.months == Field::Month.every();
    let months: Vec<_> = fields.months.iter().collect();
    let months = spans(&months, |month| name(&MONTHS, month - 1));
    let of_months = if all_months {
        "the month".to_owned()
    } else {
        months.clone()
    };
    let in_months = if all_months {
        String::new()
    } else {
        format!(" in {months}")
    };
    let days = (fields.days != Field::DayOfMonth.every())
        .then(|| format!("{} of {of_months}", monthly(fields.days)));
    let monday_first: Values = fields
        .weekdays
        .iter()
        .map(|weekday| (weekday + 6) % 7)
        .collect();
    let weekdays = (fields.weekdays != Field::DayOfWeek.every()).then(|| {
        let weekdays: Vec<_> = monday_first.iter().collect();
        spans(&weekdays, |weekday| name(&WEEKDAYS, weekday))
    });
    let either = fields.days_restricted && fields.weekdays_restricted;
    match (days, weekdays) {
        (Some(days), Some(weekdays)) => {
            Some(format!("on {days} and on every {weekdays}{in_months}"))
        }
        // One of two fields that are joined by "either" selects every day.
        _ if either && all_months => None,
        (Some(days), None) if !either => Some(format!("on {days}")),
        (None, Some(weekdays)) if !either => Some(format!("on {weekdays}{in_months}")),
        _ if all_months => None,
        _ => Some(format!("every day{in_months}")),
    }
}

/// Days of the month: "day 1", "days 1 and 15", "every 2nd day from 1 to 31".
fn monthly(days: Values) -> String {
    let numbers: Vec<u32> = days.iter().map(u32::from).collect();
    match step(&numbers) {
        Some(step @ 2..) if numbers.len() > STEPPED => {
            let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
            let ending = match step {
                2 => "nd",
                3 => "rd",
                _ => "th",
            };
            format!("every {step}{ending} day from {first} to {last}")
        }
        _ => numbered("day", days),
    }
}

/// Numbers with their noun: "minute 5", "minutes 5 and 20", "hours 9 to 17".
fn numbered(noun: &str, values: Values) -> String {
    let numbers: Vec<_> = values.iter().collect();
    let plural = if numbers.len() == 1 { "" } else { "s" };
    format!(
        "{noun}{plural} {}",
        spans(&numbers, |number| number.to_string())
    )
}

/// The step of evenly spaced ascending numbers; none for fewer than two.
fn step(numbers: &[u32]) -> Option<u32> {
    let mut steps = numbers.windows(2).map(|pair| pair[1] - pair[0]);
    let first = steps.next()?;
    steps.all(|step| step == first).then_some(first)
}

/// Ascending numbers by their names, three and more in a row as "first to last".
fn spans(numbers: &[u8], name: impl Fn(u8) -> String) -> String {
    let runs = numbers.chunk_by(|left, right| left + 1 == *right);
    let items = runs.flat_map(|run| match run {
        [first, _, .., last] if run.len() > 2 => {
            vec![format!("{} to {}", name(*first), name(*last))]
        }
        _ => run.iter().map(|number| name(*number)).collect(),
    });
    join(&items.collect::<Vec<_>>())
}

/// The name at an index; empty beyond the names.
fn name(names: &[&str], index: u8) -> String {
    names
        .get(usize::from(index))
        .copied()
        .unwrap_or_default()
        .to_owned()
}

/// Items joined by commas and, before the last, "and".
fn join(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// A minute of the day as `HH:MM`.
fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
