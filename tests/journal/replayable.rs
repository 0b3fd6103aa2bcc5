//! Which rules can be decided again on tokens, and which say that they cannot.

use std::sync::Arc;

use hookgate::gateway::{Again, Cannot, Replay};
use hookgate::journal::Record;

use super::{decide, key, live, open, recording, records, settings};

const PEOPLE: &str =
    "login,mobile,email\nasha.rao,9820012345,Asha.Rao@corp.example\nv.shah,9820054321,v@corp.example\n";
const HEAD: &str = "hook: validateUser\nlookups:\n  by_mobile: { table: people.csv, key: mobile }\n  \
                    by_email: { table: people.csv, key: email, ignore_case: true }\n  \
                    by_large: { table: people.csv, key: upper(email) }\n  \
                    by_both: { table: people.csv, key: [mobile, upper(email)] }\nrules:\n";
const BODY: &str = r#"{"request":{"user":{"login":" new.hire","email":"ASHA.RAO@CORP.EXAMPLE","mobile":9820012345,
    "managerId":"m1","displayName":"Asha Rao","city":"Pune","tags":["a1","b2"],"backup":"m1","age":41,
    "dateOfBirth":"1990-01-31","password":"s3cret-Word","attributes":[{"name":"PAN","value":"ABCDE1234F"}]}}}"#;

/// What comes of an event that is decided by this rule, recorded and decided again.
fn again(rule: &str) -> (String, Again) {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let rules = format!("{HEAD}  - name: it\n{rule}");
    let build = || live(&rules, &[("people.csv", PEOPLE)]);
    let journal = open(&settings);
    let reply = decide(&recording(build(), &journal), "validateUser", "id", BODY);
    journal.stop();
    let live = build();
    let again = Replay::new(&live, key(&settings), &settings.plain).again(&records(&settings)[0]);
    (reply, again)
}

fn when(condition: &str) -> String {
    format!("    when: {{ {condition} }}\n    reject: ItHeld\n")
}

/// Conditions that hold of the event, and can be decided again.
const CAN: [&str; 19] = [
    "user.city: Pune",
    "user.city: { is_not: Mumbai }",
    "user.city: [Goa, Pune]",
    "user.city: { not_in: [Goa, Mumbai] }",
    "user.city: { is: pUNE, ignore_case: true }",
    "user.age: 41",
    "user.age: { is: 41.0 }",
    "user.mobile: { present: true }",
    "user.landline: { present: false }",
    "user.city: { empty: false }",
    "user.managerId: \"${user.backup}\"",
    "user.tags: { contains: b2 }",
    "user.tags: { any: { is: a1 } }",
    "user.tags: { every: { in: [a1, b2] } }",
    "user.tags: { length: 2 }",
    "user.mobile: { found_in: by_mobile }",
    "user.email: { found_in: by_email }",
    "user.city: { not: Goa }",
    "attr.PAN: ABCDE1234F",
];

/// Conditions that need more, each with the name of what they need.
const CANNOT: [(&str, &str); 14] = [
    ("user.city: { matches: '^P' }", "user.city"),
    ("user.city: { starts_with: P }", "user.city"),
    ("user.city: { ends_with: e }", "user.city"),
    ("user.city: { contains: un }", "user.city"),
    ("user.city: { length: 4 }", "user.city"),
    ("user.age: { gt: 40 }", "user.age"),
    ("user.dateOfBirth: { before: now }", "user.dateOfBirth"),
    ("user.login: { is: \" NEW.hire\", ignore_case: true }", "user.login"),
    ("user.managerId: \"${trim(user.backup)}\"", "user.backup"),
    ("user.displayName: { is_not: \"${user.city} ${user.city}\" }", "user.city"),
    ("script: \"user.city.len() == 4\"", "user.city"),
    ("user.password: { is: s3cret-Word }", "user.password"),
    ("user.tags: { any: { starts_with: a } }", "user.tags"),
    ("attr.PAN: { matches: '^ABC' }", "attr.PAN"),
];

#[test]
fn presence_and_equality_are_told_of_tokens() {
    for condition in CAN {
        let (reply, again) = again(&when(condition));
        assert!(reply.contains("ItHeld"), "{condition}: {reply}");
        assert!(matches!(again, Again::Same { is_by_same: true }), "{condition}: {again:?}");
        // The opposite does not hold, then as now.
        let (reply, again) = self::again(&format!("    when: {{ not: {{ {condition} }} }}\n    reject: ItHeld\n"));
        assert!(!reply.contains("ItHeld"), "{condition}: {reply}");
        assert!(matches!(again, Again::Same { .. }), "{condition}: {again:?}");
    }
}

