//! A file of recorded runs, read for replaying.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read},
    path::Path,
};

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;

use crate::simulate::{Histories, read_runs};

/// More than any history that a demo could use; a small file that unpacks to more is a trap.
const LARGEST_BYTES: u64 = 256 * 1024 * 1024;

/// What every gzip file begins with, RFC 1952.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads the recorded runs of a CSV file, packed with gzip or not.
pub(super) fn read(path: &Path) -> anyhow::Result<Histories> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("{name} cannot be opened"))?;
    let text = text(file).with_context(|| format!("{name} cannot be read"))?;
    read_runs(&text).with_context(|| format!("{name} cannot be replayed"))
}

fn text(file: File) -> anyhow::Result<String> {
    let mut file = BufReader::new(file);
    if file.fill_buf()?.starts_with(&GZIP) {
        bounded(MultiGzDecoder::new(file))
    } else {
        bounded(file)
    }
}

fn bounded(source: impl Read) -> anyhow::Result<String> {
    let mut text = String::new();
    source.take(LARGEST_BYTES + 1).read_to_string(&mut text)?;
    anyhow::ensure!(
        text.len() as u64 <= LARGEST_BYTES,
        "it holds more than 256 MiB"
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const RUNS: &str = "source,repo,workflow,run_id,event,branch,attempt,conclusion,created_at,started_at,completed_at,duration_s,level\n\
                        x,a/b,ci,1,schedule,main,1,success,2026-01-01T00:00:00Z,2026-01-01T00:00:05Z,2026-01-01T00:01:05Z,60,run\n";

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn a_packed_file_reads_as_the_plain_one() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(RUNS.as_bytes()).unwrap();
        let plain = read(written(RUNS.as_bytes()).path()).unwrap();
        let packed = read(written(&packed.finish().unwrap()).path()).unwrap();
        assert_eq!(plain, packed);
        assert_eq!(plain["a/b ci"][0].duration.0, 60);
    }

    #[test]
    fn a_file_that_cannot_be_replayed_says_which_and_why() {
        let told = |bytes: &[u8]| {
            let file = written(bytes);
            let error = read(file.path()).unwrap_err();
            format!("{error:#}").replace(&file.path().display().to_string(), "FILE")
        };
        let columns = told(b"a,b\n");
        assert!(
            columns.starts_with("FILE cannot be replayed: the runs file has no column 'repo'"),
            "{columns}"
        );
        for bytes in [&GZIP[..], b"\xff\xfe"] {
            let unreadable = told(bytes);
            assert!(
                unreadable.starts_with("FILE cannot be read: "),
                "{unreadable}"
            );
        }
        let absent = read(Path::new("no/such/file.csv")).unwrap_err();
        assert!(absent.to_string().contains("no/such/file.csv"), "{absent}");
    }
}
