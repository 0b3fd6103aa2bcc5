//! `about`, `owner`, `ticket`: the file's where the rule says nothing, and told wherever a rule is told of to people.

use serde_json::json;

use super::{live, said};
use crate::support::client::post;
use crate::support::program::{Program, folder};

const RULES: &str = "about: Who may be created.\nowner: Identity team\nticket: IAM-7\nhook: validateUser\ncodes: { NoMobile: x, NoMail: y }\nrules:\n  \
  - name: mobile-is-there\n    about: |\n      Everybody is called\n      on the first day.\n    when: { user.mobile: { empty: true } }\n    reject: NoMobile\n  \
  - name: mail-is-there\n    owner: Mail team\n    ticket: https://tickets.example/<b>MAIL-9</b>\n    when: { user.email: { empty: true } }\n    reject: NoMail\n";

#[test]
fn what_a_rule_does_not_say_its_file_says() {
    let live = live("", &[("rules/a.yaml", RULES)]);
    let said: Vec<Vec<(&str, &str)>> = live.rules.rules.iter().map(|rule| rule.ownership.said().collect()).collect();
    assert_eq!(
        said,
        [
            [("about", "Everybody is called on the first day."), ("owner", "Identity team"), ("ticket", "IAM-7")],
            [
                ("about", "Who may be created."),
                ("owner", "Mail team"),
                ("ticket", "https://tickets.example/<b>MAIL-9</b>")
            ],
        ]
    );
    assert_eq!(live.rules.rules[1].ownership.whom_to_ask().as_deref(), Some("owner Mail team"));
}

#[test]
fn what_says_nothing_or_too_much_is_a_mistake() {
    for (line, told) in [
        ("owner: \" \"", "`owner` says nothing"),
        ("about: ~", "`about` is a text, not nothing"),
        ("ticket: [IAM-7]", "`ticket` is a text, not a list"),
        ("owners: HR", "did you mean `owner`?"),
        (&*format!("about: {}", "a".repeat(1_001)), "`about` has 1001 letters, more than 1000"),
    ] {
        let rules = format!("hook: test\nrules:\n  - name: r\n    {line}\n    stop: true\n");
        let said = said("", &[("rules/a.yaml", &rules)]);
        assert!(said.contains(told), "{line}: {said}");
    }
}

/// No address becomes a link, in either form of the page.
#[test]
fn a_page_names_who_answers_and_makes_no_link_of_a_ticket() {
    let dir = folder(&[("rules/a.yaml", RULES)]);
    let page = |format: &str| Program::new(["docs", "--format", format]).within(dir.path()).run().expect(0);
    let (markdown, html) = (page("markdown"), page("html"));
    for part in [
        "\n### <a id=\"rule-1\"></a>mobile-is-there\n\nEverybody is called on the first day.\n\nOwner: `Identity team`. Ticket: `IAM-7`.\n",
        "\nOwner: `Mail team`. Ticket: `https://tickets.example/<b>MAIL-9</b>`.\n",
    ] {
        assert!(markdown.contains(part), "{part}\n{markdown}");
    }
    assert!(html.contains("<code>https://tickets.example/&lt;b&gt;MAIL-9&lt;/b&gt;</code>"), "{html}");
    assert!(!html.contains("href=\"http"), "{html}");
}

#[test]
fn gaps_of_tests_name_whom_to_ask() {
    let tests = "tests:\n  - name: without a mobile\n    request: { user: { login: a, email: a@x.example } }\n    expect: { reject: NoMobile }\n";
    let dir = folder(&[("rules/a.yaml", &format!("{RULES}{tests}"))]);
    let told = Program::new(["test", "--coverage"]).within(dir.path()).run().expect(0);
    assert!(told.contains("rule mail-is-there never held  (owner Mail team)\n"), "{told}");
    let json = Program::new(["test", "--coverage", "--format", "json"]).within(dir.path()).run().expect(0);
    assert!(json.contains("\"ask\":\"owner Mail team\""), "{json}");
}

#[test]
fn a_running_gateway_and_a_past_decision_name_who_answers() {
    let dir = folder(&[("rules/a.yaml", RULES), ("gateway.yaml", "journal: { file: journal.jsonl }\n")]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"])
        .env("HOOKGATE_JOURNAL_FILE", "journal.jsonl")
        .within(dir.path())
        .serve();
    let answer = post(served.address, "/webhook/validateUser", br#"{"request":{"user":{"login":"a","mobile":"1"}}}"#);
    let rules = served.ask("GET", "/rules", "").json();
    assert_eq!(
        rules["owned"][0],
        json!({ "rule": "mobile-is-there", "about": "Everybody is called on the first day.", "owner": "Identity team", "ticket": "IAM-7" })
    );
    served.stop();
    let id = answer.header("x-request-id").unwrap();
    let why = |words: &[&str]| {
        let words = ["why", id].into_iter().chain(words.iter().copied());
        Program::new(words).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").within(dir.path()).run().expect(0)
    };
    let told = why(&[]);
    for line in ["  about     Who may be created.\n", "  owner     Mail team\n", "  ticket    https://tickets.example/"]
    {
        assert!(told.contains(line), "{line}: {told}");
    }
    let json: serde_json::Value = serde_json::from_str(&why(&["--format", "json"])).unwrap();
    assert_eq!(json["rule"]["owner"], "Mail team");
}
