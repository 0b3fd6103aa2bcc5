//! A value is what it is, however it is written: JSON with escapes or without, in any order and with any spaces, texts in
//! either form of Unicode, in the request as in rules and tables.

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::engine::{Decision, Verdict, decide};
use hookgate::event::Value;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use super::decision::{both, event, live, rules, user};
use super::tries;

/// Rules whose operators all meet letters that Unicode writes in two ways.
const RULES: &str = r#"
hook: validateUser
lookups:
  names: { table: names.csv, key: name }
  any_case: { table: names.csv, key: name, ignore_case: true }
codes: { Found: x, Row: x, Begins: x, Script: x, Pattern: x, Same: x, Listed: x, Element: x, Cut: x }
rules:
  - { name: same, when: { user.a: { is: Müller, is_not: "${user.b}" } }, reject: Same }
  - { name: any-case, when: { user.a: { in: [ÅSA, "각é"], ignore_case: true } }, reject: Same }
  - { name: not-in, when: { user.b: { not_in: [é, Müller, Åsa], length: 1 } }, reject: Listed }
  - { name: begins, when: { user.c: { starts_with: é } }, reject: Begins }
  - { name: begins-in-any-case, when: { user.c: { starts_with: MÜ, ignore_case: true } }, reject: Begins }
  - { name: ends, when: { user.c: { ends_with: ñ } }, reject: Begins }
  - { name: holds, when: { user.c: { contains: ü } }, reject: Element }
  - { name: holds-in-any-case, when: { user.c: { contains: É, ignore_case: true } }, reject: Element }
  - { name: element, when: { user.list: { any: { is: Åsa } } }, reject: Element }
  - { name: every, when: { user.list: { every: { starts_with: M, length: 6 } } }, reject: Element }
  - { name: pattern, when: { user.b: { matches: '^[éñ]{2}$' } }, reject: Pattern }
  - { name: found, when: { user.b: { found_in: names } }, reject: Found }
  - { name: found-in-any-case, let: { row: { lookup: any_case, key: "${user.c}" } }, when: { row.of: { is: ñ } }, reject: Row }
  - { name: cut, when: { user.d: { present: true } }, let: { d: "${cut(user.d, 1)}" }, set: { user.e: "${last(user.d, 1)}", user.f: "${d}x${user.list ?? []}" } }
  - { name: cut-is-one, when: { user.e: ñ }, reject: Cut }
  - { name: script, when: { script: 'user.d == "é" || user.list.contains("ñ")' }, reject: Script }
  - name: of-a-table
    table:
      hit: first
      inputs: [user.d, 'attr["Größe"]']
      outputs: [reject]
      rows:
        - [Åsa, "-", Row]
        - ["in [Müller, 각é]", "-", Listed]
        - ["-", é, Same]
        - ["~ ^M.ller$", "-", Pattern]
"#;
const NAMES: &str = "name,of\nMüller,x\né,ñ\nÅsa,x\n각é,ñ\n";
/// Each in the form in which it is composed, where there is one.
const TEXTS: [&str; 14] = [
    "é",
    "É",
    "e",
    "ñ",
    "éñ",
    "Müller",
    "müller",
    "Åsa",
    "åsa",
    "각é",
    "q\u{323}\u{307}",
    "Mañé",
    "M\u{30c}ller",
    "\u{1f0}",
];

fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

fn apart(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()
}

fn person() -> impl Strategy<Value = Json> {
    let text = || proptest::option::weighted(0.7, select(&TEXTS[..]));
    let list = proptest::option::weighted(0.5, vec(select(&TEXTS[..]), 0..3));
    (text(), text(), text(), text(), list, text()).prop_map(|(a, b, c, d, list, size)| {
        let mut user = Map::new();
        for (key, value) in [("a", a), ("b", b), ("c", c), ("d", d)] {
            user.extend(value.map(|value| (key.to_owned(), json!(value))));
        }
        user.extend(list.map(|list| ("list".to_owned(), json!(list))));
        user.extend(size.map(|size| ("attributes".to_owned(), json!({ "Größe": size }))));
        user.into()
    })
}

fn tables(rules: &str, names: &str) -> Live {
    let file = |role, name: &str, text: &str| (role, Arc::new(File::new(name.to_owned(), text.to_owned())));
    let files = vec![file(Role::Yaml, "rules.yaml", rules), file(Role::Csv, "names.csv", names)];
    let sources = Sources::from_files(Path::new("rules"), files);
    Live::build(&sources, &Tenant::standard()).unwrap_or_else(|report| panic!("{}", report.to_text(false))).0
}

/// JSON as somebody may write it; `by` says how, byte after byte.
struct Writer {
    by: Vec<u8>,
    at: usize,
    out: String,
}

impl Writer {
    fn choice(&mut self, of: usize) -> usize {
        self.at += 1;
        usize::from(self.by[self.at % self.by.len()]) % of
    }

    fn space(&mut self) {
        let space = ["", "", "", " ", "\n\t"][self.choice(5)];
        self.out.push_str(space);
    }

