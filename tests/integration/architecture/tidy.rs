//! Tidiness of Rust code: what a reader may rely on in every file of the house.

use super::{
    finding::{Finding, expect_none, lines},
    source::{Source, crate_sources, test_sources},
    tokens::Token,
};

/// The longest production file, its tests cut out: what a person still reads at once (130 is the aim).
const FILE_LINES_MAX: usize = 400;

/// The longest function, its braces included (the bar is 10). TigerStyle's limit: it fits on a screen.
const FUNCTION_LINES_MAX: usize = 70;

/// The fewest words of a test's name: fewer say what is called, not what must hold.
const TEST_NAME_WORDS_MIN: usize = 3;

/// Every file opens by telling what it owns.
fn opening(source: &Source) -> Option<Finding> {
    let advice =
        "tell in its first line what the file owns, then what it must not know and its invariants";
    (!source.text.starts_with("//! "))
        .then(|| Finding::new(&source.path, 1, "the file does not open with `//!`", advice))
}

/// No production file is too long to be read.
fn file_length(source: &Source) -> Option<Finding> {
    let length = source.production_lines();
    let rule = format!("{length} lines of production code, at most {FILE_LINES_MAX}");
    let advice = "one idea per file: make a folder of it and name its parts";
    (length > FILE_LINES_MAX).then(|| Finding::new(&source.path, 1, rule, advice))
}

/// No function is too long to be seen at once.
fn function_length(source: &Source) -> Vec<Finding> {
    let advice = "name the steps: each becomes a function, and this one their table of contents";
    let too_long = source.functions.iter().filter_map(|function| {
        let length = function.lines.end() - function.lines.start() + 1;
        let rule = format!(
            "`{}` has {length} lines, at most {FUNCTION_LINES_MAX}",
            function.name
        );
        (length > FUNCTION_LINES_MAX)
            .then(|| Finding::new(&source.path, *function.lines.start(), rule, advice))
    });
    too_long.collect()
}

/// Production code never unwraps.
fn unwraps(source: &Source) -> Vec<Finding> {
    let advice =
        "return the error, or say why it cannot be: `expect(\"a cron that was parsed before\")`";
    let calls = windows(&source.tokens, &[".", "unwrap", "("]);
    calls
        .filter(|line| !source.is_test(*line))
        .map(|line| Finding::new(&source.path, line, "`unwrap()` outside tests", advice))
        .collect()
}

/// Nothing is left for later.
fn unfinished(source: &Source) -> Vec<Finding> {
    let advice = "finish it, or leave it out: what is in the tree works";
    let macros = ["todo", "unimplemented", "dbg"].map(|name| [name, "!"]);
    let called = macros.iter().flat_map(|call| {
        windows(&source.tokens, call).map(move |line| (line, format!("`{}!`", call[0])))
    });
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    let marked = source.text.lines().zip(1..).flat_map(|(text, line)| {
        let is_word = move |word: &str| {
            let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|found| found == word)
        };
        let found = marks.into_iter().filter(move |mark| is_word(mark));
        found.map(move |mark| (line, format!("`{mark}`")))
    });
    let finding = |(line, rule)| Finding::new(&source.path, line, rule, advice);
    called.chain(marked).map(finding).collect()
}

/// No test is left out.
fn ignored(source: &Source) -> Vec<Finding> {
    let advice = "a test runs or is not there; one that needs recorded data returns early when there is none";
    windows(&source.tokens, &["#", "[", "ignore"])
        .map(|line| Finding::new(&source.path, line, "`#[ignore]`", advice))
        .collect()
}

/// The name of every test tells what must hold, in macros such as `proptest!` too.
fn test_names(source: &Source) -> Vec<Finding> {
    let advice = "say what must hold, as a sentence: `a_declined_plan_is_not_proposed_again`";
    let mut findings = Vec::new();
    let tokens = &source.tokens;
    for (at, _) in tokens
        .iter()
        .enumerate()
        .filter(|(at, _)| opens_test(&tokens[*at..]))
    {
        let rest = &tokens[at..];
        let Some(name) = rest
            .iter()
            .zip(&rest[1..])
            .find(|(word, _)| word.text == "fn")
        else {
            continue;
        };
        let Token { text, line } = name.1;
        if text.split('_').filter(|word| !word.is_empty()).count() < TEST_NAME_WORDS_MIN {
            let rule = format!("the test `{text}` has no sentence for a name");
            findings.push(Finding::new(&source.path, *line, rule, advice));
        }
    }
    findings
}

/// Whether tokens begin with `#[test]` or `#[path::test...]`.
fn opens_test(tokens: &[Token]) -> bool {
    let mut texts = tokens.iter().map(|token| token.text.as_str());
    if texts.next() != Some("#") || texts.next() != Some("[") {
        return false;
    }
    let is_path = |text: &&str| *text == "::" || syn::parse_str::<syn::Ident>(text).is_ok();
    texts.take_while(is_path).last() == Some("test")
}

/// The lines where these tokens stand in a row.
fn windows<'a>(tokens: &'a [Token], row: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
    let is_row = move |window: &&[Token]| {
        window
            .iter()
            .zip(row)
            .all(|(token, text)| token.text == *text)
    };
    tokens
        .windows(row.len())
        .filter(is_row)
        .map(|window| window[0].line)
}

