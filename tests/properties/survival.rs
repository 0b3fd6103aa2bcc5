//! Whatever is sent or written, hookgate answers or refuses; it never breaks down.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use hookgate::diagnostic::File;
use hookgate::engine::{decide, explain};
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::decision::event;
use super::{json, tries};
use crate::support::program::root;

static STARTER: LazyLock<Live> = LazyLock::new(|| Live::read(&root().join("rules"), &Tenant::standard()).unwrap().0);

/// Every rule file that is right, as text.
static FILES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ["validate", "prepare", "map", "leave", "notify"]
        .iter()
        .map(|name| fs::read_to_string(root().join(format!("rules/{name}.yaml"))).unwrap())
        .collect()
});

/// A rule file with something cut out, doubled or put in.
fn rule_file() -> impl Strategy<Value = String> {
    let words = [
        "\n", "  ", "- ", ": ", "{", "}", "[", "]", "\"", "'", "${", "}", "&a ", "*a", "|", "#", "\t", "null", "hook",
        "é", "\u{2028}",
    ];
    let edit = (any::<Index>(), 0_usize..30, select(words.to_vec()), any::<bool>());
    (any::<Index>(), proptest::collection::vec(edit, 1..4)).prop_map(|(file, edits)| {
        let mut text: Vec<char> = FILES[file.index(FILES.len())].chars().collect();
        for (at, length, word, is_cut) in edits {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            let doubled: Vec<char> = text[at..end].to_vec();
            let put: Vec<char> = word.chars().chain(doubled.into_iter().filter(|_| !is_cut)).collect();
            text.splice(at..if is_cut { end } else { at }, put);
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(tries(300))]

    #[test]
    fn every_request_gets_json(hook in 0_usize..12, more in json::sound_text(), user in json::sound_text(), is_bare in any::<bool>()) {
        let names: Vec<String> = STARTER.rules.hooks.names().map(str::to_owned).collect();
        let inner = format!(r#"{{"targetAttribute":{more},"cymmetrifield":"a","passwordText":{more},"isSuccess":{more},"user":{user}}}"#);
        let body = if is_bare { inner } else { format!(r#"{{"request":{inner}}}"#) };
        if let Some(event) = event(&STARTER, &names[hook], &body) {
            let rows = &STARTER.rules.hooks.rows;
            let fast = decide(&STARTER.rules, &event, &STARTER.tables).unwrap().reply(&rows[event.hook], &event).unwrap();
            let slow = explain(&STARTER.rules, &event, &STARTER.tables).unwrap().reply(&rows[event.hook], &event).unwrap();
            prop_assert_eq!(&fast, &slow);
            let json: serde_json::Value = serde_json::from_str(&fast).unwrap();
            prop_assert!(json["response"].is_object() && json.as_object().unwrap().len() == 1, "{}", fast);
            let decision = decide(&STARTER.rules, &event, &STARTER.tables).unwrap();
            let shown = decision.shown_reply(&rows[event.hook], &event).unwrap();
            prop_assert!(serde_json::from_str::<serde_json::Value>(&shown).is_ok(), "{}", shown);
        }
    }

    #[test]
    fn every_rule_file_is_taken_or_refused_with_a_place(text in rule_file()) {
        let file = Arc::new(File::new("rules.yaml".to_owned(), text.clone()));
        let people = Arc::new(File::new("people.csv".to_owned(), "login,mobile,email\na,1,2\n".to_owned()));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Csv, people), (Role::Yaml, file)]);
        let built = Live::build(&sources, &Tenant::standard());
        if built.is_ok() {
            let objections = crate::schema::objections(&text);
            prop_assert!(objections.is_empty(), "the loader takes what the schema refuses: {:?}", objections);
        }
        if let Err(report) = built {
            prop_assert!(report.has_errors());
            prop_assert!(!report.to_text(true).is_empty());
            for finding in &report.findings {
                prop_assert!(finding.to_json().is_object() && !finding.to_github().contains('\n'));
            }
        }
    }
}