    fn text(&mut self, text: &str) {
        let text = if self.choice(2) == 0 { composed(text) } else { apart(text) };
        self.escaped(&text);
    }

    fn escaped(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            match (letter, self.choice(3)) {
                ('"' | '\\', _) | (_, 0) => {
                    for unit in letter.encode_utf16(&mut [0; 2]) {
                        self.out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                ('/', 1) => self.out.push_str("\\/"),
                (letter, _) => self.out.push(letter),
            }
        }
        self.out.push('"');
    }

    fn value(&mut self, value: &Json, text: fn(&mut Self, &str)) {
        self.space();
        match value {
            Json::String(written) => text(self, written),
            Json::Array(items) => {
                self.out.push('[');
                for (n, item) in items.iter().enumerate() {
                    self.out.push_str(if n > 0 { "," } else { "" });
                    self.value(item, text);
                }
                self.out.push(']');
            }
            Json::Object(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                let by = self.choice(fields.len().max(1));
                fields.rotate_left(by);
                self.out.push('{');
                for (n, (key, field)) in fields.into_iter().enumerate() {
                    self.out.push_str(if n > 0 { "," } else { "" });
                    text(self, key);
                    self.space();
                    self.out.push(':');
                    self.value(field, text);
                }
                self.out.push('}');
            }
            other => self.out.push_str(&other.to_string()),
        }
        self.space();
    }
}

fn written(value: &Json, by: &[u8], text: fn(&mut Writer, &str)) -> String {
    let mut writer = Writer { by: by.to_vec(), at: 0, out: String::new() };
    writer.value(value, text);
    writer.out
}

/// What a decision comes to, whatever form its texts have.
fn meant(decision: &Decision<'_>) -> (String, Option<String>, Json) {
    let verdict = match &decision.verdict {
        Verdict::Failed(failure) => format!("failed: {}", failure.message),
        other => format!("{other:?}"),
    };
    let user = decision.user.as_ref().map(Value::to_json).unwrap_or_default();
    let user: Json = serde_json::from_str(&user).unwrap();
    // Escapes are gone, so that the whole can be composed at once.
    let user = serde_json::from_str(&composed(&user.to_string())).unwrap();
    (verdict, decision.decided_by.map(|rule| rule.name.clone()), user)
}

fn decided(live: &Live, body: &str) -> (String, Option<String>, Json) {
    let event = event(live, "validateUser", body).unwrap();
    let (indexed, linear) = both(live, &event, meant);
    assert_eq!(indexed, linear, "with the index and without it, of {body}");
    indexed
}

proptest! {
    #![proptest_config(tries(150))]

    #[test]
    fn json_is_what_it_says_however_it_is_written(
        rules in rules(),
        users in vec((user(), vec(any::<u8>(), 1..60)), 8),
    ) {
        let live = live(&rules);
        for (user, by) in users {
            let plain = json!({ "request": { "user": user } });
            let other = written(&plain, &by, Writer::escaped);
            prop_assert_eq!(decided(&live, &plain.to_string()), decided(&live, &other), "{}", other);
        }
    }

    #[test]
    fn both_forms_of_a_text_are_one(person in person(), by in vec(any::<u8>(), 1..60)) {
        let plain = json!({ "request": { "user": person } });
        let other = written(&plain, &by, Writer::text);
        let forms: [fn(&str) -> String; 2] = [composed, apart];
        let first = decided(&tables(&composed(RULES), &composed(NAMES)), &plain.to_string());
        for (rules, names) in forms.iter().flat_map(|rules| forms.map(|names| (rules, names))) {
            let live = tables(&rules(RULES), &names(NAMES));
            prop_assert_eq!(&first, &decided(&live, &plain.to_string()), "{}", plain);
            prop_assert_eq!(&first, &decided(&live, &other), "{}", other);
        }
    }
}

#[test]
fn what_comes_goes_back_in_its_own_form() {
    let rules = "hook: validateUser\nrules:\n  - { name: a, set: { user.x: \"${user.name}\", user.y: y } }\n";
    let live = live(rules);
    let name = "Mu\u{308}ller";
    let event = event(&live, "validateUser", &json!({ "request": { "user": { "name": name } } }).to_string()).unwrap();
    let decision = decide(&live.rules, &event, &live.tables).unwrap();
    let user = decision.user.as_ref().unwrap().to_json();
    assert_eq!(user, json!({ "name": name, "x": name, "y": "y" }).to_string());
}

#[test]
fn the_other_form_is_written_where_a_rule_says_so() {
    let rules = "hook: validateUser\nrules:\n  - { name: a, set: { user.name: \"${squash(user.name)}\" } }\n";
    let live = live(rules);
    let event = event(&live, "validateUser", "{\"request\":{\"user\":{\"name\":\"Mu\u{308}ller\"}}}").unwrap();
    let decision = decide(&live.rules, &event, &live.tables).unwrap();
    assert_eq!(decision.user.as_ref().unwrap().to_json(), r#"{"name":"Müller"}"#);
    assert!(decision.is_changed && decision.changes(&event).len() == 1);
}
