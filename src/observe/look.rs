//! One look at the world for one WorkflowSchedule.

use std::sync::Arc;

use super::{
    file, learn, lookout::Looked, observatory::Observatory, pulls, refresh, snapshot, view::View,
    why,
};
use crate::{
    decide::{Cause, Known, Object, PullSeen, Retry, Seen, Why, Wish},
    domain::{Seconds, Timestamp, WorkflowId},
};

/// How old a look may be to count as new for an object that changed: twenty objects that are declared together, for one
/// repository, ask GitHub once.
const JUST_NOW: Seconds = Seconds(5);

/// Where an object's repository is observed from, or why it cannot be.
pub type Site = Known<Arc<Observatory>>;

/// Looks at everything a decision about this object may rest on. Never fails; what cannot be read is unknown.
pub async fn look(object: &Object, site: &Site, now: Timestamp) -> Seen {
    let looks = |wish: &Wish| object.elder.is_none() && (!wish.suspend || object.deleting);
    match (&object.wish, site) {
        (Ok(wish), Known::Known(observatory)) if looks(wish) => {
            let view = observatory.view(&wish.workflow.repository);
            let mut view = view.lock().await;
            let repository = &wish.workflow.repository;
            snapshot::restore(observatory, &mut view, repository, now).await;
            let seen = see(observatory, &mut view, object, wish, now).await;
            // Under the view's lock: what is found in between is seen by nobody else.
            let lesson = view.lessons.get(&wish.workflow.file);
            let looked = Looked {
                identity: &object.identity,
                news: view.news,
                holds_until: lesson.map(|lesson| lesson.until),
            };
            observatory.looked(repository, looked, now);
            snapshot::keep(observatory, &mut view, repository, now).await;
            seen
        }
        (Ok(wish), Known::Unknown(why)) if looks(wish) => nothing(why),
        (Ok(_) | Err(_), _) => nothing(&Why {
            cause: Cause::NotYetSeen,
            message: "not looked at: the spec is suspended or invalid, or an older object acts"
                .to_owned(),
            retry: Retry::Never,
        }),
    }
}

async fn see(
    observatory: &Observatory,
    view: &mut View,
    object: &Object,
    wish: &Wish,
    now: Timestamp,
) -> Seen {
    let asked = object.requested_at != object.before.last_handled_reconcile_at;
    // An object that is new is no news about its repository.
    let observed = object.before.observed_generation;
    let changed = observed.is_some_and(|observed| observed != object.generation);
    let news = asked || object.deleting || changed;
    let just_asked = |at| Seconds::between(at, now) < JUST_NOW && view.failure.is_none();
    if news && !view.asked_at.is_some_and(just_asked) {
        view.outdate();
    }
    refresh::refresh(observatory, view, &wish.workflow.repository, now).await;
    if let Some(why) = view.failure.clone() {
        // What was learned before is still true; what stands on GitHub is not known.
        let learned = learn::remembered(view, &wish.workflow.file)
            .map_or_else(|| Known::Unknown(why.clone()), Known::Known);
        return Seen {
            learned,
            ..nothing(&why)
        };
    }
    let Some(repository) = view.repository.clone() else {
        return nothing(&Why {
            cause: Cause::NotYetSeen,
            message: "the repository has not answered yet".to_owned(),
            retry: Retry::Backoff,
        });
    };
    let file = file::file(
        observatory,
        view,
        &wish.workflow,
        &repository.default_branch,
    )
    .await;
    let learned = match &file {
        // A file that cannot be read has not lost its schedule.
        Known::Unknown(why) => learn::remembered(view, &wish.workflow.file)
            .map_or_else(|| Known::Unknown(why.clone()), Known::Known),
        Known::Known(file) => {
            let schedules = file::schedules(file);
            learn::learn(observatory, view, &wish.workflow, schedules, now).await
        }
    };
    let pulls = if object.deleting {
        farewell(observatory, view, &wish.workflow, now).await
    } else {
        pulls::of_workflow(observatory, view, &wish.workflow).await
    };
    let line = observatory
        .line(&wish.workflow)
        .await
        .map_err(|error| why::from_store(&error));
    Seen {
        repository: Known::Known(repository),
        file,
        learned,
        line: Known::from(line),
        pulls,
    }
}

/// The pull requests for a farewell, which must not overlook one that is being opened: read now, and only while nobody acts
/// on the workflow.
async fn farewell(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
    now: Timestamp,
) -> Known<Vec<PullSeen>> {
    match observatory.store.is_claimed(workflow, now).await {
        Ok(false) => {}
        Ok(true) => {
            return Known::Unknown(Why {
                cause: Cause::NotYetSeen,
                message: format!("somebody acts on {workflow} just now; its farewell comes after"),
                retry: Retry::Backoff,
            });
        }
        Err(error) => return Known::Unknown(why::from_store(&error)),
    }
    if let Err(error) = pulls::list_open(observatory, view, &workflow.repository).await {
        return Known::Unknown(why::from_github(&error));
    }
    pulls::of_workflow(observatory, view, workflow).await
}

fn nothing(why: &Why) -> Seen {
    Seen {
        repository: Known::Unknown(why.clone()),
        file: Known::Unknown(why.clone()),
        learned: Known::Unknown(why.clone()),
        line: Known::Unknown(why.clone()),
        pulls: Known::Unknown(why.clone()),
    }
}