/// Statements name their columns: PostgreSQL refuses a prepared one whose answer has another shape, and the shape changes
/// when a newer replica adds a column.
fn unnamed_columns(source: &Source) -> Vec<Finding> {
    let advice = "name the columns: what a newer replica adds must not change the answer";
    let numbered = source.text.lines().zip(1..);
    let is_unnamed = |text: &str| {
        let words: Vec<_> = text
            .split_whitespace()
            .map(|word| word.trim_matches(['"', ',']))
            .collect();
        let mut pairs = words.windows(2);
        pairs.any(|pair| pair[0].ends_with("SELECT") && pair[1].ends_with('*'))
            || words.iter().any(|word| word.ends_with(".*"))
    };
    let unnamed = numbered.filter(|(text, _)| is_unnamed(text));
    let finding =
        |(_, line)| Finding::new(&source.path, line, "a statement answers with `*`", advice);
    unnamed.map(finding).collect()
}

/// A repository becomes a key in one place, which tells hosts apart.
fn bare_keys(source: &Source) -> Vec<Finding> {
    let advice = "ask the store's handle: `self.key(repository)` or `self.about(SQL, workflow)`";
    let calls = windows(&source.tokens, &[".", "key", "(", ")"]);
    calls
        .filter(|_| !source.path.ends_with("store/keys.rs"))
        .map(|line| Finding::new(&source.path, line, "a key without its host", advice))
        .collect()
}

/// The files of the store.
fn of_store() -> impl Iterator<Item = &'static Source> {
    let sources = crate_sources().iter();
    sources.filter(|source| source.path.starts_with("src/store/"))
}

/// The crate's files and those of its tests.
fn both() -> impl Iterator<Item = &'static Source> {
    crate_sources().iter().chain(test_sources())
}

#[test]
fn every_file_opens_by_telling_what_it_owns() {
    expect_none(both().filter_map(opening).collect());
}

#[test]
fn files_and_functions_are_short_enough_to_be_read() {
    let mut findings: Vec<_> = both().filter_map(file_length).collect();
    findings.extend(both().flat_map(function_length));

    expect_none(findings);
}

#[test]
fn production_code_never_unwraps() {
    expect_none(crate_sources().iter().flat_map(unwraps).collect());
}

#[test]
fn nothing_is_left_for_later_and_no_test_is_left_out() {
    let mut findings: Vec<_> = both().flat_map(unfinished).collect();
    findings.extend(both().flat_map(ignored));

    expect_none(findings);
}

#[test]
fn names_of_tests_are_sentences() {
    expect_none(both().flat_map(test_names).collect());
}

#[test]
fn statements_name_their_columns_and_keys_their_host() {
    let mut findings: Vec<_> = of_store().flat_map(unnamed_columns).collect();
    findings.extend(of_store().flat_map(bare_keys));

    expect_none(findings);
}

#[test]
fn a_statement_without_columns_and_a_key_without_a_host_are_found() {
    let text = "const A: &str = \"SELECT * FROM a\";\nconst B: &str = \"SELECT COUNT(*) FROM a\";\n\
                const C: &str = \"SELECT j.* FROM j\";\nfn f() { repository.key(); self.key(repository); }\n";
    let source = Source::parse("src/store/x.rs", text);

    assert_eq!(lines(&unnamed_columns(&source)), [1, 3]);
    assert_eq!(lines(&bare_keys(&source)), [4]);
}

#[test]
fn a_file_that_does_not_introduce_itself_is_found() {
    assert!(opening(&Source::parse("src/x.rs", "/// A thing.\nstruct X;\n")).is_some());
    assert!(opening(&Source::parse("src/x.rs", "//! Things.\n")).is_none());
}

#[test]
fn files_and_functions_that_are_too_long_are_found_and_tests_do_not_count() {
    let body = "    f();\n".repeat(FUNCTION_LINES_MAX - 1);
    let long = format!("fn f() {{\n{body}}}\n");
    let constants = "const A: u8 = 1;\n".repeat(FILE_LINES_MAX + 1);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{constants}}}\n");

    assert_eq!(
        lines(&function_length(&Source::parse("src/x.rs", &long))),
        [1]
    );
    assert!(file_length(&Source::parse("src/x.rs", &constants)).is_some());
    assert!(file_length(&Source::parse("src/x.rs", &tests)).is_none());
}

#[test]
fn an_unwrap_is_found_in_production_code_and_in_macros_but_not_in_tests() {
    let text = "fn f() { g().unwrap(); }\nfn h() { println!(\"{}\", g().unwrap()); }\n\
                fn i() { g().unwrap_or(0); }\n#[cfg(test)]\nmod tests { fn f() { g().unwrap(); } }\n";

    assert_eq!(lines(&unwraps(&Source::parse("src/x.rs", text))), [1, 2]);
}

#[test]
fn what_is_left_for_later_is_found() {
    let text = format!(
        "fn f() {{ todo!() }}\n// {}: later\n#[test]\n#[ignore = \"slow\"]\nfn a_test_of_it() {{}}\n",
        concat!("TO", "DO")
    );
    let source = Source::parse("src/x.rs", &text);

    assert_eq!(lines(&unfinished(&source)), [1, 2]);
    assert_eq!(lines(&ignored(&source)), [4]);
}

#[test]
fn a_test_without_a_sentence_for_a_name_is_found() {
    let text = "#[test]\nfn parse_works() {}\n#[tokio::test(start_paused = true)]\nasync fn ok() {}\n\
                proptest! { #[test]\nfn splice(x in 0..3u8) {} }\n#[test]\nfn it_holds_always() {}\n";

    assert_eq!(
        lines(&test_names(&Source::parse("src/x.rs", text))),
        [2, 4, 6]
    );
}
