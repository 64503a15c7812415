//! What stands around every page: its name, the way to the others, and what all of them show.

use crate::web::dashboard::{assets, fresh::Shown};

use super::minute;

/// The pages that the head names, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web::dashboard) enum Tab {
    Overview,
    Timetable,
    Load,
    Workflows,
    Accuracy,
    Cost,
    Plan,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Overview, "Overview", "/"),
        (Self::Timetable, "Timetable", "/timetable"),
        (Self::Load, "Load", "/load"),
        (Self::Workflows, "Workflows", "/workflows"),
        (Self::Accuracy, "Accuracy", "/accuracy"),
        (Self::Cost, "Cost", "/cost"),
        (Self::Plan, "Plan", "/plan"),
    ];
}

/// What stands around a page.
#[derive(Clone, Debug)]
pub(in crate::web::dashboard) struct Frame {
    pub(in crate::web::dashboard) title: String,
    pub(in crate::web::dashboard) assets: String,
    pub(in crate::web::dashboard) store: String,
    pub(in crate::web::dashboard) taken: String,
    pub(in crate::web::dashboard) revision: u64,
    tab: Option<Tab>,
}

impl Frame {
    /// Around a page with this title.
    pub(in crate::web::dashboard) fn of(
        shown: &Shown,
        tab: Option<Tab>,
        title: impl Into<String>,
    ) -> Self {
        Self {
            title: title.into(),
            assets: assets::folder(),
            store: shown.picture.store.clone(),
            taken: minute(shown.picture.taken_at),
            revision: shown.revision,
            tab,
        }
    }

    /// Name and address of each page, and whether it is this one.
    pub(in crate::web::dashboard) fn tabs(&self) -> Vec<(&'static str, &'static str, bool)> {
        let tab = |(tab, name, path)| (name, path, self.tab == Some(tab));
        Tab::ALL.map(tab).into()
    }
}
