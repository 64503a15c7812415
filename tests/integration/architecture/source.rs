//! Rust files as the guards read them: their tokens, the paths they name, and which lines are tests.
//!
//! [`tokens`] see into macros, where a syntax tree does not; [`reader`] walks the tree for the rest.

use std::{
    collections::BTreeSet,
    fs,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::{
    reader,
    tokens::{self, Name, Token},
};

/// One Rust file.
pub struct Source {
    /// From the root of the repository, with slashes.
    pub path: String,
    /// As it is on disk.
    pub text: String,
    /// Every token, groups opened.
    pub tokens: Vec<Token>,
    /// Every function.
    pub functions: Vec<Function>,
    /// The whole file is compiled for tests only.
    is_test: bool,
    /// Items that are compiled for tests only.
    pub test_lines: Vec<RangeInclusive<usize>>,
    /// Modules written inside this file, the outer before the inner.
    pub modules: Vec<(RangeInclusive<usize>, Vec<String>)>,
    /// `use` items and what they bring in.
    pub uses: Vec<(RangeInclusive<usize>, Vec<Name>)>,
    /// Modules in other files that this one declares for tests only.
    pub test_modules: Vec<Vec<String>>,
}

/// A function and its extent, attributes left out.
pub struct Function {
    /// Its name.
    pub name: String,
    /// From `fn` to the closing brace.
    pub lines: RangeInclusive<usize>,
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder of the repository whose name ends so, in order.
pub fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten();
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A path from the root of the repository, with slashes.
pub fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("a file of the repository");
    path.to_string_lossy().replace('\\', "/")
}

/// Every file of the crate, read once for all guards.
pub fn crate_sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(read_crate)
}

fn read_crate() -> Vec<Source> {
    let mut sources = read("src");
    let tests: BTreeSet<_> = sources
        .iter()
        .flat_map(|source| source.test_modules.clone())
        .collect();
    for source in &mut sources {
        let module = source.module();
        source.is_test = tests.iter().any(|test| module.starts_with(test));
    }
    sources
}

/// Every file of the integration tests and the benches, read once for all guards.
pub fn test_sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let mut sources = read("tests");
        sources.extend(read("benches"));
        for source in &mut sources {
            source.is_test = true;
        }
        sources
    })
}

fn read(folder: &str) -> Vec<Source> {
    let read = |path: &PathBuf| fs::read_to_string(path).expect("a readable source");
    files(folder, ".rs")
        .iter()
        .map(|path| Source::parse(&relative(path), &read(path)))
        .collect()
}

impl Source {
    /// Reads a file's text as if it stood at this path.
    pub fn parse(path: &str, text: &str) -> Self {
        let syntax =
            syn::parse_file(text).unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        let mut source = Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens: tokens::read(text),
            functions: Vec::new(),
            is_test: false,
            test_lines: Vec::new(),
            modules: Vec::new(),
            uses: Vec::new(),
            test_modules: Vec::new(),
        };
        reader::read(&syntax, &mut source);
        source
    }

    /// The module that the file is: `src/plan/mod.rs` is `plan`, the crate's root is empty.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let path = path.strip_suffix(".rs").unwrap_or(path);
        let path = path.strip_suffix("/mod").unwrap_or(path);
        if path == "lib" {
            return Vec::new();
        }
        path.split('/').map(str::to_owned).collect()
    }

    /// Whether a line is compiled for tests only.
    pub fn is_test(&self, line: usize) -> bool {
        self.is_test || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// How many lines remain when tests are cut out.
    pub fn production_lines(&self) -> usize {
        (1..=self.text.lines().count())
            .filter(|line| !self.is_test(*line))
            .count()
    }

    /// Every path that the code names, with `crate`, `self` and `super` resolved to `crate::...`.
    pub fn names(&self) -> Vec<Name> {
        let used = self.uses.iter().flat_map(|(_, names)| names.clone());
        let is_used = |line| self.uses.iter().any(|(lines, _)| lines.contains(&line));
        let named = tokens::paths(&self.tokens);
        let inline = named.into_iter().filter(|name| !is_used(name.line));
        used.chain(inline).map(|name| self.absolute(name)).collect()
    }

    fn absolute(&self, name: Name) -> Name {
        let mut inline = self.modules.iter();
        let innermost = inline.rfind(|(lines, _)| lines.contains(&name.line));
        let mut module = innermost.map_or_else(|| self.module(), |(_, module)| module.clone());
        let mut rest = name.segments.as_slice();
        match rest.first().map(String::as_str) {
            Some("crate" | "cronwright") => {
                module.clear();
                rest = &rest[1..];
            }
            Some("self") => rest = &rest[1..],
            Some("super") => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    module.pop();
                    rest = &rest[1..];
                }
            }
            _ => return name,
        }
        let mut segments = vec!["crate".to_owned()];
        segments.extend(module);
        segments.extend_from_slice(rest);
        let line = name.line;
        Name { segments, line }
    }
}

#[test]
fn names_are_found_in_groups_macros_attributes_and_nested_modules() {
    let source = Source::parse(
        "src/plan/week.rs",
        "use crate::{domain::Run, edit};\n\
         #[derive(kube::CustomResource)]\n\
         struct Thing;\n\
         fn say() { println!(\"{}\", super::order::first(crate::store::open())); }\n\
         #[cfg(test)]\n\
         mod tests { use super::super::edit; }\n",
    );

    let names: Vec<_> = source
        .names()
        .into_iter()
        .map(|name| format!("{} {}", name.line, name.segments.join("::")))
        .collect();

    assert_eq!(
        names,
        [
            "1 crate::domain::Run",
            "1 crate::edit",
            "6 crate::plan::edit",
            "2 kube::CustomResource",
            "4 crate::plan::order::first",
            "4 crate::store::open",
        ]
    );
    assert!(source.is_test(6) && !source.is_test(4));
    assert_eq!(source.production_lines(), 4);
}

#[test]
fn files_of_test_modules_are_tests_and_others_are_not() {
    let sources = crate_sources();
    let is_test = |path: &str| {
        let source = sources.iter().find(|source| source.path == path);
        source.expect(path).is_test(1)
    };

    assert!(is_test("src/edit/tests/support.rs"));
    assert!(is_test("src/track/score_tests.rs"));
    assert!(!is_test("src/edit/apply.rs"));
}
