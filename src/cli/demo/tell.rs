//! How the story is told: headings, tables, differences; or silence where JSON is wanted.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{page::Page, progress};

/// Tells the story, or keeps silent.
pub(super) struct Teller<'a> {
    out: &'a mut dyn Write,
    silent: bool,
    chapter: u32,
    bar: ProgressBar,
}

impl<'a> Teller<'a> {
    pub(super) fn new(out: &'a mut dyn Write, silent: bool) -> Self {
        let bar = if silent {
            ProgressBar::hidden()
        } else {
            progress::shown(ProgressBar::new_spinner())
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        Self {
            out,
            silent,
            chapter: 0,
            bar,
        }
    }

    /// Begins a chapter.
    pub(super) fn chapter(&mut self, title: &str) -> io::Result<()> {
        self.chapter += 1;
        let heading = format!("{}. {title}", self.chapter);
        self.say(&format!(
            "\n{heading}\n{}\n",
            "-".repeat(heading.chars().count())
        ))
    }

    /// Says something.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        if self.silent {
            return Ok(());
        }
        self.bar.finish_and_clear();
        writeln!(self.out, "{text}")
    }

    /// Says a page.
    pub(super) fn page(&mut self, page: &Page) -> io::Result<()> {
        self.say(&page.to_string())
    }

    /// Says something with every line moved in.
    pub(super) fn quote(&mut self, text: &str) -> io::Result<()> {
        let lines: Vec<_> = text
            .lines()
            .map(|line| format!("    {line}").trim_end().to_owned())
            .collect();
        self.say(&lines.join("\n"))
    }

    /// Something that turns while work goes on.
    pub(super) fn progress(&self, what: &'static str) -> impl Fn(&str) + use<> {
        let bar = self.bar.clone();
        move |object| {
            bar.set_message(format!("{what}: {object}"));
            bar.tick();
        }
    }
}
