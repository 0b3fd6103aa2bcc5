//! Elements of lists: what may hold of them and of their fields, how many there are, which of them verbs change; ranges of
//! numbers and networks of addresses.

use std::path::Path;
use std::sync::Arc;

use crate::support::program::{Program, folder as written};
use crate::tables::{folder, made};
use hookgate::diagnostic::File;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};
use serde_json::{Value, json};

/// Whether a condition, in block style below `when:`, holds of a user.
fn holds(condition: &str, user: &Value) -> bool {
    let rule = format!(
        "hook: validateUser\ncodes: {{ Held: x }}\nrules:\n  - name: r\n    when:\n      {condition}\n    reject: Held\n"
    );
    made(&folder(&[("r.yaml", &rule)]), "validateUser", &json!({ "user": user })) == "refused Held"
}

/// The user as rules with these verbs, in block style, leave it.
fn changed(verbs: &str, user: &Value) -> String {
    let rule = format!("hook: preCreateUser\nrules:\n  - name: r\n    {verbs}\n");
    made(&folder(&[("r.yaml", &rule)]), "preCreateUser", &json!({ "user": user }))
}

/// What is said of rules that cannot be read.
fn refused(rules: &str) -> String {
    let file = Arc::new(File::new("r.yaml", rules));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    match Live::build(&sources, &Tenant::standard()) {
        Ok((_, report)) => panic!("these rules are read: {rules}\n{}", report.to_text(false)),
        Err(report) => report.to_text(false),
    }
}

/// Conditions, values of `user.x` for which they hold, and values for which they do not. `null` is absent too.
#[test]
fn conditions_on_elements_say_what_must_hold() {
    let work = json!({ "type": "work", "primary": true, "value": "a@x" });
    let home = json!({ "type": "home", "primary": true });
    let nested = json!([{ "phones": [{ "kind": "fax" }, { "kind": "desk" }], "site": { "city": "Pune" } }]);
    let table = [
        ("{ any: { .type: work, .primary: true } }", json!([[work], [home, work]]), json!([[home], [], work, "work"])),
        ("{ any: { .type: [work, other] } }", json!([[work]]), json!([[home], ["work"]])),
        ("{ any: { .type: WORK, ignore_case: true } }", json!([]), json!([[work]])),
        ("{ any: { .type: { is: WORK, ignore_case: true } } }", json!([[work]]), json!([[home]])),
        ("{ every: { .primary: true } }", json!([[work, home], []]), json!([[work, {}], work, null, "x"])),
        ("{ any: { .value: { empty: true } } }", json!([[home], ["x"], [null]]), json!([[work], [], null])),
        ("{ any: { .value: { present: false } } }", json!([[home], [{ "value": null }]]), json!([[work]])),
        ("{ any: { not: { .type: work } } }", json!([[home], ["x"], [null]]), json!([[work], []])),
        ("{ any: { .type: { is_not: work } } }", json!([[home]]), json!([[work], ["x"], [{}], [null]])),
        ("{ any: { .site.city: Pune } }", json!([nested]), json!([[{ "site": "Pune" }], [{ "site.city": "Pune" }]])),
        ("{ any: { .phones: { any: { .kind: desk } } } }", json!([nested]), json!([[{ "phones": [] }], [home]])),
        ("{ any: { '.phones[0].kind': fax } }", json!([nested]), json!([[{ "phones": [] }]])),
        ("{ any: { .phones: { count: { gt: 1 } } } }", json!([nested]), json!([[{ "phones": [1] }]])),
        ("{ any: { '[\"E Mail\"]': x } }", json!([[{ "E Mail": "x" }]]), json!([[{ "E": "x" }]])),
        ("{ every: { is_not: ADMIN } }", json!([["x"], []]), json!([["ADMIN"], [null], "x", null])),
        ("{ count: 2 }", json!([["a", "b"], [null, {}]]), json!([["a"], "ab", { "a": 1, "b": 2 }, null, 2])),
        ("{ count: 1..2 }", json!([["a"], ["a", "b"]]), json!([[], ["a", "b", "c"]])),
        (
            "{ count: { of: { in: [a, b] }, gt: 1 } }",
            json!([["a", "c", "b"], ["a", "a"]]),
            json!([["a", "c"], [], "ab"]),
        ),
        ("{ count: { of: { .type: work }, is: 0 } }", json!([[home], []]), json!([[work], null, work])),
        (
            "{ count: { of: { .type: work }, gte: 1, lt: 3 } }",
            json!([[work], [work, work]]),
            json!([[work, work, work]]),
        ),
        ("{ not: { count: { gt: 1 } } }", json!([[], ["a"], null, "abc"]), json!([["a", "b"]])),
    ];
    for (checks, holding, others) in table {
        for (values, wanted) in [(holding, true), (others, false)] {
            for value in values.as_array().unwrap() {
                let condition = format!("user.x: {checks}");
                assert_eq!(holds(&condition, &json!({ "x": value })), wanted, "{checks} of {value}");
                if value.is_null() {
                    assert_eq!(holds(&condition, &json!({})), wanted, "{checks} of nothing");
                }
            }
        }
    }
}

