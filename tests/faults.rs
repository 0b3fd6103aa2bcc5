//! What once went wrong, each by the input that showed it: the answer is right now, or `check` says what is wrong. The kinds behind
//! them have tests of their own, by subject.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::program::{Program, folder, root};

const NOW: &str = "2026-06-01T12:00:00Z";
const STARTER: &str = "rules";
const JOINER: &str = "examples/joiner-leaver/rules";

/// The wire's answer to a request, by the rules of a folder of this repository.
fn answer(rules: &Path, hook: &str, request: &Value) -> Value {
    let words = ["dry-run", hook, "-", "--rules", rules.to_str().unwrap(), "--format", "json", "--now", NOW];
    let ended = Program::new(words).input(json!({ "request": request }).to_string()).run();
    assert_eq!(ended.code, Some(0), "{hook} {request}: {}{}", ended.stdout, ended.stderr);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    told["reply"]["response"].clone()
}

fn refused(code: &str) -> Value {
    json!({ "error": true, "message": code })
}

fn accepted(request: &Value) -> Value {
    json!({ "data": request["user"] })
}

/// A person whom `examples/joiner-leaver` lets in, with these fields beside.
fn person(more: &Value) -> Value {
    let mut user = json!({
        "login": "new.person", "firstName": "New", "lastName": "Person", "userType": "Employee", "country": "India",
        "department": "Sales", "grade": 4, "email": "new.person@in.corp.example", "managerId": "61e9"
    });
    user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "user": user })
}

#[test]
fn the_rules_that_are_handed_out_answer_right() {
    let leaver = |end: Value| json!({ "user": { "login": "u", "status": "INACTIVE", "endDate": end } });
    let mobile = |mobile: &str| json!({ "user": { "login": "new.hire", "mobile": mobile } });
    let kept =
        |what: &str, end: Value| (STARTER, what.to_owned(), "runDeprovision", leaver(end), json!({ "data": false }));
    let taken =
        |number: &str| (STARTER, number.to_owned(), "validateUser", mobile(number), refused("MobileAlreadyExist"));
    let passes = |rules, what: &str, hook, request: Value| {
        let wanted = accepted(&request);
        (rules, what.to_owned(), hook, request, wanted)
    };
    let mapped =
        |what: &str, request, value| (STARTER, what.to_owned(), "policyMap", request, json!({ "mappedValue": value }));
    for (rules, what, hook, request, wanted) in [
        kept("the last day is not over", json!("2026-06-01")),
        kept("2030 with two digits is not a date", json!("31/12/30")),
        kept("2030 in seconds", json!("1924905600")),
        kept("0 is how directories write never", json!(0)),
        (
            JOINER,
            "a child of ten".to_owned(),
            "validateUser",
            person(&json!({ "dateOfBirth": "15/08/15" })),
            refused("DateNotReadable"),
        ),
        passes(
            JOINER,
            "a first day left blank",
            "validateUser",
            person(&json!({ "startDate": "", "endDate": "2026-12-31" })),
        ),
        passes(JOINER, "a date of birth left blank", "validateUser", person(&json!({ "dateOfBirth": "" }))),
        taken("+91 098200 12345"),
        taken("+91 (0) 98200 12345"),
        taken("\u{202a}+91 98200 12345\u{202c}"),
        passes(STARTER, "an address left blank", "validateUser", json!({ "user": { "login": "u", "email": "" } })),
        passes(
            STARTER,
            "one's own number, the login in another case",
            "validateUpdateUser",
            json!({ "user": { "login": "Asha.Rao", "mobile": "9820012345" } }),
        ),
        mapped(
            "no names",
            json!({ "targetAttribute": "displayName", "defaultValue": "DV", "user": { "firstName": "", "lastName": "" } }),
            "DV",
        ),
        mapped(
            "a login that is cut at a dot",
            json!({ "targetAttribute": "sAMAccountName", "user": { "login": "ramakrishnan-venkat.x" } }),
            "ramakrishnan-venkat",
        ),
    ] {
        assert_eq!(answer(&root().join(rules), hook, &request), wanted, "{what}: {request}");
    }
}

const ENDS: &str = "hook: runDeprovision
rules:
  - { name: still-here, when: { user.endDate: { after: now } }, deprovision: false }
  - { name: gone, when: { user.endDate: { present: true } }, deprovision: true }
";
const ORDER: &str = "hook: validateUser
codes: { EndBeforeStart: The last day lies before the first. }
rules: [{ name: start-before-end, when: { user.startDate: { after: user.endDate } }, reject: EndBeforeStart }]
";
const ASCII: &str = "hook: preCreateUser\nrules: [{ name: f, set: { user.out: '${ascii(user.x)}' } }]\n";
const NAMES: &str = "hook: validateUser
lookups: { r: { table: t.csv, key: name } }
rules: [{ name: a, when: { user.lastName: { found_in: r } }, reject: MobileAlreadyExist }]
";

