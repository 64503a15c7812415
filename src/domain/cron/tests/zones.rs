//! Time zones: exact names only, with the likely one suggested.

use super::*;

#[test]
fn names_of_the_database_are_taken_and_ordered_by_name() {
    let zones = [
        "UTC",
        "Europe/Berlin",
        "CET",
        "America/Argentina/Buenos_Aires",
        "Etc/GMT+5",
    ];
    let mut read = zones.map(|name| name.parse::<TimeZone>().unwrap());
    read.sort();

    assert_eq!(
        read.map(|zone| zone.to_string()),
        [
            "America/Argentina/Buenos_Aires",
            "CET",
            "Etc/GMT+5",
            "Europe/Berlin",
            "UTC"
        ]
    );
    assert_eq!(TimeZone::default(), TimeZone::UTC);
}

#[test]
fn unknown_names_are_refused_with_the_likely_one() {
    let names = [
        "europe/berlin",
        "EUROPE/BERLIN",
        "utc",
        "Berlin",
        "new york",
        "America/New York",
        "Europe/Berln",
        "America/Los_Angles",
        "PST",
        "CEST",
        "",
        "Mars/Olympus_Mons",
        "+02:00",
        "Pacific Standard Time",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ];
    let told = names.map(|name| format!("{}\n", name.parse::<TimeZone>().unwrap_err()));
    insta::assert_snapshot!(told.concat());
}
