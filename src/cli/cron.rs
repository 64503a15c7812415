//! `cronwright cron`: shows what a cron expression means without touching anything.
//!
//! Knows the words of the domain only; time is given to it.

use std::{
    io::{Result, Write},
    process::ExitCode,
};

use chrono::SecondsFormat;
use clap::{Args, Subcommand};

use crate::domain::{Cron, CronError, TimeZone, Timestamp};

/// The exit status for an argument that cannot be read, the one that clap uses too.
const BAD_ARGUMENT: u8 = 2;

/// The fields of an expression; as many arguments are taken for one that needed no quotes.
const FIELDS: usize = 5;

/// Arguments of `cronwright cron`.
#[derive(Debug, Args)]
pub struct CronArgs {
    #[command(subcommand)]
    command: CronCommand,
}

#[derive(Debug, Subcommand)]
enum CronCommand {
    /// Prints the next fires of an expression, one RFC 3339 time in UTC a line
    #[command(after_help = NEXT_EXAMPLES)]
    Next(NextArgs),
    /// Says in words when an expression fires, how often, and what is odd about it
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(AskedArgs),
}

#[derive(Debug, Args)]
struct AskedArgs {
    /// Five fields in one argument: minute hour day-of-month month day-of-week
    #[arg(required = true)]
    expression: Vec<String>,
    /// IANA time zone in which the expression is read
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
}

#[derive(Debug, Args)]
struct NextArgs {
    #[command(flatten)]
    asked: AskedArgs,
    /// RFC 3339 time after which the fires lie; now if left out
    #[arg(long, value_name = "TIME")]
    after: Option<String>,
    /// How many fires to print
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
}

const NEXT_EXAMPLES: &str = "\
Examples:
  cronwright cron next '17 2 * * *'
  cronwright cron next '30 2 * * MON-FRI' --time-zone Europe/Berlin --count 10
  cronwright cron next '0 0 1 * *' --after 2026-12-24T18:00:00+01:00

Quote the expression, or the shell replaces each * by file names.
Exit status: 0 when the expression is valid, even if it never fires; 2 when an argument cannot be read.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  cronwright cron explain '*/15 9-17 * * MON-FRI'
  cronwright cron explain '0 0 13 * FRI' --time-zone Europe/Berlin";

