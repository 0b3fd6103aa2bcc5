//! A free name: the first form that no row has, then the last form with a number.

use std::sync::Arc;

use hookgate::lookup::Fault;

use crate::support::source::{Does, Played, answer, asking};

const RULES: &str = "
hook: validateUser
lookups:
  taken: { http: api, get: \"/users/${key}\", on_error: fail }
rules:
  - name: login
    let:
      login: { free_in: taken, of: [\"${user.first}.${user.last}\", \"${cut(user.first, 1)}.${user.last}\"], number: 2..40, longest: 9 }
    set: { user.login: \"${login}\" }
";

const USER: &str = r#"{"first":"asha","last":"rao"}"#;

/// The login that is answered, or the refusal, and the names that were asked for in their order.
async fn run(source: Played) -> (String, Vec<String>) {
    let source = Arc::new(source);
    let reply = answer(&asking(RULES, &source), USER).await;
    let json: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    let response = &json["response"];
    let login = response["data"]["login"].as_str().or(response["message"].as_str());
    let asked = source.asked.lock().unwrap().clone();
    (login.unwrap_or_default().to_owned(), asked)
}

/// A source in which these names are taken.
fn taken(names: &'static [&'static str]) -> Played {
    Played::new(|key| {
        let name = key.trim_start_matches("/users/").to_owned();
        Does::Answers(10, names.iter().find(|taken| **taken == name).copied())
    })
}

#[tokio::test(start_paused = true)]
async fn the_first_form_that_nobody_has_is_taken() {
    assert_eq!(run(taken(&[])).await.0, "asha.rao");
    assert_eq!(run(taken(&["asha.rao"])).await.0, "a.rao");
    assert_eq!(run(taken(&["a.rao"])).await.0, "asha.rao", "the order is that of the forms, not of the answers");
}

#[tokio::test(start_paused = true)]
async fn then_the_last_form_has_a_number() {
    let (login, asked) = run(taken(&["asha.rao", "a.rao", "a.rao2", "a.rao3"])).await;
    assert_eq!(login, "a.rao4");
    assert_eq!(asked.len(), 2 + 16, "forms together, then numbers together: {asked:?}");
    let all: Vec<&'static str> = (2..=40).map(|number| &*format!("a.rao{number}").leak()).collect();
    let mut names = vec!["asha.rao", "a.rao"];
    names.extend(all);
    let (login, asked) = run(taken(names.leak())).await;
    assert_eq!(login, "ValidationUnavailable", "a rule without a name fails, and `on_failure` answers");
    assert_eq!(asked.len(), 2 + 39);
}

/// The second form is known before the first: another rule has asked for it, and the first waits for an answer.
#[tokio::test(start_paused = true)]
async fn what_follows_from_a_name_is_asked_of_the_one_that_is_taken_alone() {
    let rules = "
hook: validateUser
lookups:
  hr: { http: api, get: \"/hr/${key}\", on_error: fail }
  taken: { http: api, get: \"/users/${key}\", on_error: fail }
  more: { http: api, get: \"/more/${key}\", on_error: fail }
rules:
  - { name: other, let: { other: { lookup: taken, key: second } }, when: { other.value: x }, stop: true }
  - name: login
    let:
      person: { lookup: hr, key: \"${user.first}\" }
      login: { free_in: taken, of: [\"first${person.value}\", second] }
      found: { lookup: more, key: \"${login}\" }
    set: { user.login: \"${login}\", user.more: '${found.value ?? \"\"}' }
";
    let source = Arc::new(Played::new(|key| Does::Answers(10, (key == "asha").then_some("7"))));
    let reply = answer(&asking(rules, &source), USER).await;
    assert!(reply.body.contains(r#""login":"first7""#), "{}", reply.body);
    let mut asked = source.asked.lock().unwrap().clone();
    asked.sort();
    assert_eq!(asked, ["asha", "first7", "first7", "second"]);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_never_free_because_nobody_answered() {
    let sick = Played::new(|key| match key.ends_with("asha.rao") {
        true => Does::Fails(Fault::Source),
        false => Does::Answers(10, None),
    });
    assert_eq!(run(sick).await.0, "ValidationUnavailable");
}