#[test]
fn what_needs_more_is_told_with_its_rule_and_name_and_never_guessed() {
    for (condition, needs) in CANNOT {
        let (reply, again) = again(&when(condition));
        assert!(reply.contains("ItHeld"), "{condition}: {reply}");
        let Again::Cannot(Cannot { why, rule: Some((rule, at)) }) = again else { panic!("{condition}: {again:?}") };
        assert_eq!(why, format!("needs the plain value of `{needs}`"), "{condition}");
        assert_eq!((&*rule, &*at), ("it", "rules.yaml:8"), "{condition}");
    }
}

#[test]
fn a_field_that_is_recorded_plain_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    settings.plain.extend(["user.city", "attr.PAN"].map(|path| hookgate::event::Path::read(path).unwrap()));
    let rules = format!("{HEAD}  - name: it\n{}", when("user.city: { matches: '^P' }, attr.PAN: { length: 10 }"));
    let build = || live(&rules, &[("people.csv", PEOPLE)]);
    let journal = open(&settings);
    assert!(decide(&recording(build(), &journal), "validateUser", "id", BODY).contains("ItHeld"));
    journal.stop();
    let live = build();
    let again = Replay::new(&live, key(&settings), &settings.plain).again(&records(&settings)[0]);
    assert!(matches!(again, Again::Same { .. }), "{again:?}");
}

#[test]
fn what_rules_write_and_send_is_compared() {
    let pass = [
        "    set: { user.backup: \"${user.city}\", user.grade: G7 }\n",
        "    let: { owner: { lookup: by_mobile, key: \"${user.mobile}\" } }\n    when: { owner.login: { is_not: \"${user.login}\" } }\n    \
         set: { user.managerId: \"${owner.login}\" }\n",
        "    deliver: { to: itsm, body: { who: \"${user.login}\", what: joined }, key: \"${user.mobile}\" }\n",
        "    remove: user.backup\n",
        "    add: { user.tags: c3 }\n",
    ];
    for rule in pass {
        let (_, again) = again(rule);
        assert!(matches!(again, Again::Same { is_by_same: true }), "{rule}: {again:?}");
    }
    let (_, again) = again("    set: { user.displayName: \"${user.city} ${user.backup}\" }\n");
    assert!(matches!(&again, Again::Cannot(Cannot { rule: Some(_), .. })), "{again:?}");
}

/// Cells that go through a function have gone through it when the table was loaded: whether a token stands for what they
/// came to is equality, which can be told.
#[test]
fn keys_of_functions_and_of_several_values_are_found_by_tokens() {
    let asked = |lookup: &str, key: &str| {
        format!(
            "    let: {{ owner: {{ lookup: {lookup}, key: {key} }} }}\n    when: {{ owner.login: asha.rao }}\n    reject: ItHeld\n"
        )
    };
    let both = |mobile: &str, email: &str| asked("by_both", &format!("{{ mobile: \"{mobile}\", email: \"{email}\" }}"));
    for (rule, holds) in [
        (asked("by_large", "\"${user.email}\""), true),
        (asked("by_large", "\"${user.city}\""), false),
        (both("${user.mobile}", "${user.email}"), true),
        (both("9820012345", "${user.email}"), true),
        (both("${user.mobile}", "${user.city}"), false),
        (both("${user.email}", "${user.mobile}"), false),
        (both("${user.mobile}", "${user.nothing}"), false),
        (both("9820054321", "${user.email}"), false),
    ] {
        let (reply, again) = again(&rule);
        assert_eq!(reply.contains("ItHeld"), holds, "{rule}: {reply}");
        assert!(matches!(again, Again::Same { .. }), "{rule}: {again:?}");
    }
    for rule in
        [asked("by_large", "\"${upper(user.email)}\""), both("${mobile(user.mobile, \\\"IN\\\")}", "${user.email}")]
    {
        let (_, again) = again(&rule);
        assert!(matches!(&again, Again::Cannot(Cannot { rule: Some(_), .. })), "{rule}: {again:?}");
    }
    let (reply, again) = again(&both("${user.mobile}", "${user.password}"));
    assert!(!reply.contains("ItHeld"), "{reply}");
    assert!(matches!(&again, Again::Cannot(Cannot { rule: Some(_), .. })), "{again:?}");
}

/// Records an event by one rule set and decides it again by another.
fn under_others(first: &str, second: &str, change: impl FnOnce(&mut Record)) -> Again {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let tables = [("people.csv", PEOPLE)];
    let journal = open(&settings);
    let gateway = recording(live(&format!("{HEAD}{first}"), &tables), &journal);
    decide(&gateway, "validateUser", "id", BODY);
    journal.stop();
    let live = live(&format!("{HEAD}{second}"), &tables);
    let mut record = records(&settings).remove(0);
    change(&mut record);
    Replay::new(&live, key(&settings), &settings.plain).again(&record)
}

