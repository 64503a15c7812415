//! What a spec means: read once into checked values that are used ever after.

use chrono::NaiveTime;

use crate::{
    api::workflow_schedule::{self as api, Mode, PullRequestOptions, Timing, WorkflowScheduleSpec},
    domain::{Cron, Percent, Seconds, TimeZone, WorkflowId, cron::SHORTEST_INTERVAL},
    plan::{Weekday, Window},
};

/// A WorkflowSchedule's spec, checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wish {
    /// The workflow.
    pub workflow: WorkflowId,
    /// The name of the connection, in the object's namespace.
    pub connection: String,
    /// The crons it must have, where they are pinned.
    pub pinned: Option<Vec<Cron>>,
    /// How often it must run, where that is said.
    pub every: Option<Seconds>,
    /// When it may start; empty means at any time.
    pub windows: Vec<Window>,
    /// The time zone of windows and deadline.
    pub time_zone: Option<TimeZone>,
    /// The time of day by which it must have ended.
    pub finish_by: Option<NaiveTime>,
    /// The objects that must have ended before, by name, each with the time to leave.
    pub after: Vec<(String, Seconds)>,
    /// How far we may go.
    pub mode: Mode,
    /// The confidence from which a recommendation is ready to apply.
    pub min_confidence: Percent,
    /// How many pull requests may be opened in seven days.
    pub max_changes_per_week: u32,
    /// Whether a generated file may be edited.
    pub edit_generated_files: bool,
    /// How a pull request is presented.
    pub pull_request: PullRequestOptions,
    /// How often to look.
    pub interval: Seconds,
    /// Whether to leave everything alone.
    pub suspend: bool,
}

/// Why a spec means nothing: the field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("spec.{field}: {message}")]
pub struct Problem {
    /// The field's path below `spec`.
    pub field: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Looking more often than this only spends the request budget.
const SHORTEST_LOOK: Seconds = Seconds(1);

impl Wish {
    /// Reads a spec.
    ///
    /// # Errors
    /// The first field that means nothing. The API server refuses most of these already; what it cannot see (a
    /// calendar, a time zone's existence) is found here and shows as `Stalled`.
    pub fn read(spec: &WorkflowScheduleSpec) -> Result<Self, Problem> {
        let empty = Timing::default();
        let timing = spec.timing.as_ref().unwrap_or(&empty);
        let policy = &spec.policy;
        let pinned = timing.cron.as_deref().map(crons).transpose()?;
        let every = optional("timing.every", timing.every.as_deref())?;
        exclusive(timing)?;
        Ok(Self {
            workflow: WorkflowId {
                repository: parse("repository", &spec.repository)?,
                file: parse("workflow", &spec.workflow)?,
            },
            connection: spec.connection_ref.name.clone(),
            pinned,
            every,
            windows: timing
                .windows
                .iter()
                .flatten()
                .map(|one| window("timing.windows", one))
                .collect::<Result<_, _>>()?,
            time_zone: optional("timing.timeZone", timing.time_zone.as_deref())?,
            finish_by: timing
                .finish_by
                .as_deref()
                .map(|text| time_of_day("timing.finishBy", text))
                .transpose()?,
            after: timing.after.iter().map(after).collect::<Result<_, _>>()?,
            mode: policy.mode,
            min_confidence: percent("policy.minConfidence", policy.min_confidence)?,
            max_changes_per_week: u32::try_from(policy.max_changes_per_week)
                .map_err(|_| problem("policy.maxChangesPerWeek", "must not be negative"))?,
            edit_generated_files: policy.edit_generated_files,
            pull_request: spec.pull_request.clone().unwrap_or_default(),
            interval: parse::<Seconds>("interval", &spec.interval)?.max(SHORTEST_LOOK),
            suspend: spec.suspend,
        })
    }
}

/// A pinned schedule leaves nothing to ask of the time.
fn exclusive(timing: &Timing) -> Result<(), Problem> {
    let Some(crons) = &timing.cron else {
        return Ok(());
    };
    if crons.is_empty() {
        return Err(problem(
            "timing.cron",
            "must not be empty: leave it out and say every, or nothing at all",
        ));
    }
    if timing.every.is_some() {
        return Err(problem(
            "timing",
            "cron and every exclude each other: pin the schedule, or say how often",
        ));
    }
    if timing.windows.is_some() {
        return Err(problem(
            "timing",
            "cron and windows exclude each other: a pinned schedule cannot be moved into a window",
        ));
    }
    Ok(())
}

pub(super) fn problem(field: &str, message: impl ToString) -> Problem {
    Problem {
        field: field.to_owned(),
        message: message.to_string(),
    }
}

fn parse<T: std::str::FromStr<Err: ToString>>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: T::Err| problem(field, error))
}

pub(super) fn optional<T: std::str::FromStr<Err: ToString>>(
    field: &str,
    text: Option<&str>,
) -> Result<Option<T>, Problem> {
    text.map(|text| parse(field, text)).transpose()
}

fn crons(texts: &[String]) -> Result<Vec<Cron>, Problem> {
    let read = |(index, text): (usize, &String)| {
        let field = format!("timing.cron[{index}]");
        let cron: Cron = parse(&field, text)?;
        if cron.shortest_interval() < SHORTEST_INTERVAL {
            return Err(problem(
                &field,
                format!("'{cron}' fires more often than every 5 minutes, which GitHub does not do"),
            ));
        }
        Ok(cron)
    };
    texts.iter().enumerate().map(read).collect()
}

fn percent(field: &str, number: i32) -> Result<Percent, Problem> {
    let share = u8::try_from(number).ok().filter(|share| *share <= 100);
    share
        .map(Percent)
        .ok_or_else(|| problem(field, "must be a percentage from 0 to 100"))
}

fn time_of_day(field: &str, text: &str) -> Result<NaiveTime, Problem> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
        problem(
            field,
            format!("'{text}' is not a time of day from 00:00 to 23:59"),
        )
    })
}

pub(super) fn window(field: &str, window: &api::Window) -> Result<Window, Problem> {
    let (from, to) = (
        time_of_day(field, &window.from)?,
        time_of_day(field, &window.to)?,
    );
    if from == to {
        return Err(problem(field, "window is empty: from and to are the same"));
    }
    if window.days.is_empty() {
        return Err(problem(field, "window has no day"));
    }
    Ok(Window {
        days: window.days.iter().map(weekday).collect(),
        from,
        to,
    })
}

fn weekday(day: &api::Weekday) -> Weekday {
    match day {
        api::Weekday::Mon => Weekday::Mon,
        api::Weekday::Tue => Weekday::Tue,
        api::Weekday::Wed => Weekday::Wed,
        api::Weekday::Thu => Weekday::Thu,
        api::Weekday::Fri => Weekday::Fri,
        api::Weekday::Sat => Weekday::Sat,
        api::Weekday::Sun => Weekday::Sun,
    }
}

fn after(after: &api::After) -> Result<(String, Seconds), Problem> {
    Ok((after.name.clone(), parse("timing.after", &after.slack)?))
}
