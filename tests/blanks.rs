//! Fields that a form sends blank: no rule that is served, shown or tested here tells one from a field that is absent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::engine::{Answer, Facts, Verdict, explain};
use hookgate::event::{Context, Event, Hooks, Root, Value as Held, View, sample};
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};
use serde_json::{Value, json};

use crate::docs::{DESTINATIONS, language, whole_rule_files};
use crate::schema::{rules_folders, tenant_beside};
use crate::support::program::root;
use crate::support::server::tenant_of;

/// What a form, an import or a paste sends where nobody wrote anything.
const BLANKS: [&str; 4] = ["", " ", "\u{a0}", "\u{200b}"];

/// Every field of a person that is text, filled in.
fn person() -> Value {
    json!({
        "id": "61e9", "login": "new.hire", "firstName": "New", "middleName": "M.", "lastName": "Hire", "displayName": "New Hire",
        "email": "new.hire@in.corp.example", "mobile": "9820098765", "countryCode": "+91", "landline": "02212345678",
        "country": "India", "city": "Pune", "state": "MH", "location": "HQ", "address1": "1 Road", "address2": "2nd floor",
        "userType": "Employee", "department": "Sales", "designation": "Clerk", "title": "Ms", "grade": "4",
        "employeeId": "E77", "managerId": "61ea", "orgUnitId": "ou1", "associatedPartner": "acme", "status": "INACTIVE",
        "startDate": "2026-01-01", "endDate": "2026-03-31", "dateOfBirth": "1990-05-17",
    })
}

/// Custom attributes that the examples read.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("PAN", "ABCPR1234K"),
    ("costCentre", "4100"),
    ("leaveReason", "Dismissed"),
    ("doNotDeprovision", "yes"),
    ("licence", "E3"),
];

/// What the platform asks for where accounts are mapped.
const TARGETS: [&str; 11] = [
    "sAMAccountName",
    "displayName",
    "email",
    "proxyAddresses",
    "ou",
    "rdn",
    "telephoneNumber",
    "name.givenName",
    "name.familyName",
    "orgUnitPath",
    "title",
];

/// Outside nobody is found, and tables answer what is in them.
struct NobodyOutside<'t>(&'t dyn Facts);

impl Facts for NobodyOutside<'_> {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        match self.0.answer(lookup, key) {
            Answer::Unknown => Answer::Rows(&[]),
            known => known,
        }
    }
}

/// What came of a request: the answer, and the audit rules that held.
#[derive(Debug, PartialEq)]
struct Came {
    reply: Value,
    audits: Vec<String>,
    failure: Option<String>,
}

fn context() -> Context {
    Context {
        id: "test".to_owned(),
        now: "2026-06-01T12:00:00Z".parse().unwrap(),
        calendar: hookgate::event::Calendar::utc(),
        app: None,
        token: Held::Null,
        caller: Held::Null,
        bearer: None,
        trace: None,
    }
}

fn decided(live: &Live, hook: &str, request: &Value) -> Came {
    let place = live.rules.hooks.position(hook).unwrap();
    let body = json!({ "request": request }).to_string().into_bytes();
    let event = Event::read(&live.rules.hooks, place, body, 64, context()).unwrap();
    let facts = NobodyOutside(&live.tables);
    let decision = explain(&live.rules, &event, &facts).unwrap();
    let reply = decision.reply(&live.rules.hooks.rows[place], &event).unwrap();
    let failure = match &decision.verdict {
        Verdict::Failed(failure) => Some(failure.message.clone()),
        _ => None,
    };
    let audits = decision.audits.iter().map(|audit| audit.rule.name.clone()).collect();
    Came { reply: serde_json::from_str(&reply).unwrap(), audits, failure }
}

