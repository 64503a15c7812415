//! What people do: they push, merge, close, approve, comment and switch workflows on and off.

use git2::Oid;

use super::{Happening, PullDeed, Refusal, World, objects::Hand, pull::Comment};
use crate::domain::{RepositoryName, WorkflowId};

/// A person's deed, arranged for later with [`World::schedule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Merges a pull request.
    Merge {
        /// The repository.
        repository: RepositoryName,
        /// The pull request's number.
        number: u64,
    },
    /// Closes a pull request without merging it.
    Close {
        /// The repository.
        repository: RepositoryName,
        /// The pull request's number.
        number: u64,
    },
    /// Pushes a commit that writes one file.
    Push {
        /// The repository.
        repository: RepositoryName,
        /// The branch; the default branch's tip is its parent where it is new.
        branch: String,
        /// The file's path.
        path: String,
        /// Its new bytes.
        bytes: Vec<u8>,
    },
}

/// The login of the person who does what a test or demo asks for without naming anybody.
pub const PERSON: &str = "grace";

impl World {
    /// Merges a pull request with a merge commit on its base branch; returns the commit.
    ///
    /// # Errors
    /// 404 without such a pull request, 405 when it is closed, a draft or in conflict with its base.
    pub fn merge(&mut self, repository: &RepositoryName, number: u64) -> Result<String, Refusal> {
        let place = self.place(repository)?;
        self.merge_at(place, number, PERSON, None)
    }

