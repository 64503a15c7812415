//! Opening, merging, closing and reopening pull requests, with GitHub's refusals.

use git2::Oid;

use super::{
    PullDeed, Refusal, World,
    objects::Hand,
    pull::{Origin, Pull},
};

/// What somebody asks a new pull request to be.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) head: String,
    pub(super) base: String,
    pub(super) draft: bool,
    pub(super) maintainer_can_modify: bool,
}

impl World {
    /// Opens a pull request; returns its number.
    pub(super) fn open_pull(
        &mut self,
        place: usize,
        ask: Proposal,
        by: &str,
    ) -> Result<u64, Refusal> {
        let (head, base) = self.check_proposal(place, &ask)?;
        Ok(self.enter_pull(place, ask, Origin::Same, (head, base), by))
    }

    /// Enters a pull request whose ends were found; returns its number.
    pub(super) fn enter_pull(
        &mut self,
        place: usize,
        ask: Proposal,
        origin: Origin,
        (head, base): (Oid, Oid),
        by: &str,
    ) -> u64 {
        let (id, now) = (self.next_id(), self.now);
        let repository = &mut self.repositories[place];
        repository.numbers += 1;
        let number = repository.numbers;
        let pull = Pull {
            id,
            number,
            title: ask.title,
            body: ask.body,
            draft: ask.draft,
            open: true,
            origin,
            head_branch: branch_of(&ask.head).to_owned(),
            head_sha: head.to_string(),
            base_branch: ask.base,
            base_sha: base.to_string(),
            by: by.to_owned(),
            created_at: now,
            updated_at: now,
            closed_at: None,
            closed_by: None,
            merged_at: None,
            merged_by: None,
            merge_commit: None,
            labels: Vec::new(),
            reviewers: Vec::new(),
            approvals: Vec::new(),
            comments: Vec::new(),
            maintainer_can_modify: ask.maintainer_can_modify,
        };
        repository.pulls.insert(number, pull);
        self.note_pull(place, number, PullDeed::Opened, by);
        number
    }

    fn check_proposal(&self, place: usize, ask: &Proposal) -> Result<(Oid, Oid), Refusal> {
        let repository = &self.repositories[place];
        let owner = repository.name.owner();
        let foreign = ask
            .head
            .split_once(':')
            .is_some_and(|(user, _)| !user.eq_ignore_ascii_case(owner));
        let branch = branch_of(&ask.head);
        let head = repository.objects.tip(branch).filter(|_| !foreign);
        let head = head.ok_or_else(|| Refusal::invalid("PullRequest", "head", "invalid"))?;
        let base = repository.objects.tip(&ask.base);
        let base = base.ok_or_else(|| Refusal::invalid("PullRequest", "base", "invalid"))?;
        let twin = |p: &&Pull| p.open && p.is_from(branch) && p.base_branch == ask.base;
        if repository.pulls.values().any(|pull| twin(&pull)) {
            let message = format!("A pull request already exists for {owner}:{branch}.");
            return Err(Refusal::custom("PullRequest", &message));
        }
        if repository.objects.contains(base, head) {
            let message = format!("No commits between {} and {branch}", ask.base);
            return Err(Refusal::custom("PullRequest", &message));
        }
        Ok((head, base))
    }

    /// Merges a pull request, when its head is still the expected one where one is named; returns the commit.
    pub(super) fn merge_at(
        &mut self,
        place: usize,
        number: u64,
        by: &str,
        expected: Option<&str>,
    ) -> Result<String, Refusal> {
        let repository = &self.repositories[place];
        let pull = repository.pull(number)?;
        if !pull.open || pull.draft {
            return Err(Refusal::new(405, "Pull Request is not mergeable"));
        }
        if expected.is_some_and(|sha| sha != pull.head_sha) {
            return Err(Refusal::new(
                409,
                "Head branch was modified. Review and try the merge again.",
            ));
        }
        let base_branch = pull.base_branch.clone();
        let base = repository
            .objects
            .tip(&base_branch)
            .ok_or_else(Refusal::not_found)?;
        let head = Oid::from_str(&pull.head_sha)?;
        let owner = repository.name.owner();
        let message = format!(
            "Merge pull request #{number} from {}/{}\n\n{}",
            pull.head_owner(owner),
            pull.head_branch,
            pull.title
        );
        let commit = repository
            .objects
            .merge(base, head, &message, &Hand::of(by, self.now))?;
        repository.objects.point(&base_branch, commit)?;
        let now = self.now;
        let pull = self.repositories[place].pull_mut(number)?;
        pull.open = false;
        pull.base_sha = base.to_string();
        pull.closed_at = Some(now);
        pull.closed_by = Some(by.to_owned());
        pull.merged_at = Some(now);
        pull.updated_at = now;
        pull.merged_by = Some(by.to_owned());
        pull.merge_commit = Some(commit.to_string());
        self.repositories[place].objects.verified.insert(commit);
        self.note_pull(place, number, PullDeed::Merged, by);
        self.branch_moved(place, &base_branch, by);
        Ok(commit.to_string())
    }

    /// Closes an open pull request.
    pub(super) fn close_at(&mut self, place: usize, number: u64, by: &str) -> Result<(), Refusal> {
        let now = self.now;
        let pull = self.repositories[place].pull_mut(number)?;
        if pull.open {
            pull.open = false;
            pull.closed_at = Some(now);
            pull.closed_by = Some(by.to_owned());
            pull.updated_at = now;
            self.note_pull(place, number, PullDeed::Closed, by);
        }
        Ok(())
    }

    /// Opens a closed pull request again, which needs its branch and no merge.
    pub(super) fn reopen_at(&mut self, place: usize, number: u64, by: &str) -> Result<(), Refusal> {
        let now = self.now;
        let repository = &self.repositories[place];
        let pull = repository.pull(number)?;
        let tip = match pull.origin {
            Origin::Same => repository.objects.tip(&pull.head_branch),
            Origin::Fork(_) => Oid::from_str(&pull.head_sha).ok(),
            Origin::Gone(_) => None,
        };
        let Some(tip) = tip.filter(|_| pull.merged_at.is_none()) else {
            return Err(Refusal::custom("PullRequest", "state cannot be changed."));
        };
        let pull = self.repositories[place].pull_mut(number)?;
        if !pull.open {
            pull.open = true;
            pull.closed_at = None;
            pull.closed_by = None;
            pull.head_sha = tip.to_string();
            pull.updated_at = now;
            self.note_pull(place, number, PullDeed::Reopened, by);
        }
        Ok(())
    }
}

/// The branch in `owner:branch` or `branch`.
pub(super) fn branch_of(head: &str) -> &str {
    head.split_once(':').map_or(head, |(_, branch)| branch)
}
