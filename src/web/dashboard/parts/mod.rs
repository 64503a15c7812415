//! What pages are put together from. Each part is a value with a template; none knows the store.

mod bands;
mod bars;
mod curve;
mod frame;
mod gantt;
mod heat;
mod link;
mod pager;
mod strip;
mod table;
mod words;

pub(super) use bands::Bands;
pub(super) use bars::Bars;
pub(super) use curve::Curve;
pub(super) use frame::{Frame, Tab};
pub(super) use gantt::{Gantt, Lane, Runs};
pub(super) use heat::Heat;
pub(super) use link::{named, query, to_workflow};
pub(super) use pager::Pager;
pub(super) use strip::{Dot, Strip};
pub(super) use table::{Cell, Table};
pub(super) use words::{day, minute};
