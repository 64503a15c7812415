//! What the tests of this room share: fixtures, short ways to say a change, and text with its control characters shown.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    domain::Schedule,
    edit::{Change, Edited, Options, Refusal, edit, read},
};

/// All fixtures by name.
pub(super) fn fixtures() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/workflows");
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yml"));
    files
        .map(|path| {
            (
                path.file_stem().unwrap().to_str().unwrap().to_owned(),
                fs::read(&path).unwrap(),
            )
        })
        .collect()
}

/// One fixture.
pub(super) fn fixture(name: &str) -> Vec<u8> {
    fixtures().remove(name).unwrap()
}

/// Reads a schedule: five fields, and perhaps a time zone.
pub(super) fn schedule(text: &str) -> Schedule {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (cron, zone) = words.split_at(5);
    Schedule {
        cron: cron.join(" ").parse().unwrap(),
        time_zone: zone
            .first()
            .map_or_else(Default::default, |zone| zone.parse().unwrap()),
    }
}

/// A change of what stands at a place; the time zone stays unless `to` names one.
pub(super) fn change(bytes: &[u8], index: usize, to: &str) -> Change {
    let from = read(bytes).unwrap().entries[index]
        .schedule
        .clone()
        .unwrap();
    let mut to_schedule = schedule(to);
    if to.split_whitespace().count() == 5 {
        to_schedule.time_zone = from.time_zone;
    }
    Change {
        index,
        from,
        to: to_schedule,
    }
}

/// Edits one entry.
pub(super) fn edit_one(bytes: &[u8], index: usize, to: &str) -> Result<Edited, Refusal> {
    edit(bytes, &[change(bytes, index, to)], Options::default())
}

/// The text after an edit of the first entry.
pub(super) fn after(text: &str, to: &str) -> String {
    String::from_utf8(edit_one(text.as_bytes(), 0, to).unwrap().bytes).unwrap()
}

/// A workflow around one entry of its schedule.
pub(super) fn workflow(entry: &str, jobs: &str) -> String {
    format!("on:\n  schedule:\n    - {entry}\njobs:\n{jobs}")
}

/// Shows the characters that a golden text would lose.
pub(super) fn visible(text: &str) -> String {
    text.replace('\r', "<CR>")
        .replace('\t', "<TAB>")
        .replace('\u{feff}', "<BOM>")
        .replace(" \n", "<SPACE>\n")
}
