//! Rule files with one mistake each.

use super::{hold, told};

/// Where it comes from, a rule's lines behind its name (the first is line 4), the line, and what must be told of it.
const RULES: &[(&str, &str, usize, &str)] = &[
    ("Kyverno", "deny: MobileAlreadyExist", 4, "`reject: CODE`"),
    ("Kyverno", "match: { user.country: India }\n    stop: true", 4, "when: { user.country: India }"),
    ("Kyverno", "preconditions: { user.country: India }\n    stop: true", 4, "when: { user.country: India }"),
    ("Kyverno", "stop: true\n    validate: { user.country: India }", 5, "what no rule refuses is accepted"),
    ("Kyverno", "mutate: { user.country: India }", 4, "`set`"),
    ("Kyverno", "stop: true\n    message: hello", 5, "`codes:`"),
    ("Kyverno", "when: { user.country: { anyNotIn: [a] } }\n    stop: true", 4, "not: { any: { in: [a, b] } }"),
    ("Kyverno", "when: { user.country: { equals: India } }\n    stop: true", 4, "write `is`"),
    ("Okta", "if: { user.country: India }\n    stop: true", 4, "when: { user.country: India }"),
    ("Okta", "stop: true\n    then: { reject: MobileAlreadyExist }", 5, "`reject`"),
    ("Okta", "stop: true\n    else: { reject: MobileAlreadyExist }", 5, "a second rule below"),
    ("Okta", "stop: true\n    enabled: false", 5, "`mode: off`"),
    ("Okta", "stop: true\n    priority: 3", 5, "from top to bottom"),
    ("Okta", "stop: true\n    description: what it is for", 5, "after `#`"),
    ("Okta", "when: { user.login: { sw: adm } }\n    stop: true", 4, "`starts_with`"),
    ("Okta", "when: { user.login: { co: adm } }\n    stop: true", 4, "`contains`"),
    ("Okta", "when: { user.login: { pr: true } }\n    stop: true", 4, "`present: true`"),
    ("Entra", "condition: { user.country: India }\n    stop: true", 4, "when: { user.country: India }"),
    ("Entra", "when: { user.country: { NOT_EQUALS: India } }\n    stop: true", 4, "`is_not`"),
    ("Entra", "when: { user.country: { IS_NULL: true } }\n    stop: true", 4, "`empty: true`"),
    ("Entra", "when: { user.country: { REGEX_MATCH: India } }\n    stop: true", 4, "the operators are"),
    ("Entra", "when: { user.country: { isIn: [India] } }\n    stop: true", 4, "`in: [a, b]`"),
    ("Entra", "when: { user.rbacRoles: { contains_any: [a] } }\n    stop: true", 4, "`any: { in: [a, b] }`"),
    ("Rego", "when: user.country = India\n    stop: true", 4, "when: { user.country: India }"),
    ("Rego", "when: user.country == India\n    stop: true", 4, "when: { user.country: India }"),
    ("Rego", "when: { script: user.country != \"India\" and user.city }\n    stop: true", 4, "`&&`"),
    ("Rego", "when: user.country != \"India\" and user.city\n    stop: true", 4, "script: 'user.country"),
    ("Rego", "allow: true", 4, "what no rule refuses is accepted"),
    ("VRL", "when: { script: '.country == \"India\"' }\n    stop: true", 4, " | "),
    ("VRL", "when: { user.login: { exists: true } }\n    stop: true", 4, "`present: true`"),
    ("DMN", "when: { user.grade: { between: [4, 7] } }\n    stop: true", 4, "in: 4..7"),
    ("DMN", "when: { and: [{ user.country: India }] }\n    stop: true", 4, "`all:`"),
    ("DMN", "when: { or: [{ user.country: India }] }\n    stop: true", 4, "`any:`"),
    ("spreadsheet", "when: user.country <> India\n    stop: true", 4, "user.country: { is_not: India }"),
    ("spreadsheet", "when: { user.grade: { \">=\": 7 } }\n    stop: true", 4, "`gte`"),
    ("spreadsheet", "when: { user.grade: { \"=\": 7 } }\n    stop: true", 4, "`is`"),
    ("spreadsheet", "set: user.city = Pune", 4, "`user.city: Pune`"),
    ("JavaScript", "when: { user.login: { startsWith: a } }\n    stop: true", 4, "`starts_with`"),
    ("JavaScript", "when: { user.login: { matches: '/^a/i' } }\n    stop: true", 4, "ignore_case: true"),
    ("JavaScript", "when: { user.login: { matches: '^(?!adm)' } }\n    stop: true", 4, "not: { matches: '…' }"),
    ("JavaScript", "when: { user.login: { matches: '(?<=a)b' } }\n    stop: true", 4, "into the pattern itself"),
    ("JavaScript", "when: { user.login: { matches: '(a)\\1' } }\n    stop: true", 4, "write each case out"),
    ("JavaScript", "when: { user.rbacRoles.length: { gt: 0 } }\n    stop: true", 4, "length: { gt: 0 }"),
    ("JSON", "when: [{ user.country: India }]\n    stop: true", 4, "behind `all:` or `any:`"),
    ("JSON", "set: [{ user.city: Pune }]", 4, "`key: value` lines"),
    ("Jinja", "set: { user.city: '{{ user.location }}' }", 4, "${user.location}"),
    ("Jinja", "set: { user.city: 'to $user.location' }", 4, "to ${user.location}"),
    ("Jinja", "set:\n      user.city: {{ user.location }}", 5, "\"${user.login}\""),
    ("Jinja", "set: { user.city: lower(user.city) }", 4, "${lower(user.city)}"),
    ("YAML", "set: { user.city: ${user.location}-x }", 4, "\"${user.location}-x\""),
    ("YAML", "when: { user.country:India }\n    stop: true", 4, "`user.country: India`"),
    ("YAML", "when: { user.country India }\n    stop: true", 4, "`user.country: India`"),
    ("YAML", "when: { user.lastName: 'O'Brien' }\n    stop: true", 4, "O''Brien"),
    ("YAML", "when: { user.country: India\n    stop: true", 5, "the `{` of line 4"),
    ("YAML", "when: { user.country: India }\n      stop: true", 5, "begin in one column"),
    ("YAML", "&x when: { user.country: India }\n    stop: true", 4, "behind the colon"),
    ("YAML", "set: &x { user.city: Pune }\n    *x : { user.city: Pune }", 5, "behind the colon"),
    ("YAML", "set: { user.city: *town }", 4, "stands in quotes"),
    ("YAML", "set: { user.city: @town }", 4, "stands in quotes"),
    ("Word", "“when”: { user.country: India }\n    stop: true", 4, "a curly quote"),
    ("Word", "stop:\u{a0}true", 4, "a no-break space"),
    ("Word", "when: { user\u{a0}.country: India }\n    stop: true", 4, "a no-break space"),
    ("Word", "\u{a0}stop: true", 4, "a no-break space"),
];