#[test]
fn other_rules_differ_in_what_they_answer_write_and_send() {
    let what = |first: &str, second: &str| match under_others(first, second, |_| {}) {
        Again::Same { is_by_same } => vec![if is_by_same { "same" } else { "other rule" }],
        Again::Differs(difference) => difference.what,
        Again::Cannot(cannot) => panic!("{cannot:?}"),
    };
    let nothing = "  - { name: a, when: { user.city: Goa }, reject: X12 }\n";
    let reject = "  - { name: a, when: { user.city: Pune }, reject: X12 }\n";
    assert_eq!(what(nothing, reject), ["answer"]);
    assert_eq!(what(reject, &reject.replace("X12", "Y12")), ["answer"]);
    assert_eq!(what(reject, &reject.replace("name: a", "name: b")), ["other rule"]);
    let set = "  - { name: a, set: { user.backup: \"${user.city}\" } }\n";
    assert_eq!(what(set, &set.replace("user.city", "user.managerId")), ["answer", "user"]);
    assert_eq!(
        what(set, "  - { name: a, set: { user.backup: Pune } }\n"),
        ["same"],
        "the value is the same, however it came"
    );
    assert_eq!(what(set, "  - { name: a, set: { user.backup: Goa } }\n"), ["user"]);
    let send = "  - { name: a, deliver: { to: itsm, body: { who: \"${user.login}\" } } }\n";
    assert_eq!(what(send, &send.replace("who:", "whom:")), ["deliveries"]);
    let audit = "  - { name: a, mode: audit, when: { user.city: Pune }, reject: X12 }\n";
    assert_eq!(what(audit, nothing), ["audits"]);
}

#[test]
fn what_was_not_recorded_is_said() {
    let ask = "  - { name: a, let: { found: { lookup: by_api, key: \"${user.city}\" } }, when: { found.x: y }, reject: X12 }\n";
    let head = "hook: validateUser\nlookups: { by_api: { http: api, get: \"/${key}\", on_error: fail } }\nrules:\n";
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    decide(
        &recording(live(&format!("{HEAD}  - {{ name: a, stop: true }}\n"), &[("people.csv", PEOPLE)]), &journal),
        "validateUser",
        "id",
        BODY,
    );
    journal.stop();
    let live = live(&format!("{head}{ask}"), &[]);
    let again = Replay::new(&live, key(&settings), &settings.plain).again(&records(&settings)[0]);
    let Again::Cannot(cannot) = again else { panic!("{again:?}") };
    assert_eq!(cannot.why, "asks what was not recorded, of lookup `by_api`");

    let other = under_others("  - { name: a, stop: true }\n", "  - { name: a, stop: true }\n", |record| {
        record.key = "other".to_owned();
    });
    let Again::Cannot(cannot) = other else { panic!("{other:?}") };
    assert_eq!(cannot.why, "was recorded with another key");
}

#[tokio::test]
async fn what_a_source_answered_is_replayed_without_asking_it() {
    use crate::support::source::{Does, Played};
    use hookgate::gateway::{Answered, Gateway, Outside};
    use hookgate::lookup::{Connections, Source};

    let rules = "hook: validateUser\nlookups: { by_api: { http: api, get: \"/${key}\", on_error: fail } }\nrules:\n  - { name: a, \
                 let: { found: { lookup: by_api, key: \"${user.city}\" } }, when: { found.value: \"${user.backup}\" }, reject: X12 }\n";
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let played = Arc::new(Played::new(|_| Does::Answers(1, Some("m1"))));
    let source: Arc<dyn Source> = Arc::clone(&played) as _;
    let connections = Connections::of([("api".to_owned(), source)], tokio::runtime::Handle::current());
    let outside = Outside {
        connections: Some(connections),
        round_limit: 8,
        journal: Some(Arc::clone(&journal)),
        ..Outside::default()
    };
    let gateway = Arc::new(Gateway::with(live(rules, &[]), outside));
    let Answered::Later(reply) = gateway.handle(super::event(&gateway, "validateUser", "id", BODY)) else { panic!() };
    assert!(reply.await.body.contains("X12"));
    journal.stop();
    assert_eq!(played.count(), 1);
    let live = live(rules, &[]);
    let again = Replay::new(&live, key(&settings), &settings.plain).again(&records(&settings)[0]);
    assert!(matches!(again, Again::Same { is_by_same: true }), "{again:?}");
    assert_eq!(played.count(), 1, "nobody was asked again");
}
