//! Files in the tree that code writes: each must be what the code says today.
//!
//! `BLESS=1` rewrites them instead of comparing.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use cronwright::api::crds;

/// The folders of the generated definitions: for kubectl, and the chart's own copy, since a chart is packed alone.
fn folders() -> [PathBuf; 2] {
    ["crds", "charts/cronwright/crds"]
        .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

/// The folder's files and their text, none for a folder that is not there.
fn in_the_tree(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.expect("a readable folder"))
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("a readable definition");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect()
}

/// Makes the folder hold exactly these files.
fn rewrite(folder: &Path, files: &BTreeMap<String, String>) {
    fs::create_dir_all(folder).expect("a writable tree");
    for name in in_the_tree(folder).keys() {
        fs::remove_file(folder.join(name)).expect("a writable folder");
    }
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a writable folder");
    }
}

#[test]
fn crds_in_the_tree_are_those_the_code_declares() {
    let declared: BTreeMap<_, _> = crds::files()
        .expect("schemas are YAML")
        .into_iter()
        .collect();
    for folder in folders() {
        if env::var_os("BLESS").is_some() {
            rewrite(&folder, &declared);
        }
        compare(&folder, &declared);
    }
}

#[test]
fn the_page_of_metrics_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    let declared = cronwright::metrics::reference();
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &declared).expect("a writable tree");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == declared,
        "docs/metrics.md is not what the table says: run `make generate`\n{}",
        similar::TextDiff::from_lines(&found, &declared).unified_diff()
    );
}

/// The folder holds exactly these files.
fn compare(folder: &Path, declared: &BTreeMap<String, String>) {
    let found = in_the_tree(folder);
    let folder = folder.display();
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&found),
        names(declared),
        "{folder} holds other files: run `make generate`"
    );
    for (name, text) in declared {
        assert!(
            found[name] == *text,
            "{folder}/{name} is not what the code declares: run `make generate`\n{}",
            similar::TextDiff::from_lines(&found[name], text).unified_diff()
        );
    }
}
