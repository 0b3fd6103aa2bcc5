//! What has a secret's name is one, however the name is written and wherever and in whatever shape the field stands; what has
//! another name is none; and the body goes back byte for byte.

use hookgate::engine::decide;
use hookgate::event::secret::SecretNames;
use hookgate::event::{Calendar, Context, Event, Hooks, Path, Value, View};
use hookgate::gateway::Live;
use hookgate::rule::Tenant;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::tries;

/// Stands in texts that nothing else here says.
const CANARY: &str = "Zq7names4Kd";

/// All that are secrets by default, and one of a tenant's own.
const NAMES: [&str; 19] = [
    "password",
    "passwords",
    "passwordText",
    "newPassword",
    "oldPassword",
    "currentPassword",
    "confirmPassword",
    "userPassword",
    "unicodePwd",
    "pwd",
    "passwd",
    "passcode",
    "passphrase",
    "otp",
    "securityQuestion",
    "securityQuestions",
    "securityAnswer",
    "securityAnswers",
    "pin",
];
/// Names that begin and end as those of secrets do, and what people have beside them.
const OTHERS: [&str; 12] = [
    "status",
    "userId",
    "passwordPolicy",
    "passport",
    "pod",
    "option",
    "securityClearance",
    "pinCode",
    "note",
    "name",
    "value",
    "key",
];

/// A name with capitals, and with what is neither letter nor digit around and between its words.
fn spelled(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let marks = || select(&["", "_", "-", " ", ".", "\u{200b}"][..]);
    (select(names), any::<u32>(), marks(), marks(), marks()).prop_map(|(name, capitals, before, between, after)| {
        let mut out = String::from(before);
        for (n, c) in name.chars().enumerate() {
            if c.is_ascii_uppercase() {
                out.push_str(between);
            }
            out.push(if capitals >> n & 1 == 1 { c.to_ascii_uppercase() } else { c });
        }
        out + after
    })
}

/// The field in one of the shapes in which fields come.
fn shaped(name: &str, shape: usize) -> Json {
    match shape {
        0 => json!({ name: CANARY }),
        1 => json!({ "before": 1, name: { "deep": [CANARY] }, "after": "x" }),
        2 => json!([{ "name": "x", "value": "y" }, { "name": name, "value": CANARY }]),
        3 => json!([{ "name": name, "value": CANARY }, { "name": name, "value": CANARY }]),
        4 => json!([{ "value": CANARY, "id": 7, "name": name }]),
        5 => json!([[{ "Name": name, "Values": [CANARY, { "x": CANARY }] }]]),
        6 => json!({ "key": name, "value": CANARY }),
        _ => json!([[{ name: [CANARY] }], { "a": { name: CANARY } }]),
    }
}

fn body(place: usize, field: &Json) -> String {
    let user = |user: Json| json!({ "request": { "user": user } });
    match place {
        0 => user(json!({ "login": "asha", "attributes": field })),
        1 => user(json!({ "login": "asha", "provisionedApps": { "6202": { "login": field } } })),
        2 => json!({ "request": { "form": field, "user": { "login": "asha" } } }),
        _ => json!({ "user": { "login": "asha", "x": [field, 1] } }),
    }
    .to_string()
}

fn tenant(secrets: SecretNames) -> Hooks {
    Hooks { secrets, ..Hooks::standard() }
}

fn event(hooks: &Hooks, hook: &str, body: &str) -> Event {
    let context = Context {
        id: String::new(),
        now: "2026-01-10T12:00:00Z".parse().unwrap(),
        calendar: Calendar::utc(),
        app: None,
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    };
    Event::read(hooks, hooks.position(hook).unwrap(), body.as_bytes().to_vec(), 64, context).unwrap()
}

fn pin() -> SecretNames {
    SecretNames::new(vec!["pin".to_owned()], Vec::new())
}

fn at(paths: &[&str]) -> SecretNames {
    SecretNames::new(Vec::new(), paths.iter().map(|path| Path::read(path).unwrap()).collect())
}

/// The request as people would see it.
fn shown(event: &Event) -> String {
    View::Node(event.request()).to_json()
}

