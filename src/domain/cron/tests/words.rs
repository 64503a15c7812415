//! Descriptions: golden sentences, and that no two that fire differently read alike.

use std::collections::BTreeMap;

use super::*;

#[test]
fn expressions_are_said_in_words() {
    let texts = [
        "17 2 * * *",
        "17 2 * * 1-5",
        "0 9 * * MON",
        "0 0 * * 6,0",
        "30 4 * * SUN",
        "0 6 * * MON,WED,FRI",
        "* * * * *",
        "*/15 * * * *",
        "5/15 * * * *",
        "*/25 * * * *",
        "13,43 * * * *",
        "0 * * * *",
        "17 * * * *",
        "0 */6 * * *",
        "17 */4 * * *",
        "0 */12 * * *",
        "0 1/6 * * *",
        "0 9-17 * * 1-5",
        "*/30 8-23 * * 1-5",
        "* 5 * * *",
        "* 1,5,9 * * *",
        "3,9,22 1,5,9 * * *",
        "3 1,5,6,9,10,11,17,23 * * *",
        "0 0 1 * *",
        "0 0 1,15 * *",
        "0 0 1-7 * *",
        "0 8 1/2 * *",
        "0 9 1 */3 *",
        "0 0 1 1 *",
        "0 0 29 2 *",
        "0 0 13 * FRI",
        "0 0 1 6-8 MON-FRI",
        "0 0 15 * 0-6",
        "0 0 1-31 6 1",
        "0 0 * 6 *",
        "*/15 * * 1,7 *",
        "0 0 * 12 MON",
        "0 0 30 2 *",
        "5 4 */10 * *",
    ];
    let told = texts.map(|text| format!("{text:24} {}\n", cron(text).describe()));
    insta::assert_snapshot!(told.concat());
}

#[test]
fn expressions_with_the_same_words_fire_alike() {
    let minutes = [
        "0", "*", "*/5", "5/5", "*/7", "0,30", "10,40", "0-20/5", "7,8,9", "3,9,22", "0-58/2",
        "1/2",
    ];
    let hours = [
        "0", "*", "*/6", "1/6", "9-17", "1,5,9", "0-22/2", "*/5", "1,2,3,4", "23",
    ];
    let days = ["*", "1", "1-31", "*/2", "1,15", "1-7", "2/7"];
    let months = ["*", "6", "2", "1-12", "1,3,5"];
    let weekdays = ["*", "0", "1-5", "0,6", "0-6", "MON,WED"];
    let all_days = each([&days, &months, &weekdays]);
    let all_times = each([&minutes, &hours, &[""]]);
    // A sentence is a time phrase and a day phrase: all of each beside a few of the other.
    let texts = all_times
        .iter()
        .flat_map(|time| ["* * *", "1 * 1", "* 6 *"].map(|day| format!("{time}{day}")));
    let texts = texts.chain(
        all_days
            .iter()
            .flat_map(|day| ["0 0 ", "*/5 * ", "3,9,22 * "].map(|time| format!("{time}{day}"))),
    );

    let mut said: BTreeMap<String, Cron> = BTreeMap::new();
    for text in texts {
        let cron = cron(&text);
        let first = said.entry(cron.describe()).or_insert_with(|| cron.clone());
        assert!(
            first.fires_like(&cron),
            "{first} and {cron}: {}",
            cron.describe()
        );
    }
}

/// Every choice of one text from each list, joined by spaces.
fn each(lists: [&[&str]; 3]) -> Vec<String> {
    let mut texts = Vec::new();
    for first in lists[0] {
        for second in lists[1] {
            texts.extend(
                lists[2]
                    .iter()
                    .map(|third| format!("{first} {second} {third}")),
            );
        }
    }
    texts
}
