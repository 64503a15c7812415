//! What a workflow may do with `github.event.schedule` while its cron moves: what ends where it stands.

use super::support::{edit_one, workflow};
use crate::edit::Refusal;

/// A workflow whose script reads the schedule.
fn script(text: &str) -> String {
    let lines: String = text
        .lines()
        .map(|line| format!("          {line}\n"))
        .collect();
    workflow(
        "cron: '0 0 * * *'",
        &format!("  b:\n    steps:\n      - run: |\n{lines}"),
    )
}

/// The workflow after its cron moved.
fn moved(text: &str) -> Result<String, Refusal> {
    edit_one(text.as_bytes(), 0, "17 3 * * *")
        .map(|edited| String::from_utf8(edited.bytes).unwrap())
}

/// The line that hands the schedule on.
fn handed_on(text: &str) -> (usize, String) {
    match moved(text) {
        Err(Refusal::ScheduleHandedOn { line, text }) => (line, text),
        other => panic!("{other:?} for\n{text}"),
    }
}

#[test]
fn a_script_whose_uses_all_end_where_they_stand_moves_with_its_texts() {
    for text in [
        "echo \"fired by ${{ github.event.schedule }}\"",
        "echo \"fired by ${{ github.event.schedule }}\" >> $GITHUB_STEP_SUMMARY",
        "if [ -n \"${{ github.event.schedule }}\" ]; then ./nightly; fi",
        "if [[ \"${{ github.event.schedule }}\" == \"0 0 * * *\" ]]; then ./nightly; fi",
        "[ '0 0 * * *' = '${{ github.event.schedule }}' ] && ./nightly",
        "CRON=\"${{ github.event.schedule }}\"\nif [[ \"$CRON\" == '0 0 * * *' ]]; then ./nightly; fi\necho $CRON",
        "if true; then\n  CRON='${{ github.event.schedule }}'\nelse\n  CRON=\"by hand\"\nfi\n[ \"${CRON}\" != \"0 0 * * *\" ] || ./nightly",
        "case \"${{ github.event.schedule }}\" in\n  # at night\n  \"0 0 * * *\" | '5 0 * * *') ./nightly ;;\n  *) ./other ;;\nesac",
        "CRON=\"${{ github.event.schedule }}\"\ncase $CRON in\n  ('0 0 * * *') ./nightly;;\n  *) echo $CRON\nesac",
        "at=\"$(jq -r .schedule \"$GITHUB_EVENT_PATH\")\"\n[ \"$at\" = '0 0 * * *' ] && ./nightly",
        "core.info(`fired by ${context.payload.schedule}`);\nif (context.payload.schedule === '0 0 * * *') { run() }",
    ] {
        let text = script(text);
        assert_eq!(
            moved(&text).unwrap(),
            text.replace("0 0 * * *", "17 3 * * *")
        );
    }
}

#[test]
fn a_script_that_takes_the_schedule_apart_or_gives_it_away_is_refused_by_line() {
    for (text, line) in [
        (
            "case \"${{ github.event.schedule }}\" in\n  0*) ./nightly ;;\nesac",
            0,
        ),
        (
            "case \"${{ github.event.schedule }}\" in\n  \"0 0\"*) ./nightly ;;\nesac",
            0,
        ),
        (
            "case \"${{ github.event.schedule }}\" in\n  \"0 0 * * *\") ./nightly ;;&\n  *) ./all ;;\nesac",
            0,
        ),
        (
            "CRON=\"${{ github.event.schedule }}\"\ncase $CRON in 0*) ./nightly;; esac",
            1,
        ),
        (
            "HOUR=$(echo \"${{ github.event.schedule }}\" | cut -d' ' -f2)",
            0,
        ),
        ("echo \"${{ github.event.schedule }}\" | cut -d' ' -f2", 0),
        (
            "echo \"cron=${{ github.event.schedule }}\" >> \"$GITHUB_OUTPUT\"",
            0,
        ),
        (
            "{\n  echo \"cron=${{ github.event.schedule }}\"\n} >> \"$GITHUB_OUTPUT\"",
            1,
        ),
        (
            "at() {\n  echo \"${{ github.event.schedule }}\"\n}\n./nightly $(at)",
            1,
        ),
        ("./nightly --cron '${{ github.event.schedule }}'", 0),
        (
            "CRON=\"${{ github.event.schedule }}\"\n./nightly \"$CRON\"",
            1,
        ),
        ("CRON=\"${{ github.event.schedule }}\"\nHOUR=${CRON%% *}", 1),
        (
            "CRON=\"${{ github.event.schedule }}\"\nexport CRON\n./nightly",
            1,
        ),
        ("export CRON=\"${{ github.event.schedule }}\"\n./nightly", 0),
        (
            "CRON=\"${{ github.event.schedule }}\"\n[[ $CRON == 0* ]] && ./nightly",
            1,
        ),
        (
            "CRON=\"${{ github.event.schedule }}\"\n[[ $CRON == \"0 \"* ]] && ./nightly",
            1,
        ),
        (
            "[[ \"${{ github.event.schedule }}\" == \"$NIGHTLY\"* ]] && ./nightly",
            0,
        ),
        ("true\njq -r .schedule \"$GITHUB_EVENT_PATH\" | cut -c1", 1),
        ("jq '.[\"schedule\"]' < $GITHUB_EVENT_PATH", 0),
        ("echo '${{ toJSON(github.event) }}' | jq -r .schedule", 0),
        ("hour = context.payload.schedule.split(' ')[1]", 0),
        ("const cron = context.payload.schedule;", 0),
    ] {
        let found = handed_on(&script(text));
        let told = text.lines().nth(line).unwrap().trim().to_owned();
        assert_eq!(found, (8 + line, told));
    }
}

