//! The examples are without a finding, pass their tests, and are answered as their replies say.

use std::fs;

use super::calls::bearer;
use crate::schema::{rules_folders, tenant_beside};
use crate::support::client::post_with;
use crate::support::program::root;
use crate::support::server::settings;
use crate::support::{Running, example};
use hookgate::engine::testing::case;
use hookgate::engine::testing::case::{CaseVerdict, Surroundings};
use hookgate::event::Hooks;
use hookgate::gateway::Live;
use hookgate::server::bind;

/// Runs the cases of a set; how many there are. Panics over one that does not pass.
pub fn pass(live: &Live, what: &str) -> usize {
    let surroundings =
        Surroundings { now: jiff::Timestamp::now(), calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    for case in &live.rules.cases {
        let result = case::run(&live.rules, case, &live.tables, &surroundings);
        let told = format!("{what}: {}: {:?} {:?}", case.name, result.verdict, result.trace);
        assert!(matches!(result.verdict, CaseVerdict::Passed), "{told}");
    }
    live.rules.cases.len()
}

#[test]
fn every_example_is_without_a_finding_and_passes_its_tests() {
    let mut examples = 0;
    for folder in rules_folders().into_iter().filter(|folder| folder.starts_with(root().join("examples"))) {
        let (live, report) =
            Live::read(&folder, &tenant_beside(&folder)).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        assert!(report.findings.is_empty(), "{}", report.to_text(false));
        assert!(pass(&live, &folder.display().to_string()) > 0, "{} has no test", folder.display());
        examples += 1;
    }
    assert!(examples >= 2, "only {examples} examples");
}

/// The replies beside the requests are what the server sends. A request is named after its hook, as in
/// `runDeprovision.left`, or stands for itself.
#[test]
fn the_replies_of_each_example_are_the_ones_that_are_served() {
    for folder in rules_folders().into_iter().filter(|folder| folder.starts_with(root().join("examples"))) {
        let (gateway, _platform) = example::gateway(&folder);
        let server = Running::start(bind(&settings(), gateway).unwrap());
        for file in fs::read_dir(folder.with_file_name("replies")).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let hook =
                name.split('.').next().and_then(|hook| Hooks::standard().named(hook).map(|hook| hook.name.clone()));
            let hook = hook.unwrap_or("validateUser".to_owned());
            let request = fs::read(folder.with_file_name("requests").join(file.file_name().unwrap())).unwrap();
            let answer = post_with(server.address, &format!("/webhook/{hook}"), &bearer(), &request);
            assert_eq!(
                answer.json(),
                serde_json::from_str::<serde_json::Value>(&fs::read_to_string(&file).unwrap()).unwrap(),
                "{}",
                file.display()
            );
        }
    }
}
