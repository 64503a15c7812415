//! Who GitHub takes us for, and what we may do there.

use super::{
    observatory::{Observatory, locked},
    why,
};
use crate::{
    decide::Why,
    github::{self, Grants, Identity},
};

/// What was last learned of our account.
#[derive(Debug, Default)]
pub(super) struct Account {
    login: Option<String>,
    missing: Vec<String>,
}

/// What an App's installation needs, with the least level.
const PERMISSIONS: [(&str, &str); 4] = [
    ("actions", "read"),
    ("contents", "write"),
    ("pull_requests", "write"),
    ("workflows", "write"),
];

impl Observatory {
    /// Asks GitHub who we are: one conditional request.
    ///
    /// # Errors
    /// What GitHub answers instead.
    pub async fn authenticate(&self) -> Result<String, github::Error> {
        let identity = self.github.identity().await?;
        let mut account = locked(&self.account);
        account.missing = missing(&identity);
        account.login = Some(identity.login.clone());
        Ok(identity.login)
    }

    /// The login that our commits and pull requests carry; empty before the first answer.
    #[must_use]
    pub fn account(&self) -> String {
        locked(&self.account).login.clone().unwrap_or_default()
    }

    /// The login that our commits and pull requests carry, asked for where nobody has yet.
    ///
    /// # Errors
    /// Why GitHub does not tell.
    pub async fn known_account(&self) -> Result<String, Why> {
        let account = self.account();
        if !account.is_empty() {
            return Ok(account);
        }
        let asked = self.authenticate().await;
        asked.map_err(|error| why::from_github(&error))
    }

    /// What we lack to open pull requests, as far as GitHub tells.
    #[must_use]
    pub fn missing_permissions(&self) -> Vec<String> {
        locked(&self.account).missing.clone()
    }

    /// Requests left of the hour's limit, and that limit, where GitHub has told.
    #[must_use]
    pub fn budget(&self) -> Option<(u64, u64)> {
        let rate = self.github.rate();
        rate.remaining.zip(rate.limit)
    }
}

fn missing(identity: &Identity) -> Vec<String> {
    match &identity.grants {
        Grants::Permissions(granted) => {
            let enough = |(name, level): &(&str, &str)| {
                granted
                    .get(*name)
                    .is_some_and(|has| has == level || has == "write" || has == "admin")
            };
            let lacking = PERMISSIONS.iter().filter(|permission| !enough(permission));
            lacking
                .map(|(name, level)| format!("{name}:{level}"))
                .collect()
        }
        Grants::Scopes(scopes) => {
            let lacking = ["repo", "workflow"]
                .into_iter()
                .filter(|scope| !scopes.contains(*scope));
            lacking.map(ToOwned::to_owned).collect()
        }
        Grants::Unknown => Vec::new(),
    }
}
