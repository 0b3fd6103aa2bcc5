//! What the tests beside the rules of the examples cannot say themselves: that nothing is left out, and which audit rules held.

use std::collections::BTreeMap;

use crate::schema::{rules_folders, settings_beside};
use crate::support::program::{Program, root};
use hookgate::engine::testing::case;
use hookgate::engine::testing::case::Surroundings;
use hookgate::event::Kind;
use hookgate::gateway::Live;
use hookgate::rule::Tenant;

#[test]
fn the_tests_of_the_starter_rules_and_of_each_example_reach_everything() {
    for folder in rules_folders().iter().filter(|folder| !folder.starts_with(root().join("tests"))) {
        let settings = settings_beside(folder).unwrap_or_else(|| root().join("gateway.yaml"));
        let words = ["test", folder.to_str().unwrap(), "--coverage", "--config", settings.to_str().unwrap()];
        let stdout = Program::new(words).run().expect(0);
        let shares = stdout.lines().find_map(|line| line.strip_prefix("coverage: ")).unwrap();
        assert!(shares.split(", ").all(|share| share.ends_with("(100 %)")), "{}:\n{stdout}", folder.display());
    }
}

/// The platform is answered `{}` whatever an audit rule sees, so a test of the language cannot tell one from another.
#[test]
fn the_audit_rules_of_the_whole_house_see_what_they_are_for() {
    let (live, _) = Live::read(&root().join("examples/joiner-leaver/rules"), &Tenant::standard()).unwrap();
    let surroundings =
        Surroundings { now: jiff::Timestamp::now(), calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    let told = live.rules.cases.iter().filter(|case| live.rules.hooks.rows[case.hook].kind == Kind::Notify);
    let held: BTreeMap<&str, Vec<String>> = told
        .map(|case| {
            let result = case::run(&live.rules, case, &live.tables, &surroundings);
            (case.name.as_str(), case::held(&result.trace).map(str::to_owned).collect())
        })
        .collect();
    let expected: [(&str, &[&str]); 21] = [
        ("a joiner with neither manager nor group", &["person-without-a-manager", "joiner-without-a-group"]),
        ("a joiner with both", &[]),
        ("a department changed", &[]),
        ("an employee who became a vendor and kept the group", &["external-person-is-in-an-internal-group"]),
        ("a vendor among vendors", &[]),
        ("a password that everybody tries first", &["password-is-on-the-deny-list", "password-is-short"]),
        ("the login with something behind it", &["password-holds-the-login", "password-holds-the-first-name"]),
        ("a good password", &[]),
        ("a person without login and name", &[]),
        ("no password was sent", &[]),
        ("an approver who enters payments elsewhere", &["roles-exclude-each-other"]),
        ("the same the other way round", &["roles-exclude-each-other"]),
        ("both are asked for at once", &["roles-exclude-each-other"]),
        ("who makes vendors asks to pay them", &["roles-exclude-each-other"]),
        ("who pays vendors asks to make them", &["roles-exclude-each-other"]),
        ("one role is no pair", &[]),
        ("somebody who left gets an account", &["account-for-somebody-who-left"]),
        ("an account was made", &[]),
        ("an account was not made", &["account-was-not-made"]),
        ("an account was made, and nobody knows under which name", &["account-has-no-name"]),
        ("an employee keeps the group", &[]),
    ];
    let expected: BTreeMap<&str, Vec<String>> =
        expected.into_iter().map(|(case, rules)| (case, rules.iter().map(ToString::to_string).collect())).collect();
    assert_eq!(held, expected);
}
