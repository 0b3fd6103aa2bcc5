//! The playground: requests and rules that are tried in memory, and who else would change.

use serde_json::json;

use super::browser::leads_to;
use super::opened::{CANARY, browser, field, gateway, read, send};
use crate::support::client::{Answer, ask};
use crate::support::program::Served;
use crate::support::wait::until;

const RULES: &str = r#"hook: validateUser
codes: { NoVendors: Not here., Taken: Somebody has it. }
lookups:
  people: { table: people.csv, key: mobile }
rules:
  - name: no-<b>vendors</b>
    when: { user.userType: Vendor }
    reject: NoVendors
  - name: mobile-is-free
    when: { user.mobile: { found_in: people } }
    reject: Taken
  - name: first-password
    when: { user.userType: Joiner }
    set: { user.password: "Canary-Welcome-7" }
"#;
const PEOPLE: &str = "mobile,name\n9820012345,Zzyzxcanary\n";
const PAGE: &str = "/console/playground";

fn served() -> (tempfile::TempDir, Served) {
    gateway(&[("rules/a.yaml", RULES), ("rules/people.csv", PEOPLE)])
}

/// Calls the hook as the platform does; the request's id.
fn call(served: &Served, user: &serde_json::Value) -> String {
    let body = json!({ "request": { "user": user } }).to_string();
    let mut client = crate::support::client::Client::connect(served.address);
    client.send(
        format!("POST /validateUser HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
    );
    client.answer().unwrap().header("x-request-id").unwrap().to_owned()
}

fn request(user: &serde_json::Value) -> String {
    json!({ "request": { "user": user } }).to_string()
}

/// Waits until the record of a call can be opened.
fn recorded(browser: &mut super::browser::Browser, id: &str) -> Answer {
    let mut page = None;
    until("the call is recorded", || {
        page = Some(browser.get(&format!("{PAGE}?record={id}"))).filter(|page| page.status == 200);
        page.is_some()
    });
    page.unwrap()
}

#[test]
fn a_sample_is_called_one_and_a_pasted_request_is_answered_with_its_reasons() {
    let (_dir, served) = served();
    let mut asha = browser(&served, "asha");
    let page = read(&asha.get(&format!("{PAGE}?hook=validateUser")).body);
    assert!(page.contains("This is a sample about an invented person"), "{page}");
    let vendor = request(&json!({ "login": "x", "userType": "<i>Vendor</i>", "mobile": "1" }));
    let tried = send(&mut asha, PAGE, PAGE, &[("hook", "validateUser"), ("request", &vendor), ("do", "try")]);
    assert!(!tried.body.contains("<i>Vendor") && !tried.body.contains("<b>vendors"), "{}", tried.body);
    let words = read(&tried.body);
    assert!(!words.contains("sample about"), "{words}");
    for said in [
        "validateUser: no rule decided",
        "no-<b>vendors</b> did not hold rules/a.yaml:6 user.userType: Vendor user.userType is \"<i>Vendor</i>\" rules/a.yaml:7",
        "mobile-is-free did not hold",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let taken = request(&json!({ "login": "x", "mobile": "9820012345" }));
    let tried = send(&mut asha, PAGE, PAGE, &[("hook", "validateUser"), ("request", &taken), ("do", "try")]);
    let words = read(&tried.body);
    assert!(words.contains("rejected with Taken by mobile-is-free") && words.contains("Zzyzxcanary"), "{words}");
    assert!(read(&asha.get("/console/changes").body).contains("asha try a request validateUser"));
}

#[test]
fn an_edited_text_counts_for_that_page_alone_and_leaves_as_a_patch() {
    let (dir, served) = served();
    let mut asha = browser(&served, "asha");
    let edited = RULES.replace("userType: Vendor }", "userType: Partner }").replace(CANARY, "(hidden)");
    let partner = request(&json!({ "login": "x", "userType": "Partner" }));
    let fields = [("hook", "validateUser"), ("request", partner.as_str()), ("file", "rules/a.yaml"), ("text", &edited)];
    let tried = send(&mut asha, PAGE, PAGE, &[&fields[..], &[("do", "try")]].concat());
    assert!(read(&tried.body).contains("rejected with NoVendors"), "{}", read(&tried.body));
    // Browsers send two characters at the end of a line.
    let crlf = edited.replace('\n', "\r\n");
    let fields = [("file", "rules/a.yaml"), ("text", crlf.as_str())];
    let patch = send(&mut asha, PAGE, "/console/playground/patch", &fields);
    assert_eq!(patch.header("content-disposition"), Some("attachment; filename=\"a.yaml.patch\""));
    assert!(patch.body.starts_with("--- a/a.yaml\n+++ b/a.yaml\n"), "{}", patch.body);
    let changed = patch.body.lines().skip(2).filter(|line| line.starts_with(['-', '+']));
    let changed: Vec<&str> = changed.collect();
    assert_eq!(changed, ["-    when: { user.userType: Vendor }", "+    when: { user.userType: Partner }"]);
    assert_eq!(std::fs::read_to_string(dir.path().join("rules/a.yaml")).unwrap(), RULES);
    let body = request(&json!({ "login": "x", "userType": "Vendor" }));
    assert!(ask_hook(&served, &body).contains("NoVendors"));
}

fn ask_hook(served: &Served, body: &str) -> String {
    let mut client = crate::support::client::Client::connect(served.address);
    client.send(
        format!("POST /validateUser HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
    );
    client.answer().unwrap().body
}

#[test]
fn a_mistake_stands_below_its_line_and_nothing_of_it_is_tried() {
    let (_dir, served) = served();
    let mut asha = browser(&served, "asha");
    let edited = RULES.replace("reject: NoVendors", "rejekt: NoVendors");
    let fields = [("hook", "validateUser"), ("file", "rules/a.yaml"), ("text", edited.as_str())];
    let part = send(&mut asha, PAGE, "/console/playground/check", &fields);
    assert!(part.status == 200 && !part.body.contains("<html"), "{}", part.body);
    assert!(part.body.contains("data-line=\"8\" data-severity=\"error\""), "{}", part.body);
    let words = read(&part.body);
    assert!(
        words.contains("8 rejekt: NoVendors ▲ mistake H201 A rule has no key rejekt. Did you mean reject?"),
        "{words}"
    );
    let tried = send(&mut asha, PAGE, PAGE, &[&fields[..], &[("do", "try")]].concat());
    assert!(read(&tried.body).contains("Nothing was tried: 1 mistake"), "{}", read(&tried.body));
    let well = send(&mut asha, PAGE, "/console/playground/check", &[("file", "rules/a.yaml"), ("text", RULES)]);
    assert!(read(&well.body).contains("0 mistakes"), "{}", read(&well.body));
}

#[test]
fn a_recorded_request_is_opened_with_one_field_changed_by_those_who_may_and_it_is_written_down_first() {
    let (_dir, served) = served();
    let mut asha = browser(&served, "asha");
    let id = call(&served, &json!({ "login": "meera", "userType": "Vendor", "password": CANARY }));
    let page = recorded(&mut asha, &id);
    let words = read(&page.body);
    assert!(words.contains(&format!("recorded request {id}")) && words.contains("meera"), "{words}");
    assert!(!page.body.contains(CANARY));
    assert_eq!(field(&page.body, "record"), id);
    let body = r#"{"request":{"user":{"login":"meera","userType":"Employee","password":"\u0001(secret)"}}}"#;
    let fields = [("record", id.as_str()), ("hook", "validateUser"), ("request", body), ("do", "try")];
    let accepted = read(&send(&mut asha, PAGE, PAGE, &fields).body);
    assert!(accepted.contains("validateUser: no rule decided"), "{accepted}");
    let uses = read(&asha.get("/console/changes").body);
    assert!(uses.contains(&format!("asha open a record in the playground {id}")), "{uses}");
    let mut ravi = browser(&served, "ravi");
    for refused in [ravi.get(&format!("{PAGE}?record={id}")), send(&mut ravi, PAGE, PAGE, &fields)] {
        assert!(refused.status >= 400 && !refused.body.contains("meera"), "{}", refused.body);
        assert!(read(&refused.body).contains("with the right people"), "{}", read(&refused.body));
    }
    let gone = asha.get(&format!("{PAGE}?record=nothing"));
    assert!(gone.status == 404 && read(&gone.body).contains("No request with the id nothing is recorded"));
}

#[test]
fn who_may_not_see_people_learns_no_row_of_a_table_by_any_rule() {
    let (_dir, served) = served();
    let mut ravi = browser(&served, "ravi");
    let taken = request(&json!({ "login": "x", "mobile": "9820012345" }));
    let oracle = RULES.replace(
        "rules:\n",
        "rules:\n  - { name: oracle, when: { user.login: x }, table: people.csv }\n  - { name: says, set: { user.title: \"${people.name}\" } }\n",
    );
    for text in [RULES, oracle.as_str()] {
        let fields = [("hook", "validateUser"), ("request", taken.as_str()), ("file", "rules/a.yaml"), ("text", text)];
        for (to, what) in [(PAGE, "try"), (PAGE, "check"), ("/console/playground/check", "")] {
            let answer = send(&mut ravi, PAGE, to, &[&fields[..], &[("do", what)]].concat());
            let words = read(&answer.body);
            assert!(!words.contains("Zzyzxcanary") && !words.contains("rejected with Taken"), "{words}");
        }
    }
    let page = ravi.get(PAGE);
    assert!(read(&page.body).contains("Tables count as blank here") && !page.body.contains("people.csv</option>"));
    let rows = ravi.get(&format!("{PAGE}?file=rules/people.csv"));
    assert!(rows.status == 422 && !rows.body.contains("Zzyzx"), "{}", rows.body);
    // What the visitor writes is no row of the table.
    let given = "people: { \"9820012345\": { name: Somebody } }\n";
    let fields = [("hook", "validateUser"), ("request", taken.as_str()), ("given", given), ("do", "try")];
    let words = read(&send(&mut ravi, PAGE, PAGE, &fields).body);
    assert!(words.contains("rejected with Taken"), "{words}");
}

#[test]
fn a_password_that_stands_in_a_rule_is_on_no_page() {
    let (_dir, served) = served();
    let mut asha = browser(&served, "asha");
    let page = asha.get(&format!("{PAGE}?file=rules/a.yaml"));
    assert!(page.body.contains("user.password: &quot;(hidden)&quot;"), "{}", page.body);
    let joiner = request(&json!({ "login": "x", "userType": "Joiner" }));
    let text = RULES.replace(CANARY, "(hidden)").replace("[joiner]", "");
    let fields = [
        ("hook", "validateUser"),
        ("request", joiner.as_str()),
        ("file", "rules/a.yaml"),
        ("text", &text),
        ("do", "try"),
    ];
    let mut pages = vec![page, send(&mut asha, PAGE, PAGE, &fields)];
    for path in ["/console/rules", "/console/rules/rule?name=first-password", "/console/changes"] {
        pages.push(asha.get(path));
    }
    pages.push(send(&mut asha, PAGE, "/console/playground/check", &[("file", "rules/a.yaml"), ("text", &text)]));
    for page in pages {
        assert!(page.status == 200 && !page.body.contains(CANARY), "{}", page.body);
    }
}

#[test]
fn the_clock_and_answers_that_cannot_be_read_are_told_with_what_to_write() {
    let (_dir, served) = served();
    let mut asha = browser(&served, "asha");
    let body = request(&json!({ "login": "x" }));
    for (name, value, said) in [
        ("now", "tomorrow", "tomorrow is not a date. Write the clock as 2026-01-31T12:00:00Z"),
        ("caller", "nowhere", "nowhere is not an address. Write it as 10.20.1.2"),
        ("given", "nobody: {}\n", "There is no lookup nobody"),
        ("request", "{", "The request is not an event of validateUser"),
        ("hook", "noSuchHook", "There is no hook noSuchHook"),
    ] {
        let mut fields = vec![("hook", "validateUser"), ("request", body.as_str()), ("do", "try")];
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        let words = read(&send(&mut asha, PAGE, PAGE, &fields).body);
        assert!(words.contains(said), "{said}: {words}");
    }
    let long = "x".repeat((1 << 20) + 1);
    let refused = send(&mut asha, PAGE, PAGE, &[("text", &long), ("do", "try")]);
    assert!(refused.status == 422 && read(&refused.body).contains("longer than 1024 KiB"));
}

#[test]
fn a_script_without_an_end_holds_up_nobody() {
    let (_dir, served) = served();
    let mut asha = browser(&served, "asha");
    let endless = "  - name: endless-N\n    when: { script: \"let i = 0; while true { i += 1; } true\" }\n    set: { user.title: x }\n    on_failure: skip\n";
    let many: String = (0..500).map(|n| endless.replace('N', &n.to_string())).collect();
    let text = RULES.to_owned() + &many;
    let body = request(&json!({ "login": "x" }));
    let fields = [
        ("hook", "validateUser"),
        ("request", body.as_str()),
        ("file", "rules/a.yaml"),
        ("text", &text),
        ("do", "try"),
    ];
    let answer = send(&mut asha, PAGE, PAGE, &fields);
    assert!([200, 422].contains(&answer.status), "{}", read(&answer.body));
    assert_eq!(ask(served.admin, "GET", "/live", "").status, 200);
    assert_eq!(asha.get("/console").status, 200);
}

#[test]
fn who_else_would_change_is_a_job_with_tiles_and_lists_for_its_owner_alone() {
    let (_dir, served) = served();
    let mut asha = browser(&served, "asha");
    let mut last = String::new();
    for n in 0..12 {
        let kind = if n % 3 == 0 { "Vendor" } else { "Employee" };
        last = call(&served, &json!({ "login": format!("person{n}"), "userType": kind }));
    }
    recorded(&mut asha, &last);
    let text = RULES.replace("userType: Vendor }", "userType: Partner }");
    let fields = [("file", "rules/a.yaml"), ("text", text.as_str()), ("count", "1000")];
    let page = "/console/playground/others";
    let begun = send(&mut asha, PAGE, page, &fields);
    assert_eq!(leads_to(&begun), (303, page));
    let mut words = String::new();
    until("it is decided", || {
        words = read(&asha.get(page).body);
        words.contains("What differs")
    });
    for said in [
        "12 requests decided again by the rules in force, with your text of a.yaml, and compared",
        "8 requests come out the same",
        "4 requests differ (33.33 %)",
        "0 requests are not decidable",
        "validateUser: NoVendors → accepted: 4, no longer by no-<b>vendors</b>",
        "People: person0, person3, person6, person9",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let refused = send(&mut asha, PAGE, page, &[("file", "rules/a.yaml"), ("text", &text), ("count", "7")]);
    assert_eq!(refused.status, 422);
    let mut other = browser(&served, "asha");
    assert!(read(&other.get(page).body).contains("Nothing was decided again yet"));
    let mut ravi = browser(&served, "ravi");
    assert_eq!(ravi.get(page).status, 403);
    let uses = read(&asha.get("/console/changes").body);
    assert!(uses.contains("asha decide recorded requests again"), "{uses}");
}
