//! What a set's spec means: read once into checked values that are used ever after.

use super::{
    child,
    pattern::{Names, Pattern},
};
use crate::{
    api::{
        WorkflowScheduleSetSpec, WorkflowScheduleSetStatus, workflow_schedule_set::ScheduleTemplate,
    },
    decide::{
        ration::Limits,
        wish::{Problem, Wish},
    },
    domain::{RepositoryName, Seconds, WorkflowFile, WorkflowId},
};

/// A WorkflowScheduleSet as a decision needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetObject {
    /// `namespace/name`.
    pub identity: String,
    /// The generation of its spec.
    pub generation: i64,
    /// The value of the requestedAt annotation.
    pub requested_at: Option<String>,
    /// Whether it is being deleted: what it made goes with it.
    pub deleting: bool,
    /// What its spec means.
    pub wish: Result<SetWish, Problem>,
    /// Its status before this round.
    pub before: WorkflowScheduleSetStatus,
}

impl SetObject {
    /// Its name without the namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        self.identity.split_once('/').map_or("", |(_, name)| name)
    }
}

/// A WorkflowScheduleSet's spec, checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetWish {
    /// The name of the connection, in the object's namespace.
    pub connection: String,
    /// The owner's login.
    pub owner: String,
    /// Which repositories, by their names without the owner, in lower case.
    pub repositories: Names,
    /// Topics of which a repository must have one, where that matters.
    pub topics: Option<Vec<String>>,
    /// Whether forks are taken.
    pub forks: bool,
    /// Which workflow files.
    pub workflows: Names,
    /// What each WorkflowSchedule is made from.
    pub template: ScheduleTemplate,
    /// How many pull requests there may be, and when.
    pub limits: Limits,
    /// How often to look.
    pub interval: Seconds,
    /// Whether to leave everything alone.
    pub suspend: bool,
}

impl SetWish {
    /// Reads a spec.
    ///
    /// # Errors
    /// The first field that means nothing, a template's included: what no WorkflowSchedule could be made from is told
    /// here, once, and not by each of them.
    pub fn read(spec: &WorkflowScheduleSetSpec) -> Result<Self, Problem> {
        let problem = |field: &str, message: String| Problem {
            field: field.to_owned(),
            message,
        };
        let interval: Seconds = spec
            .interval
            .parse()
            .map_err(|error| problem("interval", format!("{error}")))?;
        let of_names =
            |include: &Option<Vec<String>>, exclude: &[String], read: fn(&str) -> Pattern| {
                let patterns = |texts: &[String]| texts.iter().map(|text| read(text)).collect();
                Names {
                    include: include.as_deref().map(patterns),
                    exclude: patterns(exclude),
                }
            };
        let (repositories, workflows) = (&spec.repositories, &spec.workflows);
        let wish = Self {
            connection: spec.connection_ref.name.clone(),
            owner: spec.owner.clone(),
            repositories: of_names(
                &repositories.include,
                &repositories.exclude,
                Pattern::of_repositories,
            ),
            topics: repositories.topics.clone(),
            forks: repositories.forks,
            workflows: of_names(&workflows.include, &workflows.exclude, Pattern::of_files),
            template: spec.template.clone(),
            limits: Limits::read(&spec.limits)?,
            interval: interval.max(Seconds(1)),
            suspend: spec.suspend,
        };
        wish.try_template()?;
        Ok(wish)
    }

    /// Reads the spec of a WorkflowSchedule as the template makes it.
    fn try_template(&self) -> Result<(), Problem> {
        let owner: Result<RepositoryName, _> = format!("{}/any", self.owner).parse();
        let repository = owner.map_err(|_| Problem {
            field: "owner".to_owned(),
            message: format!("'{}' is no login of GitHub's", self.owner),
        })?;
        let file: WorkflowFile = "any.yml".parse().expect("a legal name");
        let sample = child::spec(self, &WorkflowId { repository, file });
        Wish::read(&sample).map(drop).map_err(|problem| Problem {
            field: format!("template.spec.{}", problem.field),
            ..problem
        })
    }
}
