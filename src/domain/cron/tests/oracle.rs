//! Independent oracles: the crate croner, and a reading of the text minute by minute.

use chrono::{Datelike as _, NaiveDateTime, TimeDelta, Timelike as _};
use croner::parser::CronParser;

use super::*;

/// Generated expressions compared with croner.
const EXPRESSIONS: u32 = 10_000;

/// Fires compared for each.
const FIRES: usize = 5;

/// The fires that croner gives; its sloppy ranges are the steps from a number that GitHub documents.
fn by_croner(text: &str, after: Timestamp) -> Vec<Timestamp> {
    let cron = CronParser::builder()
        .sloppy_ranges(true)
        .build()
        .parse(text)
        .unwrap();
    // croner goes on past 2100, where our calendar ends.
    cron.iter_after(after)
        .take(FIRES)
        .take_while(|fire| fire.year() <= 2100)
        .collect()
}

fn by_us(text: &str, after: Timestamp) -> Vec<Timestamp> {
    cron(text).fires(TimeZone::UTC, after).take(FIRES).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(EXPRESSIONS))]

    #[test]
    fn fires_are_those_of_croner(text in expression(), after in any_instant()) {
        prop_assert_eq!(by_us(&text, after), by_croner(&text, after));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn fires_are_those_of_a_minute_by_minute_walk(text in expression(), after in any_instant()) {
        let end = after + TimeDelta::days(30);
        let plain = Plain::read(&text);
        let minutes = (1..).map(|minute| after.with_second(0).unwrap() + TimeDelta::minutes(minute));
        let walked = minutes.take_while(|at| *at <= end).filter(|at| plain.selects(at.naive_utc()));
        let cron = cron(&text);
        let fires = cron.fires(TimeZone::UTC, after).take_while(|at| *at <= end);
        prop_assert!(fires.eq(walked));
    }
}

/// A second reading of the grammar, written for plainness: a table of yes and no for each field.
pub(super) struct Plain {
    minutes: Vec<bool>,
    hours: Vec<bool>,
    days: Vec<bool>,
    months: Vec<bool>,
    weekdays: Vec<bool>,
    either_day: bool,
}

impl Plain {
    pub(super) fn read(text: &str) -> Self {
        let fields: Vec<&str> = text.split(' ').collect();
        let table = |field: &str, min, max| {
            (0..=max)
                .map(|value| field_selects(field, value, min, max))
                .collect()
        };
        let mut weekdays: Vec<bool> = table(fields[4], 0, 7);
        weekdays[0] |= weekdays[7];
        Self {
            minutes: table(fields[0], 0, 59),
            hours: table(fields[1], 0, 23),
            days: table(fields[2], 1, 31),
            months: table(fields[3], 1, 12),
            weekdays,
            either_day: fields[2] != "*" && fields[4] != "*",
        }
    }

    /// Whether the expression selects a civil minute.
    pub(super) fn selects(&self, at: NaiveDateTime) -> bool {
        let day = self.days[at.day() as usize];
        let weekday = self.weekdays[at.weekday().num_days_from_sunday() as usize];
        self.minutes[at.minute() as usize]
            && self.hours[at.hour() as usize]
            && self.months[at.month() as usize]
            && if self.either_day {
                day || weekday
            } else {
                day && weekday
            }
    }
}

fn field_selects(field: &str, value: u32, min: u32, max: u32) -> bool {
    field.split(',').any(|item| {
        let (base, step) = item
            .split_once('/')
            .map_or((item, None), |(base, step)| (base, Some(step)));
        let (first, last) = match base.split_once('-') {
            Some((first, last)) => (number(first), number(last)),
            None if base == "*" => (min, max),
            None if step.is_some() => (number(base), max),
            None => (number(base), number(base)),
        };
        let step = step.map_or(1, number);
        (first..=last).contains(&value) && (value - first).is_multiple_of(step)
    })
}

fn number(text: &str) -> u32 {
    let names = "SUN MON TUE WED THU FRI SAT";
    let months = "- JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC";
    let index = |names: &str| names.split(' ').position(|name| name == text);
    let named = index(names)
        .or_else(|| index(months))
        .map(|index| u32::try_from(index).unwrap());
    named.unwrap_or_else(|| text.parse().unwrap())
}

/// The third column of a file as RFC 4180 writes it: quotes may hold commas and newlines.
fn third_column(csv: &str) -> Vec<String> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    for letter in csv.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.extend(std::mem::take(&mut row).into_iter().nth(2));
            }
            '\r' if !quoted => {}
            _ => cell.push(letter),
        }
    }
    rows
}

#[test]
fn the_csv_reader_of_these_tests_keeps_commas_and_newlines_in_quotes() {
    let csv = "a,b,cron\r\nr,p,\"1,2 * * * *\"\r\nr,p,\"0 0 * * *\n\"\r\n";

    assert_eq!(third_column(csv), ["cron", "1,2 * * * *", "0 0 * * *\n"]);
}

#[test]
fn recorded_crons_are_read_as_croner_reads_them_where_they_are_at_hand() {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data").into();
    let data = std::env::var_os("CRONWRIGHT_DATA").unwrap_or_else(beside);
    let Ok(csv) = std::fs::read_to_string(std::path::Path::new(&data).join("crons.csv")) else {
        return;
    };
    let after = instant("2026-11-23T02:00:00Z");
    let texts = third_column(&csv);
    assert!(texts.len() > 1, "crons.csv holds no rows");
    for text in &texts[1..] {
        assert_eq!(by_us(text, after), by_croner(text, after), "{text}");
    }
}
