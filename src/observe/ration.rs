//! What a set's WorkflowSchedules opened lately, as the store remembers it.

use super::{observatory::Observatory, why};
use crate::{
    decide::{
        Why,
        ration::{LOOK_BACK, Ration},
    },
    domain::{Timestamp, WorkflowId},
};

impl Observatory {
    /// Writes down that a pull request is about to be opened, and tells whether that is news.
    ///
    /// # Errors
    /// Why the store does not take it; what nobody could count must not be opened.
    pub async fn intend(&self, workflow: &WorkflowId, now: Timestamp) -> Result<bool, Why> {
        let intended = self.store.intend(workflow, now).await;
        intended.map_err(|error| why::from_store(&error))
    }

    /// Takes note that what came of an intent is known; an intent that stays counts as opened for an hour.
    pub async fn settle(&self, workflow: &WorkflowId) {
        if let Err(error) = self.store.settle(workflow).await {
            tracing::warn!(error = %error, "intent could not be settled; it counts as opened for an hour");
        }
    }

    /// A ration with what was opened lately. Read again just before a pull request is opened, under the right to act, it
    /// cannot have grown since.
    ///
    /// # Errors
    /// Why the store does not tell.
    pub async fn with_opened(&self, ration: Ration, now: Timestamp) -> Result<Ration, Why> {
        let opened = self.store.opened_since(now - LOOK_BACK).await;
        let opened = opened.map_err(|error| why::from_store(&error))?;
        let mut ration = ration;
        let members = &ration.tally.members;
        ration.tally.opened = opened
            .into_iter()
            .filter(|(_, workflow)| members.contains(workflow))
            .collect();
        Ok(ration)
    }
}