#[test]
fn ranges_and_networks_stand_behind_paths_and_operators() {
    let table = [
        ("user.x: 4..7", json!([4, 7, "5"]), json!([3, 8, "4..7", [5], null])),
        ("user.x: \"4..7\"", json!(["4..7"]), json!([5])),
        ("user.x: { in: 18.. }", json!([18, "99"]), json!([17, "x"])),
        ("user.x: { not_in: 4..7 }", json!([3, "x"]), json!([5, null])),
        ("user.x: { not: 4..7 }", json!([3, "x", null]), json!([5])),
        ("user.x: { any: 4..7 }", json!([[1, 5]]), json!([[1], 5])),
        ("user.x: { length: 3..5 }", json!(["abc", "abcde", [1, 2, 3]]), json!(["ab", "abcdef", 4])),
        (
            "user.x: { within: [10.20.0.0/14, \"2001:db8::/32\"] }",
            json!(["10.20.1.2", "2001:db8::9"]),
            json!(["10.1.1.1", "", null]),
        ),
        ("user.x: { within: 192.0.2.7 }", json!(["192.0.2.7", "::ffff:192.0.2.7"]), json!(["192.0.2.8", [1]])),
        ("user.x: { not_within: 10.0.0.0/8 }", json!(["192.0.2.7", "x", ""]), json!(["10.0.0.1", null])),
        ("user.x: { any: { within: 10.0.0.0/8 } }", json!([["x", "10.9.9.9"]]), json!([["192.0.2.1"]])),
    ];
    for (condition, holding, others) in table {
        for (values, wanted) in [(holding, true), (others, false)] {
            for value in values.as_array().unwrap() {
                assert_eq!(holds(condition, &json!({ "x": value })), wanted, "{condition} of {value}");
            }
        }
    }
}

