//! Tables valid in time: the rows of the day that is asked for, the last day among them.

use super::{live, not_passed, said};

const TABLE: &str = "department,code,from,to\nSales,1,,2025-12-31\nSales,2,2026-01-01,30.06.2026\nSales,3,1 Jul 2026,\nBoard,4,,\nOld,5,,2020-12-31\n";
const LOOKUPS: &str = "lookups:\n  centres: { table: centres.csv, key: department, valid: { from: from, to: to } }\n  all: { table: centres.csv, key: department }\n  ended: { table: centres.csv, key: department, valid: { to: to } }\n";
const RULES: &str = r#"hook: preCreateUser
rules:
  - name: by-start
    let: { centre: { lookup: centres, key: "${user.department}", on: "${user.startDate}" } }
    when: { centre: { present: true } }
    set: { user.atStart: "${centre.code}" }
  - name: today
    let: { now_centre: { lookup: centres, key: "${user.department}" }, days: { lookup: centres, key: "${user.department}", all: true, on: today-1y } }
    when: { now_centre: { present: true } }
    set: { user.today: "${now_centre.code}", user.before: '${length(days)}' }
  - name: found
    when: { user.department: { found_in: centres } }
    set: { user.isFound: true }
  - name: script
    let: { row: { script: 'lookup("centres", user.department)' }, any_row: { lookup: all, key: "${user.department}" }, open: { lookup: ended, key: "${user.department}", all: true } }
    when: { any_row: { present: true } }
    set: { user.byScript: '${row.code ?? "none"}', user.ofAll: "${any_row.code}", user.open: "${length(open)}" }
"#;

/// The day, the start date, and what each way of asking finds.
const ASKED: [(&str, &str, &str); 9] = [
    (
        "Sales",
        "\"2025-12-31\"",
        "atStart: \"1\", today: \"3\", before: 1, isFound: true, byScript: \"3\", ofAll: \"1\", open: 1",
    ),
    ("Sales", "\"2026-01-01\"", "atStart: \"2\""),
    ("Sales", "\"30/06/2026\"", "atStart: \"2\""),
    ("Sales", "\"2026-06-30T23:59:59\"", "atStart: \"2\""),
    ("Sales", "\"2026-07-01\"", "atStart: \"3\""),
    ("Sales", "\"9999-12-31\"", "atStart: \"3\""),
    ("Sales", "\"\"", "atStart: null, today: \"3\""),
    ("Board", "[1900,1,1]", "atStart: \"4\", today: \"4\""),
    ("Old", "\"2020-12-31\"", "atStart: \"5\", today: null, isFound: null, byScript: none, ofAll: \"5\""),
];

#[test]
fn the_rows_of_the_day_are_found_in_every_way_of_asking() {
    let case = |(n, (department, start, expect)): (usize, &(&str, &str, &str))| {
        format!(
            "  - {{ name: case {n}, hook: preCreateUser, request: {{ user: {{ login: a, department: {department}, startDate: {start} }} }}, \
             given: {{ now: \"2026-12-01T09:00:00Z\" }}, expect: {{ user: {{ {expect} }} }} }}\n"
        )
    };
    let tests: String = ASKED.iter().enumerate().map(case).collect();
    let unreadable = "  - { name: no date, hook: preCreateUser, request: { user: { login: a, department: Sales, startDate: soon } }, expect: { user: { atStart: null }, skipped: by-start } }\n";
    let given = "  - { name: given, hook: preCreateUser, request: { user: { login: a, department: X, startDate: \"2026-05-05\" } }, given: { lookups: { centres: { X: [{ code: a, to: \"2026-05-04\" }, { code: b, from: \"2026-05-05\" }] } } }, expect: { user: { atStart: b } } }\n";
    let rules = format!("{LOOKUPS}{RULES}tests:\n{tests}{unreadable}{given}");
    let live = live("", &[("rules/a.yaml", &rules), ("rules/centres.csv", TABLE)]);
    assert_eq!(not_passed(&live), Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_the_days_of_a_table_is_told_with_its_rows() {
    let rules = "hook: test\nlookups:\n  t: { table: t.csv, key: k, valid: { from: from, to: to } }\nrules:\n  - { name: r, when: { user.a: { found_in: t } }, stop: true }\n";
    for (rows, told) in [
        ("a,1,2026-01-01,soon\nb,1,,\nc,1,32.01.2026,\n", "H535"),
        (
            "a,1,2026-01-01,soon\nb,1,,\nc,1,32.01.2026,\n",
            "rows 2 and 4 cannot be valid: `to` is not a date that can be read",
        ),
        ("a,1,2026-02-01,2026-01-31\n", "row 2 ends before it begins"),
        ("a,1,2026-01-01,2026-06-30\na,2,2026-06-30,\nb,3,,\n", "warning[H536]: of `t.csv` row 3 overlap"),
        (
            "a,1,,\na,2,2026-01-01,2026-02-01\na,3,2026-01-15,2026-01-20\n",
            "rows 3 and 4 overlap an earlier row of the same key",
        ),
    ] {
        let said = said("", &[("rules/a.yaml", rules), ("rules/t.csv", &format!("k,code,from,to\n{rows}"))]);
        assert!(said.contains(told), "{rows}: {said}");
    }
    let fine = "k,code,from,to\na,1,,2026-06-30\na,2,2026-07-01,\nb,1,2026-03-01,2026-03-01\n";
    assert_eq!(said("", &[("rules/a.yaml", rules), ("rules/t.csv", fine)]), "");
    let missing = said("", &[("rules/a.yaml", rules), ("rules/t.csv", "k,code,from\na,1,\n")]);
    assert!(missing.contains("table `t.csv` has no column `to`"), "{missing}");
}

#[test]
fn what_cannot_be_asked_on_a_day_is_a_mistake() {
    for (lookup, binding, told) in [
        (
            "{ table: t.csv, key: k }",
            "{ lookup: t, key: a, on: today }",
            "the rows of lookup `t` are valid at all times",
        ),
        (
            "{ table: t.csv, key: k, valid: { to: to } }",
            "{ lookup: t, key: a, on: \"${user.password}\" }",
            "the day for which rows are asked",
        ),
        ("{ table: t.csv, key: k, valid: {} }", "{ lookup: t, key: a }", "`valid` names no column"),
        ("{ table: t.csv, key: k, valid: { until: to } }", "{ lookup: t, key: a }", "`valid` has no key `until`"),
    ] {
        let rules = format!(
            "hook: test\nlookups: {{ t: {lookup} }}\nrules:\n  - {{ name: r, let: {{ x: {binding} }}, when: {{ x: {{ present: true }} }}, stop: true }}\n"
        );
        let said = said("", &[("rules/a.yaml", &rules), ("rules/t.csv", "k,from,to\na,,\n")]);
        assert!(said.contains(told), "{lookup} {binding}: {said}");
    }
}
