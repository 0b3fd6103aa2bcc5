//! What once passed in silence, or had a cure that did harm: each is told, and what the cure makes of it loads without a word.

/// The lines of a rule behind its name, what must be told of them, and the lines that the cure makes of them.
const RULES: &[(&str, &str, &str)] = &[
    // Answers that a function never gives.
    (
        "let: { x: '${lower(user.city)}' }\n    when: { x: Pune }\n    reject: NotSo",
        "`lower` makes `pune` of it: write pune",
        "let: { x: '${lower(user.city)}' }\n    when: { x: pune }\n    reject: NotSo",
    ),
    (
        "let: { x: '${lower(user.city)}' }\n    when: { x: { in: [Pune, delhi] } }\n    reject: NotSo",
        "`x` is never `Pune`",
        "let: { x: '${lower(user.city)}' }\n    when: { x: { in: [pune, delhi] } }\n    reject: NotSo",
    ),
    (
        "let: { a: '${lower(user.city)}', x: '${a}' }\n    when: { x: { is_not: Pune } }\n    reject: NotSo",
        "`x` is never `Pune`",
        "let: { a: '${lower(user.city)}', x: '${a}' }\n    when: { x: { is_not: pune } }\n    reject: NotSo",
    ),
    (
        "let: { x: '${upper(user.city)}' }\n    when: { x: { starts_with: pu } }\n    reject: NotSo",
        "`upper` makes `PU` of it: write PU",
        "let: { x: '${upper(user.city)}' }\n    when: { x: { starts_with: PU } }\n    reject: NotSo",
    ),
    (
        "let: { x: '${phone(user.mobile, \"IN\")}' }\n    when: { x: \"9820012345\" }\n    reject: NotSo",
        "write \"+919820012345\"",
        "let: { x: '${phone(user.mobile, \"IN\")}' }\n    when: { x: \"+919820012345\" }\n    reject: NotSo",
    ),
    (
        "let: { x: '${phone(user.mobile, \"IN\")}' }\n    when: { x: { starts_with: \"98\" } }\n    reject: NotSo",
        "`phone` answers `+` and the digits",
        "let: { x: '${phone(user.mobile, \"IN\")}' }\n    when: { x: { starts_with: \"+9198\" } }\n    reject: NotSo",
    ),
    (
        "let: { x: '${domain(user.email)}' }\n    when: { x: \"@corp.example\" }\n    reject: NotSo",
        "`domain` answers what follows the `@`, in small letters",
        "let: { x: '${domain(user.email)}' }\n    when: { x: corp.example }\n    reject: NotSo",
    ),
    (
        "let: { x: '${cut(user.city, 3)}' }\n    when: { x: Pune }\n    reject: NotSo",
        "`cut` makes `Pun` of it: write Pun",
        "let: { x: '${cut(user.city, 3)}' }\n    when: { x: Pun }\n    reject: NotSo",
    ),
    (
        "let: { x: '${digits(user.mobile)}' }\n    when: { x: \"+91 98200 12345\" }\n    reject: NotSo",
        "write \"919820012345\"",
        "let: { x: '${digits(user.mobile)}' }\n    when: { x: \"919820012345\" }\n    reject: NotSo",
    ),
    (
        "let: { x: '${is_email(user.email)}' }\n    when: { x: \"false\" }\n    reject: NotSo",
        "write `false`, without quotes",
        "let: { x: '${is_email(user.email)}' }\n    when: { x: false }\n    reject: NotSo",
    ),
    (
        "let: { x: '${length(user.city)}' }\n    when: { x: \"10\" }\n    reject: NotSo",
        "write 10, without quotes",
        "let: { x: '${length(user.city)}' }\n    when: { x: 10 }\n    reject: NotSo",
    ),
    (
        "let: { x: '${date(user.endDate)}' }\n    when: { x: 31.01.2026 }\n    reject: NotSo",
        "`date` answers a day as `2026-01-31`",
        "let: { x: '${date(user.endDate)}' }\n    when: { x: \"2026-01-31\" }\n    reject: NotSo",
    ),
    (
        "let: { x: '${split(user.city)}' }\n    when: { x: \"0042\" }\n    reject: NotSo",
        "write `{ contains: \"0042\" }`",
        "let: { x: '${split(user.city)}' }\n    when: { x: { contains: \"0042\" } }\n    reject: NotSo",
    ),
    // Other conditions that never hold.
    (
        "when: { caller.address: 10.0.0.300 }\n    reject: NotSo",
        "write an address as `10.20.0.7`",
        "when: { caller.address: 10.0.0.30 }\n    reject: NotSo",
    ),
    (
        "when: { caller.address: \"2001:DB8::0\" }\n    reject: NotSo",
        "write \"2001:db8::\"",
        "when: { caller.address: \"2001:db8::\" }\n    reject: NotSo",
    ),
    (
        "when: { caller.address: 10.0.* }\n    reject: NotSo",
        "write `{ within: 10.0.0.0/16 }`",
        "when: { caller.address: { within: 10.0.0.0/16 } }\n    reject: NotSo",
    ),
    (
        "when: { user.endDate: { before: 2026-01-01, after: 2026-12-31 } }\n    reject: NotSo",
        "is never true",
        "when: { user.endDate: { after: 2026-01-01, before: 2026-12-31 } }\n    reject: NotSo",
    ),
    (
        "when: { user.email: { empty: true, ends_with: x } }\n    reject: NotSo",
        "is never true",
        "when: { user.email: { empty: false, ends_with: x } }\n    reject: NotSo",
    ),
    // Cures that stand in quotes.
    (
        "when: { user.email: { ends_with: [\"@a\", \"#x\"] } }\n    reject: NotSo",
        "`user.email: { ends_with: \"@a\" }` or `user.email: { ends_with: \"#x\" }`",
        "when: { any: [{ user.email: { ends_with: \"@a\" } }, { user.email: { ends_with: \"#x\" } }] }\n    reject: NotSo",
    ),
    (
        "when: { user.assignedGroups: \"0042\" }\n    reject: NotSo",
        "write `{ contains: \"0042\" }`",
        "when: { user.assignedGroups: { contains: \"0042\" } }\n    reject: NotSo",
    ),
    (
        "when: { user.assignedGroups: [\"0042\", \"a: b\"] }\n    reject: NotSo",
        "write `{ any: { in: [\"0042\", \"a: b\"] } }`",
        "when: { user.assignedGroups: { any: { in: [\"0042\", \"a: b\"] } } }\n    reject: NotSo",
    ),
    (
        "when: { user.city: '“@home”' }\n    reject: NotSo",
        "write `\"@home\"`",
        "when: { user.city: \"@home\" }\n    reject: NotSo",
    ),
    (
        "when: { user.city: Yes or No }\n    reject: NotSo",
        "write `[\"Yes\", \"No\"]`",
        "when: { user.city: [\"Yes\", \"No\"] }\n    reject: NotSo",
    ),
    (
        "when: { user.city: '*: x*' }\n    reject: NotSo",
        "write `{ contains: \": x\" }`",
        "when: { user.city: { contains: \": x\" } }\n    reject: NotSo",
    ),
    // Verbs that do something else than they say.
    ("reject: false", "leave `reject` out", "stop: true"),
    (
        "when: { user.city: Pune }\n    reject: true",
        "write the code with which it refuses",
        "when: { user.city: Pune }\n    reject: NotSo",
    ),
    ("set: { user.city: Pune }\n    stop: false", "leave the line out", "set: { user.city: Pune }"),
    (
        "set: { user.assignedGroups: grp-a }",
        "write `[grp-a]` for a list of this alone, or `add: { user.assignedGroups: grp-a }`",
        "add: { user.assignedGroups: grp-a }",
    ),
    ("default: { user.rbacRoles: \"0042\" }", "write `[\"0042\"]`", "default: { user.rbacRoles: [\"0042\"] }"),
    (
        "add: { user.assignedGroups: \"grp-a, grp-b\" }",
        "write `[grp-a, grp-b]` for several",
        "add: { user.assignedGroups: [grp-a, grp-b] }",
    ),
    (
        "take: { user.assignedGroups: \"tmp-*\" }",
        "write `{ starts_with: tmp- }`",
        "take: { user.assignedGroups: { starts_with: tmp- } }",
    ),
    ("add: { user.city: Pune }", "write `set: { user.city: Pune }`", "set: { user.city: Pune }"),
    // Values that are read otherwise than they look.
    (
        r"when: { user.mobile: { matches: '^\\d{10}$' } }
    reject: NotSo",
        r"write one, between single quotes: '^\d{10}$'",
        r"when: { user.mobile: { matches: '^\d{10}$' } }
    reject: NotSo",
    ),
    (
        "when: { user.endDate: { before: 1767225600 } }\n    reject: NotSo",
        "in seconds it is 2026-01-01T00:00:00Z",
        "when: { user.endDate: { before: 2026-01-01T00:00:00Z } }\n    reject: NotSo",
    ),
    (
        "when: { user.grade: A..C }\n    reject: NotSo",
        "write `[A, B, C]`",
        "when: { user.grade: [A, B, C] }\n    reject: NotSo",
    ),
    (
        "when: { user.user.city: Pune }\n    reject: NotSo",
        "write `user.city`",
        "when: { user.city: Pune }\n    reject: NotSo",
    ),
    (
        "when: { user.request.city: Pune }\n    reject: NotSo",
        "write `user.city`",
        "when: { user.city: Pune }\n    reject: NotSo",
    ),
    (
        "when: { user.employee.city: Pune }\n    reject: NotSo",
        "write `user.city`",
        "when: { user.city: Pune }\n    reject: NotSo",
    ),
    // What has no cure of its own.
    (
        "when:\n    user.city: Pune\n    reject: NotSo",
        "indent this line by two more spaces, if it belongs to `when:` above it",
        "when:\n      user.city: Pune\n    reject: NotSo",
    ),
    (
        "when: { userTpye: Vendor }\n    reject: NotSo",
        "did you mean `user.userType`?",
        "when: { user.userType: Vendor }\n    reject: NotSo",
    ),
    ("reject: X1", "3 to 49 letters and digits", "when: { user.city: Pune }\n    reject: NotSo"),
    (
        "when: { user.city: [Vendor, -, X] }\n    reject: NotSo",
        "a `-` stands in quotes",
        "when: { user.city: [Vendor, \"-\", X] }\n    reject: NotSo",
    ),
    (
        "when: { user.city: [Employee, , Vendor] }\n    reject: NotSo",
        "take a comma away",
        "when: { user.city: [Employee, Vendor] }\n    reject: NotSo",
    ),
    (
        "when:\n      user.grade: > 5\n    reject: NotSo",
        "write `{ gt: 5 }` to compare",
        "when:\n      user.grade: { gt: 5 }\n    reject: NotSo",
    ),
    ("set: { user.city: \"C:\\certs\\a\" }", "is written twice", "set: { user.city: 'C:\\certs\\a' }"),
];

