//! The words for everything that the parser refuses: where, what is wrong, what to write instead.
//!
//! Owns the hints for syntax of other crons (nicknames, seconds, `L`, `W`, `#`, `?`) that GitHub does not take.

use super::{CronError, Field, parse::Piece};

/// Nicknames of other crons with the expression that they stand for.
const NICKNAMES: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// The longest piece of a text that a message repeats, in characters.
const QUOTE_CHARACTERS: usize = 40;

/// The fields in their order, with an example, for a text that lacks some.
const FIVE_FIELDS: &str = "write minute hour day-of-month month day-of-week, such as '17 2 * * *'";

/// What to write instead of a day that is counted from the end or by its nth weekday.
const CHECK_THE_DATE: &str =
    "write the days on which it may fall, and look at the date in the workflow's first step";

/// A text whose words, each with its column, are not five fields.
pub(super) fn not_five_fields(text: &str, words: &[(usize, &str)]) -> CronError {
    let whole = |column, problem: String, hint: &str| CronError {
        field: None,
        column: Some(column),
        problem,
        hint: hint.to_owned(),
    };
    let odd_space = |letter: char| letter.is_whitespace() && !letter.is_ascii_whitespace();
    if let Some(index) = text.chars().position(odd_space) {
        let problem = "a space that is not the plain one".to_owned();
        return whole(index + 1, problem, "write plain spaces between the fields");
    }
    let count = words.len();
    match words {
        [] => whole(1, "the expression is empty".to_owned(), FIVE_FIELDS),
        [(column, nickname), ..] if nickname.starts_with('@') => {
            let meant = NICKNAMES
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(nickname));
            let hint = meant.map_or(FIVE_FIELDS.to_owned(), |(_, text)| {
                format!("write '{text}'")
            });
            let problem = format!("GitHub takes no nickname such as {}", quote(nickname));
            whole(*column, problem, &hint)
        }
        [_, _, _, _, _, (column, _), ..] => {
            let hint = "remove the seconds (first) or the year (last)";
            whole(
                *column,
                format!("{count} fields where GitHub takes five"),
                hint,
            )
        }
        _ => {
            let missing = Field::ALL.get(count).map_or("next", |field| field.name());
            let problem = format!("{count} of five fields, the {missing} field is missing");
            whole(text.trim_end().chars().count() + 1, problem, FIVE_FIELDS)
        }
    }
}

/// A second `/` in one item.
pub(super) fn second_step(piece: Piece<'_>) -> CronError {
    at(
        piece,
        "a second step in one item",
        "write one '/' at most, such as '*/15'",
    )
}

/// A second `-` in one item.
pub(super) fn second_range(piece: Piece<'_>) -> CronError {
    at(
        piece,
        "a second '-' in one range",
        "write first-last, and a comma between ranges",
    )
}

/// A range whose end comes before its start.
pub(super) fn backwards(piece: Piece<'_>, start: u8, end: u8) -> CronError {
    let (min, max) = (piece.field.min(), piece.field.max());
    let named = piece
        .text
        .contains(|letter: char| letter.is_ascii_alphabetic());
    let shown = |number: u8| {
        let name = piece
            .field
            .names()
            .get(usize::from(number - min))
            .filter(|_| named);
        name.map_or_else(|| number.to_string(), |name| (*name).to_owned())
    };
    let range = |from: u8, to: u8| {
        if from == to {
            shown(from)
        } else {
            format!("{}-{}", shown(from), shown(to))
        }
    };
    // A start above the largest value is the Sunday written as 7: the smallest one.
    let before_the_end = if start > max {
        String::new()
    } else {
        range(start, max) + ","
    };
    let problem = format!("the range {} runs backwards", quote(piece.text));
    at(
        piece,
        problem,
        format!("write '{before_the_end}{}'", range(min, end)),
    )
}

/// A number outside its field.
pub(super) fn out_of_bounds(piece: Piece<'_>) -> CronError {
    let (min, max) = (piece.field.min(), piece.field.max());
    at(
        piece,
        format!("{} is not within {min} to {max}", quote(piece.text)),
        take(piece.field),
    )
}

/// A step that is no whole number from 1.
pub(super) fn bad_step(piece: Piece<'_>) -> CronError {
    let problem = format!(
        "the step {} is not a whole number from 1",
        quote(piece.text)
    );
    at(piece, problem, "write a step such as '*/15'")
}

/// A text where a number or a name belongs.
pub(super) fn not_a_number(piece: Piece<'_>) -> CronError {
    let (field, text) = (piece.field, piece.text.to_ascii_uppercase());
    let bare = text.trim_matches(|letter: char| letter.is_ascii_digit());
    let last_weekday = bare
        .strip_suffix('L')
        .is_some_and(|name| field.number_of(name).is_some());
    match bare {
        "" => at(
            piece,
            "a value is missing",
            "write a number, or remove the separator beside it",
        ),
        "*" => at(
            piece,
            "'*' stands beside a number or in a range",
            "write '*' alone or '*/n'",
        ),
        "?" => at(piece, "GitHub takes no '?'", "write '*'"),
        "L" | "LW" | "WL" => at(piece, "GitHub takes no 'L' (last)", CHECK_THE_DATE),
        _ if last_weekday => at(piece, "GitHub takes no 'L' (last)", CHECK_THE_DATE),
        "W" => at(
            piece,
            "GitHub takes no 'W' (nearest working day)",
            CHECK_THE_DATE,
        ),
        _ if bare.contains('#') => at(piece, "GitHub takes no '#' (nth weekday)", CHECK_THE_DATE),
        _ => {
            let or_name = if field.names().is_empty() {
                ""
            } else {
                " or a three-letter name"
            };
            let problem = format!("{} is not a number{or_name}", quote(piece.text));
            let short = bare
                .get(..3)
                .filter(|short| field.number_of(short).is_some());
            at(
                piece,
                problem,
                short.map_or(take(field), |short| format!("write {short}")),
            )
        }
    }
}

/// Numbers given as values, not as text, that a field cannot hold.
pub(super) fn unfit(field: Field, problem: String) -> CronError {
    let hint = format!("give numbers from {} to {}", field.min(), field.max());
    CronError {
        field: Some(field),
        column: None,
        problem,
        hint,
    }
}

/// A name that the time zone database does not know.
pub(super) fn unknown_zone(text: &str, near_match: Option<&str>) -> CronError {
    let hint = match near_match {
        Some(name) => format!("write {name}"),
        None => "write a name such as Europe/Berlin, America/New_York or UTC".to_owned(),
    };
    let problem = format!("{} is not an IANA time zone", quote(text));
    CronError {
        field: None,
        column: None,
        problem,
        hint,
    }
}

/// What a field takes, as an imperative.
fn take(field: Field) -> String {
    let names = match field.names() {
        [first, .., last] => format!(" or {first} to {last}"),
        _ => String::new(),
    };
    format!("write {} to {}{names}", field.min(), field.max())
}

fn at(piece: Piece<'_>, problem: impl Into<String>, hint: impl Into<String>) -> CronError {
    let (problem, hint) = (problem.into(), hint.into());
    CronError {
        field: Some(piece.field),
        column: Some(piece.column),
        problem,
        hint,
    }
}

/// A text in quotes, cut where it is long, control characters escaped so that the message stays one line.
fn quote(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(QUOTE_CHARACTERS)
        .flat_map(char::escape_debug)
        .collect();
    let more = if text.chars().nth(QUOTE_CHARACTERS).is_some() {
        "..."
    } else {
        ""
    };
    format!("'{shown}{more}'")
}
