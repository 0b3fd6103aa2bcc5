//! Rules over elements of lists, ranges and networks beside rules of plain equality, and one condition over a long list.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};

/// The condition of the rule at a place.
type Condition = fn(usize) -> String;

/// Ways to write ten thousand rules, of which one event meets at most one; the first is the measure.
pub const WAYS: [(&str, Condition); 6] = [
    ("plain equality", |n| format!("user.employeeId: e{n}")),
    ("any with a field", |n| format!("user.accounts: {{ any: {{ .system: crm, .login: l{n} }} }}")),
    ("count with a field", |n| format!("user.accounts: {{ count: {{ of: {{ .login: l{n} }}, gt: 0 }} }}")),
    ("any with a list", |n| format!("user.groups: {{ any: {{ in: [g{n}, h{n}] }} }}")),
    ("a range", |n| format!("user.number: {}..{}", 3 * n, 3 * n + 1)),
    ("a network", |n| format!("user.host: {{ within: 10.{}.{}.0/24 }}", n / 250, n % 250)),
];

/// So many rules, each with a condition.
pub fn rules(count: usize, condition: Condition) -> Live {
    let mut text = "hook: validateUser\ncodes: { Found: x }\nrules:\n".to_owned();
    for n in 0..count {
        writeln!(text, "  - {{ name: r{n}, when: {{ {} }}, reject: Found }}", condition(n)).unwrap();
    }
    let file = Arc::new(File::new("rules.yaml", text));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    Live::build(&sources, &Tenant::standard()).unwrap().0
}

/// A user who meets none of the rules, with so many accounts.
pub fn body(number: usize, accounts: usize) -> String {
    let account = |n: usize| format!(r#"{{"system":"crm","login":"none{number}-{n}","primary":true}}"#);
    let accounts: Vec<String> = (0..accounts).map(account).collect();
    format!(
        r#"{{"request":{{"user":{{"login":"x{number}","employeeId":"none{number}","groups":["none{number}"],"number":{},"host":"10.250.1.{}","accounts":[{}]}}}}}}"#,
        3 * number + 2,
        number % 250,
        accounts.join(",")
    )
}
