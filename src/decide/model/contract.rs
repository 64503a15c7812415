//! What the executor promises, clause by clause, so that each can be taken away to see why it is there.

/// The clauses of the executor's contract; all of them hold unless a test takes one away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Contract {
    /// Preconditions are read again just before the act.
    pub(super) rereads: bool,
    /// The re-read before opening asks whether a person declined, or merged and took back, this very change.
    pub(super) asks_for_a_no: bool,
    /// The workflow's claim is taken before the re-read and held until the act has ended, in all three acts.
    pub(super) claims: bool,
    /// The change of a pull request is what its commits carry; an open one whose text says otherwise carries none.
    pub(super) trusts_commits: bool,
    /// A withdrawal is the mark and a closing of ours together; the mark alone is not.
    pub(super) asks_who_closed: bool,
    /// A pull request is closed by deleting its branch, if that still points to the expected commit, in one request.
    pub(super) closes_by_compare_and_delete: bool,
    /// The object is read again before a pull request is opened for it: its spec is the one that was decided about.
    pub(super) asks_the_object: bool,
    /// A round that says farewell reads the pull requests after the object, and waits while somebody holds the claim.
    pub(super) looks_again_at_farewell: bool,
    /// A branch name on which a person sits is left to them, and the next free one is taken.
    pub(super) takes_another_name: bool,
}

impl Contract {
    pub(super) const WHOLE: Self = Self {
        rereads: true,
        asks_for_a_no: true,
        claims: true,
        trusts_commits: true,
        asks_who_closed: true,
        closes_by_compare_and_delete: true,
        asks_the_object: true,
        looks_again_at_farewell: true,
        takes_another_name: true,
    };
}
