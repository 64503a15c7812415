//! A workflow's name that is a slip of the hand away from one that is known.

use crate::{
    domain::Located,
    store::{Store, StoreError},
};

/// How many letters a slip changes at most: two swapped, or two wrong.
const SLIP: usize = 2;

/// The known workflow that somebody may have meant; none where the name itself is known, or nothing is like it.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn meant(store: &Store, named: &Located) -> Result<Option<Located>, StoreError> {
    if !store
        .of(&named.host)
        .history(&named.id, 1)
        .await?
        .is_empty()
    {
        return Ok(None);
    }
    let known = store.forecast_workflows().await?;
    Ok(nearest(&named.to_string(), known))
}

fn nearest(named: &str, known: Vec<Located>) -> Option<Located> {
    let distance = |id: &Located| strsim::osa_distance(named, &id.to_string());
    let near = known
        .into_iter()
        .filter(|id| (1..=SLIP).contains(&distance(id)));
    near.min_by_key(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::id;

    #[test]
    fn a_slip_is_near_and_another_name_is_not() {
        let known = || {
            vec![
                Located::from(id("acme/app/nightly.yml")),
                id("acme/api/weekly.yml").into(),
            ]
        };
        let meant = |named| nearest(named, known()).map(|id| id.to_string());
        assert_eq!(
            meant("acme/app/nigthly.yml"),
            Some("acme/app/nightly.yml".into())
        );
        assert_eq!(
            meant("acme/api/weekly.yaml"),
            Some("acme/api/weekly.yml".into())
        );
        assert_eq!(meant("acme/app/nightly.yml"), None);
        assert_eq!(meant("acme/app/release.yml"), None);
    }
}
