//! Files of the edit command: read one within bounds, replace one whole or not at all.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::edit::BYTES_MAX;

/// Reads a file, or standard input for `-`; one byte more than an edit takes is enough to refuse it.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = BYTES_MAX as u64 + 1;
    if super::is_standard_stream(path) {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Writes a file through a temporary one beside it and a rename, so that nobody ever sees half of it.
///
/// A link is followed, so that it stays a link; the permissions of a file that exists are kept.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = temporary(&path)?;
    let file = fs::File::create_new(&beside)?;
    let written = fill(file, &path, bytes).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // The first error is the one to tell; that the temporary file stays behind adds nothing to it.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The temporary file's path: in the same folder, because a rename is atomic within one file system only.
fn temporary(path: &Path) -> io::Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this is not a file"))?;
    let name = format!(
        ".{}.{}.cronwright",
        name.to_string_lossy(),
        std::process::id()
    );
    Ok(path.with_file_name(name))
}

/// Fills the temporary file and gives it the permissions of the one that it will replace.
fn fill(mut file: fs::File, path: &Path, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}
