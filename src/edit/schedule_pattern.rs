//! The texts by which uses of `github.event.schedule` are told: of expressions, of shells, of JavaScript.
//!
//! Owns the patterns; what they mean together is decided in `schedule_use`. A group called `use` is what a match
//! consists of, where the pattern has to look further.

use std::sync::LazyLock;

use regex::Regex;

/// The schedule in an expression or a script: the context in all its spellings, and a script's payload.
const READ: &str = concat!(
    r#"(?:\b\w+\s*(?:\??\.\s*|\[\s*["']+))?\b(?:event(?:["']+\s*\])?|payload)"#,
    r#"\s*(?:\??\.\s*schedule\b|\[\s*["']+schedule["']+\s*\])"#,
);

/// The schedule as a shell sees it: an expression that is filled in, or a look into the event's file.
const SHELL: &str = concat!(
    r#"["']?(?:\$\{\{\s*READ\s*\}\}"#,
    r#"|\$\(\s*jq\s+(?:-r|--raw-output)\s+["']?\.schedule["']?\s+(?:<\s*)?"?\$\{?GITHUB_EVENT_PATH\}?"?\s*\))["']?"#,
);

/// A text in quotes, on one line; one that is filled in, by a shell, an expression or a template, is no text.
const TEXT: &str = r#"(?:'[^'\n$]*'|"[^"\n$`]*"|`[^`\n$]*`)"#;

/// A look at the schedule in something that holds the whole event.
const MEMBER: &str = r#"(?:\.\s*schedule\b|\[\s*["']schedule["']|\bget\(\s*["']schedule["'])"#;

/// Compiles a pattern that speaks of the constants above, line by line and in any letter case.
fn pattern(text: &str) -> Regex {
    let text = [
        ("SHELL", SHELL),
        ("TEXT", TEXT),
        ("MEMBER", MEMBER),
        ("READ", READ),
    ]
    .iter()
    .fold(format!("(?im){text}"), |text, (name, meaning)| {
        text.replace(name, meaning)
    });
    Regex::new(&text).expect("a constant pattern compiles")
}

/// Defines patterns that are compiled when they are first needed.
macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(super) static $name: LazyLock<Regex> = LazyLock::new(|| pattern($text));)*
    };
}

patterns! {
    /// Any read of the schedule: what is left of these when all followed ones are taken away is not followed.
    ANY = concat!(
        r"READ|(?s:\b(?:github_event_path|event_path)\b.*MEMBER)|(?s:MEMBER.*\b(?:github_event_path|event_path)\b)",
        r"|(?s:\btoJSON\(\s*github(?:\s*\.\s*event)?\s*\).*MEMBER)",
    );
    /// A use as a condition, where the whole value is one.
    CONDITION = r"(?:^|[(!{]|&&|\|\|)\s*(?<use>READ)\s*(?:$|[)}]|&&|\|\|)";
    /// A shell variable that is given the schedule and is no one else's to read.
    ASSIGNED = r"^[ \t]*(?:local[ \t]+|readonly[ \t]+)?(?<name>[a-z_]\w*)=SHELL[ \t]*;?[ \t]*$";
    /// The head of a `case` over the schedule.
    CASE = r"\bcase\s+(?<use>SHELL)\s+in\b";
    /// The head of one of its clauses: whole texts, or anything.
    CLAUSE = r"\A\s*\(?\s*(?:TEXT|\*)(?:\s*\|\s*(?:TEXT|\*))*\s*\z";
    /// The end of a `case`.
    ESAC = r"\besac\b";
    /// A line that a shell prints to the log, or to the run's summary.
    PRINTS = concat!(
        r#"^[ \t]*(?:(?:then|else|do)[ \t]+|[^\n()$`]*\)[ \t]*)?(?<command>(?:echo|printf)\b[^\n]*?)"#,
        r#"(?:[ \t]*>>[ \t]*"?\$\{?GITHUB_STEP_SUMMARY\}?"?|[ \t]*>&2)?[ \t]*(?:;;)?[ \t]*$"#,
    );
    /// What a printing command may hold besides words.
    FILLED_IN = r"SHELL|\$\{\{[^}\n]*\}\}";
    /// What takes a printed line elsewhere, on the line itself.
    GOES_ON = r"[|<>`;&]|\$\(|\\$";
    /// What catches printed lines around them: a block that is redirected, a function, a shell that is captured.
    CATCHES = concat!(
        r"^[ \t]*(?:\}|\)|done\b|fi\b|esac\b)[ \t]*[|<>)]|^[ \t]*exec\b|\(\s*$",
        r"|^[ \t]*(?:function\s+\w+|\w+\s*\(\s*\))",
    );
    /// A line of JavaScript that only logs.
    LOGS = r"^[ \t]*(?:console\.log|core\.(?:info|notice|debug|warning))\([^;\n]*\);?[ \t]*$";
}

/// Uses that end where they stand.
pub(super) static FOLLOWED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let texts = [
        // Comparisons with a text: of expressions, of scripts, of shells (where a text that goes on is a pattern). Neither
        // side goes on: a part of the schedule is not the schedule, and a sum of texts is not one of them.
        r"(?<use>READ\s*(?:===?|!==?)\s*TEXT)\s*(?:[^\s+.\[]|\z)",
        r"(?:\A|[^\s+])\s*(?<use>TEXT\s*(?:===?|!==?)\s*READ)\s*(?:[^\w\s.\[?]|\z)",
        r"(?<use>SHELL\s*(?:==?|!=)\s*TEXT)(?:[\s;)\]]|$)",
        r"TEXT\s*(?:==?|!=)\s*SHELL",
        // GitHub's functions, on a text that is written out.
        r"\b(?:startsWith|endsWith|contains)\s*\(\s*READ\s*,\s*'[^'\n]*'\s*\)",
        r"\bcontains\s*\(\s*(?:fromJSON\s*\(\s*'[^']*'\s*\)|'[^']*')\s*,\s*READ\s*\)",
        // Whether there is one at all.
        r"-[nz]\s+SHELL",
        r"(?<use>!\s*READ)\s*(?:[^\w\s.\[?]|\z)",
        r"(?:\{\{|\(|&&|\|\|)\s*(?<use>READ)\s*&&",
    ];
    texts.into_iter().map(pattern).collect()
});
