//! What administrators wrote from the documentation alone: each is told with a cure, and the cure itself loads without a word.

use super::{hold, told};

/// The lines of a rule behind its name, what must be told of them, and the lines that the cure makes of them.
const RULES: &[(&str, &str, &str)] = &[
    (
        "when: { user.email: { contains: [a, b+] } }\n    reject: NotSo",
        r"`{ matches: 'a|b\+' }`",
        "when: { user.email: { matches: 'a|b\\+' } }\n    reject: NotSo",
    ),
    (
        "when: { user.email: { contains: [a, b] } }\n    reject: NotSo",
        "under `any:` `user.email: { contains: a }` or `user.email: { contains: b }`",
        "when: { any: [{ user.email: { contains: a } }, { user.email: { contains: b } }] }\n    reject: NotSo",
    ),
    (
        "when: { user.assignedGroups: { contains: [a, b] } }\n    reject: NotSo",
        "write `{ any: { in: [a, b] } }` for one",
        "when: { user.assignedGroups: { any: { in: [a, b] } } }\n    reject: NotSo",
    ),
    (
        "when: { user.email: { not_contains: '<' } }\n    reject: NotSo",
        "write `not: { contains: a }`",
        "when: { user.email: { not: { contains: '<' } } }\n    reject: NotSo",
    ),
    (
        "when: { caller.adress: 10.20.1.2 }\n    reject: NotSo",
        "did you mean `caller.address`?",
        "when: { caller.address: 10.20.1.2 }\n    reject: NotSo",
    ),
    (
        "set: { user.city: \"${caller.ip}\" }",
        "there is no `caller.ip` | write `caller.address`",
        "set: { user.city: \"${caller.address}\" }",
    ),
    (
        "set: { user.city: \"${caller.host ?? \\\"x\\\"}\" }",
        "of the caller there is `caller.address`, `caller.accepted_by` or `caller.certificate`",
        "set: { user.city: \"${caller.certificate ?? \\\"x\\\"}\" }",
    ),
    (
        "when: { caller.address: 10.20.0.0/14 }\n    reject: NotSo",
        "write `{ within: 10.20.0.0/14 }`",
        "when: { caller.address: { within: 10.20.0.0/14 } }\n    reject: NotSo",
    ),
    (
        "when: { caller.address: { not_in: [10.20.0.0/14, \"2001:db8::/32\"] } }\n    reject: NotSo",
        "write `{ not_within: [10.20.0.0/14, \"2001:db8::/32\"] }`",
        "when: { caller.address: { not_within: [10.20.0.0/14, \"2001:db8::/32\"] } }\n    reject: NotSo",
    ),
    (
        "when: { user.login: { matches: a, matches: b } }\n    reject: NotSo",
        "`all: [{ PATH: { matches: a } }, { PATH: { matches: b } }]`",
        "when: { all: [{ user.login: { matches: a } }, { user.login: { matches: b } }] }\n    reject: NotSo",
    ),
    (
        "when: { script: 'user.email == \"SMTP:${user.login}\"' }\n    reject: NotSo",
        "`let: { whole: \"SMTP:${user.login}\" }`",
        "let: { whole: \"SMTP:${user.login}\" }\n    when: { script: 'user.email == whole' }\n    reject: NotSo",
    ),
    (
        "when: { user.rbacRoles: { count: { in: [a, b], gt: 1 } } }\n    reject: NotSo",
        "`count: { of: { in: … }, gt: 1 }`",
        "when: { user.rbacRoles: { count: { of: { in: [a, b] }, gt: 1 } } }\n    reject: NotSo",
    ),
    (
        "when: { user.emails: { count: { .type: work, gt: 1 } } }\n    reject: NotSo",
        "`count: { of: { .type: … }, gt: 1 }`",
        "when: { user.emails: { count: { of: { .type: work }, gt: 1 } } }\n    reject: NotSo",
    ),
    (
        "when: { user.login: { length: 1-255 } }\n    reject: NotSo",
        "write `1..255`, without quotes",
        "when: { user.login: { length: 1..255 } }\n    reject: NotSo",
    ),
    (
        "when: { user.rbacRoles: { count: '1..4' } }\n    reject: NotSo",
        "write `1..4`, without quotes",
        "when: { user.rbacRoles: { count: 1..4 } }\n    reject: NotSo",
    ),
    (
        "when: { user.login: { matches_not: a } }\n    reject: NotSo",
        "write `not: { matches: '…' }`",
        "when: { user.login: { not: { matches: 'a' } } }\n    reject: NotSo",
    ),
    (
        "when: { user.endDate: { over: 3wd } }\n    reject: NotSo",
        "write `before: today-3wd`",
        "when: { user.endDate: { before: today-3wd } }\n    reject: NotSo",
    ),
    (
        "when: { user.endDate+3wd: { over: true } }\n    reject: NotSo",
        "`last: '${add_time(user.endDate, \"3wd\")}'`",
        "let: { last: '${add_time(user.endDate, \"3wd\")}' }\n    when: { last: { over: true } }\n    reject: NotSo",
    ),
    (
        "when: { weekday(now): [mon] }\n    reject: NotSo",
        "`let: { answer: '${weekday(now)}' }` and `when: { answer: … }`",
        "let: { answer: '${weekday(now)}' }\n    when: { answer: [mon] }\n    reject: NotSo",
    ),
    (
        "when: { user.mobile: '+352|+44' }\n    reject: NotSo",
        "write `[\"+352\", \"+44\"]`",
        "when: { user.mobile: [\"+352\", \"+44\"] }\n    reject: NotSo",
    ),
    (
        "when: { user.login: '@a|@b' }\n    reject: NotSo",
        "write `[\"@a\", \"@b\"]`",
        "when: { user.login: [\"@a\", \"@b\"] }\n    reject: NotSo",
    ),
    (
        "when: { user.country: '[India, Nepal]' }\n    reject: NotSo",
        "write `[India, Nepal]` without quotes around it",
        "when: { user.country: [India, Nepal] }\n    reject: NotSo",
    ),
    (
        "let: { day: '${weekday(now)}' }\n    when: { day: Sunday }\n    reject: NotSo",
        "write `sun`",
        "let: { day: '${weekday(now)}' }\n    when: { day: sun }\n    reject: NotSo",
    ),
    (
        "let: { day: '${weekday(now)}' }\n    when: { day: fri..Monday }\n    reject: NotSo",
        "write `[fri, sat, sun, mon]`",
        "let: { day: '${weekday(now)}' }\n    when: { day: [fri, sat, sun, mon] }\n    reject: NotSo",
    ),
    (
        "rename: { user.a1: user.b1 }",
        "`set: { user.NEW: \"${user.OLD}\" }`",
        "set: { user.b1: '${user.a1 ?? \"\"}' }\n    remove: user.a1",
    ),
    ("move: { user.a1: user.b1 }", "`remove: user.OLD`", "set: { user.b1: '${user.a1 ?? \"\"}' }\n    remove: user.a1"),
    ("when: { user.email: { changed: true } }\n    stop: true", "the old one comes from a lookup", "stop: true"),
    (
        "table:\n      inputs: [user.country, user.grade]\n      outputs: [reject]\n      rows:\n        - [\"!= +352|+44\", \"-\", NotSo]",
        "write `'not in [\"+352\", \"+44\"]'`",
        "table:\n      inputs: [user.country, user.grade]\n      outputs: [reject]\n      rows:\n        - ['not in [\"+352\", \"+44\"]', \"-\", NotSo]",
    ),
    (
        "table:\n      inputs: [caller.address]\n      outputs: [reject]\n      rows:\n        - [10.20.0.0/14, NotSo]",
        "write `{ within: 10.20.0.0/14 }`",
        "table:\n      inputs: [caller.address]\n      outputs: [reject]\n      rows:\n        - [{ within: 10.20.0.0/14 }, NotSo]",
    ),
];

