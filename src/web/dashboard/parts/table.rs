//! A table: what every page can do without scripts and colours.

use askama::{Template, filters::HtmlSafe};

/// Rows below a header. Columns whose name begins with `>` stand to the right, as numbers do.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/table.html")]
pub(in crate::web::dashboard) struct Table {
    /// What it is about; no two of a page are about the same.
    caption: &'static str,
    header: Vec<(&'static str, bool)>,
    rows: Vec<Vec<Cell>>,
    /// What is said where there is no row.
    empty: &'static str,
    /// How many rows are left out.
    more: usize,
}

impl HtmlSafe for Table {}

/// What stands in a row below a name.
#[derive(Clone, Debug, Default)]
pub(in crate::web::dashboard) struct Cell {
    text: String,
    link: Option<String>,
    /// `good`, `warn` or `bad`; the text says the same.
    tone: &'static str,
    is_code: bool,
    is_number: bool,
}

impl Table {
    /// A table without rows, and what is said while it has none.
    pub(in crate::web::dashboard) fn new(
        caption: &'static str,
        header: &[&'static str],
        empty: &'static str,
    ) -> Self {
        let column = |name: &&'static str| (name.trim_start_matches('>'), name.starts_with('>'));
        Self {
            caption,
            header: header.iter().map(column).collect(),
            rows: Vec::new(),
            empty,
            more: 0,
        }
    }

    /// The table with these rows, each as wide as the header.
    pub(in crate::web::dashboard) fn with(
        mut self,
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Self {
        for mut row in rows {
            for (cell, (_, is_number)) in row.iter_mut().zip(&self.header) {
                cell.is_number = *is_number;
            }
            self.rows.push(row);
        }
        self
    }

    /// The table with so many rows at most; it says how many are left out.
    pub(in crate::web::dashboard) fn at_most(mut self, rows: usize) -> Self {
        self.more = self.rows.len().saturating_sub(rows);
        self.rows.truncate(rows);
        self
    }

    /// Whether it has no row.
    pub(in crate::web::dashboard) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Cell {
    /// A text.
    pub(in crate::web::dashboard) fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A text as a machine reads it, such as a cron.
    pub(in crate::web::dashboard) fn code(text: impl Into<String>) -> Self {
        Self {
            is_code: true,
            ..Self::text(text)
        }
    }

    /// A text that leads to an address of ours, or to one that was found safe.
    pub(in crate::web::dashboard) fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            link: Some(to.into()),
            ..Self::text(text)
        }
    }

    /// The cell in a tone: `good`, `warn` or `bad`.
    pub(in crate::web::dashboard) const fn toned(mut self, tone: &'static str) -> Self {
        self.tone = tone;
        self
    }
}
