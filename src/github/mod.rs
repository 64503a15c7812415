//! GitHub: the only room that speaks to it.
//!
//! One [`Client`] per connection reads repositories, workflows, runs, jobs and pull requests, and writes commits, branches
//! and pull requests. octocrab carries the requests and signs the App's tokens; credentials, conditions, limits, paging and
//! errors are ours, because each of them must hold on an Enterprise Server and inside a reconcile as well.
//!
//! It knows nothing of plans, of Kubernetes and of the store: answers are remembered through the port [`ResponseCache`], and
//! time is what the [`Clock`] says.
//!
//! # Invariants
//! - Nothing sleeps. What may not go now fails with [`Error::RateLimited`], which says when.
//! - A write is sent once, alone, and its failure says whether it may have happened.
//! - An unchanged object costs a conditional request, which GitHub does not count.
//! - Credentials are sent to the connection's own host only, and appear in no text: no error, log, fact or cache key.

mod auth;
mod budget;
mod cache;
mod call;
mod classify;
mod client;
mod error;
mod exchange;
mod fact;
mod mint;
mod paging;
mod reads;
mod settings;
mod skew;
mod target;
mod transport;
mod verdict;
pub mod webhook;
mod wire;
mod writes;

pub use budget::{
    Budget, BudgetSnapshot, Cost, POINTS_PER_MINUTE, READ_POINTS, WRITE_BURST, WRITE_POINTS,
    WRITES_PER_HOUR, WRITES_PER_MINUTE, Wait,
};
pub use cache::{CachedResponse, MemoryCache, ResponseCache};
pub use client::Client;
pub use error::{Error, Limit, Result, Retry, Wrote};
pub use fact::{Outcome, RequestFact};
pub use reads::{
    branches::{BranchHead, CommitInfo, Hand},
    files::FileContent,
    identity::{Grants, Identity, IdentityKind},
    owner::ListedRepository,
    pulls::{Closer, Head, Pull, PullState, PullsIn},
    repository::{Repository, Workflow, WorkflowState},
    runs::Freshness,
};
pub use settings::{BudgetSettings, Clock, Credentials, GITHUB_API, Observer, Settings};
pub use writes::pulls::{NewPull, PullEdit};

#[cfg(test)]
mod tests;
