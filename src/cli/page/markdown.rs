//! A page as GitHub's Markdown. Everything that is told is escaped: names of workflows come from outside.

use super::{Content, Group, Page};

/// The page as Markdown.
pub(super) fn render(page: &Page) -> String {
    let mut text = format!("## {}\n", escape(&page.title));
    for section in &page.sections {
        text.push('\n');
        if !section.heading.is_empty() {
            text.push_str(&format!("### {}\n\n", escape(&section.heading)));
        }
        text.push_str(&content(&section.content));
    }
    text
}

fn content(content: &Content) -> String {
    match content {
        Content::Lines(lines) => lines
            .iter()
            .map(|line| format!("- {}\n", escape(line)))
            .collect(),
        Content::Facts(facts) => {
            let rows = facts
                .iter()
                .map(|(name, value)| row([name, value].into_iter()));
            format!("| | |\n|---|---|\n{}", rows.collect::<String>())
        }
        Content::Gantt(groups) => diagram(groups),
        Content::Table { header, rows } => {
            let names = row(header.iter().map(|name| name.trim_start_matches('>')));
            let rule = header.iter().map(|name| {
                if name.starts_with('>') {
                    "---:|"
                } else {
                    "---|"
                }
            });
            let rows = rows.iter().map(|cells| row(cells.iter()));
            format!(
                "{names}|{}\n{}",
                rule.collect::<String>(),
                rows.collect::<String>()
            )
        }
    }
}

/// Bars as a diagram that GitHub draws (Mermaid). A minute is the least that is seen.
fn diagram(groups: &[Group]) -> String {
    let mut text =
        "```mermaid\ngantt\n  dateFormat YYYY-MM-DDTHH:mm\n  axisFormat %H:%M\n".to_owned();
    for group in groups {
        text.push_str(&format!("  section {}\n", label(&group.name)));
        for bar in &group.bars {
            let (name, start) = (label(&bar.name), bar.start.format("%Y-%m-%dT%H:%M"));
            let minutes = bar.length.0.div_ceil(60).max(1);
            text.push_str(&format!("  {name} : {start}, {minutes}m\n"));
        }
    }
    text + "```\n"
}

/// A name of which nothing is read as Mermaid's own marks, nor as the end of the diagram.
fn label(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || " ./_-".contains(letter);
    text.chars()
        .map(|letter| if plain(letter) { letter } else { '_' })
        .collect()
}

fn row(cells: impl Iterator<Item = impl AsRef<str>>) -> String {
    let cells: Vec<String> = cells.map(|cell| escape(cell.as_ref())).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Text that shows as it is: markup is escaped, line ends and control characters become blanks.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '|' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '~' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '@' => escaped.push_str("@\u{200b}"),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
