//! Every record is decided again: by the same rules the same, by others otherwise, and where a secret is asked another
//! question than then, it is said that nobody can tell.

use std::sync::Arc;

use hookgate::event::{Calendar, WorkingDays};
use hookgate::gateway::{Again, Answered, Cannot, Live, Replay, TableRows};
use hookgate::journal::Record;

use super::{again, decide, event_in, live, open, recording, records, settings};

const PEOPLE: &str =
    "login,mobile,email\nasha.rao,9820012345,Asha.Rao@corp.example\nv.shah,9820054321,v@corp.example\n";
const HEAD: &str = "hook: validateUser\nlookups:\n  by_mobile: { table: people.csv, key: mobile }\n  \
                    by_email: { table: people.csv, key: email, ignore_case: true }\n  \
                    by_word: { table: worst.csv, key: word }\nrules:\n";
const WORST: &str = "word,rank\ns3cret-Word,1\nWelcome@123,2\n";
const BODY: &str = r#"{"request":{"user":{"login":" new.hire","email":"ASHA.RAO@CORP.EXAMPLE","mobile":9820012345,
    "managerId":"m1","displayName":"Asha Rao","city":"Pune","tags":["a1","b2"],"backup":"m1","age":41,
    "dateOfBirth":"1990-01-31","password":"s3cret-Word","newPassword":" ","pwd":"1990-01-31",
    "securityQuestion":{"q":"Who?","a":"Nobody"},"attributes":[{"name":"PAN","value":"ABCDE1234F"},
    {"name":"pin","value":"4711"}]}}}"#;

fn tables() -> [(&'static str, &'static str); 2] {
    [("people.csv", PEOPLE), ("worst.csv", WORST)]
}

fn built(rules: &str) -> Live {
    live(&format!("{HEAD}{rules}"), &tables())
}

/// What is answered to the event by these rules, and its record.
fn recorded(rules: &str) -> (String, Record) {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let reply = decide(&recording(built(rules), &journal), "validateUser", "id", BODY);
    journal.stop();
    (reply, records(&settings).remove(0))
}

/// The same of one rule, and what comes of its record.
fn rule(text: &str) -> (String, Again) {
    let rules = format!("  - name: it\n{text}");
    let (reply, record) = recorded(&rules);
    (reply, again(&built(&rules), &record))
}

fn when(condition: &str) -> String {
    format!("    when: {{ {condition} }}\n    reject: ItHeld\n")
}

/// Conditions that hold of the event.
const HOLD: [&str; 34] = [
    "user.city: Pune",
    "user.city: [Goa, Pune]",
    "user.city: { is: pUNE, ignore_case: true }",
    "user.age: { is: 41.0 }",
    "user.landline: { present: false }",
    "user.tags: { any: { is: a1 } }",
    "user.mobile: { found_in: by_mobile }",
    "user.city: { matches: '^P' }",
    "user.city: { starts_with: P }",
    "user.city: { length: 4 }",
    "user.age: { gt: 40 }",
    "user.dateOfBirth: { before: now }",
    "user.managerId: \"${trim(user.backup)}\"",
    "user.displayName: { is_not: \"${user.city} ${user.city}\" }",
    "script: \"user.city.len() == 4\"",
    "attr.PAN: { matches: '^ABC' }",
    // And of its secrets.
    "user.password: { present: true }",
    "user.password: { empty: false }",
    "user.newPassword: { empty: true }",
    "user.password: { is: s3cret-Word }",
    "user.password: { is_not: \"${user.city}\" }",
    "user.password: { matches: '^s3' }",
    "user.password: { length: { lt: 12 } }",
    "user.password: { contains: WORD, ignore_case: true }",
    "user.password: { found_in: by_word }",
    "user.pwd: { before: now }",
    "user.dateOfBirth: \"${user.pwd}\"",
    "user.securityQuestion.a: Nobody",
    "user.securityQuestion.b: { present: false }",
    "attr.pin: '4711'",
    "\"user.attributes[1].value\": { length: 4 }",
    "user.city: { is_not: \"${upper(user.password)}\" }",
    "script: \"user.password.len() == 11\"",
    "script: \"user.password != user.city\"",
];