#[test]
fn an_expression_that_gives_the_schedule_away_is_refused_and_one_that_ends_is_not() {
    for (jobs, is_refused) in [
        (
            "  b:\n    if: github.event.schedule\n    runs-on: x\n",
            false,
        ),
        (
            "  b:\n    if: success() && (github.event.schedule || !github.event.schedule)\n    runs-on: x\n",
            false,
        ),
        (
            "  b:\n    if: github.event.schedule == vars.NIGHTLY\n    runs-on: x\n",
            true,
        ),
        (
            "  b:\n    if: contains(vars.NIGHTS, github.event.schedule)\n    runs-on: x\n",
            true,
        ),
        (
            "  b:\n    if: github.event.schedule == format('{0} * * *', vars.NIGHT)\n    runs-on: x\n",
            true,
        ),
        (
            "  b:\n    env:\n      CRON: ${{ github.event.schedule }}\n    runs-on: x\n",
            true,
        ),
        (
            "  b:\n    env:\n      MODE: ${{ github.event.schedule && 'night' || 'day' }}\n    runs-on: x\n",
            false,
        ),
        (
            "  b:\n    env:\n      CRON: ${{ github.event.schedule || 'by hand' }}\n    runs-on: x\n",
            true,
        ),
        (
            "  b:\n    outputs:\n      cron: ${{ github.event.schedule }}\n    runs-on: x\n",
            true,
        ),
        (
            "  b:\n    runs-on: x\n    concurrency: b-${{ github.event.schedule }}\n",
            false,
        ),
        (
            "  b:\n    runs-on: x\n    concurrency:\n      group: b-${{ github.event.schedule }}\n",
            false,
        ),
        (
            "  b:\n    strategy:\n      matrix:\n        group: ['${{ github.event.schedule }}']\n    runs-on: x\n",
            true,
        ),
        (
            "  b:\n    runs-on: x\n    steps:\n      - name: at ${{ github.event.schedule }}\n        run: ./x\n",
            false,
        ),
        (
            "  b:\n    runs-on: x\n    steps:\n      - uses: a/b@v1\n        with:\n          name: ${{ github.event.schedule }}\n",
            true,
        ),
    ] {
        let text = workflow("cron: '0 0 * * *'", jobs);
        if is_refused {
            handed_on(&text);
        } else {
            assert_eq!(
                moved(&text).unwrap(),
                text.replacen("0 0 * * *", "17 3 * * *", 1)
            );
        }
    }
}

#[test]
fn what_only_looks_like_a_comparison_with_a_text_is_refused() {
    for text in [
        "if (!context.payload.schedule.startsWith('0')) { run() }",
        "if ('0' === context.payload.schedule.split(' ')[1]) { run() }",
        "if ('0' === context.payload.schedule?.split(' ')[1]) { run() }",
        "if ('0' === context.payload.schedule\n  .split(' ')[1]) { run() }",
        "if (context.payload.schedule === '0 0 ' + rest) { run() }",
        "if (minute + ' 0 * * *' === context.payload.schedule) { run() }",
        "if (context.payload.schedule === `${minute} 0 * * *`) { run() }",
        "[ \"${{ github.event.schedule }}\" = \"$NIGHTLY\" ] && ./nightly",
        "[ '${{ vars.NIGHTLY }}' = '${{ github.event.schedule }}' ] && ./nightly",
        "case \"${{ github.event.schedule }}\" in \"$NIGHTLY\") ./nightly;; esac",
    ] {
        assert_eq!(handed_on(&script(text)).0, 8, "{text}");
    }
}

#[test]
fn more_variables_than_are_followed_are_refused() {
    let many: String = (0..9)
        .map(|number| format!("CRON{number}=\"${{{{ github.event.schedule }}}}\"\n"))
        .collect();
    assert_eq!(handed_on(&script(&many)).0, 8);
}