/// Runs the command: results to `out`, reasons to `err`.
///
/// Guarantees: exit status 2 and nothing on `out` when an argument cannot be read.
///
/// # Errors
/// When `out` or `err` cannot be written.
pub fn run(
    args: &CronArgs,
    now: Timestamp,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode> {
    let (CronCommand::Next(NextArgs { asked: told, .. }) | CronCommand::Explain(told)) =
        &args.command;
    let (cron, zone) = match asked(&told.expression, &told.time_zone) {
        Ok(asked) => asked,
        Err(reason) => return refuse(&reason, err),
    };
    match &args.command {
        CronCommand::Next(args) => next(args, (&cron, zone), now, out, err),
        CronCommand::Explain(_) => explain((&cron, zone), now, out),
    }
}

fn next(
    args: &NextArgs,
    (cron, zone): (&Cron, TimeZone),
    now: Timestamp,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitCode> {
    let after = match args.after.as_deref().map_or(Ok(now), read_time) {
        Ok(after) => after,
        Err(reason) => return refuse(&reason, err),
    };
    let mut printed = 0;
    for fire in cron.fires(zone, after).take(args.count as usize) {
        writeln!(out, "{}", rfc3339(fire))?;
        printed += 1;
    }
    if printed < args.count {
        let end = if cron.ever_fires() {
            "has no further fire up to the year 2100"
        } else {
            "never fires"
        };
        writeln!(err, "'{cron}' {end}")?;
    } else {
        warn(cron, err)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(
    (cron, zone): (&Cron, TimeZone),
    now: Timestamp,
    out: &mut dyn Write,
) -> Result<ExitCode> {
    writeln!(out, "fires: {}", cron.describe())?;
    if zone != TimeZone::default() {
        writeln!(out, "time zone: {zone}")?;
    }
    if cron.ever_fires() {
        writeln!(
            out,
            "cadence: {} (the median time between fires)",
            cron.cadence()
        )?;
        writeln!(out, "shortest interval: {}", cron.shortest_interval())?;
    }
    if let Some(fire) = cron.fires(zone, now).next() {
        writeln!(out, "next fire: {}", rfc3339(fire))?;
    }
    warn(cron, out)?;
    Ok(ExitCode::SUCCESS)
}

/// Says what is odd about an expression.
fn warn(cron: &Cron, to: &mut dyn Write) -> Result<()> {
    for warning in cron.warnings() {
        writeln!(to, "warning: {warning}")?;
    }
    Ok(())
}

/// What is asked about, or why it cannot be told.
fn asked(words: &[String], zone: &str) -> std::result::Result<(Cron, TimeZone), String> {
    let expression = words.join(" ");
    if words.len() > 1 && words.len() != FIELDS {
        return Err(format!(
            "{} arguments are no expression of five fields: quote it, as in '0 0 * * *', or the shell replaces each * by file names",
            words.len()
        ));
    }
    let cron = expression
        .parse()
        .map_err(|error| pointed_at(&expression, &error))?;
    let zone = zone
        .parse::<TimeZone>()
        .map_err(|error| error.to_string())?;
    Ok((cron, zone))
}

/// Says what is wrong with an expression and points at the column.
fn pointed_at(expression: &str, error: &CronError) -> String {
    // A caret under a text of several lines would point nowhere.
    let column = error
        .column
        .filter(|_| !expression.contains(char::is_control));
    column.map_or_else(
        || error.to_string(),
        |column| format!("{error}\n  {expression}\n  {:>column$}", '^'),
    )
}

fn refuse(reason: &str, err: &mut dyn Write) -> Result<ExitCode> {
    writeln!(err, "error: {reason}")?;
    Ok(ExitCode::from(BAD_ARGUMENT))
}

fn read_time(text: &str) -> std::result::Result<Timestamp, String> {
    text.parse().map_err(|_| {
        format!("'{text}' is not an RFC 3339 time; write one such as 2026-12-24T18:00:00Z")
    })
}

fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: CronArgs,
    }

    /// Exit status, output and messages of one command line.
    fn cronwright(words: &[&str]) -> (ExitCode, String, String) {
        let line = Line::try_parse_from(["cron"].iter().chain(words)).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let now = "2026-11-23T02:00:00Z".parse().unwrap();
        let code = run(&line.args, now, &mut out, &mut err).unwrap();
        (
            code,
            String::from_utf8(out).unwrap(),
            String::from_utf8(err).unwrap(),
        )
    }

    #[test]
    fn next_fires_are_rfc_3339_lines_in_utc() {
        let (code, out, err) = cronwright(&[
            "next",
            "30 2 * * *",
            "--count",
            "2",
            "--time-zone",
            "Europe/Berlin",
        ]);

        assert_eq!((code, err.as_str()), (ExitCode::SUCCESS, ""));
        assert_eq!(out, "2026-11-24T01:30:00Z\n2026-11-25T01:30:00Z\n");
    }

    #[test]
    fn the_given_time_may_have_an_offset() {
        let (_, out, _) = cronwright(&[
            "next",
            "0 0 1 * *",
            "--after",
            "2026-12-31T23:30:00-02:00",
            "--count",
            "1",
        ]);

        assert_eq!(out, "2027-02-01T00:00:00Z\n");
    }

    #[test]
    fn a_bad_expression_is_pointed_at_and_exits_with_2() {
        let (code, out, err) = cronwright(&["next", "0 99 * * *"]);

        assert_eq!((code, out.as_str()), (ExitCode::from(2), ""));
        insta::assert_snapshot!(err, @r#"
error: hour field, column 3: '99' is not within 0 to 23; write 0 to 23
  0 99 * * *
    ^
"#);
    }

    #[test]
    fn a_bad_zone_and_a_bad_time_exit_with_2() {
        let zone = cronwright(&["next", "0 0 * * *", "--time-zone", "europe/berlin"]);
        let time = cronwright(&["next", "0 0 * * *", "--after", "tomorrow"]);

        assert_eq!((zone.0, time.0), (ExitCode::from(2), ExitCode::from(2)));
        insta::assert_snapshot!(zone.2 + &time.2, @r#"
error: 'europe/berlin' is not an IANA time zone; write Europe/Berlin
error: 'tomorrow' is not an RFC 3339 time; write one such as 2026-12-24T18:00:00Z
"#);
    }

    #[test]
    fn an_expression_that_never_fires_says_so_and_prints_nothing() {
        let (code, out, err) = cronwright(&["next", "0 0 30 2 *"]);

        assert_eq!((code, out.as_str()), (ExitCode::SUCCESS, ""));
        insta::assert_snapshot!(err, @r#"
'0 0 30 2 *' never fires
"#);
    }

    #[test]
    fn fires_that_end_within_the_count_are_printed_and_then_said_to_end() {
        let (_, out, err) = cronwright(&[
            "next",
            "0 0 31 12 *",
            "--after",
            "2099-06-01T00:00:00Z",
            "--count",
            "3",
        ]);

        assert_eq!(out, "2099-12-31T00:00:00Z\n2100-12-31T00:00:00Z\n");
        assert!(err.contains("2100"), "{err}");
    }

    #[test]
    fn fires_closer_than_github_allows_are_printed_with_a_warning() {
        let (code, out, err) = cronwright(&["next", "*/2 * * * *", "--count", "1"]);

        assert_eq!(
            (code, out.as_str()),
            (ExitCode::SUCCESS, "2026-11-23T02:02:00Z\n")
        );
        assert!(err.starts_with("warning: two fires are 2m apart"), "{err}");
    }

    #[test]
    fn an_expression_without_quotes_is_read_where_the_shell_left_it_alone() {
        let five = cronwright(&["explain", "0", "0", "1", "1", "0"]);
        assert!(five.1.starts_with("fires: "), "{five:?}");
        for words in [
            &["0", "0", "Cargo.toml", "src", "Cargo.toml", "src"][..],
            &["0", "0"],
        ] {
            let (code, _, err) = cronwright(&[&["next"], words].concat());
            assert_eq!(code, ExitCode::from(2));
            assert!(err.contains("quote it"), "{err}");
        }
    }

    #[test]
    fn no_fires_at_all_are_no_question() {
        let error =
            Line::try_parse_from(["cron", "next", "0 0 * * *", "--count", "0"]).unwrap_err();
        assert!(error.to_string().contains("0 is not in 1.."), "{error}");
    }

    #[test]
    fn explain_reads_an_expression_in_its_time_zone() {
        let (_, out, _) = cronwright(&["explain", "30 2 * * *", "--time-zone", "Europe/Berlin"]);
        assert!(out.contains("time zone: Europe/Berlin\n"), "{out}");
        assert!(out.contains("next fire: 2026-11-24T01:30:00Z\n"), "{out}");
    }

    #[test]
    fn explain_gives_words_cadence_and_warnings() {
        let usual = cronwright(&["explain", "30 9-17 * * MON-FRI"]);
        let odd = cronwright(&["explain", "* * */2 * 1-7"]);
        let never = cronwright(&["explain", "0 0 30 2 *"]);

        insta::assert_snapshot!([usual.1, odd.1, never.1].join("---\n"), @r#"
fires: every hour from 09:30 to 17:30 on Monday to Friday
cadence: 1h (the median time between fires)
shortest interval: 1h
next fire: 2026-11-23T09:30:00Z
---
fires: every minute
cadence: 1m (the median time between fires)
shortest interval: 1m
next fire: 2026-11-23T02:01:00Z
warning: '*/2' beside another day field: either must match here, both in some other crons; write a list
warning: '1-7' counts Sunday as 7, GitHub documents 0 to 6; write 0 or SUN
warning: two fires are 1m apart; GitHub runs a schedule at most every 5m
---
fires: never
warning: it never fires: no month has such a day
"#);
    }

    #[test]
    fn help_shows_examples() {
        let error = Line::try_parse_from(["cron", "next", "--help"]).unwrap_err();

        insta::assert_snapshot!(error.to_string(), @r#"
Prints the next fires of an expression, one RFC 3339 time in UTC a line

Usage: cron next [OPTIONS] <EXPRESSION>...

Arguments:
  <EXPRESSION>...  Five fields in one argument: minute hour day-of-month month day-of-week

Options:
      --time-zone <ZONE>  IANA time zone in which the expression is read [default: UTC]
      --after <TIME>      RFC 3339 time after which the fires lie; now if left out
      --count <NUMBER>    How many fires to print [default: 5]
  -h, --help              Print help

Examples:
  cronwright cron next '17 2 * * *'
  cronwright cron next '30 2 * * MON-FRI' --time-zone Europe/Berlin --count 10
  cronwright cron next '0 0 1 * *' --after 2026-12-24T18:00:00+01:00

Quote the expression, or the shell replaces each * by file names.
Exit status: 0 when the expression is valid, even if it never fires; 2 when an argument cannot be read.
"#);
    }
}
