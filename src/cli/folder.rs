//! A folder of our own that vanishes at the end.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// A folder below the system's for temporary files; it vanishes with the value.
pub(super) struct Folder {
    path: PathBuf,
}

/// Tells the folders of one process apart.
static MADE: AtomicU32 = AtomicU32::new(0);

impl Folder {
    /// Makes one that is named for its purpose.
    pub(super) fn new(purpose: &str) -> std::io::Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("cronwright-{purpose}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self { path })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
