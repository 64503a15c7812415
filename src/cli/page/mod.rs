//! Pages: what a command tells, once as data for programs and once as sections for people.
//!
//! Owns the four formats. A command makes its data and its page from the same values, so that both always agree. Text is for
//! terminals, Markdown for job summaries and issues; whatever comes from outside is escaped there.

mod markdown;
mod text;

use std::{fmt, io::Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::domain::{Seconds, Timestamp};

/// How a command prints what it tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// One YAML document.
    Yaml,
    /// Tables for a job summary or an issue.
    Markdown,
}

/// What a command tells people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is about, in one line.
    pub title: String,
    /// The parts, in order.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading; empty for the first part.
    pub heading: String,
    /// What it holds.
    pub content: Content,
}

/// What a part of a page holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Names with values.
    Facts(Vec<(String, String)>),
    /// Rows below a header. Columns whose header begins with `>` stand to the right, as numbers do.
    Table {
        /// The header.
        header: Vec<&'static str>,
        /// The rows, as wide as the header.
        rows: Vec<Vec<String>>,
    },
    /// Lines of text.
    Lines(Vec<String>),
    /// Bars along a day, in groups.
    Gantt(Vec<Group>),
}

/// Bars that are drawn together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub name: String,
    /// The bars, from the earliest on.
    pub bars: Vec<Bar>,
}

/// Something that begins and lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// When it begins.
    pub start: Timestamp,
    /// How long it lasts.
    pub length: Seconds,
}

impl Page {
    /// A page without parts.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            sections: Vec::new(),
        }
    }

    /// The page with one more part.
    #[must_use]
    pub fn with(mut self, heading: &str, content: Content) -> Self {
        self.sections.push(Section {
            heading: heading.to_owned(),
            content,
        });
        self
    }
}

/// As text.
impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::render(self))
    }
}

/// Prints data, or the page that tells it to people.
///
/// # Errors
/// When it cannot be written.
pub fn print(
    out: &mut dyn Write,
    format: Format,
    data: &impl Serialize,
    page: impl FnOnce() -> Page,
) -> anyhow::Result<()> {
    match format {
        Format::Text => out.write_all(text::render(&page()).as_bytes())?,
        Format::Markdown => out.write_all(markdown::render(&page()).as_bytes())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, data)?;
            writeln!(out)?;
        }
        Format::Yaml => out.write_all(serde_saphyr::to_string(data)?.as_bytes())?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page::new("Forecasts of 2 workflows")
            .with(
                "",
                Content::Facts(vec![
                    ("health".into(), "Good".into()),
                    ("score".into(), "92 %".into()),
                ]),
            )
            .with(
                "Workflows",
                Content::Table {
                    header: vec!["workflow", ">p50"],
                    rows: vec![
                        vec!["acme/a|b/nightly.yml".into(), "12m30s".into()],
                        vec!["acme/<b>/x.yml".into(), "9s".into()],
                    ],
                },
            )
            .with("Notes", Content::Lines(vec!["none".into()]))
    }

    fn printed(format: Format) -> String {
        let mut out = Vec::new();
        let data = serde_json::json!({"score": 92});
        print(&mut out, format, &data, page).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn text_aligns_columns_and_says_headings_once() {
        assert_eq!(
            printed(Format::Text),
            "Forecasts of 2 workflows\n\n  health   Good\n  score    92 %\n\nWorkflows\n\n  WORKFLOW                  P50\n  acme/a|b/nightly.yml   12m30s\n  acme/<b>/x.yml             9s\n\nNotes\n\n  none\n"
        );
    }

    #[test]
    fn markdown_escapes_what_would_be_markup() {
        assert_eq!(
            printed(Format::Markdown),
            "## Forecasts of 2 workflows\n\n| | |\n|---|---|\n| health | Good |\n| score | 92 % |\n\n### Workflows\n\n| workflow | p50 |\n|---|---:|\n| acme/a\\|b/nightly.yml | 12m30s |\n| acme/\\<b\\>/x.yml | 9s |\n\n### Notes\n\n- none\n"
        );
    }

    #[test]
    fn bars_are_a_table_for_terminals_and_a_diagram_for_summaries_that_names_cannot_break() {
        let bar = |name: &str| Bar {
            name: name.to_owned(),
            start: "2026-09-15T02:17:00Z".parse().expect("an instant"),
            length: Seconds(95),
        };
        let page = Page::new("Day").with(
            "",
            Content::Gantt(vec![Group {
                name: "Now".to_owned(),
                bars: vec![
                    bar("acme/a/nightly.yml"),
                    bar("acme/b/x:y;%%{init}\n```.yml"),
                ],
            }]),
        );
        assert_eq!(
            text::render(&page),
            "Day\n\n  WHEN   BEGINS   LENGTH   WHAT\n  Now     02:17    1m35s   acme/a/nightly.yml\n  Now     02:17    1m35s   acme/b/x:y;%%{init}\n```.yml\n"
        );
        assert_eq!(
            markdown::render(&page),
            "## Day\n\n```mermaid\ngantt\n  dateFormat YYYY-MM-DDTHH:mm\n  axisFormat %H:%M\n  section Now\n  acme/a/nightly.yml : 2026-09-15T02:17, 2m\n  acme/b/x_y____init_____.yml : 2026-09-15T02:17, 2m\n```\n"
        );
    }

    #[test]
    fn json_and_yaml_hold_the_data() {
        assert_eq!(printed(Format::Json), "{\n  \"score\": 92\n}\n");
        assert_eq!(printed(Format::Yaml).trim(), "score: 92");
    }
}
