//! What tenants ask of their hooks, each a small rules folder with its exact requests and answers in tests/tenants.
//!
//! | asked for | folder | not in this version |
//! |---|---|---|
//! | a mobile number belongs to one person | mobile-unique; asked of the platform: the example cymmetri-api | |
//! | a login is free and not reserved | login-reserved | every login ever used, from a database |
//! | the e-mail domain fits the user type | email-domain | |
//! | a manager exists, is active, is somebody else | manager-active; asked of the platform: the example cymmetri-api | |
//! | required fields by user type | required-fields | |
//! | a returning person is recognised | rehire | the archive in a database |
//! | an employee gets an address | corporate-email | taken addresses from a directory |
//! | Active Directory: account name, proxy addresses | active-directory | |
//! | Google Workspace | google-workspace | |
//! | segregation of duties before provisioning | segregation-of-duties | the delivery for a review |
//! | weak passwords | password-denied | the deliveries of the alarm |
//! | access of leavers | leavers | |
//! | dates in every shape that other systems write | dates | |
//! | news of joiners and movers | the example joiner-leaver | the deliveries, and the department before the change |

use std::path::PathBuf;

use crate::schema::{rules_folders, tenant_beside};
use crate::support::program::root;
use crate::support::server::settings;
use crate::support::{post, server};
use hookgate::engine::testing::case;
use hookgate::engine::testing::case::{CaseVerdict, Surroundings};
use hookgate::gateway::{Gateway, Live};

/// The rules folders below tests/tenants, by name.
fn folders() -> Vec<PathBuf> {
    let below = root().join("tests/tenants");
    let folders: Vec<PathBuf> = rules_folders().into_iter().filter(|folder| folder.starts_with(&below)).collect();
    assert!(folders.len() >= 12, "{folders:?}");
    folders
}

#[test]
fn every_case_of_every_tenant_passes_and_every_rule_fires() {
    let surroundings =
        Surroundings { now: jiff::Timestamp::now(), calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    for folder in folders() {
        let (live, report) =
            Live::read(&folder, &tenant_beside(&folder)).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        assert!(report.findings.is_empty(), "{}", report.to_text(false));
        assert!(live.rules.cases.len() >= 2, "{}", folder.display());
        let mut fired = std::collections::BTreeSet::new();
        for case in &live.rules.cases {
            let result = case::run(&live.rules, case, &live.tables, &surroundings);
            let told = format!("{}: {}: {:?} {:?}", folder.display(), case.name, result.verdict, result.trace);
            assert!(matches!(result.verdict, CaseVerdict::Passed), "{told}");
            fired.extend(case::held(&result.trace).map(str::to_owned));
            let again = case::second_run_changes(&live.rules, case, &live.tables, &surroundings);
            assert!(again.is_empty(), "{}: {} changes {again:?} once more", folder.display(), case.name);
        }
        for rule in &live.rules.rules {
            assert!(fired.contains(&rule.name), "{}: no case fires {}", folder.display(), rule.name);
        }
    }
}

/// The same over HTTP, where a case says the whole reply and needs nothing but its request.
#[test]
fn every_exact_reply_is_the_one_that_is_served() {
    let mut served = 0;
    for folder in folders() {
        let (live, _) = Live::read(&folder, &tenant_beside(&folder)).unwrap();
        let cases = live.rules.cases.clone();
        let hooks = live.rules.hooks.clone();
        let server = server(&settings(), Gateway::new(live));
        for case in cases.iter().filter(|case| case.given.now.is_none() && case.given.lookups.is_empty()) {
            let Some(reply) = &case.expect.reply else { continue };
            let answer =
                post(server.address, &format!("/webhook/{}", hooks.rows[case.hook].name), case.body.as_bytes());
            assert_eq!(answer.body, reply.to_json(), "{}: {}", folder.display(), case.name);
            served += 1;
        }
    }
    assert!(served >= 40, "only {served} cases say the whole reply");
}