/// Expressions in the same way: values of calls that are written out.
const EXPRESSIONS: &[(&str, &str, &str)] = &[
    ("cut(user.login, \"8\")", "write 8, without quotes", "cut(user.login ?? \"\", 8)"),
    ("cut(user.login, \"eight\")", "not \"eight\" | write it in digits", "cut(user.login ?? \"\", 8)"),
    ("cut(8, user.login)", "the other way round", "cut(user.login ?? \"\", 8)"),
    ("cut(user.login, 2.5)", "a whole number that is not negative", "cut(user.login ?? \"\", 2)"),
    ("pad(user.grade, \"6\", 0)", "write 6, without quotes", "pad(user.grade ?? \"\", 6, 0)"),
    ("part(user.login, \".\", \"2\")", "write 2, without quotes", "part(user.login ?? \"\", \".\", 2) ?? \"\""),
    ("middle(user.login, \"1\", 2)", "write 1, without quotes", "middle(user.login ?? \"\", 1, 2)"),
    ("lower(true)", "put it into double quotes", "lower(\"true\")"),
    ("join(\"a b\", \",\")", "write `split(\"a b\")`", "join(split(\"a b\"), \",\")"),
    (
        "format_date(\"tomorow\", \"dd.MM.yyyy\")",
        "write a date as \"2026-01-31\"",
        "format_date(\"today+1d\", \"dd.MM.yyyy\") ?? \"\"",
    ),
    ("days_between(\"2026-13-45\", now)", "none that can be read", "days_between(\"2026-12-31\", now) ?? 0"),
    (
        "join(each(user.rbacRoles, \"cut\", \"8\"), \",\")",
        "write 8, without quotes",
        "join(each(user.rbacRoles ?? [], \"cut\", 8), \",\")",
    ),
];

