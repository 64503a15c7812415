//! The standalone shell: the same manifests from a folder, the same rounds, SQLite for history and status, no cluster.

mod manifests;
mod object;
mod pulls;
mod run;
mod secret;
mod sets;
mod shell;
mod table;
mod webhooks;

pub use manifests::{Manifests, ManifestsError};
pub use run::{StandaloneArgs, run};
pub use shell::{Concluded, Shell};
pub use table::table;
