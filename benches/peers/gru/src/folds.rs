//! Groups of repositories of about equal weight, so that no network forecasts a repository that it learned from.

use std::collections::BTreeMap;

use crate::history::Series;

/// The group of each repository: the largest first, each into the lightest group.
pub fn by_repository(series: &[Series], folds: usize) -> BTreeMap<String, usize> {
    let mut runs: BTreeMap<&str, usize> = BTreeMap::new();
    for one in series {
        *runs.entry(&one.repo).or_default() += one.ended.len();
    }
    let mut largest_first: Vec<_> = runs.into_iter().collect();
    largest_first.sort_by_key(|(repo, count)| (std::cmp::Reverse(*count), *repo));
    let mut weights = vec![0; folds];
    let mut fold_of = BTreeMap::new();
    for (repo, count) in largest_first {
        let lightest = (0..folds).min_by_key(|fold| weights[*fold]).unwrap_or(0);
        weights[lightest] += count;
        fold_of.insert(repo.to_owned(), lightest);
    }
    fold_of
}
