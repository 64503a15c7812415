//! Every refusal as a person reads it.

use super::*;

#[test]
fn refusals_name_the_field_the_column_and_what_to_write() {
    let texts = [
        "",
        "  \n",
        "@daily",
        "@Weekly",
        "@reboot",
        "0 0 * * * *",
        "0 0 * * * * 2026",
        "0 0 * *",
        "0",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "0 0 L * *",
        "0 0 L-3 * *",
        "0 0 15W * *",
        "0 0 LW * *",
        "0 0 * * 5L",
        "0 0 * * FRIL",
        "0 0 * * 5#2",
        "0 0 * * MON#1",
        "0 0 ? * 1",
        "0 0 * * ?",
        "5,,10 * * * *",
        ",5 * * * *",
        "5- * * * *",
        "-5 * * * *",
        "1-2-3 * * * *",
        "*/ * * * *",
        "*/0 * * * *",
        "*/x * * * *",
        "/5 * * * *",
        "*/5/5 * * * *",
        "0 17-9 * * *",
        "0 0 * * FRI-SUN",
        "0 0 * * FRI-MON",
        "0 0 * * 7-3",
        "0 0 * NOV-FEB *",
        "5* * * * *",
        "*-5 * * * *",
        "0 0 * * MONDAY",
        "0 0 * JANUARY *",
        "0 0 MON * *",
        "H H * * *",
        "+5 * * * *",
        "1.5 * * * *",
        "99999999999 * * * *",
        "0\u{a0}0 * * *",
        "\u{661} * * * *",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx * * * *",
    ];
    let told = texts.map(|text| {
        let error = text.parse::<Cron>().expect_err(text);
        format!("{text:?}\n    {error}\n")
    });
    insta::assert_snapshot!(told.concat());
}

#[test]
fn numbers_that_no_field_holds_are_refused_and_so_is_none() {
    let cron = cron("0 0 * * *");
    let told = [
        (&[60][..], &[0][..]),
        (&[0], &[24]),
        (&[], &[0]),
        (&[0], &[]),
    ]
    .map(|(minutes, hours)| cron.at(minutes, hours).unwrap_err().to_string());
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn odd_expressions_are_warned_about() {
    let texts = [
        "17 2 * * 1-5",
        "* * * * *",
        "*/4 * * * *",
        "0 0 30 2 *",
        "0 0 */2 * 1",
        "0 0 1 * */2",
        "0 0 */2 * *",
        "0 0 * * 7",
        "0 0 * * 5-7",
        "*/60 * * * *",
        "0 0 1 */12 *",
    ];
    let told = texts.map(|text| {
        let warnings = cron(text).warnings();
        let lines = warnings
            .iter()
            .map(|warning| format!("    {warning}\n"))
            .collect::<String>();
        format!("{text}\n{lines}")
    });
    insta::assert_snapshot!(told.concat());
}
