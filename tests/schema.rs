//! The schema that editors check rule files by says what the loader says, as far as a schema can.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use hookgate::config;
use hookgate::diagnostic::File;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant, schema};
use jsonschema::Validator;

use crate::support::generated::is_fresh;
use crate::support::program::root;
use crate::support::server::tenant_of;
use crate::support::yaml::to_json;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| jsonschema::validator_for(&schema()).unwrap());

/// What the schema has against a text.
pub fn objections(text: &str) -> Vec<String> {
    let json = to_json(text).unwrap_or_else(|| panic!("no YAML: {text}"));
    SCHEMA.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Every folder of the repository that is served, shown or tested as rules.
pub fn rules_folders() -> Vec<PathBuf> {
    let below = |folder: &str| -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> =
            fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    };
    let examples = below("examples").into_iter().map(|example| example.join("rules")).filter(|rules| rules.is_dir());
    let tenants = below("tests/tenants").into_iter().filter(|tenant| tenant.is_dir());
    [root().join("rules")].into_iter().chain(examples).chain(tenants).collect()
}

/// The gateway.yaml beside a rules folder, where there is one.
pub fn settings_beside(rules: &Path) -> Option<PathBuf> {
    Some(rules.with_file_name("gateway.yaml")).filter(|file| file.exists())
}

/// What rules are compiled against by the gateway.yaml beside a rules folder.
pub fn tenant_beside(rules: &Path) -> Tenant {
    settings_beside(rules).map_or_else(Tenant::standard, |file| tenant_of(&fs::read_to_string(file).unwrap()))
}

/// The YAML files of a folder and the folders in it.
fn yaml_files(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => open.push(path),
                false if path.extension().is_some_and(|extension| extension == "yaml") => found.push(path),
                false => {}
            }
        }
    }
    found
}

#[test]
fn every_rule_file_of_the_repository_passes_the_loader_and_the_schema() {
    let mut files = 0;
    let recipes = fs::read_dir(root().join("examples/recipes")).unwrap().map(|entry| entry.unwrap().path());
    for folder in rules_folders().into_iter().chain(recipes) {
        if let Err(report) = Live::read(&folder, &tenant_beside(&folder)) {
            panic!("{}", report.to_text(false));
        }
        for file in yaml_files(folder) {
            let objections = objections(&fs::read_to_string(&file).unwrap());
            assert!(objections.is_empty(), "{}: {objections:#?}", file.display());
            files += 1;
        }
    }
    assert!(files >= 15, "only {files} files");
}

#[test]
fn starter_rules_name_the_schema_for_editors() {
    for file in yaml_files(root().join("rules")) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# yaml-language-server: $schema=.schema.json\n"), "{}", file.display());
    }
}

/// Wrong files of tests/check that a schema can see to be wrong; the others need the whole folder, or the words.
const SEEN: [&str; 12] = [
    "compared-with-nothing",
    "condition-is-a-list",
    "empty-condition",
    "lookup-asks-two-sources",
    "mode-is-misspelt",
    "on-error-is-not-said",
    "present-takes-true-or-false",
    "rule-without-a-name",
    "rules-are-no-list",
    "unknown-key",
    "unknown-key-of-the-file",
    "unknown-operator",
];

#[test]
fn wrong_files_are_wrong_by_the_schema_too() {
    for name in SEEN {
        let file = root().join(format!("tests/check/{name}.yaml"));
        let text = fs::read_to_string(file).unwrap();
        assert!(!objections(&text).is_empty(), "{name} passes the schema");
        let file = Arc::new(File::new("rules.yaml".to_owned(), text));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
        assert!(Live::build(&sources, &Tenant::standard()).is_err(), "{name} passes the loader");
    }
}

#[test]
fn an_editor_is_told_the_keys_and_what_they_mean() {
    let schema = schema();
    let rule = &schema["anyOf"][0]["properties"]["rules"]["items"];
    for key in ["name", "when", "reject", "set", "default", "remove", "add", "mappedValue", "deprovision", "stop"] {
        assert!(rule["properties"][key]["description"].as_str().is_some_and(|about| about.len() > 10), "{key}: {rule}");
    }
    assert_eq!(rule["additionalProperties"], false);
    assert_eq!(rule["required"], serde_json::json!(["name"]));
    let operators = &schema["$defs"]["operators"]["anyOf"][1]["properties"];
    for operator in ["is", "matches", "before", "found_in", "ignore_case"] {
        assert!(operators[operator]["description"].is_string(), "{operator}: {operators}");
    }
}

/// `init` writes both, and editors find them beside the files.
#[test]
fn each_schema_is_fresh() {
    is_fresh("rules/.schema.json", &format!("{:#}\n", schema()));
    is_fresh(".gateway.schema.json", &format!("{:#}\n", config::schema()));
}

#[test]
fn an_editor_is_offered_hooks_fields_and_functions_and_objects_to_no_others() {
    let schema = schema();
    let hooks = &schema["$defs"]["hook"]["anyOf"][0];
    let names: Vec<&str> = hookgate::event::hook_sentences().map(|(name, _)| name).collect();
    assert_eq!(hooks["enum"], serde_json::json!(names));
    assert_eq!(hooks["enumDescriptions"].as_array().unwrap().len(), 12);
    for place in ["condition", "changes"] {
        let fields = &schema["$defs"][place]["properties"];
        for field in ["user.email", "user.endDate", "request.targetAttribute", "token.tenantId"] {
            assert!(fields[field]["description"].is_string(), "{place}: {field}");
        }
    }
    let calls = schema["$defs"]["value"]["examples"].as_array().unwrap();
    assert!(calls.len() + 3 > hookgate::rule::FUNCTIONS.len(), "{} calls", calls.len());
    for call in calls {
        let call = serde_json::to_string(call).unwrap();
        let rules = format!("hook: preCreateUser\nrules: [{{ name: a, set: {{ user.title: {call} }} }}]\n");
        let file = Arc::new(File::new("rules.yaml".to_owned(), rules));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
        let built = Live::build(&sources, &Tenant::standard());
        built.unwrap_or_else(|report| panic!("{call}: {}", report.to_text(false)));
    }
    let own = "hook: [appUpdated, validateUser]\nrules:\n  - name: a\n    when: { user.costCentre: x, attr.PAN: y, request.own: 1 }\n    set: { user.costCentre: 7, attr.PAN: null }\n    remove: [user.costCentre]\n";
    assert_eq!(objections(own), Vec::<String>::new());
}