#[test]
fn rules_of_ones_own_answer_right() {
    for (rules, table, hook, user, wanted) in [
        (ENDS, "", "runDeprovision", json!({ "login": "u", "endDate": "9999-12-31" }), json!({ "data": false })),
        (
            ORDER,
            "",
            "validateUser",
            json!({ "startDate": "2026-01-01", "endDate": "9999-12-31" }),
            json!({ "data": { "startDate": "2026-01-01", "endDate": "9999-12-31" } }),
        ),
        (
            ASCII,
            "",
            "preCreateUser",
            json!({ "x": "\u{18f}liyev" }),
            json!({ "data": { "x": "\u{18f}liyev", "out": "Eliyev" } }),
        ),
        (ASCII, "", "preCreateUser", json!({ "x": "\u{1e44}" }), json!({ "data": { "x": "\u{1e44}", "out": "N" } })),
        (
            NAMES,
            "name\nMüller\n",
            "validateUser",
            json!({ "lastName": "Mu\u{308}ller" }),
            refused("MobileAlreadyExist"),
        ),
    ] {
        let files = [("rules/r.yaml", rules), ("rules/t.csv", table)];
        let dir = folder(if table.is_empty() { &files[..1] } else { &files });
        assert_eq!(answer(&dir.path().join("rules"), hook, &json!({ "user": user })), wanted, "{user}");
    }
}

const UNIQUE: &str = "hook: validateUser
lookups: { m: { table: t.csv, key: mobile } }
rules: [{ name: taken, when: { user.mobile: { found_in: m } }, reject: MobileAlreadyExist }]
";
const UNIT: &str = "hook: policyMap
rules: [{ name: ou, table: { hit: first, inputs: [user.userType], outputs: [mappedValue], rows: t.csv } }]
";

/// Each is told, and by this code.
#[test]
fn what_cannot_be_meant_is_told() {
    let rule =
        |hook: &str, rest: &str| format!("hook: {hook}\ncodes: {{ CodeOne: y }}\nrules: [{{ name: a, {rest} }}]\n");
    let silent = [
        (UNIQUE.to_owned(), "login,mobile,nick\nasha,9820012345,\"Ash\nvikram,9820054321,Vik\n", "H511"),
        (UNIT.to_owned(), "user.userType,mappedValue\nVendor,\"OU=V\n-,OU=X\n", "H511"),
        (UNIQUE.to_owned(), "login,mobile,email\nasha,9.82E+09,a@x.yy\n", "H515"),
        (UNIT.to_owned(), "user.userType,mappedValue\n\"Vendor, Consultant\",OU=X\n-,OU=IN\n", "H822"),
        (rule("validateUser", "when: { user.assignedGroups: { contains: [x, y] } }, reject: CodeOne"), "", "H818"),
        (rule("preCreateUser", "set: { user.login: '${lower(\"${user.firstName}.${user.lastName}\")}' }"), "", "H416"),
        (rule("runDeprovision", "when: { user.endDate: { before: now } }, deprovision: true"), "", "H816"),
    ];
    let mut wrong = Vec::new();
    for (rules, table, code) in &silent {
        let files = [("rules/r.yaml", &**rules), ("rules/t.csv", *table)];
        let dir = folder(if table.is_empty() { &files[..1] } else { &files });
        let said = Program::new(["check"]).within(dir.path()).run().stdout;
        if !said.contains(&format!("[{code}]")) {
            wrong.push(format!("{rules}{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rules with tests beside them, which hold.
#[test]
fn tests_of_rules_that_once_surprised_hold() {
    let accounts = |count: usize| {
        let of =
            |n: usize| if n == 0 { "Jo.Doe: { id: 1 }".to_owned() } else { format!("Jo.Doe{}: {{ id: 1 }}", n - 1) };
        (0..count).map(of).collect::<Vec<_>>().join(", ")
    };
    let logins: String =
        (1..=60).map(|n| if n == 1 { "jsmith\n".to_owned() } else { format!("jsmith{n}\n") }).collect();
    let rounds = format!(
        "hook: preCreateUser
lookups: {{ account: {{ http: idp, get: '/accounts/${{key}}', no_rows_on: [404], on_error: fail }} }}
rules:
  - name: generate
    script: |
      let base = trim(user.firstName) + '.' + trim(user.lastName);
      for n in 0..1000 {{
        let name = if n == 0 {{ base }} else {{ base + (n - 1) }};
        if lookup(`account`, name) == null {{ set(`user.login`, name); break; }}
      }}
tests:
  - name: the twenty-second is free
    request: {{ user: {{ firstName: Jo, lastName: Doe }} }}
    given: {{ lookups: {{ account: {{ {}, Jo.Doe20: null }} }} }}
    expect: {{ user: {{ login: Jo.Doe20 }} }}
",
        accounts(21)
    )
    .replace("'.'", "\".\"")
    .replace('`', "\"");
    let settings = "connections: { idp: { http: \"http://127.0.0.1:9\", tls: off, allow: [127.0.0.0/8] } }\nlookups: { rounds: 100 }\n";
    for (name, text) in CASES.iter().copied().chain([("rounds", &*rounds)]) {
        let dir = folder(&[
            ("rules/r.yaml", text),
            ("gateway.yaml", settings),
            ("rules/taken.csv", &format!("login\n{logins}")),
        ]);
        let ended = Program::new(["test"]).within(dir.path()).run();
        assert_eq!(ended.code, Some(0), "{name}: {}{}", ended.stdout, ended.stderr);
    }
}

const CASES: [(&str, &str); 10] = [
    ("add-list", include_str!("faults/add-list.yaml")),
    ("all-or-nothing", include_str!("faults/all-or-nothing.yaml")),
    ("blank-coalesce", include_str!("faults/blank-coalesce.yaml")),
    ("closures", include_str!("faults/closures.yaml")),
    ("expect-user-reject", include_str!("faults/expect-user-reject.yaml")),
    ("in-place", include_str!("faults/in-place.yaml")),
    ("name-case", include_str!("faults/name-case.yaml")),
    ("table32", include_str!("faults/table32.yaml")),
    ("text-number", include_str!("faults/text-number.yaml")),
    ("us-date", include_str!("faults/us-date.yaml")),
];
