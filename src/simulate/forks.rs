//! Pull requests from forks: anybody's, from a branch of any name, with any text; none of them is the repository's own.

use super::{Refusal, World, objects::Hand, pull::Origin, pulling::Proposal};
use crate::domain::RepositoryName;

/// What somebody proposes from a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkProposal {
    /// Whose fork it is.
    pub owner: String,
    /// The fork's branch.
    pub branch: String,
    /// The file that it changes, and its new bytes.
    pub file: (String, Vec<u8>),
    /// The pull request's title.
    pub title: String,
    /// Its text.
    pub body: String,
}

impl World {
    /// Opens a pull request from a fork; returns its number.
    ///
    /// # Errors
    /// 404 without such a repository, 500 when its folder cannot be written.
    pub fn propose_from_fork(
        &mut self,
        repository: &RepositoryName,
        proposal: ForkProposal,
    ) -> Result<u64, Refusal> {
        let place = self.place(repository)?;
        let of = &self.repositories[place];
        let base_branch = of.default_branch.clone();
        let base = of
            .objects
            .tip(&base_branch)
            .ok_or_else(Refusal::not_found)?;
        let (path, bytes) = &proposal.file;
        let hand = Hand::of(&proposal.owner, self.now);
        // The commit is among the repository's objects, as on GitHub, and no branch of it leads there.
        let writes = [(path.as_str(), Some(bytes.as_slice()))];
        let head = of
            .objects
            .commit(Some(base), &writes, &proposal.title, &hand)?;
        let ask = Proposal {
            title: proposal.title,
            body: Some(proposal.body),
            head: proposal.branch,
            base: base_branch,
            draft: false,
            maintainer_can_modify: true,
        };
        let origin = Origin::Fork(proposal.owner.clone());
        Ok(self.enter_pull(place, ask, origin, (head, base), &proposal.owner))
    }

    /// Deletes the fork that a pull request came from: GitHub shows its head without a repository from then on.
    ///
    /// # Errors
    /// 404 without such a pull request.
    pub fn delete_fork(&mut self, repository: &RepositoryName, number: u64) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        let pull = self.repositories[place].pull_mut(number)?;
        if let Origin::Fork(owner) = &pull.origin {
            pull.origin = Origin::Gone(owner.clone());
        }
        Ok(())
    }
}