/// Whole files.
const FILES: &[(&str, &str, usize, &str)] = &[
    ("Kyverno", "apiVersion: v1\nkind: ClusterPolicy\nmetadata: { name: x }\n", 1, "is not a rule file"),
    ("Compose", "services:\n  hookgate: { image: x }\nvolumes: {}\n", 1, "is not a rule file"),
    ("hookgate", "listen: 127.0.0.1:8080\nrules: rules\nauth: { mode: none }\n", 1, "--rules rules"),
    ("hookgate", "# mine\nrules: rules\nlimits: { body_bytes: 5 }\n", 3, "--rules rules"),
    ("Rego", "package x\n", 1, "a rule file is a mapping"),
    ("IAM", "hook: validateUser\nstatements:\n  - { name: a, stop: true }\n", 2, "`rules:`"),
    ("Okta", "hook: validate\nrules:\n  - { name: a, stop: true }\n", 1, "did you mean `validateUser`"),
];

fn rule(lines: &str) -> String {
    format!("hook: preCreateUser\nrules:\n  - name: r\n    {lines}\n")
}

#[test]
fn each_mistake_is_told_in_its_line_with_the_cure() {
    assert!(RULES.len() >= 60);
    hold(RULES.iter().map(|(from, lines, line, cure)| (*from, *line, rule(lines), *cure)));
    hold(FILES.iter().map(|(from, text, line, cure)| (*from, *line, (*text).to_owned(), *cure)));
}

/// However many keys they have.
#[test]
fn a_file_that_is_no_rule_file_is_told_in_one_sentence() {
    for settings in [include_str!("../../gateway.yaml"), hookgate::config::DEFAULTS] {
        assert_eq!(told(settings).len(), 1, "{:#?}", told(settings));
    }
    let compose = include_str!("../../deploy/compose.yaml");
    assert_eq!(told(compose).len(), 1, "{:#?}", told(compose));
}

/// The keys of gateway.yaml are known by which such a file is told.
#[test]
fn the_keys_of_settings_are_those_of_gateway_yaml() {
    let text = hookgate::config::DEFAULTS;
    let keys = text.lines().filter_map(|line| line.split_once(':').map(|(key, _)| key));
    let keys = keys.filter(|key| key.starts_with(|letter: char| letter.is_ascii_lowercase()));
    let keys: Vec<&str> =
        keys.filter(|key| key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')).collect();
    let known = hookgate::rule::foreign::file::SETTINGS;
    for key in &keys {
        let is_left_out = ["rules", "lookups", "hooks", "workers"].contains(key);
        assert!(is_left_out || known.contains(key), "{key}");
    }
    assert!(known.iter().all(|key| keys.contains(key)));
}
