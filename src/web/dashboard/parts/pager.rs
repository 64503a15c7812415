//! Long lists in pieces: which piece is shown, and the way to the others.

use askama::{Template, filters::HtmlSafe};

use super::query;

/// How many rows a piece has.
const PAGE: usize = 50;

/// Where in a list one is.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/pager.html")]
pub(in crate::web::dashboard) struct Pager {
    /// Of what there are so many.
    what: &'static str,
    first: usize,
    last: usize,
    total: usize,
    previous: Option<String>,
    next: Option<String>,
}

impl HtmlSafe for Pager {}

impl Pager {
    /// The piece of this number, from 1 on, of a list that is filtered by `values`; a number beyond the list is its last.
    pub(in crate::web::dashboard) fn of(
        what: &'static str,
        total: usize,
        page: usize,
        path: &str,
        values: &[(&str, &str)],
    ) -> Self {
        let pages = total.div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let to = |page: usize| {
            let number = page.to_string();
            let mut values = values.to_vec();
            values.push(("page", &number));
            format!("{path}{}", query(&values))
        };
        Self {
            what,
            first: ((page - 1) * PAGE + 1).min(total),
            last: (page * PAGE).min(total),
            total,
            previous: (page > 1).then(|| to(page - 1)),
            next: (page < pages).then(|| to(page + 1)),
        }
    }

    /// The rows of the piece.
    pub(in crate::web::dashboard) fn piece<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        all.get(self.first.saturating_sub(1)..self.last)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(total: usize, page: usize) -> (usize, Option<usize>, bool, bool) {
        let pager = Pager::of("workflows", total, page, "/workflows", &[("q", "a b")]);
        let all: Vec<usize> = (1..=total).collect();
        let piece = pager.piece(&all);
        let ways = (pager.previous.is_some(), pager.next.is_some());
        (piece.len(), piece.first().copied(), ways.0, ways.1)
    }

    #[test]
    fn every_row_is_in_one_piece_and_no_number_leads_beyond_them() {
        assert_eq!(shown(0, 1), (0, None, false, false));
        assert_eq!(shown(120, 0), (50, Some(1), false, true));
        assert_eq!(shown(120, 2), (50, Some(51), true, true));
        assert_eq!(shown(120, 3), (20, Some(101), true, false));
        assert_eq!(shown(120, usize::MAX), (20, Some(101), true, false));
        assert_eq!(shown(50, 2), (50, Some(1), false, false));
    }

    #[test]
    fn the_way_to_another_piece_keeps_the_filter() {
        let pager = Pager::of("workflows", 120, 1, "/workflows", &[("q", "a b")]);
        assert_eq!(pager.next.as_deref(), Some("/workflows?q=a%20b&page=2"));
    }
}
