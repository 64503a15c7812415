//! From a connection's WorkflowSchedules to the items of one timetable.
//!
//! A timetable is planned for all of a connection's workflows at once, and only when all of them have been seen: half a
//! fleet would be planned as if the other half did not exist.

use std::collections::BTreeMap;

use super::wish::Wish;
use crate::{
    api::Mode,
    domain::{Forecast, Schedule},
    plan::{After, Intent, Item, JobDemand, Timetable},
};

/// One WorkflowSchedule with what is known of its workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// The object's name; others refer to it by this.
    pub name: String,
    /// What its spec means.
    pub wish: Wish,
    /// What its file was last seen to have; none when it has not been looked at.
    pub file: Option<MemberFile>,
    /// The forecast of its next run.
    pub forecast: Option<Forecast>,
    /// The jobs of one run.
    pub jobs: Vec<JobDemand>,
}

/// What a member's file was last seen to have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberFile {
    /// Its schedule entries; empty when it has none that can be planned.
    pub schedules: Vec<Schedule>,
    /// Whether it can be edited safely.
    pub editable: bool,
}

impl MemberFile {
    /// A file that has no place in a timetable, and must not keep the others waiting.
    #[must_use]
    pub const fn unplannable() -> Self {
        Self {
            schedules: Vec::new(),
            editable: false,
        }
    }
}

/// The items to plan, or the names of the members that must be looked at first; with them goes what the timetable in
/// force proposes.
///
/// # Errors
/// The names of members whose file nobody has looked at yet.
pub fn items(members: &[Member], in_force: Option<&Timetable>) -> Result<Vec<Item>, Vec<String>> {
    let unseen: Vec<_> = members
        .iter()
        .filter(|member| member.file.is_none())
        .map(|member| member.name.clone())
        .collect();
    if !unseen.is_empty() {
        return Err(unseen);
    }
    let names: BTreeMap<&str, &Member> = members
        .iter()
        .map(|member| (member.name.as_str(), member))
        .collect();
    let planned = |member: &&Member| {
        member
            .file
            .as_ref()
            .is_some_and(|file| !file.schedules.is_empty())
    };
    Ok(members
        .iter()
        .filter(planned)
        .filter_map(|member| item(member, &names, in_force))
        .collect())
}

fn item(
    member: &Member,
    names: &BTreeMap<&str, &Member>,
    in_force: Option<&Timetable>,
) -> Option<Item> {
    let (wish, file) = (&member.wish, member.file.as_ref()?);
    // A reference to a name that does not exist asks for nothing that could be kept or broken.
    let after = wish.after.iter().filter_map(|(name, slack)| {
        let before = names.get(name.as_str())?;
        Some(After {
            id: before.wish.workflow.clone(),
            slack: *slack,
        })
    });
    // What was proposed for another file says nothing about this one.
    let line = in_force
        .and_then(|timetable| timetable.lines.get(&wish.workflow))
        .filter(|line| line.current == file.schedules && !line.moves.is_empty());
    Some(Item {
        id: wish.workflow.clone(),
        schedules: file.schedules.clone(),
        asked: line.map(|line| line.proposed.clone()).unwrap_or_default(),
        intent: Intent {
            pinned: wish.pinned.clone(),
            every: wish.every,
            windows: wish.windows.clone(),
            time_zone: wish.time_zone,
            finish_by: wish.finish_by,
            after: after.collect(),
            min_confidence: wish.min_confidence,
        },
        forecast: member.forecast.clone(),
        jobs: member.jobs.clone(),
        movable: wish.mode != Mode::Observe && !wish.suspend && file.editable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Percent, Seconds, Timestamp},
        plan::plan,
    };

    fn schedule(cron: &str) -> Schedule {
        Schedule {
            cron: cron.parse().unwrap(),
            time_zone: "UTC".parse().unwrap(),
        }
    }

    /// A workflow that must run at 02:17.
    fn pinned(file_has: &str) -> Member {
        let wish = Wish {
            workflow: crate::domain::WorkflowId {
                repository: "acme/payments".parse().unwrap(),
                file: "nightly.yml".parse().unwrap(),
            },
            connection: "acme".to_owned(),
            pinned: Some(vec!["17 2 * * *".parse().unwrap()]),
            every: None,
            windows: Vec::new(),
            time_zone: None,
            finish_by: None,
            after: Vec::new(),
            mode: Mode::Recommend,
            min_confidence: Percent(70),
            max_changes_per_week: 1,
            edit_generated_files: false,
            pull_request: crate::api::workflow_schedule::PullRequestOptions::default(),
            interval: Seconds::minutes(5),
            suspend: false,
        };
        Member {
            name: "nightly".to_owned(),
            wish,
            file: Some(MemberFile {
                schedules: vec![schedule(file_has)],
                editable: true,
            }),
            forecast: None,
            jobs: Vec::new(),
        }
    }

    #[test]
    fn what_was_proposed_is_asked_again_only_while_the_file_is_the_same() {
        let first = items(&[pinned("0 0 * * *")], None).unwrap();
        let in_force = plan(&first, &[], Timestamp::UNIX_EPOCH);

        let same = items(&[pinned("0 0 * * *")], Some(&in_force)).unwrap();
        let edited = items(&[pinned("0 1 * * *")], Some(&in_force)).unwrap();

        assert!(first[0].asked.is_empty());
        assert_eq!(same[0].asked, [schedule("17 2 * * *")]);
        assert!(edited[0].asked.is_empty());
    }
}
