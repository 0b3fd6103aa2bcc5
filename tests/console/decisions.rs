//! Decisions and persons in the browser: found, explained, made into tests; what a visitor without `people` never sees.

use std::fs;

use crate::support::client::{Answer, post};
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

use super::browser::Browser;
use super::opened::browser;
use super::{PASSWORD, USERS};
use hookgate::server::hash_password;

const RULES: &str = r#"hook: [validateUser, preCreateUser]
lookups: { people: { table: people.csv, key: mobile } }
codes: { MobileAlreadyExist: Somebody else already uses this mobile number. }
rules:
  - name: no-robots
    when: { user.userType: Robot }
    reject: NoRobots
    hook: validateUser
  - name: mobile-is-free
    hook: validateUser
    let: { owner: { lookup: people, key: "${user.mobile}" } }
    when: { owner.login: { present: true, is_not: '${user.login ?? ""}' } }
    reject: { code: MobileAlreadyExist, attribute: mobile }
  - name: address
    hook: preCreateUser
    when: { user.email: { present: false } }
    set: { user.email: "${lower(user.firstName)}.${lower(user.lastName)}@corp.example" }
"#;
const PEOPLE: &str = "login,mobile\nravi.iyer,9820012345\n";
/// What nobody without the right may see, and what nobody ever may.
const CANARIES: [&str; 3] = ["zanele.canary", "Zanele<b>", "9820012345"];
const SECRET: &str = "canary-Secret-7d1f";

fn serve(rules: &str) -> (tempfile::TempDir, Served) {
    let hash = hash_password(&PASSWORD.into()).unwrap();
    let settings = format!("admin:\n{}", USERS.replace("HASH", &hash));
    let files = [
        ("gateway.yaml", settings.as_str()),
        ("rules/a.yaml", rules),
        ("rules/people.csv", PEOPLE),
        ("state/.keep", ""),
    ];
    let dir = folder(&files);
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let program = program.env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").env("HOOKGATE_RELOAD_STATE", "state");
    (dir, program.serve())
}