/// Whole files: what is written, what must be told, and what the cure makes of it.
const FILES: &[(&str, &str, &str)] = &[
    (
        "- name: r\n  when: { user.city: Pune }\n  stop: true\n",
        "write `rules:` above the first line",
        "hook: test\nrules:\n- name: r\n  when: { user.city: Pune }\n  stop: true\n",
    ),
    (
        "{ \"name\": \"r\", \"when\": { \"user.city\": \"Pune\" }, \"set\": { \"user.city\": \"Delhi\" } }\n",
        "write `rules:` above it, and `- ` before its first line",
        "hook: preCreateUser\nrules:\n- { \"name\": \"r\", \"when\": { \"user.city\": \"Pune\" }, \"set\": { \"user.city\": \"Delhi\" } }\n",
    ),
    (
        "hook: validateUser, validateUpdateUser\nrules: [{ name: r, when: { user.city: Pune }, stop: true }]\n",
        "write a list: `hook: [validateUser, validateUpdateUser]`",
        "hook: [validateUser, validateUpdateUser]\nrules: [{ name: r, when: { user.city: Pune }, stop: true }]\n",
    ),
];

/// Tests of a rule: what stands behind the name, what must be told, and what the cure makes of it.
const CASES: &[(&str, &str, &str)] = &[
    (
        "request: { user: { userType: Vendor } }\n    expect: { reject: false }",
        "write `accept: true`",
        "request: { user: { userType: Vendor } }\n    expect: { accept: true }",
    ),
    (
        "request: { user: { city: Pune } }\n    expect: { reject: true }",
        "write the code with which it refuses",
        "request: { user: { city: Pune } }\n    expect: { reject: NotSo }",
    ),
    (
        "request: { user: { userTpye: Vendor } }\n    expect: { accept: true }",
        "did you mean `user.userType`?",
        "request: { user: { userType: Vendor } }\n    expect: { accept: true }",
    ),
    (
        "request: { user: { startDate: 2026-13-45 } }\n    expect: { accept: true }",
        "write a date as `2026-01-31`",
        "request: { user: { startDate: 2026-12-31 } }\n    expect: { accept: true }",
    ),
    (
        "sample: validateUser\n    with: { user.startDate: 2026-13-45 }\n    expect: { accept: true }",
        "write a date as `2026-01-31`",
        "sample: validateUser\n    with: { user.startDate: 2026-12-31 }\n    expect: { accept: true }",
    ),
    (
        "request: { userType: Vendor }\n    expect: { accept: true }",
        "write `request: { user: { userType: … } }`",
        "request: { user: { userType: Vendor } }\n    expect: { accept: true }",
    ),
    (
        "request: { user: Vendor }\n    expect: { accept: true }",
        "`user` is a mapping of the user's fields",
        "request: { user: { userType: Vendor } }\n    expect: { accept: true }",
    ),
];

