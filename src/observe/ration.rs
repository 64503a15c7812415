//! What a set's WorkflowSchedules opened lately, as the store remembers it.

use super::{observatory::Observatory, why};
use crate::{
    decide::{
        Why,
        ration::{LOOK_BACK, Ration},
    },
    domain::Timestamp,
};

impl Observatory {
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