proptest! {
    #![proptest_config(tries(400))]

    #[test]
    fn what_has_a_secrets_name_is_one_in_every_shape_and_place(
        name in spelled(&NAMES),
        shape in 0..8_usize,
        place in 0..4_usize,
    ) {
        let body = body(place, &shaped(&name, shape));
        let event = event(&tenant(pin()), "preProvision", &body);
        prop_assert!(event.has_secrets(), "{body}");
        prop_assert!(!shown(&event).contains(CANARY), "{}\n{}", body, shown(&event));
        // What is no event's own is looked at in the same way: rows of lookups, bodies of deliveries.
        let plain = Value::from(shaped(&name, shape));
        let hidden = pin().hide(plain);
        prop_assert!(!hidden.to_json().contains(CANARY), "{}", hidden.to_json());
        prop_assert!(!pin().leak(hidden.view()));
    }

    #[test]
    fn what_has_another_name_is_none(name in spelled(&OTHERS), shape in 0..8_usize, place in 0..4_usize) {
        let body = body(place, &shaped(&name, shape));
        let event = event(&tenant(pin()), "preProvision", &body);
        prop_assert!(!event.has_secrets(), "{body}");
        prop_assert_eq!(shown(&event), View::Node(event.request()).to_value().written());
        prop_assert!(!pin().hide(Value::from(shaped(&name, shape))).view().holds_secret());
    }
}

#[test]
fn a_path_leads_through_lists_to_each_of_equal_names_and_into_pairs() {
    let is_hidden = |paths: &[&str], request: Json| {
        let event = event(&tenant(at(paths)), "preProvision", &json!({ "request": request }).to_string());
        !shown(&event).contains(CANARY)
    };
    let pair = |name: &str| json!({ "name": name, "value": CANARY });
    for (path, request) in [
        ("attr.PAN", json!({ "user": { "attributes": [pair("PAN")] } })),
        ("attr.PAN", json!({ "user": { "attributes": [pair("PAN"), pair("PAN")] } })),
        ("attr.PAN", json!({ "user": { "attributes": [pair("pan")] } })),
        ("attr.PAN", json!({ "user": { "attributes": { "Pan": CANARY } } })),
        ("user.attributes.PAN", json!({ "user": { "attributes": [pair("PAN"), { "name": "x", "value": 1 }] } })),
        ("attr.PAN.number", json!({ "user": { "attributes": [{ "name": "PAN", "value": { "number": CANARY } }] } })),
        ("user.cards.number", json!({ "user": { "cards": [{ "number": 0 }, { "number": CANARY }] } })),
        ("user.cards.number", json!({ "user": { "cards": { "number": CANARY } } })),
        ("user.cards.number", json!({ "user": { "cards": [[{ "number": CANARY }]] } })),
        ("user.cards.number", json!({ "user": { "cards": [pair("number")] } })),
        ("user.cards[1]", json!({ "user": { "cards": [0, { "number": CANARY }] } })),
        ("user.cards[1].number", json!({ "user": { "cards": [0, { "number": CANARY }] } })),
        ("request.form.pin", json!({ "form": [pair("pin")], "user": {} })),
        ("request.form.pin", json!({ "form": { "pages": 1, "PIN": CANARY }, "user": {} })),
        ("request.formVariable", json!({ "formVeriable": CANARY, "user": {} })),
        ("request.formVeriable", json!({ "formVeriable": "", "formVariable": CANARY, "user": {} })),
        ("request.cymmetriField", json!({ "cymmetrifield": CANARY, "cymmetriField": CANARY, "user": {} })),
    ] {
        assert!(is_hidden(&[path], request.clone()), "{path}: {request}");
        assert!(!is_hidden(&["user.other"], request.clone()), "{request}");
    }
}