#[test]
fn every_condition_is_decided_again_and_its_opposite() {
    for condition in HOLD {
        let (reply, again) = rule(&when(condition));
        assert!(reply.contains("ItHeld"), "{condition}: {reply}");
        assert!(matches!(again, Again::Same { is_by_same: true }), "{condition}: {again:?}");
        let (reply, again) = rule(&format!("    when: {{ not: {{ {condition} }} }}\n    reject: ItHeld\n"));
        assert!(!reply.contains("ItHeld"), "{condition}: {reply}");
        assert!(matches!(again, Again::Same { .. }), "{condition}: {again:?}");
    }
}

/// What rules do with secrets otherwise than in conditions.
const DONE: [&str; 19] = [
    // Conditions that do not hold are looked at all the same, whatever an index could tell of them.
    "    when: { user.password: nothing }\n    reject: ItHeld\n",
    "    when: { \"user.attributes[1].value\": nothing, user.city: Pune }\n    reject: ItHeld\n",
    "    when: { user.city: Pune, attr.pin: { matches: '^9' } }\n    reject: ItHeld\n",
    "    set: { user.password: \"${user.pwd}\" }\n",
    "    set: { user.password: \"${user.password}\" }\n",
    "    set: { user.password: s3cret-Word }\n",
    "    set: { user.password: other }\n    default: { user.newPassword: filled }\n",
    "    default: { user.password: never }\n",
    "    set: { user.newPassword: \"${user.password}-${user.city}\" }\n",
    "    set: { user.newPassword: \"${upper(user.password)}\" }\n",
    "    set: { user.newPassword: \"${user.nothing ?? user.password}\" }\n",
    "    set: { user.grade: \"${present(user.password)}\" }\n",
    "    let: { row: { lookup: by_word, key: \"${user.password}\" } }\n    when: { row.rank: '1' }\n    reject: ItHeld\n",
    "    let: { row: { lookup: by_word, key: \"${user.pwd}\" } }\n    when: { row: { present: false } }\n    reject: ItHeld\n",
    "    let: { rows: { lookup: by_word, key: \"${user.pwd}\", all: true } }\n    when: { rows: { empty: true } }\n    reject: ItHeld\n",
    "    let: { day: \"${date(user.password)}\" }\n    when: { day: { before: now } }\n    reject: ItHeld\n",
    "    let: { weak: { script: \"user.password.len() < 12\" } }\n    when: { weak: true, user.city: Pune }\n    reject: ItHeld\n",
    "    remove: user.password\n",
    "    set: { user.securityQuestion: none }\n    remove: \"user.attributes[1].value\"\n",
];

#[test]
fn what_rules_make_of_secrets_is_done_again() {
    for text in DONE {
        let (reply, again) = rule(text);
        assert!(matches!(again, Again::Same { is_by_same: true }), "{text}: {reply}: {again:?}");
    }
}

/// A list in a secret is there, or not: of neither anybody knows.
#[test]
fn what_is_added_to_a_list_in_a_secret_or_taken_from_it_nobody_can_tell() {
    for verb in ["add", "take"] {
        let (reply, again) = rule(&format!("    {verb}: {{ user.securityQuestion.hints: h1 }}\n"));
        let Again::Cannot(Cannot { why, .. }) = &again else { panic!("{verb}: {reply}: {again:?}") };
        assert!(why.contains("`user.securityQuestion.hints`"), "{verb}: {why}");
    }
}

/// Two rules in a row: what the second sees of a secret is what the first made of it.
#[test]
fn a_secret_that_a_rule_has_changed_is_another_one() {
    let asked = "  - { name: ask, when: { user.password: { length: { gt: 12 } } }, reject: Long }\n";
    let change = "  - { name: change, set: { user.password: \"${user.password}-and-more\" } }\n";
    let (reply, record) = recorded(&format!("{change}{asked}"));
    assert!(reply.contains("Long"), "{reply}");
    assert!(matches!(again(&built(&format!("{change}{asked}")), &record), Again::Same { .. }));
    // Without the change the question is one that nobody has asked.
    let told = again(&built(asked), &record);
    assert!(matches!(&told, Again::Cannot(Cannot { why, .. }) if why.contains("`user.password`")), "{told:?}");
    // A plain value beside it is told from what it was, too.
    let holds = "  - { name: holds, when: { user.password: { contains: \"${user.city}\", ignore_case: true } }, reject: Held }\n";
    let (_, record) = recorded(holds);
    assert!(matches!(again(&built(holds), &record), Again::Same { .. }));
    let changed = format!("  - {{ name: move, set: {{ user.city: word }} }}\n{holds}");
    assert!(matches!(again(&built(&changed), &record), Again::Cannot(_)));
    let elsewhere = format!("  - {{ name: move, set: {{ user.grade: G1 }} }}\n{holds}");
    assert!(matches!(again(&built(&elsewhere), &record), Again::Differs(_)), "another field changes nothing of it");
}