/// Expressions in the same way.
const EXPRESSIONS: &[(&str, &str, &str)] = &[
    ("random(8)", "nothing answers by chance", "cut(sha256(user.login ?? \"\"), 8)"),
    ("generate_password()", "passwords are made by the platform", "uuid(user.login ?? \"\")"),
    ("sum(user.grade, 2)", "`number(user.grade) * 2`", "number(user.grade ?? 1) * 2"),
    ("mod(user.grade, 2)", "`%` (the rest of a division)", "number(user.grade ?? 1) % 2"),
    ("percent(user.grade)", "no function calculates", "number(user.grade ?? 1) / 2"),
    ("end_of_day(now)", "`add_time(user.endDate, \"1d\")`", "add_time(now, \"1d\")"),
    ("uppercase(user.login)", "write `upper(text)`", "upper(user.login ?? \"\")"),
    ("filter(user.rbacRoles, \"a\")", "`without(list, value)`", "without(user.rbacRoles ?? [], \"a\")"),
    (
        "filter(user.rbacRoles, \"starts_with\", \"a\")",
        "`where(list, \"starts_with\", \"a\")`",
        "where(user.rbacRoles ?? [], \"starts_with\", \"a\")",
    ),
    ("append(user.rbacRoles, \"a\")", "write `add: { user.FIELD: value }` as a verb", "(user.rbacRoles ?? []) + \"a\""),
    ("each(user.rbacRoles, \"lookup\", \"l\")", "a lookup cannot be asked for each element", "user.rbacRoles ?? []"),
    (
        "each(user.rbacRoles, \"trim\", \"lower\")",
        "`each(each(list, \"trim\"), \"lower\")`",
        "each(each(user.rbacRoles ?? [], \"trim\"), \"lower\")",
    ),
    ("add_time(user.endDate, 5y)", "write `\"5y\"`", "add_time(now, \"5y\")"),
    ("add_time(user.endDate, -3wd)", "write `\"-3wd\"`", "add_time(now, \"-3wd\")"),
    ("user.email|lower", "write `lower(user.email)`", "lower(user.email ?? \"\")"),
    (
        r#"replace_all(user.login, "x(\d+)$", "")"#,
        r"write `[0-9]` for a digit, or the backslash twice, `\\d`",
        r#"replace_all(user.login ?? "", "x([0-9]+)$", "")"#,
    ),
    (
        r#"replace_all(user.login, "x(\s+)$", "")"#,
        r"write the backslash twice, `\\s`",
        r#"replace_all(user.login ?? "", "x(\\s+)$", "")"#,
    ),
];