/// Forms, directories, SCIM and calls for several mapped values have pairs of their own.
#[test]
fn pairs_have_the_keys_that_programs_give_them() {
    let names = || {
        SecretNames::new(
            vec!["pin".to_owned()],
            vec![
                Path::read("user.cards.number").unwrap(),
                Path::read("attr.PAN").unwrap(),
                Path::read("request.form.answer").unwrap(),
            ],
        )
    };
    let is_hidden = |pair: &Json| {
        let in_list = json!({ "request": { "policyMap": [{ "x": 1 }, pair], "user": { "login": "asha", "attributes": [pair] } } });
        let event = event(&tenant(names()), "preProvision", &in_list.to_string());
        let is_hidden = !shown(&event).contains(CANARY);
        assert_eq!(is_hidden, !names().hide(Value::from(pair.clone())).to_json().contains(CANARY), "{pair}");
        is_hidden
    };
    for name in
        ["id", "key", "name", "label", "field", "fieldName", "attribute", "attributeName", "targetAttribute", "path"]
    {
        for value in [
            "val",
            "value",
            "values",
            "newValue",
            "oldValue",
            "defaultValue",
            "attributeValue",
            "formVeriable",
            "FormVariable",
        ] {
            assert!(is_hidden(&json!({ name: "PIN", value: CANARY })), "{name} {value}");
            assert!(is_hidden(&json!({ value: [CANARY], "more": 1, name: ["x", "pin"] })), "{name} {value}");
            assert!(!is_hidden(&json!({ name: "login", value: CANARY })), "{name} {value}");
        }
    }
    let row = json!({ "targetAttribute": "__PASSWORD__", "cymmetrifield": "x", "defaultValue": CANARY, "formVeriable": CANARY });
    assert!(is_hidden(&row));
    for from in [
        "cards[0].number",
        "user.cards.0.number",
        "attributes[PAN]",
        " attr.PAN ",
        "form.answer",
        "cards[].number",
        "attributes['PAN']",
    ] {
        assert!(is_hidden(&json!({ "cymmetrifield": from, "defaultValue": CANARY })), "{from}");
        assert!(is_hidden(&json!({ "op": "replace", "path": from, "value": CANARY })), "{from}");
    }
    for from in ["cards[0].name", "attributes[x]", "form.question", "[]", "..", ""] {
        assert!(!is_hidden(&json!({ "cymmetrifield": from, "defaultValue": CANARY })), "{from}");
    }
}

/// Letters of another width or form are those that people see.
#[test]
fn a_name_in_letters_of_another_form_is_the_same() {
    for name in [
        "\u{ff50}assword",
        "\u{ff30}\u{ff29}\u{ff2e}",
        "pa\u{17f}\u{17f}word",
        "\u{1d429}\u{1d422}\u{1d427}",
        "p\u{2139}n",
    ] {
        let is_secret = pin().has_key(name);
        assert!(is_secret, "{name}");
    }
    for name in ["p\u{e4}n", "\u{ff4f}ption"] {
        assert!(!pin().has_key(name), "{name}");
    }
}

#[test]
fn a_form_that_is_a_text_with_a_secrets_name_in_it_is_one_as_a_whole() {
    let is_hidden = |field: &str, text: &str| {
        let body = json!({ "request": { field: text, "user": { "login": "asha", "Attributes": { "pan": "x" } } } });
        let event = event(&tenant(at(&["attr.PAN"])), "preProvision", &body.to_string());
        assert!(!shown(&event).contains("\"pan\":\"x\""), "attributes in any case: {}", shown(&event));
        !shown(&event).contains(CANARY)
    };
    for field in ["form", "Form", "formVariables"] {
        for text in [
            json!({ "password": CANARY }),
            json!({ "a": [{ "name": "otp", "value": 1 }], "b": CANARY }),
            json!([{ "pwd": "x" }, CANARY]),
        ] {
            assert!(is_hidden(field, &format!(" {text}")), "{field} {text}");
        }
        for text in [json!({ "note": CANARY }).to_string(), format!("password {CANARY}"), format!("{{{CANARY}")] {
            assert!(!is_hidden(field, &text), "{field} {text}");
        }
    }
}

/// Rules that read `path`, or write there, are judged by the same names.
#[test]
fn a_path_of_a_rule_leads_into_a_secrets() {
    let names = at(&["attr.PAN", "user.cards.number", "request.formVeriable", "user.list[1].x"]);
    for path in [
        "attr.PAN",
        "attr.pan.part",
        "user.attributes.PAN",
        "user.cards[0].number",
        "user.cards.number.last",
        "user.cards[3].Number",
        "request.formVariable",
        "request.formVeriable.x",
        "user.list[1].x",
        "user.provisionedApps.crm.new_password",
    ] {
        assert!(names.has(&Path::read(path).unwrap()), "{path}");
    }
    for path in ["attr.PANEL", "user.PAN", "user.cards", "user.cards[0]", "request.form", "user.list[2].x", "attr.x"] {
        assert!(!names.has(&Path::read(path).unwrap()), "{path}");
    }
}