/// Calls the gateway; gives the request's id.
fn call(served: &Served, hook: &str, user: &str) -> String {
    let body = format!(r#"{{"request":{{"user":{user}}}}}"#);
    let answer = post(served.address, &format!("/webhook/{hook}"), body.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.header("x-request-id").unwrap().to_owned()
}

const USER: &str = r#"{"login":"zanele.canary","firstName":"Zanele<b>","lastName":"Canary","mobile":"9820012345","userType":"Employee","password":"canary-Secret-7d1f"}"#;

/// A page that is there once the record is on the disk.
fn seen(browser: &mut Browser, path: &str, text: &str) -> String {
    let mut page = String::new();
    until(&format!("{path} has {text}"), || {
        page = ok(browser.get(path));
        page.contains(text)
    });
    page
}

fn ok(answer: Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

#[test]
fn a_refused_call_is_in_the_list_and_its_panel_names_rule_place_condition_and_value() {
    let (dir, served) = serve(RULES);
    let id = call(&served, "validateUser", USER);
    let mut asha = browser(&served, "asha");
    let list = seen(&mut asha, "/console/decisions", "held by");
    assert!(list.contains("zanele.canary") && list.contains(&format!("/console/decisions/one?id={id}")), "{list}");
    assert!(list.contains("held by <bdi>ravi.iyer</bdi>"), "{list}");
    for (query, is_found) in [
        ("hook:validateUser%20code:MobileAlreadyExist%20rule:mobile-is-free", true),
        ("zanele.canary", true),
        ("person:ZANELE.canary%20since:1h", true),
        ("outcome:accepted", false),
        ("until:1h", false),
        (&format!("id:{id}"), true),
    ] {
        let list = ok(asha.get(&format!("/console/decisions?q={query}")));
        assert_eq!(list.contains(&id), is_found, "{query}");
        assert_eq!(list.contains("No such decision is recorded."), !is_found, "{query}");
    }
    let bad = ok(asha.get("/console/decisions?q=hok:x"));
    assert!(
        bad.contains("Did you mean <code>hook:</code>") && bad.contains("<code>person</code>, <code>hook</code>"),
        "{bad}"
    );
    let part = ok(asha.get(&format!("/console/decisions/one?id={id}&part=1")));
    assert!(!part.contains("<html"));
    for text in [
        "MobileAlreadyExist",
        "Somebody else already uses this mobile number.",
        "mobile-is-free",
        "rules/a.yaml:9",
        "rules/a.yaml:6",
        "user.userType: Robot",
        "Employee",
        "ravi.iyer",
        "Zanele&lt;b&gt;",
        "HTTP 200",
    ] {
        assert!(part.contains(text), "{text}: {part}");
    }
    assert!(!part.contains("Zanele<b>"), "texts of people are texts");
    let page = ok(asha.get(&format!("/console/decisions/one?id={id}")));
    assert!(page.contains("<html") && page.contains("<h1>One decision</h1>") && page.contains(&part), "{page}");
    assert_eq!(asha.get("/console/decisions/one?id=nothing").status, 404);
    let person = ok(asha.get("/console/person?q=Zanele.Canary"));
    for text in ["MobileAlreadyExist", "mobile-is-free", "Held then by", "ravi.iyer", "Nothing waits for this person"] {
        assert!(person.contains(text), "{text}: {person}");
    }
    assert!(ok(asha.get("/console/person?q=nobody")).contains("Nothing about this person is recorded"));
    for page in [list, part, page, person] {
        assert!(!page.contains(SECRET), "{page}");
    }
    let used = fs::read_to_string(dir.path().join("state/console.jsonl")).unwrap();
    for does in ["list decisions", "show decision", "search person"] {
        assert!(used.contains(does), "{does}: {used}");
    }
    assert!(!used.to_lowercase().contains("zanele"), "persons are digests there: {used}");
    let lines = used.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let searched = lines.filter(|line| line["does"] == "search person").map(|line| line["person"].clone());
    let called = served.logged("decided").unwrap()["person"].clone();
    assert_eq!(searched.collect::<Vec<_>>()[0], called, "the same digests as in the log");
}

#[test]
fn whoever_may_only_look_sees_no_value_of_anybody_and_searches_none() {
    let (dir, served) = serve(RULES);
    let id = call(&served, "validateUser", USER);
    let created = call(&served, "preCreateUser", USER);
    let mut ravi = browser(&served, "ravi");
    let list = seen(&mut ravi, "/console/decisions", &created);
    assert!(list.contains("(personal)") && list.contains("MobileAlreadyExist"), "{list}");
    let pages = [
        list,
        ok(ravi.get(&format!("/console/decisions/one?id={id}"))),
        ok(ravi.get(&format!("/console/decisions/one?id={created}&part=1"))),
        ok(ravi.get("/console/decisions?q=zanele.canary")),
        ok(ravi.get("/console/decisions?q=hook:validateUser")),
        ok(ravi.get("/console/deliveries")),
    ];
    for page in &pages {
        for canary in CANARIES.iter().chain(&[SECRET, "Zanele", "zanele.canary@corp.example", "ravi.iyer"]) {
            let typed = page.replace("value=\"zanele.canary\"", "");
            assert!(!typed.contains(canary), "{canary}: {page}");
        }
    }
    assert!(pages[1].contains("mobile-is-free") && pages[1].contains("rules/a.yaml:9"), "{}", pages[1]);
    assert!(pages[3].contains("have the right <code>people</code>"), "{}", pages[3]);
    for path in ["/console/person?q=zanele.canary", &format!("/console/decisions/test?id={id}")] {
        assert_eq!(ravi.get(path).status, 403, "{path}");
    }
    assert!(!dir.path().join("state/console.jsonl").exists(), "nothing of anybody was used");
    let mut nobody = Browser::new(served.admin);
    for path in ["/console/decisions", "/console/decisions/live", "/console/person", "/console/deliveries"] {
        assert_eq!(nobody.get(path).status, 303, "{path}");
    }
}

/// Yesterday's refusal is explained by yesterday's rules.
#[test]
fn a_decision_is_explained_by_the_rules_that_made_it_although_others_are_in_force() {
    let (dir, served) = serve(RULES);
    let id = call(&served, "validateUser", USER);
    let mut asha = browser(&served, "asha");
    seen(&mut asha, "/console/decisions", &id);
    fs::write(dir.path().join("rules/a.yaml"), RULES.replace("Robot", "Machine")).unwrap();
    assert_eq!(served.ask("POST", "/reload", "").status, 200);
    let part = ok(asha.get(&format!("/console/decisions/one?id={id}&part=1")));
    for text in ["user.userType: Robot", "others are in force now", "rules/a.yaml:6"] {
        assert!(part.contains(text), "{text}: {part}");
    }
    // The command tells the same.
    let why = Program::new(["why", &id]).within(dir.path());
    let why = why.env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").env("HOOKGATE_RELOAD_STATE", "state").run().expect(0);
    assert!(why.contains("user.userType: Robot") && why.contains("others are in force now"), "{why}");
}

/// The case passes, and names nobody.
#[test]
fn a_made_test_passes_and_has_made_up_values_in_place_of_personal_ones() {
    let (dir, served) = serve(RULES);
    let id = call(&served, "validateUser", USER);
    let created = call(&served, "preCreateUser", USER);
    let mut asha = browser(&served, "asha");
    seen(&mut asha, "/console/decisions", &created);
    for (n, id) in [id, created].iter().enumerate() {
        let page = ok(asha.get(&format!("/console/decisions/test?id={id}")));
        assert!(page.contains("It passes with the rules of the folder."), "{page}");
        let link = page.split("href=\"").find(|rest| rest.contains("as=file")).unwrap().split('"').next().unwrap();
        let text = ok(asha.get(&link.replace("&amp;", "&")));
        for canary in CANARIES.iter().chain(&[SECRET, "Zanele", "zanele", "Canary", "ravi", "iyer"]) {
            assert!(!text.contains(canary), "{canary}: {text}");
        }
        assert!(text.contains("Employee"), "what rules compare with stays: {text}");
        fs::write(dir.path().join(format!("rules/made{n}.test.yaml")), &text).unwrap();
    }
    let told = Program::new(["test"]).within(dir.path()).run().expect(0);
    assert!(told.contains('2'), "{told}");
}