/// Whole files: what is written and what must be told.
const FILES: &[(&str, usize, &str)] = &[
    ("let: { n: { free_in: l, of: [a], number: [2, 99] } }\n", 2, "write `2..99`"),
    (
        "tests:\n  - name: t\n    request: { user: { login: a } }\n    given: { caller: 10.20.1.1 }\n    expect: { accept: true }\n",
        5,
        "write `caller: { address: \"10.20.1.1\" }`",
    ),
    (
        "tests:\n  - name: t\n    request: { user: { login: a } }\n    given: { holidays: [26-Jan-2026] }\n    expect: { accept: true }\n",
        5,
        "stand in gateway.yaml",
    ),
    ("dates: { holidays: holidays.csv }\n", 2, "stand in gateway.yaml"),
];

fn rule(lines: &str) -> String {
    let hook = if lines.contains("reject") { "validateUser" } else { "preCreateUser" };
    let codes = if lines.contains("reject") { "codes: { NotSo: It is not so. }\n" } else { "" };
    format!("hook: {hook}\n{codes}rules:\n  - name: r\n    {lines}\n")
}

fn expression(text: &str) -> String {
    rule(&format!("set:\n      user.displayName: '${{{}}}'", text.replace('\'', "''")))
}

fn is_told(text: &str, cure: &str) {
    let told = told(text);
    assert!(told.iter().any(|(_, words)| words.contains(cure)), "{text}\nis not told `{cure}`, but {told:#?}");
}

#[test]
fn each_is_told_with_a_cure_and_the_cure_loads() {
    let rules = RULES.iter().map(|(wrong, cure, right)| (rule(wrong), *cure, rule(right)));
    let expressions = EXPRESSIONS.iter().map(|(wrong, cure, right)| (expression(wrong), *cure, expression(right)));
    super::hold_cures(rules.chain(expressions));
}

