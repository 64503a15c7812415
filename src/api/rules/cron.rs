//! What the API server can tell of a cron: five fields in GitHub's alphabet, and no fires closer than five minutes.
//!
//! One rule with one message that names the cron and the field. Ranges that run backwards, days that no month has,
//! and closeness that takes more than the minute field to see are the round's to judge.

use schemars::{Schema, SchemaGenerator, json_schema};

/// A field's name, its values as a regular expression, and what a person may write there.
struct Field {
    name: &'static str,
    value: &'static str,
    values: &'static str,
}

/// The five fields in their order; 0 and 7 are both Sunday.
const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        value: "[0-5]?[0-9]",
        values: "0-59",
    },
    Field {
        name: "hour",
        value: "([01]?[0-9]|2[0-3])",
        values: "0-23",
    },
    Field {
        name: "day-of-month",
        value: "(0?[1-9]|[12][0-9]|3[01])",
        values: "1-31",
    },
    Field {
        name: "month",
        value: "(0?[1-9]|1[0-2]|(?i:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC))",
        values: "1-12 or JAN-DEC",
    },
    Field {
        name: "day-of-week",
        value: "(0?[0-7]|(?i:SUN|MON|TUE|WED|THU|FRI|SAT))",
        values: "0-7 or SUN-SAT",
    },
];

/// The fields of the cron `self`, however many spaces stand between them.
const SPLIT: &str = "self.split(' ').filter(f, f != '')";

/// What other schedulers know and GitHub does not: the last day, the nearest weekday, the nth weekday, no value.
const FOREIGN: &str = "[#?]|(^|[ ,0-9])(L|W|LW)([ ,-]|$)|[0-7]L";

/// Minute items that stand closer than five minutes by themselves: every minute, a range, a step below five.
const CLOSE_MINUTES: &str = "(^|,)([*]|[0-9]+-[0-9]+|[-*0-9]+/0?[1-4])(,|$)";

impl Field {
    /// A list of values, ranges or stars, each with an optional step of at least one.
    fn pattern(&self) -> String {
        let value = self.value;
        let item = format!("([*]|{value}(-{value})?)(/(0?[1-9]|[1-9][0-9]))?");
        format!("{item}(,{item})*")
    }
}

fn shape() -> String {
    format!(
        "self.matches('^ *{} *$')",
        FIELDS.map(|field| field.pattern()).join(" +")
    )
}

/// No two minutes closer than GitHub's five, as far as the minute field of a well-shaped cron tells.
///
/// Each minute of a plain list looks for the four that follow it. The list of one list names the minutes once;
/// comparing all pairs, or splitting the text for each, would cost more than an API server allows a rule.
fn apart() -> String {
    let minute = "self.trim().split(' ')[0]";
    let plain = format!("{minute}.matches('^[0-9]{{1,2}}(,[0-9]{{1,2}})*$')");
    let lists = format!("[{minute}.split(',').map(m, int(m))]");
    let followed = "list.exists(m, [1, 2, 3, 4].exists(d, (m + d) in list))";
    format!(
        "!{minute}.matches('{CLOSE_MINUTES}') && !({plain} && {lists}.exists(list, {followed}))"
    )
}

/// The expression of the message: the first thing that is wrong with the cron.
fn message() -> String {
    let head = format!(
        r#"self.startsWith('@') ? "is a nickname that GitHub does not know; write its five fields, for example '0 0 * * *'"
 : size({SPLIT}) != 5 ? "must have five fields, minute hour day-of-month month day-of-week, for example '17 2 * * *'"
 : self.matches('{FOREIGN}') ? "uses L, W, # or ?, which GitHub does not know; use numbers, names, *, lists, ranges and steps""#
    );
    let fields = FIELDS.iter().enumerate().map(|(index, field)| {
        let (name, values, pattern) = (field.name, field.values, field.pattern());
        format!(r#" : !{SPLIT}[{index}].matches('^({pattern})$') ? "has a wrong {name}: write {values}, *, lists, ranges or steps""#)
    });
    let tail = r#" : "fires more often than every 5 minutes, which GitHub does not do""#;
    let causes: String = fields.collect();
    format!(r#""cron '" + self + "' " + ({head}{causes}{tail})"#).replace('\n', "")
}

/// The schema of a list of crons; an item that GitHub would not take is refused with the reason.
pub fn crons(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "maxItems": 10,
        "items": {
            "type": "string",
            "maxLength": 100,
            "x-kubernetes-validations": [{
                "rule": format!("{} && {}", shape(), apart()),
                "messageExpression": message(),
                // Said where the expression cannot be, as for a cron that has a line break.
                "message": "cron must have five fields on one line, for example '17 2 * * *'",
            }],
        },
    })
}
