//! A page as plain text: two spaces of margin, columns as wide as they need to be.

use super::{Content, Page};

/// The gap between columns.
const GAP: &str = "   ";

/// The page as text.
pub(super) fn render(page: &Page) -> String {
    let mut text = format!("{}\n", page.title);
    for section in &page.sections {
        text.push('\n');
        if !section.heading.is_empty() {
            text.push_str(&format!("{}\n\n", section.heading));
        }
        text.push_str(&content(&section.content));
    }
    text
}

fn content(content: &Content) -> String {
    match content {
        Content::Lines(lines) => lines.iter().map(|line| format!("  {line}\n")).collect(),
        Content::Facts(facts) => {
            let rows: Vec<Vec<String>> = facts
                .iter()
                .map(|(name, value)| vec![name.clone(), value.clone()])
                .collect();
            aligned(&rows, &[false, false])
        }
        Content::Table { header, rows } => {
            let right: Vec<bool> = header.iter().map(|name| name.starts_with('>')).collect();
            let title = |name: &&str| name.trim_start_matches('>').to_uppercase();
            let mut all = vec![header.iter().map(title).collect()];
            all.extend(rows.iter().cloned());
            aligned(&all, &right)
        }
    }
}

/// Rows with every column as wide as its widest value; no line ends with blanks.
pub(crate) fn aligned(rows: &[Vec<String>], right: &[bool]) -> String {
    let width = |column: usize| {
        let widths = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|value| value.chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..right.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .zip(right)
            .map(|((value, width), right)| {
                if *right {
                    format!("{value:>width$}")
                } else {
                    format!("{value:<width$}")
                }
            });
        let line = cells.collect::<Vec<_>>().join(GAP);
        format!("  {}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}