#[test]
fn what_stands_beside_rules_is_told_with_its_line() {
    hold(FILES.iter().map(|(text, line, cure)| {
        ("a file", *line, format!("hook: validateUser\n{text}rules:\n  - {{ name: r, stop: true }}\n"), *cure)
    }));
}

/// In a table where the rows must not meet, a row for everybody needs the order that `hit: first` gives.
#[test]
fn a_row_for_everybody_is_told_with_the_hit_that_it_needs() {
    let table = |hit: &str, last: &str| {
        rule(&format!(
            "when: {{ user.country: {{ empty: false }} }}\n    table:\n      {hit}inputs: [user.country]\n      outputs: [set user.city]\n      rows:\n        - [India, Pune]\n        - [Nepal, Lalitpur]\n{last}"
        ))
    };
    is_told(&table("", ""), "write `hit: first` beside `rows`");
    is_told(&table("hit: first\n      ", ""), "a row of `\"-\"` for everybody else");
    assert!(told(&table("hit: first\n      ", "        - [\"-\", Paris]\n")).is_empty());
}

#[test]
fn a_rule_refuses_everybody_only_where_nobody_is_kept_out_or_let_pass() {
    let is_told = |text: &str| told(text).iter().any(|(_, words)| words.contains("refuses everybody"));
    let rule =
        |more: &str| format!("hook: validateUser\nrules:\n  - {{ name: all, {more}reject: MobileAlreadyExist }}\n");
    assert!(is_told(&rule("")));
    assert!(is_told(&rule("let: { a: user.login }, ")));
    // Whoever is refused before does not pass either, and a rule that is not enforced lets nobody pass.
    let before =
        |first: &str| rule("").replace("  - { name: all", &format!("  - {{ name: first, {first} }}\n  - {{ name: all"));
    assert!(is_told(&before("when: { user.country: India }, reject: EmailAlreadyExist")));
    assert!(is_told(&before("mode: audit, stop: true, when: { user.country: India }")));
    assert!(is_told(&before("hook: preCreateUser, stop: true")));
    for fine in [
        rule("when: { user.country: India }, "),
        rule("mode: audit, "),
        rule("mode: off, "),
        rule("").replace("rules:", "when: { user.country: India }\nrules:"),
        before("when: { user.country: India }, stop: true"),
        before("when: { user.country: India }, script: \"stop()\""),
        before("table: { hit: first, inputs: [user.country], outputs: [stop], rows: [[India, true]] }"),
    ] {
        assert_eq!(told(&fine), [], "{fine}");
    }
}

#[test]
fn a_secret_is_written_out_only_where_its_text_stands_in_the_rule() {
    let is_told = |set: &str| {
        let text = format!("hook: preCreateUser\nrules:\n  - {{ name: a, {set} }}\n");
        told(&text).iter().any(|(_, words)| words.contains("written out"))
    };
    for wrong in [
        "set: { user.password: 'Welcome123' }",
        "default: { user.password: 4829 }",
        "set: { user.password: '${user.newPassword ?? \"Welcome\"}' }",
        "set: { user.password: '${upper(\"welcome\")}' }",
        "set: { user.crm: { login: a, password: Welcome123 } }",
        "set: { user.crm: [{ otp: '111' }] }",
        "script: 'default(\"user.password\", \"Welcome123\")'",
    ] {
        assert!(is_told(wrong), "{wrong}");
    }
    for fine in [
        "set: { user.password: '${user.newPassword}' }",
        "set: { user.password: '${user.newPassword}${user.otp}' }",
        "set: { user.password: '${trim(user.newPassword, \".\")}' }",
        "set: { user.password: '' }",
        "set: { user.passwordPolicy: strict }",
        "remove: user.password",
        "set: { user.userType: Vendor }, when: { user.password: { in: [Welcome123, Password1] } }",
        "script: 'set(\"user.login\", \"Welcome123\")'",
    ] {
        assert!(!is_told(fine), "{fine}");
    }
}