#[test]
fn a_call_for_a_password_offers_secrets_however_it_says_so() {
    let offered = |more: Json| {
        let mut request = json!({ "user": { "login": "asha" }, "defaultValue": CANARY, "formVeriable": CANARY, "formVariable": CANARY });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let names = SecretNames::new(vec!["pin".to_owned()], vec![Path::read("attr.PAN").unwrap()]);
        let event = event(&tenant(names), "policyMap", &json!({ "request": request }).to_string());
        let is_hidden = !shown(&event).contains(CANARY);
        assert_eq!(is_hidden, event.maps_a_password(), "{request}");
        is_hidden
    };
    for target in [
        "__PASSWORD__",
        "__password__",
        " __PASSWORD__ ",
        "__Password__\u{a0}",
        "__ PASSWORD __",
        "password",
        "userPassword",
        "PIN",
    ] {
        assert!(offered(json!({ "targetAttribute": target, "cymmetrifield": "login" })), "{target}");
    }
    for from in ["password", "Password", "user.password", "pin", "PAN", "attr.PAN", "attributes.PAN"] {
        assert!(offered(json!({ "targetAttribute": "unicodePwd", "cymmetrifield": from })), "{from}");
        assert!(offered(json!({ "targetAttribute": "unicodePwd", "cymmetriField": from })), "{from}");
        assert!(offered(json!({ "cymmetrifield": "login", "cymmetriField": from })), "{from}");
    }
    for other in ["login", "__ENABLE__", "passwordPolicy", "", "__"] {
        assert!(!offered(json!({ "targetAttribute": other, "cymmetrifield": other })), "{other}");
    }
}

/// What a rule writes into the place of a secret is one from then on, also in a list of custom attributes.
#[test]
fn what_is_written_into_a_secrets_place_is_one() {
    let body = json!({ "request": { "user": {
        "note": CANARY,
        "attributes": [{ "name": "pin", "value": "old" }, { "name": "PAN", "value": "old" }],
        "cards": [{ "number": "old" }],
        "home": { "x": 1 },
    } } });
    for (path, value) in [
        ("attr.pin", "\"${user.note}\""),
        ("attr.PAN", "\"${user.note}\""),
        ("attr.otp", "\"${user.note}\""),
        ("\"user.attributes[0].value\"", "\"${user.note}\""),
        ("\"user.attributes[1].value\"", "\"${user.note}\""),
        ("\"user.cards[0].number\"", "\"${user.note}\""),
        ("user.home", "{ cards: 1, number: \"${user.note}\" }"),
        ("user.home", "[{ name: pin, value: \"${user.note}\" }]"),
        ("user.attributes", "{ PAN: \"${user.note}\" }"),
        ("user.attributes", "[{ name: PAN, value: \"${user.note}\" }]"),
    ] {
        let rules = format!("hook: validateUser\nrules:\n  - name: writes\n    set: {{ {path}: {value} }}\n");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.yaml"), rules).unwrap();
        let paths = ["attr.PAN", "user.cards.number", "user.home.number"];
        let names =
            SecretNames::new(vec!["pin".to_owned()], paths.iter().map(|path| Path::read(path).unwrap()).collect());
        let mut standard = Tenant::standard();
        standard.hooks = tenant(names);
        let (live, _) = Live::read(folder.path(), &standard).unwrap();
        let event = event(&live.rules.hooks, "validateUser", &body.to_string());
        let decision = decide(&live.rules, &event, &live.tables).unwrap();
        assert_eq!(decision.word(), "changed", "{path}: {value}: {:?}", decision.verdict);
        let user = decision.user.unwrap();
        assert!(user.written().matches(CANARY).count() == 2, "{path}: {value}: {}", user.to_json());
        // The note itself stays; its copy does not show.
        assert!(user.to_json().matches(CANARY).count() == 1, "{path}: {value}: {}", user.to_json());
    }
}