#[test]
fn an_unchanged_condition_is_found_again_wherever_it_stands_and_a_changed_one_is_not() {
    let (reply, record) =
        recorded("  - name: it\n    when:\n      user.password: { length: { lt: 12 } }\n    reject: ItHeld\n");
    assert!(reply.contains("ItHeld"));
    let moved = "  - { name: first, when: { user.city: Goa }, reject: NoGo }\n  - name: other\n    when:\n      all:\n        - user.age: 41\n        \
                 - user.password:   {   length: { lt: 12 }   }\n    reject: ItHeld\n";
    assert!(matches!(again(&built(moved), &record), Again::Same { is_by_same: false }));
    for changed in
        ["{ length: { lt: 13 } }", "{ length: { lt: 12 }, ignore_case: true }", "{ matches: x }", "{ is: 'a  b' }"]
    {
        let told = again(&built(&format!("  - name: it\n{}", when(&format!("user.password: {changed}")))), &record);
        let Again::Cannot(Cannot { why, rule: Some((rule, at)) }) = told else { panic!("{changed}: {told:?}") };
        assert!(why.starts_with("needs the secret `user.password`"), "{why}");
        assert_eq!((&*rule, &*at), ("it", "rules.yaml:7"));
    }
    // What the mark tells can be asked anew, and what another condition settles need not be known.
    for (condition, holds) in [
        ("user.password: { present: true }", true),
        ("user.password: { empty: true }", false),
        ("user.newPassword: { empty: true }", true),
        ("user.password: { matches: x }, user.city: Goa", false),
    ] {
        let told = again(&built(&format!("  - name: it\n{}", when(condition))), &record);
        assert_eq!(matches!(told, Again::Same { .. }), holds, "{condition}: {told:?}");
        assert!(!matches!(told, Again::Cannot(_)), "{condition}: {told:?}");
    }
    // Nobody knows what is within a secret, nor what a function makes of one.
    for condition in [
        "user.securityQuestion.q: { present: true }",
        "user.city: { is: \"${lower(user.password)}\" }",
        "script: \"user.password == `x`\"",
    ] {
        let told = again(&built(&format!("  - name: it\n{}", when(condition))), &record);
        assert!(matches!(told, Again::Cannot(_)), "{condition}: {told:?}");
    }
}

#[test]
fn a_name_with_another_meaning_asks_another_question() {
    let named =
        |meaning: &str| format!("  - name: it\n    let: {{ it: {meaning} }}\n{}", when("it: { length: { gt: 12 } }"));
    let (before, now) = ("\"${user.pwd}\"", "\"${user.password}\"");
    assert!(matches!(under_others(&named(before), &named(before)), Again::Same { .. }));
    let told = under_others(&named(before), &named(now));
    assert!(matches!(told, Again::Cannot(_)), "{told:?}");
}

/// That a secret found a row is known, though not what stands in it.
#[test]
fn whether_a_secret_found_a_row_is_known_to_other_conditions() {
    let found = |condition: &str| {
        let row = "    let: { row: { lookup: by_word, key: \"${user.password}\" } }\n";
        format!("  - name: it\n{row}{}", when(&format!("row: {{ present: {condition} }}")))
    };
    let told = under_others(&found("true"), &found("false"));
    assert!(matches!(&told, Again::Differs(difference) if difference.what == ["answer"]), "{told:?}");
}

#[test]
fn equality_of_spaces_in_quotes_is_no_equality() {
    let (_, record) = recorded(&format!("  - name: it\n{}", when("user.password: { is_not: 'a  b' }")));
    let told = again(&built(&format!("  - name: it\n{}", when("user.password: { is_not: 'a b' }"))), &record);
    assert!(matches!(told, Again::Cannot(_)), "{told:?}");
}

