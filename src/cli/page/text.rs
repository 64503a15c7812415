//! A page as plain text: two spaces of margin, columns as wide as they need to be.

use super::{Content, Group, Page};

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
        Content::Gantt(groups) => bars(groups),
    }
}

/// Bars as rows; a terminal's own picture of a day is the histogram of starts.
fn bars(groups: &[Group]) -> String {
    let header = ["WHEN", "BEGINS", "LENGTH", "WHAT"];
    let mut rows = vec![header.map(ToOwned::to_owned).to_vec()];
    for group in groups {
        rows.extend(group.bars.iter().map(|bar| {
            let begins = bar.start.format("%H:%M").to_string();
            vec![
                group.name.clone(),
                begins,
                bar.length.to_string(),
                bar.name.clone(),
            ]
        }));
    }
    aligned(&rows, &[false, true, true, false])
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
