//! Runs in a row, each a mark whose shape tells how it ended.

use askama::{Template, filters::HtmlSafe};

/// From one mark to the next.
const STEP: usize = 14;

/// Runs in a row, oldest first.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/strip.html")]
pub(in crate::web::dashboard) struct Strip {
    says: String,
    width: usize,
    dots: Vec<(usize, Dot)>,
}

impl HtmlSafe for Strip {}

/// One run.
#[derive(Clone, Debug)]
pub(in crate::web::dashboard) struct Dot {
    /// `good`, `bad` or `none`: it succeeded, it failed, or it says nothing of either.
    pub(in crate::web::dashboard) kind: &'static str,
    pub(in crate::web::dashboard) says: String,
}

impl Strip {
    /// Runs, oldest first.
    pub(in crate::web::dashboard) fn of(dots: Vec<Dot>) -> Self {
        let count = |kind: &str| dots.iter().filter(|dot| dot.kind == kind).count();
        let (good, bad) = (count("good"), count("bad"));
        Self {
            says: format!(
                "{good} of the last {} runs with a verdict succeeded",
                good + bad
            ),
            width: dots.len() * STEP,
            dots: dots
                .into_iter()
                .enumerate()
                .map(|(at, dot)| (at * STEP, dot))
                .collect(),
        }
    }
}