/// Records an event by one rule set and decides it again by another.
fn under_others(first: &str, second: &str) -> Again {
    again(&built(second), &recorded(first).1)
}

#[test]
fn other_rules_differ_in_what_they_answer_write_and_send() {
    let what = |first: &str, second: &str| match under_others(first, second) {
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
    let number = "  - { name: a, set: { user.grade: 7 } }\n";
    assert_eq!(what(number, &number.replace('7', "7.0")), ["same"], "so it is, however it is written");
    let secret = "  - { name: a, set: { user.newPassword: One } }\n";
    assert_eq!(what(secret, &secret.replace("One", "Other")), ["same"], "two secrets count as equal");
    let told = under_others(
        "  - { name: a, set: { user.password: One } }\n",
        "  - { name: a, set: { user.password: Other } }\n",
    );
    assert!(matches!(told, Again::Cannot(_)), "whether that changes the password nobody knows: {told:?}");
    let send = "  - { name: a, deliver: { to: itsm, body: { who: \"${user.login}\" } } }\n";
    assert_eq!(what(send, &send.replace("who:", "whom:")), ["deliveries"]);
    assert_eq!(what(send, send), ["same"]);
    let audit = "  - { name: a, mode: audit, when: { user.city: Pune }, reject: X12 }\n";
    assert_eq!(what(audit, nothing), ["audits"]);
}

#[test]
fn rows_of_tables_are_those_of_then_unless_todays_are_wanted() {
    let rules = format!(
        "{HEAD}  - name: it\n    let: {{ owner: {{ lookup: by_mobile, key: \"${{user.mobile}}\" }} }}\n    \
                         when: {{ owner.login: asha.rao }}\n    reject: ItHeld\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    assert!(decide(&recording(live(&rules, &tables()), &journal), "validateUser", "id", BODY).contains("ItHeld"));
    journal.stop();
    let record = records(&settings).remove(0);
    let moved =
        live(&rules, &[("people.csv", "login,mobile,email\nv.shah,9820012345,v@corp.example\n"), ("worst.csv", WORST)]);
    let then = Replay::new(&moved, TableRows::Then).again(&record);
    assert!(matches!(then.again, Again::Same { is_by_same: true }), "{then:?}");
    assert_eq!(then.changed_tables.iter().collect::<Vec<_>>(), ["people.csv"]);
    let now = Replay::new(&moved, TableRows::Now).again(&record);
    assert!(matches!(now.again, Again::Differs(_)), "{now:?}");
    assert_eq!(now.changed_tables.len(), 1);
    let unmoved = Replay::new(&live(&rules, &tables()), TableRows::Now).again(&record);
    assert!(matches!(unmoved.again, Again::Same { .. }) && unmoved.changed_tables.is_empty(), "{unmoved:?}");
    // What nobody asked then is asked of the table as it is.
    let more = rules.replace("by_mobile, key: \"${user.mobile}\"", "by_email, key: \"${user.email}\"");
    let anew = Replay::new(&live(&more, &tables()), TableRows::Then).again(&record);
    assert!(matches!(anew.again, Again::Same { .. }) && anew.changed_tables.is_empty(), "{anew:?}");
}

/// Of conditions on a secret that ask a table the outcome of then is the outcome of its rows then.
#[test]
fn todays_rows_tell_nothing_of_a_secret_that_they_were_not_asked_for() {
    let rules = format!("{HEAD}  - name: it\n{}", when("user.password: { found_in: by_word }"));
    let (reply, record) = recorded(&format!("  - name: it\n{}", when("user.password: { found_in: by_word }")));
    assert!(reply.contains("ItHeld"));
    let decided = |worst: &str, rows| {
        Replay::new(&live(&rules, &[("people.csv", PEOPLE), ("worst.csv", worst)]), rows).again(&record).again
    };
    assert!(matches!(decided(WORST, TableRows::Now), Again::Same { .. }), "the tables are those of then");
    assert!(matches!(decided("word\nnone\n", TableRows::Then), Again::Same { .. }));
    assert!(matches!(decided("word\nnone\n", TableRows::Now), Again::Cannot(_)));
}

#[test]
fn a_list_of_rows_that_was_cut_is_known_where_the_table_still_has_it() {
    let many = (0..150)
        .fold("login,mobile,email\n".to_owned(), |all, n| all + &format!("p{n},9820012345,p{n}@corp.example\n"));
    let rules = format!(
        "{HEAD}  - name: it\n    let: {{ owners: {{ lookup: by_mobile, key: \"${{user.mobile}}\", all: true }} }}\n    \
                         when: {{ owners: {{ length: 150 }} }}\n    reject: ItHeld\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let build = |people: &str| live(&rules, &[("people.csv", people), ("worst.csv", WORST)]);
    assert!(decide(&recording(build(&many), &journal), "validateUser", "id", BODY).contains("ItHeld"));
    journal.stop();
    let record = records(&settings).remove(0);
    assert!(matches!(again(&build(&many), &record), Again::Same { .. }));
    let fewer = many.replace("p149,9820012345,p149@corp.example\n", "");
    let told = again(&build(&fewer), &record);
    assert!(
        matches!(&told, Again::Cannot(Cannot { why, .. }) if why == "asks what was not recorded, of lookup `by_mobile`"),
        "{told:?}"
    );
}

#[test]
fn what_was_not_recorded_is_said() {
    let (_, mut record) = recorded("  - { name: a, stop: true }\n");
    let asks = "hook: validateUser\nlookups: { by_api: { http: api, get: \"/${key}\", on_error: fail } }\nrules:\n  \
                - { name: a, let: { found: { lookup: by_api, key: \"${user.city}\" } }, when: { found.x: y }, reject: X12 }\n";
    let Again::Cannot(cannot) = again(&live(asks, &[]), &record) else { panic!() };
    assert_eq!(cannot.why, "asks what was not recorded, of lookup `by_api`");
    record.v = 1;
    let Again::Cannot(cannot) = again(&built("  - { name: a, stop: true }\n"), &record) else { panic!() };
    assert_eq!(cannot.why, "of the old form, with tokens in place of values");
    record.v = 2;
    record.hook = "gone".to_owned();
    let Again::Cannot(cannot) = again(&built("  - { name: a, stop: true }\n"), &record) else { panic!() };
    assert_eq!(cannot.why, "there is no hook `gone`");
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
    let again = again(&live(rules, &[]), &records(&settings)[0]);
    assert!(matches!(again, Again::Same { is_by_same: true }), "{again:?}");
    assert_eq!(played.count(), 1, "nobody was asked again");
}

/// Working days are counted as gateway.yaml had them when it was decided, whatever it says now.
#[test]
fn the_weekend_and_the_holidays_of_then_decide_again() {
    const RULES: &str = "hook: validateUser\nrules:\n  - name: it\n    let: { due: '${add_time(user.endDate, \"2wd\")}', \
                         days: '${working_days(user.endDate, user.lastDay)}' }\n    \
                         when: { due: 2026-01-28, days: 2, user.lastDay: { before: \"user.endDate+2wd+1s\" } }\n    reject: ItHeld\n";
    const BODY: &str = r#"{"request":{"user":{"login":"a","endDate":"2026-01-22","lastDay":"2026-01-28"}}}"#;
    let rules = RULES.replace("+2wd+1s", "+3wd");
    let holidays = ["2026-01-25", "2026-01-26"].map(|day| day.parse().unwrap());
    let weekend = [jiff::civil::Weekday::Friday, jiff::civil::Weekday::Saturday];
    let working = WorkingDays::new(&weekend, &holidays).unwrap();
    let calendar = Calendar { working, ..Calendar::utc() };
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let gateway = recording(live(&rules, &[]), &journal);
    let Answered::Now(reply) = gateway.handle(event_in(&gateway, "validateUser", "id", BODY, calendar)) else {
        panic!("nothing is asked")
    };
    assert!(reply.body.contains("ItHeld"), "{}", reply.body);
    journal.stop();
    let mut record = records(&settings).remove(0);
    assert!(
        matches!(again(&live(&rules, &[]), &record), Again::Same { .. }),
        "{:?}",
        again(&live(&rules, &[]), &record)
    );
    record.holidays.clear();
    assert!(
        !matches!(again(&live(&rules, &[]), &record), Again::Same { .. }),
        "without the holidays it comes out otherwise"
    );
    record.weekend = Some(vec!["noday".to_owned()]);
    assert!(matches!(again(&live(&rules, &[]), &record), Again::Cannot(_)), "a day that is none is told");
}
