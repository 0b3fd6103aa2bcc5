//! The screen of changes: what was loaded and refused, differences, the way back, tables that keep their rows.

use std::fs;

use super::browser::leads_to;
use super::opened::{CANARY, browser, gateway, read, send};
use crate::support::wait::until;

const FIRST: &str = "hook: validateUser\ncodes: { NoVendors: Not here. }\nrules:\n  - { name: first, when: { user.userType: Vendor }, reject: NoVendors }\n";
const PAGE: &str = "/console/changes";

#[test]
fn what_was_refused_is_told_with_its_findings_and_kept_rules_are_gone_back_to() {
    let (dir, served) = gateway(&[("rules/a.yaml", FIRST)]);
    let mut asha = browser(&served, "asha");
    let mut page = |wanted: &str| {
        let mut words = String::new();
        until(wanted, || {
            words = read(&asha.get(PAGE).body);
            words.contains(wanted)
        });
        words
    };
    page("at the start");
    fs::write(dir.path().join("rules/a.yaml"), FIRST.replace("reject:", "rejekt:")).unwrap();
    let words = page("what the folder has is not in force: 1 mistake");
    assert!(words.contains("H201 A rule has no key rejekt. Did you mean reject?"), "{words}");
    let second = FIRST.replace("name: first", "name: <b>second</b>");
    fs::write(dir.path().join("rules/a.yaml"), &second).unwrap();
    let words = page("1 time loaded since the start");
    assert!(words.contains("refused: 1 mistake") && !words.contains("not in force:"), "{words}");

    let html = asha.get(PAGE).body;
    let link = html.split("href=\"").find(|link| link.starts_with("/console/changes/diff?")).unwrap();
    let diff = asha.get(&link.split('"').next().unwrap().replace("&amp;", "&")).body;
    let words = read(&diff);
    assert!(words.contains("− - { name: first,") && words.contains("+ - { name: <b>second</b>,"), "{words}");
    assert!(!diff.contains("<b>second"), "{diff}");

    let hash = super::opened::field(&html, "hash");
    let back = send(&mut asha, PAGE, "/console/changes/rollback", &[("hash", &hash)]);
    assert_eq!(leads_to(&back), (303, "/console/changes?done=rollback"));
    let words = read(&asha.get("/console/changes?done=rollback").body);
    assert!(words.contains("The rules you chose are in force again.") && words.contains("rolled back to"), "{words}");
    assert!(words.contains(&format!("asha rollback {hash}")), "{words}");
    assert!(read(&asha.get("/console/rules").body).contains("first validateUser"));
    let unknown = send(&mut asha, PAGE, "/console/changes/rollback", &[("hash", "0000")]);
    assert!(
        unknown.status == 422 && read(&unknown.body).contains("No set of rules is kept"),
        "{}",
        read(&unknown.body)
    );
    let again = send(&mut asha, PAGE, "/console/changes/reload", &[]);
    assert_eq!(leads_to(&again), (303, "/console/changes?done=unchanged"));
}

#[test]
fn a_table_that_keeps_its_rows_is_accepted_as_it_was_seen_and_its_rows_are_personal() {
    let rules = "hook: validateUser\ncodes: { Taken: It is. }\nlookups: { people: { table: people.csv, key: mobile } }\nrules:\n  - { name: free, when: { user.mobile: { found_in: people } }, reject: Taken }\n";
    let rows = |count: usize| (0..count).fold("mobile,name\n".to_owned(), |all, n| all + &format!("98{n},Zzyzx{n}\n"));
    let (dir, served) = gateway(&[("rules/a.yaml", rules), ("rules/people.csv", &rows(100))]);
    let (mut asha, mut ravi) = (browser(&served, "asha"), browser(&served, "ravi"));
    fs::write(dir.path().join("rules/people.csv"), rows(10)).unwrap();
    let mut words = String::new();
    until("the table keeps its rows", || {
        words = read(&asha.get(PAGE).body);
        words.contains("people.csv 100 10 80 rows")
    });
    let stale = send(&mut asha, PAGE, "/console/changes/accept", &[("table", "people.csv"), ("rows", "9")]);
    assert!(stale.status == 422 && read(&stale.body).contains("not as it was when the page was loaded"));
    let refused =
        send(&mut ravi, "/console/playground", "/console/changes/accept", &[("table", "people.csv"), ("rows", "10")]);
    assert_eq!(refused.status, 403);
    let taken = send(&mut asha, PAGE, "/console/changes/accept", &[("table", "people.csv"), ("rows", "10")]);
    assert_eq!(leads_to(&taken), (303, "/console/changes?done=accept"));
    let html = asha.get(PAGE).body;
    assert!(!read(&html).contains("old rows are still in force"), "{}", read(&html));
    let link = html.split("href=\"").find(|link| link.starts_with("/console/changes/diff?")).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    assert!(read(&asha.get(&link).body).contains("Zzyzx50"));
    let personal = ravi.get(&link);
    assert!(personal.status == 200 && read(&personal.body).contains("(personal)") && !personal.body.contains("Zzyzx"));
}

#[test]
fn who_may_only_look_sees_no_button_and_no_uses_and_a_password_in_a_rule_is_in_no_difference() {
    let (dir, served) = gateway(&[("rules/a.yaml", FIRST)]);
    let with = FIRST.to_owned()
        + &format!("  - {{ name: p, when: {{ user.userType: J }}, set: {{ user.password: \"{CANARY}\" }} }}\n");
    fs::write(dir.path().join("rules/a.yaml"), with).unwrap();
    let mut ravi = browser(&served, "ravi");
    let mut html = String::new();
    until("the second rules are in force", || {
        html = ravi.get(PAGE).body;
        html.contains("/console/changes/diff?")
    });
    assert!(!html.contains("<button>Go back") && !html.contains("Who used the console"), "{html}");
    let link = html.split("href=\"").find(|link| link.starts_with("/console/changes/diff?")).unwrap();
    let diff = ravi.get(&link.split('"').next().unwrap().replace("&amp;", "&")).body;
    assert!(diff.contains("(hidden)") && !diff.contains(CANARY), "{diff}");
    for path in ["reload", "rollback", "accept"] {
        let refused = send(&mut ravi, "/console/playground", &format!("{PAGE}/{path}"), &[("hash", "x")]);
        assert_eq!(refused.status, 403, "{path}");
    }
}
