//! What a journal tells of people: nothing but who is the same as whom, and of secrets nothing at all.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use hookgate::event::token::of_text;
use hookgate::event::{canonical_field, secret};
use hookgate::gateway::Live;
use hookgate::journal::files;
use hookgate::rule::Tenant;

use super::{decide, key, live, open, recording, settings};
use crate::support::program::root;

/// The ways in which a value may be written.
fn spellings(value: &str) -> Vec<String> {
    let hex = |upper: bool| {
        value.bytes().fold(String::new(), |mut out, byte| {
            let _ = if upper { write!(out, "{byte:02X}") } else { write!(out, "{byte:02x}") };
            out
        })
    };
    let url: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let unpadded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(value);
    let url_safe = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value);
    let json = serde_json::to_string(value).unwrap();
    vec![value.to_owned(), hex(true), hex(false), url, unpadded, url_safe, json.trim_matches('"').to_owned()]
}

/// Texts and numbers of a body with the names they stand under.
fn leaves(value: &serde_json::Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| leaves(field, &format!("{path}.{key}"), found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, path, found)),
        serde_json::Value::String(text) => found.push((path.to_owned(), text.clone())),
        serde_json::Value::Number(number) => found.push((path.to_owned(), number.to_string())),
        _ => {}
    }
}

#[test]
fn no_personal_value_of_a_sample_and_no_secret_is_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let (live, _) = Live::read(&root().join("rules"), &Tenant::standard()).unwrap();
    let gateway = recording(live, &journal);
    let plain: Vec<String> = settings.plain.iter().map(ToString::to_string).collect();
    let (mut personal, mut secrets, mut kept) = (Vec::new(), Vec::new(), String::new());
    let mut bodies: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir(root().join("examples/requests")).unwrap() {
        let path = entry.unwrap().path();
        let hook = path.file_stem().unwrap().to_string_lossy().into_owned();
        bodies.push((hook, fs::read_to_string(&path).unwrap()));
    }
    let user = r#"{"login":"canary.login","email":"canary.mail@corp.example","mobile":"9811122233","password":"Canary#Pass1",
        "securityQuestion":{"q":"Canary-Question","a":"Canary-Answer"}}"#;
    bodies.push(("validateUser".to_owned(), format!(r#"{{"request":{{"user":{user}}}}}"#)));
    bodies.push((
        "changePassword".to_owned(),
        format!(r#"{{"request":{{"user":{user},"passwordText":"Canary-Text-9"}}}}"#),
    ));
    bodies.push((
        "policyMap".to_owned(),
        format!(r#"{{"request":{{"user":{user},"targetAttribute":"__PASSWORD__","defaultValue":"Canary-Map-7"}}}}"#),
    ));
    for (n, (hook, body)) in bodies.iter().enumerate() {
        decide(&gateway, hook, &format!("id-{n}"), body);
        let mut found = Vec::new();
        leaves(&serde_json::from_str(body).unwrap_or_default(), "", &mut found);
        for (path, text) in found.into_iter().filter(|(_, text)| text.trim().len() >= 4) {
            let path = path.trim_start_matches(".request.").to_owned();
            let name = if path.starts_with("user.") { path.clone() } else { format!("request.{path}") };
            let is_secret = path.split('.').any(secret::is_secret_key)
                || body.contains("__PASSWORD__") && canonical_field(&path) == "defaultValue";
            match plain.iter().any(|known| name == *known || name.starts_with(&format!("{known}."))) {
                _ if is_secret => secrets.push(text),
                true => kept.push_str(&text),
                false => personal.push(text),
            }
        }
    }
    journal.stop();
    assert!(secrets.len() >= 8 && personal.len() >= 30, "{} {}", secrets.len(), personal.len());
    let mut written = files(settings.file.as_ref().unwrap())
        .unwrap()
        .iter()
        .fold(String::new(), |all, file| all + &fs::read_to_string(file).unwrap());
    // Names of fields and what hookgate itself writes are no values of people.
    written = written.replace("2026-01-31T12:00:00Z", "");
    let names = |text: &str| written.contains(&format!("\"{text}\":")) || kept.contains(text);
    for text in personal.iter().filter(|text| !names(text)) {
        for spelling in spellings(text) {
            assert!(!written.contains(&spelling), "`{text}` is in the journal as `{spelling}`");
        }
    }
    let key = key(&settings);
    for text in &secrets {
        for spelling in spellings(text).into_iter().chain([of_text(text, &key)]) {
            assert!(!written.contains(&spelling), "a secret is in the journal as `{spelling}`");
        }
    }
    assert!(written.contains("\"passwordText\":\"(secret)\""));
    assert!(written.contains("\"defaultValue\":\"(secret)\""), "what is asked to be mapped to a password");
}

/// What is recorded of the user's custom attributes and grade.
fn recorded(folder: &Path, user: &str) -> serde_json::Value {
    let settings = settings(folder);
    let journal = open(&settings);
    let gateway = recording(live("hook: postCreateUser\nrules: [{ name: a, stop: true }]\n", &[]), &journal);
    decide(&gateway, "postCreateUser", "id", &format!("{{\"request\":{{\"user\":{user}}}}}"));
    journal.stop();
    let records = super::records(&settings);
    let body: serde_json::Value = serde_json::from_str(records.last().unwrap().body.get()).unwrap();
    body["request"]["user"].clone()
}

#[test]
fn equal_values_have_equal_tokens_and_nobody_brings_a_token_along() {
    let folder = tempfile::tempdir().unwrap();
    let user =
        recorded(folder.path(), r#"{"a":"x-9","b":"x-9","c":"x-8","n":7,"m":7.0,"blank":" ","none":null,"yes":true}"#);
    assert_eq!(user["a"], user["b"]);
    assert_ne!(user["a"], user["c"]);
    assert_eq!((&user["blank"], &user["none"], &user["yes"]), (&" ".into(), &serde_json::Value::Null, &true.into()));
    assert!(user["n"].as_str().unwrap().starts_with("tok:n:"));
    let forged = user["a"].as_str().unwrap();
    // Plain fields are recorded as they are, unless they look like tokens.
    let user = recorded(folder.path(), &format!(r#"{{"grade":"G7","department":"{forged}","country":"(secret)"}}"#));
    assert_eq!(user["grade"], "G7");
    assert!(user["department"] != *forged && user["country"] != "(secret)", "{user}");
}

#[test]
fn custom_attributes_keep_their_names_in_both_shapes() {
    let folder = tempfile::tempdir().unwrap();
    let user =
        recorded(folder.path(), r#"{"attributes":[{"name":"PAN","value":"ABCDE1234F"}],"x":{"PAN":"ABCDE1234F"}}"#);
    assert_eq!(user["attributes"][0]["name"], "PAN");
    assert_eq!(user["attributes"][0]["value"], user["x"]["PAN"]);
    assert!(user["x"]["PAN"].as_str().unwrap().starts_with("tok:t:"));
}
