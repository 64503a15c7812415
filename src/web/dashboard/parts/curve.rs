//! What was told against what came, in percent: on the diagonal both agree.

use askama::{Template, filters::HtmlSafe};

/// The side of the square, in the picture's own units.
const SIDE: f64 = 240.0;

/// Points beside a diagonal.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/curve.html")]
pub(in crate::web::dashboard) struct Curve {
    says: String,
    points: Vec<Point>,
}

impl HtmlSafe for Curve {}

#[derive(Clone, Debug)]
struct Point {
    x: String,
    y: String,
    radius: u32,
    says: String,
}

impl Curve {
    /// Of so many runs each, the share that was told and the share that came.
    pub(in crate::web::dashboard) fn of(says: String, shares: &[(u32, f64, f64)]) -> Self {
        let point = |(runs, told, came): &(u32, f64, f64)| Point {
            x: format!("{:.1}", told * SIDE),
            y: format!("{:.1}", SIDE - came * SIDE),
            // The area grows with the number, so that a point of few runs does not look like one of many.
            radius: match runs {
                0..=9 => 3,
                10..=99 => 5,
                100..=999 => 7,
                _ => 9,
            },
            says: format!(
                "told {:.1}%, came {:.1}% of {runs} runs",
                told * 100.0,
                came * 100.0
            ),
        };
        Self {
            says,
            points: shares.iter().map(point).collect(),
        }
    }

    /// The points as a line.
    fn line(&self) -> String {
        let points = self.points.iter();
        let each: Vec<String> = points
            .map(|point| format!("{},{}", point.x, point.y))
            .collect();
        each.join(" ")
    }
}
