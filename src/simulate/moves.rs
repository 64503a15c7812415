//! Repositories that are archived, get another name or owner, or go. Git objects stay where they are.

use super::{Refusal, World};
use crate::domain::RepositoryName;

impl World {
    /// Archives a repository: it stays readable, nothing fires and nothing can be written; or takes it back.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn archive(&mut self, repository: &RepositoryName, archived: bool) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        self.repositories[place].archived = archived;
        self.register_all(place);
        Ok(())
    }

    /// Gives a repository another name, or another owner; whoever asks for the former name is sent there.
    ///
    /// # Errors
    /// 404 without such a repository, 422 where the name is taken.
    pub fn rename(
        &mut self,
        repository: &RepositoryName,
        to: RepositoryName,
    ) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        if self.by_name.contains_key(&to.key()) {
            return Err(Refusal::custom(
                "Repository",
                "name already exists on this account",
            ));
        }
        self.by_name.remove(&repository.key());
        self.moved.remove(&to.key());
        self.by_name.insert(to.key(), place);
        self.moved
            .insert(repository.key(), self.repositories[place].id);
        self.repositories[place].name = to;
        Ok(())
    }

    /// Deletes a repository.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn remove(&mut self, repository: &RepositoryName) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        // Places are numbers in the agenda; one that is gone stays, and nothing leads there.
        self.archive(repository, true)?;
        self.by_name.remove(&repository.key());
        self.repositories[place].gone = true;
        Ok(())
    }
}
