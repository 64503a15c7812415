//! What people do to the repository and to the object, whenever they like.

use super::world::{Change, Name, State, World};

/// A deed of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Merges a pull request, by number.
    Merge(u64),
    /// Closes a pull request, by number: a no.
    Close(u64),
    /// Pushes a commit to one of our branches.
    Push(Name),
    /// Takes back what the last merge did to the cron: a no as well.
    Revert(Change),
    /// Edits another line of the file.
    Edit,
    /// Pins another cron.
    Pin,
    /// Switches between modes PullRequest and Recommend.
    Mode,
    /// Deletes the object.
    Delete,
}

/// What people can do now.
pub(super) fn deeds(world: &World) -> Vec<Deed> {
    let mut deeds = vec![Deed::Pin, Deed::Mode];
    if world.spec.deleting {
        deeds.clear();
    } else {
        deeds.push(Deed::Delete);
    }
    if !world.file.edited {
        deeds.push(Deed::Edit);
    }
    for (index, pull) in world.open() {
        let number = index as u64 + 1;
        deeds.push(Deed::Close(number));
        // A merge that conflicts is not possible; the cron is the only line that both sides touch.
        if pull.head.carries.base.cron == world.file.cron {
            deeds.push(Deed::Merge(number));
        }
    }
    deeds.extend(
        world
            .branches
            .iter()
            .filter(|(_, head)| !head.touched)
            .map(|(name, _)| Deed::Push(*name)),
    );
    deeds.extend(merged(world).map(Deed::Revert));
    deeds
}

/// The change by which the file came to its cron.
fn merged(world: &World) -> Option<Change> {
    let pull = world
        .pulls
        .iter()
        .rev()
        .find(|pull| pull.state == State::Merged)?;
    (pull.head.carries.to == world.file.cron).then_some(pull.head.carries)
}

/// Does it.
pub(super) fn act(world: &mut World, deed: Deed) {
    world.people_left -= 1;
    match deed {
        Deed::Merge(number) => {
            if let Some(pull) = world.pull(number) {
                pull.state = State::Merged;
                world.file.cron = pull.head.carries.to;
            }
        }
        Deed::Close(number) => {
            if let Some(pull) = world.pull(number) {
                pull.state = State::ClosedByPerson;
                let carries = pull.head.carries;
                world.declined.insert(carries);
            }
        }
        Deed::Push(name) => world.push(name, None),
        Deed::Revert(change) => {
            world.file.cron = change.base.cron;
            world.declined.insert(change);
        }
        Deed::Edit => world.file.edited = true,
        Deed::Pin => world.spec.pinned = 3 - world.spec.pinned,
        Deed::Mode => world.spec.pull_request = !world.spec.pull_request,
        Deed::Delete => {
            world.spec.deleting = true;
            world.gone = !world.finalizer;
        }
    }
}
