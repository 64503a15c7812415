//! The claim under which a workflow is acted on, kept in the store that all workers share.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{observatory::Observatory, why};
use crate::{
    decide::{Effect, Why},
    domain::{Seconds, Timestamp, WorkflowId},
};

/// A claim that was taken.
#[derive(Debug)]
pub struct Claim {
    workflow: WorkflowId,
    holder: String,
}

/// Counts the acts of this process: a holder is one act, so that not even two tasks of one process hold the same claim.
static ACTS: AtomicU64 = AtomicU64::new(0);

impl Observatory {
    /// Takes the claim on the workflow that the effects are about; none when another worker holds it.
    ///
    /// # Errors
    /// Why the store does not tell.
    pub async fn claim(
        &self,
        effects: &[Effect],
        now: Timestamp,
        holds: Seconds,
    ) -> Result<Option<Claim>, Why> {
        let Some(workflow) = effects.first().map(Effect::workflow) else {
            return Ok(None);
        };
        // In a pod every process has number 1; its host's name tells it from the others.
        let host = std::env::var("HOSTNAME").unwrap_or_default();
        let act = ACTS.fetch_add(1, Ordering::Relaxed);
        let holder = format!("{host}-{}-{act}", std::process::id());
        let taken = self
            .store
            .claim(workflow, &holder, now, now + holds.to_delta())
            .await;
        let taken = taken.map_err(|error| why::from_store(&error))?;
        Ok(taken.then(|| Claim {
            workflow: workflow.clone(),
            holder,
        }))
    }

    /// Gives a claim back; one that cannot be given back ends by itself.
    pub async fn release(&self, claim: Claim) {
        if let Err(error) = self.store.release(&claim.workflow, &claim.holder).await {
            tracing::warn!(error = %error, "claim could not be given back; it ends by itself");
        }
    }
}
