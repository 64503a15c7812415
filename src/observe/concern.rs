//! Whom news concerns. Pure: what is woken looks at GitHub itself.

use crate::{
    decide::{effect::branch_prefix, schedule_set::SetWish},
    domain::{RepositoryName, WorkflowId},
    github::webhook::News,
};

/// Whether news concerns a workflow.
#[must_use]
pub fn concerns(news: &News, workflow: &WorkflowId) -> bool {
    match news {
        News::RunEnded(ended) => ended == workflow,
        News::FilesPushed { repository, files } => {
            let touched = files.as_ref();
            *repository == workflow.repository
                && touched.is_none_or(|files| files.contains(&workflow.file))
        }
        News::PullChanged { repository, branch } => {
            *repository == workflow.repository && branch.starts_with(&branch_prefix(workflow))
        }
        News::RepositoryChanged { repository, .. } => *repository == workflow.repository,
        News::Ping | News::InstallationChanged => false,
    }
}

/// Whether news concerns a set: another repository or workflow may be its to manage, or one less.
///
/// What a run or a pull request comes to changes nothing of that.
#[must_use]
pub fn concerns_set(news: &News, wish: &SetWish) -> bool {
    let takes = |repository: &RepositoryName| {
        repository.owner().eq_ignore_ascii_case(&wish.owner)
            && wish
                .repositories
                .take(&repository.name().to_ascii_lowercase())
    };
    let is_owner = |login: &String| login.eq_ignore_ascii_case(&wish.owner);
    match news {
        News::FilesPushed { repository, files } => {
            let takes_file = |files: &std::collections::BTreeSet<_>| {
                files
                    .iter()
                    .any(|file: &crate::domain::WorkflowFile| wish.workflows.take(file.as_str()))
            };
            takes(repository) && files.as_ref().is_none_or(takes_file)
        }
        // By a name that it had before it may have been taken, whatever the one of now.
        News::RepositoryChanged {
            repository,
            former_owner,
        } => {
            repository.owner().eq_ignore_ascii_case(&wish.owner)
                || former_owner.as_ref().is_some_and(is_owner)
        }
        News::InstallationChanged => true,
        News::Ping | News::RunEnded(_) | News::PullChanged { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::WorkflowScheduleSetSpec;

    fn app() -> RepositoryName {
        "Acme/App".parse().unwrap()
    }

    fn workflow(file: &str) -> WorkflowId {
        WorkflowId {
            repository: app(),
            file: file.parse().unwrap(),
        }
    }

    fn pushed(repository: &str, file: Option<&str>) -> News {
        News::FilesPushed {
            repository: repository.parse().unwrap(),
            files: file.map(|file| [file.parse().unwrap()].into()),
        }
    }

    fn changed(repository: &str, former_owner: Option<&str>) -> News {
        News::RepositoryChanged {
            repository: repository.parse().unwrap(),
            former_owner: former_owner.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn news_concerns_the_workflow_it_is_about_and_not_its_neighbours() {
        let (one, other) = (workflow("a.yml"), workflow("b.yml"));
        let ours = format!("{}1234", branch_prefix(&one));
        let all = [
            News::RunEnded(one.clone()),
            pushed("acme/app", Some("a.yml")),
            News::PullChanged {
                repository: app(),
                branch: ours,
            },
        ];
        for news in all {
            assert!(concerns(&news, &one), "{news:?}");
            assert!(!concerns(&news, &other), "{news:?}");
        }
        for everything in [pushed("acme/app", None), changed("acme/app", None)] {
            assert!(concerns(&everything, &one) && concerns(&everything, &other));
        }
    }

    #[test]
    fn news_concerns_the_sets_whose_owner_or_selection_it_may_change() {
        let spec: WorkflowScheduleSetSpec = serde_json::from_value(serde_json::json!({
            "connectionRef": {"name": "acme"}, "owner": "acme",
            "repositories": {"exclude": ["app-*"]}, "workflows": {"exclude": ["release.yml"]},
            "template": {"spec": {}},
        }))
        .unwrap();
        let wish = SetWish::read(&spec).unwrap();
        for news in [
            pushed("Acme/App", Some("new.yml")),
            pushed("acme/app", None),
            changed("acme/app-new", None),
            changed("other/app", Some("Acme")),
            News::InstallationChanged,
        ] {
            assert!(concerns_set(&news, &wish), "{news:?}");
        }
        for news in [
            pushed("other/app", None),
            pushed("acme/app-old", None),
            pushed("acme/app", Some("release.yml")),
            changed("other/app", Some("another")),
            News::RunEnded(workflow("a.yml")),
            News::Ping,
        ] {
            assert!(!concerns_set(&news, &wish), "{news:?}");
        }
    }
}