    /// Closes a pull request without merging it; a closed one stays as it is.
    ///
    /// # Errors
    /// 404 without such a pull request.
    pub fn close(&mut self, repository: &RepositoryName, number: u64) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        self.close_at(place, number, PERSON)
    }

    /// Pushes a commit that writes one file to a branch (made from the default branch where it is new); returns
    /// the commit.
    ///
    /// # Errors
    /// 404 without such a repository, 500 when its folder cannot be written.
    pub fn push_to(
        &mut self,
        repository: &RepositoryName,
        branch: &str,
        path: &str,
        bytes: &[u8],
    ) -> Result<String, Refusal> {
        let place = self.place(repository)?;
        let objects = &self.repositories[place].objects;
        let parent = objects
            .tip(branch)
            .or_else(|| objects.tip(&self.repositories[place].default_branch));
        let hand = Hand::of(PERSON, self.now);
        let commit = objects.commit(
            parent,
            &[(path, Some(bytes))],
            &format!("Change {path}"),
            &hand,
        )?;
        objects.point(branch, commit)?;
        self.branch_moved(place, branch, PERSON);
        Ok(commit.to_string())
    }

    /// Moves a branch to a commit that the repository has, by force, as whoever amended one does.
    ///
    /// # Errors
    /// 404 without such a repository, 500 when there is no such commit.
    pub fn force_push(
        &mut self,
        repository: &RepositoryName,
        branch: &str,
        commit: &str,
    ) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        self.repositories[place]
            .objects
            .point(branch, Oid::from_str(commit)?)?;
        self.branch_moved(place, branch, PERSON);
        Ok(())
    }

    /// Deletes a branch, which closes its open pull requests.
    ///
    /// # Errors
    /// 404 without such a repository or branch.
    pub fn delete_branch(
        &mut self,
        repository: &RepositoryName,
        branch: &str,
    ) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        self.repositories[place]
            .objects
            .git
            .find_reference(&format!("refs/heads/{branch}"))?
            .delete()?;
        self.branch_moved(place, branch, PERSON);
        Ok(())
    }

    /// Writes a comment on a pull request.
    ///
    /// # Errors
    /// 404 without such a pull request.
    pub fn comment(
        &mut self,
        repository: &RepositoryName,
        number: u64,
        body: &str,
    ) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        self.comment_at(place, number, PERSON, body).map(|_| ())
    }

    /// Approves a pull request.
    ///
    /// # Errors
    /// 404 without such a pull request.
    pub fn approve(&mut self, repository: &RepositoryName, number: u64) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        self.repositories[place]
            .pull_mut(number)?
            .approvals
            .push(PERSON.to_owned());
        self.note_pull(place, number, PullDeed::Approved, PERSON);
        Ok(())
    }

    /// Brings a disabled workflow back.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn enable_workflow(&mut self, workflow: &WorkflowId) -> Result<(), Refusal> {
        let place = self.place(&workflow.repository)?;
        self.enable(place, &workflow.file);
        Ok(())
    }

    /// Switches a workflow off by hand.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn disable_workflow(&mut self, workflow: &WorkflowId) -> Result<(), Refusal> {
        let place = self.place(&workflow.repository)?;
        self.disable(place, &workflow.file, "disabled_manually");
        Ok(())
    }

    /// The bytes of a file at a branch, a ref or a commit, as a person sees them.
    #[must_use]
    pub fn file(&self, repository: &RepositoryName, at: &str, path: &str) -> Option<Vec<u8>> {
        let objects = &self.repositories[self.place(repository).ok()?].objects;
        objects.file(objects.resolve(at)?, path)
    }

    /// Does what was arranged.
    pub(super) fn perform(&mut self, deed: Deed) -> Result<(), Refusal> {
        match deed {
            Deed::Merge { repository, number } => self.merge(&repository, number).map(|_| ()),
            Deed::Close { repository, number } => self.close(&repository, number),
            Deed::Push {
                repository,
                branch,
                path,
                bytes,
            } => self
                .push_to(&repository, &branch, &path, &bytes)
                .map(|_| ()),
        }
    }

    /// Somebody writes a comment; returns its id.
    pub(super) fn comment_at(
        &mut self,
        place: usize,
        number: u64,
        by: &str,
        body: &str,
    ) -> Result<u64, Refusal> {
        let (id, at) = (self.next_id(), self.now);
        let pull = self.repositories[place].pull_mut(number)?;
        pull.comments.push(Comment {
            id,
            by: by.to_owned(),
            body: body.to_owned(),
            at,
        });
        pull.updated_at = at;
        self.note_pull(place, number, PullDeed::Commented, by);
        Ok(id)
    }

    /// Follows a branch that moved, appeared or vanished: workflows, pull requests, activity.
    pub(super) fn branch_moved(&mut self, place: usize, branch: &str, by: &str) {
        let now = self.now;
        let repository = &mut self.repositories[place];
        repository.pushed_at = now;
        let tip = repository.objects.tip(branch);
        let name = repository.name.clone();
        let is_default = repository.default_branch == branch;
        if let Some(tip) = tip.filter(|_| is_default) {
            repository.head = tip.to_string();
        }
        let tip_text = tip.as_ref().map(Oid::to_string);
        self.note(Happening::Moved {
            repository: name,
            branch: branch.to_owned(),
            tip: tip_text,
            by: by.to_owned(),
        });
        self.follow_heads(place, branch, tip, by);
        if is_default {
            self.reread_workflows(place, by);
        }
    }

    fn follow_heads(&mut self, place: usize, branch: &str, tip: Option<Oid>, by: &str) {
        let now = self.now;
        let open = self.repositories[place].pulls.values_mut();
        let mut orphans = Vec::new();
        for pull in open.filter(|pull| pull.open && pull.is_from(branch)) {
            match tip {
                Some(tip) => {
                    pull.head_sha = tip.to_string();
                    pull.updated_at = now;
                }
                None => orphans.push(pull.number),
            }
        }
        for number in orphans {
            // The number was just read from the same map.
            let _ = self.close_at(place, number, by);
        }
    }

    /// Writes a deed on a pull request into the journal.
    pub(super) fn note_pull(&mut self, place: usize, number: u64, deed: PullDeed, by: &str) {
        let repository = self.repositories[place].name.clone();
        self.note(Happening::Pull {
            repository,
            number,
            deed,
            by: by.to_owned(),
        });
    }
}