/// One field of a request.
#[derive(Clone, Copy, Debug)]
enum Field<'f> {
    OfUser(&'f str),
    Attribute(&'f str),
}

/// The request with this in place of the field; `None`: without the field.
fn with(request: &Value, field: Field<'_>, value: Option<Value>) -> Value {
    let mut request = request.clone();
    let user = request["user"].as_object_mut().unwrap();
    match (field, value) {
        (Field::OfUser(name), Some(value)) => drop(user.insert(name.to_owned(), value)),
        (Field::OfUser(name), None) => drop(user.shift_remove(name)),
        (Field::Attribute(name), value) => match user.get_mut("attributes") {
            Some(Value::Array(items)) => {
                items.retain(|item| item["name"] != name);
                items.extend(value.map(|value| json!({ "name": name, "value": value })));
            }
            Some(Value::Object(fields)) => {
                fields.shift_remove(name);
                fields.extend(value.map(|value| (name.to_owned(), value)));
            }
            _ => {}
        },
    }
    request
}

fn user_of(came: &mut Came) -> Option<&mut serde_json::Map<String, Value>> {
    came.reply.pointer_mut("/response/data")?.as_object_mut()
}

/// The answer without the field where it is the value that was sent: a user goes back as it came.
fn but_echoed(mut came: Came, field: Field<'_>, sent: &Value) -> Came {
    let Some(user) = user_of(&mut came) else { return came };
    match field {
        Field::OfUser(name) if user.get(name) == Some(sent) => drop(user.shift_remove(name)),
        Field::OfUser(_) => {}
        Field::Attribute(name) => match user.get_mut("attributes") {
            Some(Value::Array(items)) => items.retain(|item| item["name"] != name || item["value"] != *sent),
            Some(Value::Object(fields)) if fields.get(name) == Some(sent) => drop(fields.shift_remove(name)),
            _ => {}
        },
    }
    came
}

/// Fields and custom attributes in an order that does not depend on whether one was there before.
fn in_order(mut came: Came) -> Came {
    if let Some(user) = user_of(&mut came) {
        user.sort_keys();
        match user.get_mut("attributes") {
            Some(Value::Array(items)) => items.sort_by_key(|item| item["name"].to_string()),
            Some(Value::Object(fields)) => fields.sort_keys(),
            _ => {}
        }
    }
    came
}

/// The sample request of a hook as it is, and about a person with every field, attributes in both shapes.
fn requests(hook: &str) -> Vec<Value> {
    let sample: Value = serde_json::from_str(sample::named(hook).unwrap()).unwrap();
    let mut sample = sample.get("request").cloned().unwrap_or_else(|| json!({}));
    if !sample["user"].is_object() {
        sample["user"] = json!({});
    }
    let mut found = vec![sample.clone()];
    let map: BTreeMap<&str, &str> = ATTRIBUTES.into();
    let list: Vec<Value> = ATTRIBUTES.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    for (user_type, attributes) in [("Employee", json!(map)), ("Vendor", json!(list)), ("Intern", json!(map))] {
        let mut full = sample.clone();
        full["user"].as_object_mut().unwrap().extend(person().as_object().unwrap().clone());
        full["user"]["userType"] = json!(user_type);
        full["user"]["attributes"] = attributes;
        found.push(full);
    }
    if hook == "policyMap" {
        let asked = |request: &Value| {
            TARGETS.map(|target| {
                let mut request = request.clone();
                request["targetAttribute"] = json!(target);
                request
            })
        };
        found = found.iter().flat_map(asked).collect();
    }
    found
}

/// Every rule set of the repository, with the whole files of the reference.
fn rule_sets() -> Vec<(String, Live)> {
    // A machine that is busy is no reason for a script to fail.
    let unhurried = |mut tenant: Tenant| {
        tenant.script_budget.milliseconds = 60_000;
        tenant
    };
    let mut sets = Vec::new();
    for folder in rules_folders() {
        let (live, _) = Live::read(&folder, &unhurried(tenant_beside(&folder))).unwrap();
        sets.push((folder.strip_prefix(root()).unwrap().display().to_string(), live));
    }
    // The short page has tables that are not in it.
    for page in language().iter().filter(|page| page.starts_with("docs/language")) {
        for (name, text) in whole_rule_files(&fs::read_to_string(root().join(page)).unwrap()) {
            let file = Arc::new(File::new(name.clone(), text));
            let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
            let (live, _) = Live::build(&sources, &unhurried(tenant_of(DESTINATIONS))).unwrap();
            sets.push((format!("{page} {name}"), live));
        }
    }
    sets
}

/// Whether any rule reads the field; what none reads goes back as it came.
fn is_read(live: &Live, field: Field<'_>) -> bool {
    live.rules.slots.paths.iter().any(|path| match (&path.root, field) {
        (Root::User, Field::OfUser(name)) => path.keys().next().is_none_or(|first| first == name),
        (Root::User, Field::Attribute(_)) => path.keys().next().is_none_or(|first| first == "attributes"),
        (Root::Attr, Field::Attribute(name)) => path.keys().next() == Some(name),
        _ => false,
    })
}

#[test]
fn a_blank_field_is_answered_as_one_that_is_absent() {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (name, live) in rule_sets() {
        let has_rules = |hook: &&str| {
            let place = live.rules.hooks.position(hook).unwrap();
            live.rules.rules.iter().any(|rule| rule.hooks.contains(&place))
        };
        for hook in Hooks::standard().names().filter(has_rules) {
            for request in requests(hook) {
                let names = person();
                let fields = names.as_object().unwrap().keys().map(|name| Field::OfUser(name));
                let attributes = ATTRIBUTES.iter().map(|(name, _)| Field::Attribute(name));
                for field in fields.chain(attributes).filter(|field| hook == "policyMap" || is_read(&live, *field)) {
                    let absent = in_order(decided(&live, hook, &with(&request, field, None)));
                    if absent.failure.is_some() {
                        // A part of the reference may show that an absent value fails its rule; nothing that is run does.
                        assert!(name.starts_with("docs/"), "{name} {hook} without {field:?}: {absent:?}");
                        continue;
                    }
                    for sent in BLANKS.map(Value::from).into_iter().chain([Value::Null]) {
                        let blank = with(&request, field, Some(sent.clone()));
                        let came = in_order(but_echoed(decided(&live, hook, &blank), field, &sent));
                        tried += 1;
                        if came != absent {
                            wrong.push(format!("{name} {hook} {field:?} {sent:?}:\n  {came:?}\n  {absent:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(tried > 10_000, "only {tried} requests");
    assert!(wrong.is_empty(), "{} of {tried}\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

/// The answer of the rules in a folder, with the index, and the failure if there is one.
fn answer(folder: &str, hook: &str, request: &Value) -> Value {
    let (live, _) = Live::read(&root().join(folder), &Tenant::standard()).unwrap();
    let came = decided(&live, hook, request);
    assert_eq!(came.failure, None, "{request}");
    came.reply["response"].clone()
}

#[test]
fn forms_that_were_left_blank_are_answered_rightly() {
    let house = "examples/joiner-leaver/rules";
    let joiner = |more: Value| {
        let mut user = json!({
            "login": "new.person", "firstName": "New", "lastName": "Person", "userType": "Employee", "country": "India",
            "department": "Sales", "grade": 4, "email": "new.person@in.corp.example", "managerId": "61e9",
        });
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        user
    };
    for blank in BLANKS {
        for user in [
            joiner(json!({ "startDate": blank, "endDate": "2026-12-31" })),
            joiner(json!({ "startDate": "2026-12-31", "endDate": blank })),
            joiner(json!({ "dateOfBirth": blank })),
            joiner(json!({ "mobile": blank, "middleName": blank })),
        ] {
            assert_eq!(answer(house, "validateUser", &json!({ "user": user })), json!({ "data": user }));
        }
        for user in [json!({ "login": "u", "email": blank }), json!({ "login": "u", "mobile": blank, "email": null })] {
            assert_eq!(answer("rules", "validateUser", &json!({ "user": user })), json!({ "data": user }));
        }
        for names in [[blank, blank], ["New", blank], [blank, "Person"]] {
            let user = json!({ "firstName": names[0], "lastName": names[1] });
            for folder in ["rules", house] {
                let asked = json!({ "targetAttribute": "displayName", "defaultValue": "DV", "user": user });
                assert_eq!(answer(folder, "policyMap", &asked), json!({ "mappedValue": "DV" }), "{user}");
                assert_eq!(
                    answer(folder, "preCreateUser", &json!({ "user": user }))["data"]["displayName"],
                    json!(null)
                );
            }
        }
    }
}

/// MS-SAMR 3.1.1.8.4: an account name of a user has some letter, ends with no dot and holds none of `"/\\[]:;|=,+*?<>`.
#[test]
fn account_names_are_ones_that_active_directory_takes() {
    for (login, name) in [
        ("ramakrishnan-venkat.x", "ramakrishnan-venkat"),
        ("ramakrishnan-venka...x", "ramakrishnan-venka"),
        ("a.", "a"),
        ("asha. . .", "asha"),
        (" asha.rao ", "asha.rao"),
        ("asha\trao\r\n", "asharao"),
        ("ramesh.iyer@corp", "ramesh.iyercorp"),
        (r#"a"/\[]:;|=,+*?<>b"#, "ab"),
        ("..", "DV"),
        ("@", "DV"),
        (" . ", "DV"),
        ("\u{200b}", "DV"),
        ("", "DV"),
        ("...........................x", "DV"),
    ] {
        let asked = json!({ "targetAttribute": "sAMAccountName", "defaultValue": "DV", "user": { "login": login } });
        for folder in ["rules", "examples/joiner-leaver/rules"] {
            let mapped = answer(folder, "policyMap", &asked);
            assert_eq!(mapped, json!({ "mappedValue": name }), "{folder} {login:?}");
        }
    }
}

/// `\d` would take every digit of any script.
#[test]
fn no_page_and_no_rule_tells_people_to_write_a_backslash_d_for_a_digit() {
    let mut wrong = Vec::new();
    let mut open = ["docs", "rules", "examples", "README.md", "gateway.yaml"].map(|name| root().join(name)).to_vec();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| line.contains(r"\d"));
        // The one place that says what it is.
        let told = lines.filter(|(_, line)| !line.contains(r"`\d` and `\w`") && !line.contains(r"what `\d` is"));
        wrong.extend(told.map(|(n, line)| format!("{}:{}: {line}", path.display(), n + 1)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The log and the order of deliveries name a person by the first of these that says anything.
#[test]
fn a_blank_id_names_nobody() {
    let person = |user: Value| {
        let body = json!({ "request": { "user": user } }).to_string().into_bytes();
        let hooks = Hooks::standard();
        let event = Event::read(&hooks, hooks.position("postCreateUser").unwrap(), body, 64, context()).unwrap();
        event.person().map(Cow::into_owned)
    };
    assert_eq!(
        person(json!({ "id": " ", "login": "", "employeeId": "\u{200b}", "email": "a@b.example" })).unwrap(),
        "a@b.example"
    );
    assert_eq!(person(json!({ "id": null, "login": " asha " })).unwrap(), " asha ");
    assert_eq!(person(json!({ "id": " ", "login": "\u{a0}" })), None);
}