/// Verbs, the user's `x` before, and after; `failed` where the rule cannot do it.
#[test]
fn verbs_change_the_elements_that_are_meant() {
    let mails = json!([{ "type": "home", "value": "h" }, { "type": "work", "value": "" }, { "type": "work" }]);
    let failed = "failed: `user.x` is text, and only a list has elements";
    let table = [
        ("take: { user.x: { starts_with: Role- } }", json!(["Role-a", "b", "Role-c"]), json!(["b"])),
        ("take: { user.x: b }", json!(["a", "b", "b", 1]), json!(["a", 1])),
        ("take: { user.x: [b, 1] }", json!(["a", "b", 1.0]), json!(["a"])),
        ("take: { user.x: \"${user.gone}\" }", json!(["a", "b", "c"]), json!(["c"])),
        ("take: { user.x: 4..7 }", json!(["4..7", 5]), json!([5])),
        ("take: { user.x: { in: 4..7 } }", json!(["4..7", 5]), json!(["4..7"])),
        ("take: { user.x: { is_not: keep } }", json!(["keep", "a", null]), json!(["keep", null])),
        ("take: { user.x: { empty: true } }", json!(["a", "", null]), json!(["a"])),
        ("take: { user.x: { .type: work } }", mails.clone(), json!([{ "type": "home", "value": "h" }])),
        ("take: { user.x: none }", json!(["a"]), json!(["a"])),
        ("take: { user.x: a }", json!(["a"]), json!([])),
        ("take: { user.x: a }", json!(null), json!(null)),
        ("take: { user.x: a }", json!("a"), json!(failed)),
        ("script: 'take(\"user.x\", [\"a\", \"c\"])'", json!(["a", "b"]), json!(["b"])),
        ("add: { user.x: [b, c] }", json!(["a", "b"]), json!(["a", "b", "c"])),
        (
            "set: { 'user.x[.type=work].value': w }",
            mails.clone(),
            json!([{ "type": "home", "value": "h" }, { "type": "work", "value": "w" }, { "type": "work" }]),
        ),
        (
            "default: { 'user.x[.type=work].value': w }",
            mails.clone(),
            json!([{ "type": "home", "value": "h" }, { "type": "work", "value": "w" }, { "type": "work" }]),
        ),
        ("default: { 'user.x[.type=home].value': w }", mails.clone(), mails.clone()),
        ("set: { 'user.x[.n=1].v': w }", json!([{ "n": 2 }]), json!([{ "n": 2 }, { "n": 1, "v": "w" }])),
        ("set: { 'user.x[.n=1].v': w }", json!([{ "n": "1" }]), json!([{ "n": "1", "v": "w" }])),
        ("set: { 'user.x[.n=\"1\"].v': w }", json!([{ "n": 1 }]), json!([{ "n": 1 }, { "n": "1", "v": "w" }])),
        ("set: { 'user.x[.main=true].v.w': w }", json!(null), json!([{ "main": true, "v": { "w": "w" } }])),
        ("set: { 'user.x[.a=1].v': w }", json!("t"), json!(failed)),
        (
            "remove: 'user.x[.type=home].value'",
            mails.clone(),
            json!([{ "type": "home" }, { "type": "work", "value": "" }, { "type": "work" }]),
        ),
        ("remove: 'user.x[.type=other].value'", mails.clone(), mails.clone()),
        (
            "add: { 'user.x[.k=a].tags': [t, u] }",
            json!([{ "k": "a", "tags": ["t"] }]),
            json!([{ "k": "a", "tags": ["t", "u"] }]),
        ),
        ("add: { 'user.x[.k=a].tags': t }", json!([]), json!([{ "k": "a", "tags": ["t"] }])),
        ("take: { 'user.x[.k=a].tags': t }", json!([{ "k": "a", "tags": ["t"] }]), json!([{ "k": "a", "tags": [] }])),
    ];
    for (verbs, before, after) in table {
        let user =
            |x: &Value| if x.is_null() { json!({ "gone": ["a", "b"] }) } else { json!({ "gone": ["a", "b"], "x": x }) };
        let came = changed(verbs, &user(&before));
        match after.as_str() {
            Some(failure) => assert_eq!(came, failure, "{verbs} on {before}"),
            None => assert_eq!(serde_json::from_str::<Value>(&came).unwrap(), user(&after), "{verbs} on {before}"),
        }
    }
}