fn case(lines: &str) -> String {
    format!(
        "hook: validateUser\ncodes: {{ NotSo: It is not so. }}\nrules:\n  - name: r\n    when: {{ user.city: Pune }}\n    \
         reject: NotSo\ntests:\n  - name: t\n    {lines}\n"
    )
}

fn rule(lines: &str) -> String {
    let hook = if lines.contains("reject") { "validateUser" } else { "preCreateUser" };
    let codes = if lines.contains("reject") { "codes: { NotSo: It is not so. }\n" } else { "" };
    format!("hook: {hook}\n{codes}rules:\n  - name: r\n    {lines}\n")
}

fn expression(text: &str) -> String {
    rule(&format!("set:\n      user.displayName: '${{{}}}'", text.replace('\'', "''")))
}

#[test]
fn each_is_told_with_a_cure_and_the_cure_loads() {
    let rules = RULES.iter().map(|(wrong, cure, right)| (rule(wrong), *cure, rule(right)));
    let expressions = EXPRESSIONS.iter().map(|(wrong, cure, right)| (expression(wrong), *cure, expression(right)));
    let files = FILES.iter().map(|(wrong, cure, right)| ((*wrong).to_owned(), *cure, (*right).to_owned()));
    let cases = CASES.iter().map(|(wrong, cure, right)| (case(wrong), *cure, case(right)));
    super::hold_cures(rules.chain(expressions).chain(files).chain(cases));
}