/// Rules with one mistake, and what is said of it.
#[test]
fn what_cannot_be_meant_is_a_mistake_with_what_to_write() {
    let when = |condition: &str| {
        format!("hook: validateUser\nrules:\n  - name: r\n    when:\n      {condition}\n    stop: true\n")
    };
    let verbs = |verbs: &str| format!("hook: preCreateUser\nrules:\n  - name: r\n    {verbs}\n");
    let table = [
        (when("user.manager: { .login: x }"), "stands in `any`, `every`, `count` and `take`", "`PATH.login: …`"),
        (when("user.emails: { any: { type: work } }"), "there is no operator `type`", "`.type`"),
        (when("user.emails: { any: { .a.: work } }"), "is not a field", "`.address.city`"),
        (when("user.x: { count: { of: { is: a } } }"), "does not say how many", "gt: 1"),
        (when("user.x: { count: { of: { is: a }, more: 1 } }"), "no comparison `more`", "`gt`"),
        (when("user.x: { count: 1.5.. }"), "`count` takes whole numbers", ""),
        (when("user.x: 7..4"), "has no number in it", "`4..7`"),
        (when("user.x: 01..05"), "`01` is not an end of a range", "`4..7`"),
        (when("user.x: { in: 2026-01-01..2026-12-31 }"), "is not an end of a range", "{ after: …, before: … }"),
        (when("user.x: { within: 10.20.1.0/14 }"), "has bits behind", "`10.20.0.0/14`"),
        (when("user.x: { within: [10.0.0.0/8, office] }"), "`office` is not a network", "such as `10.20.0.0/14`"),
        (when("user.x: { within: [] }"), "names no network", "[10.20.0.0/14"),
        (when("user.x: { cidr: 10.0.0.0/8 }"), "there is no operator `cidr`", "within"),
        (when("user.emails[.type=work].value: a"), "is not a path", "any: { .type: work"),
        (when("not: { user.a: x, user.b: y }"), "`not` stands before 2 lines", "not: { any: { … } }"),
        (
            verbs("when: user.x.len() > 3\n    stop: true"),
            "a condition is a mapping, not a text",
            "script: 'user.x.len() > 3'",
        ),
        (verbs("when: { any: ['user.x == 1'] }\n    stop: true"), "a condition is a mapping", "script: 'user.x == 1'"),
        (
            verbs("set: { 'user.x[.type=work]': a }"),
            "names an element and none of its fields",
            "take: { user.x: { .type: work } }",
        ),
        (verbs("set: { 'user.x[.type].v': a }"), "is not a target", "user.emails[.type=work].value"),
        (verbs("set: { 'token.x[.type=a].v': a }"), "but not changed", "user.FIELD"),
        (verbs("set: { user.x[.type=work].v: a }"), "this is not YAML", "`'user.x[.type=work].v': …`"),
        (verbs("take: { user.x: {} }"), "there is no operator here", ""),
        (verbs("take: { user.x: }"), "nothing is written to take", ""),
        (verbs("set: { 'user.x[.type=work].v': \"${user.password}\" }"), "secret", "do not copy a secret"),
        (verbs("script: 'lookup(\"t\", user.x, \"every\")'"), "the third value of `lookup`", ""),
    ];
    for (rules, message, help) in table {
        let told = refused(&rules);
        assert!(told.contains(message) && told.contains(help), "{rules}\n{told}");
    }
}

const TESTED: &str = r#"
lookups: { owners: { table: owners.csv, key: group } }
codes: { WrongNetwork: x }
rules:
  - name: from-the-office
    hook: validateUser
    when: { not: { caller.address: { within: [10.20.0.0/14, 192.0.2.7] } } }
    reject: WrongNetwork
  - name: all-owners
    hook: policyMap
    mappedValue: '${lookup("owners", user.login, "all").map(|row| row.owner).reduce(|all, one| all + "," + one)}'
tests:
  - name: the office
    hook: validateUser
    request: { user: { login: a } }
    given: { caller: { address: 10.21.1.2, accepted_by: jwt, certificate: cn } }
    expect: { accept: true }
  - name: elsewhere
    hook: validateUser
    request: { user: { login: a } }
    given: { caller: { address: "2001:db8::1" } }
    expect: { reject: WrongNetwork }
  - name: nobody knows from where
    hook: validateUser
    request: { user: { login: a } }
    expect: { reject: WrongNetwork }
  - name: all rows
    hook: policyMap
    request: { user: { login: x } }
    expect: { mappedValue: ",meera,asha" }
"#;

#[test]
fn a_test_says_who_calls_and_a_script_has_all_rows() {
    let rules = TESTED.replace("reduce(|all, one| all + ", "reduce(|all, one| (all ?? \"\") + ");
    let dir = written(&[("rules/r.yaml", &rules), ("rules/owners.csv", "group,owner\nx,meera\ny,ravi\nx,asha\n")]);
    Program::new(["test", "--rules", "rules"]).within(dir.path()).run().expect(0);
    for (address, wanted) in [("10.20.0.1", "\"data\""), ("10.24.0.1", "WrongNetwork")] {
        let words = ["dry-run", "--rules", "rules", "validateUser", "--caller", address];
        let told = Program::new(words).within(dir.path()).run().expect(0);
        assert!(told.contains(wanted), "{address}: {told}");
    }
}
