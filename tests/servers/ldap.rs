//! Lookups in a real directory: rows, escapes, logins, encryption, restarts.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use ldap3::LdapConnAsync;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::asking::{Asking, Told};
use super::slapd::Slapd;
use crate::support::wait::until;

/// Keys that mean something in a filter, a name, or nowhere.
const HOSTILE: [&str; 16] = [
    "*",
    "**",
    "a*",
    ")(cn=*",
    "*)(|(cn=*",
    "x)(!(cn=y)",
    "\\",
    "\\2a",
    "\\00",
    "()",
    "(&)",
    "a\0b",
    "Zoë Ångström 李",
    " a ",
    "a,dc=corp",
    "=",
];

fn by(filter: &str, attributes: &str, more: &str) -> String {
    format!(
        "  found: {{ ldap: ad, filter: \"{filter}\", attributes: [{attributes}], on_error: fail, timeout: 20s{more} }}"
    )
}

fn by_cn() -> String {
    by("(cn=${key})", "uid, cn", "")
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn attributes_become_columns() {
    let slapd = Slapd::start();
    let attributes = "UID, mail, 'mobile[]', jpegPhoto, title, 'description[]'";
    let asking = Asking::new(&slapd.logged_in(), &by("(uid=${key})", attributes, ""));
    assert_eq!(
        asking.ask("found", "asha.rao").row(),
        "{\"dn\":\"uid=asha.rao,ou=people,dc=corp,dc=example\",\"UID\":\"asha.rao\",\
         \"mail\":[\"asha.rao@corp.example\",\"asha@corp.example\"],\"mobile\":[\"9820012345\"],\
         \"jpegPhoto\":\"ffd8ffe000ff\"}"
    );
    assert_eq!(
        asking.ask("found", "zoe").row(),
        "{\"dn\":\"uid=zoe,ou=people,dc=corp,dc=example\",\"UID\":\"zoe\",\"mail\":\"zoe@corp.example\"}"
    );
    assert_eq!(asking.ask("found", "nobody"), Told::Rows(vec![]));
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_search_begins_and_ends_where_it_is_told() {
    let slapd = Slapd::start();
    let asked = |more: &str| Asking::new(&slapd.logged_in(), &by("(ou=${key})", "ou", more)).ask("found", "people");
    assert!(matches!(asked(""), Told::Rows(rows) if rows.len() == 1));
    assert!(matches!(asked(", scope: one"), Told::Rows(rows) if rows.len() == 1));
    assert_eq!(asked(", scope: base"), Told::Rows(vec![]));
    assert!(
        matches!(asked(", scope: base, base: \"ou=people,dc=corp,dc=example\""), Told::Rows(rows) if rows.len() == 1)
    );
    assert_eq!(
        asked(", base: \"ou=nowhere,dc=corp,dc=example\"").failure(),
        "the base is not there, or not shown to us"
    );
    assert_eq!(asked(", base: \"no name\"").failure(), "the base is not a name of an entry");
    let connection = slapd.logged_in().replace("base: \"dc=corp,dc=example\", ", "");
    let told = Asking::new(&connection, &by_cn()).ask("found", "x");
    assert_eq!(told.failure(), "nothing says where in the directory to search");
    // What a directory calls otherwise would come under a column that no rule reads.
    let asking = Asking::new(&slapd.logged_in(), &by("(uid=${key})", "surname", ""));
    assert!(asking.ask("found", "zoe").failure().contains("not asked for by this name"));
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn what_means_something_in_a_filter_is_a_value_in_a_key() {
    let slapd = Slapd::start();
    let asking = Asking::new(&slapd.logged_in(), &by_cn());
    assert!(asking.ask("found", "a*(b)\\c").row().contains("\"uid\":\"star\""));
    assert!(asking.ask("found", "Zoë Ångström").row().contains("\"uid\":\"zoe\""));
    for key in ["*", "Zoë*", "*)(uid=*", "zoe)(|(cn=*", "a*"] {
        assert_eq!(asking.ask("found", key), Told::Rows(vec![]), "{key}");
    }
}

/// Stores an entry under each key, and looks for each.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn whatever_the_key_is_the_entry_stored_under_it_is_found_and_no_other() {
    let slapd = Slapd::start();
    let mut runner = TestRunner::deterministic();
    let strategy = "\\PC{1,12}|[()*\\\\&|!=<>~:\0 a-c]{1,6}";
    let made = (0..400).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    let keys: BTreeSet<String> = HOSTILE.map(str::to_owned).into_iter().chain(made).collect();
    assert!(keys.len() > 300, "{}", keys.len());
    let (stored, missing): (Vec<_>, Vec<_>) = keys.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let asking = Asking::new(&slapd.logged_in(), &by("(testKey=${key})", "testKey, cn", ""));
    asking.connections.runtime().block_on(store(&slapd, &stored));
    for (n, key) in &stored {
        let row = asking.ask("found", key).row();
        assert!(row.contains(&format!("\"cn\":\"k{n}\"")), "{key:?}: {row}");
    }
    for (_, key) in &missing {
        assert_eq!(asking.ask("found", key), Told::Rows(vec![]), "{key:?}");
    }
}

async fn store(slapd: &Slapd, keys: &[(usize, String)]) {
    let (connection, mut ldap) = LdapConnAsync::new(&format!("ldap://127.0.0.1:{}", slapd.ports[0])).await.unwrap();
    let driver = tokio::spawn(async move { connection.drive().await });
    ldap.simple_bind("cn=admin,dc=corp,dc=example", "admin").await.unwrap().success().unwrap();
    for (n, key) in keys {
        let one = |value: &str| std::iter::once(value.as_bytes().to_vec()).collect();
        let classes = ["device", "testThing"].iter().map(|class| class.as_bytes().to_vec()).collect();
        let attributes = vec![
            (b"objectClass".to_vec(), classes),
            (b"cn".to_vec(), one(&format!("k{n}"))),
            (b"testKey".to_vec(), one(key)),
        ];
        let added = ldap.add(&format!("cn=k{n},ou=public,dc=corp,dc=example"), attributes).await;
        added.unwrap().success().unwrap();
    }
    drop(ldap);
    driver.await.unwrap().unwrap();
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn who_is_not_let_in_is_told_without_the_password() {
    let slapd = Slapd::start();
    let wrong = slapd.logged_in().replace("s3cret-hookgate", "s3cret-wrong");
    let asking = Asking::new(&wrong, &by_cn());
    let told = asking.ask("found", "x").failure();
    assert_eq!(told, "the directory does not know this name with this password");
    // For a while nobody tries again, so that the account is not locked: not even after the server has gone.
    drop(slapd);
    let again = asking.ask("found", "y").failure();
    assert!(again.starts_with(&format!("{told}; not tried again for ")), "{again}");
    assert_eq!(asking.connections.line("ad").unwrap().breaker.word(), "closed");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn without_a_name_only_what_everybody_may_see_is_found() {
    let slapd = Slapd::start();
    let public = ", base: \"ou=public,dc=corp,dc=example\"";
    let asking = Asking::new(&slapd.plain(""), &by("(cn=${key})", "cn", public));
    assert!(asking.ask("found", "desk").row().contains("desk"));
    let asking = Asking::new(&slapd.plain(""), &by_cn());
    assert_eq!(asking.ask("found", "Asha Rao").failure(), "the directory does not allow us to search here");
    // Of what it does not show at all a directory says that it is not there: no answer, rather than nobody found.
    let hidden = by("(cn=${key})", "cn", ", base: \"ou=hidden,dc=corp,dc=example\"");
    assert!(asking.probe().is_err());
    let told = Asking::new(&slapd.logged_in(), &hidden).ask("found", "x").failure();
    assert_eq!(told, "the base is not there, or not shown to us");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn encrypted_connections_need_an_authority_that_is_known_and_the_name_in_the_certificate() {
    let slapd = Slapd::start();
    let [plain, tls] = slapd.ports;
    let login = "bind: \"cn=hookgate,ou=services,dc=corp,dc=example\", password: s3cret-hookgate";
    for address in [format!("ldap://localhost:{plain}"), format!("ldaps://localhost:{tls}")] {
        let asked = |address: &str, more: &str| {
            let connection = format!("  ad: {{ ldap: \"{address}\", base: \"dc=corp,dc=example\", {login}{more} }}");
            Asking::new(&connection, &by_cn()).ask("found", "Asha Rao")
        };
        let ca = |name: &str| format!(", ca: \"{}\"", slapd.file(name).display());
        assert!(asked(&address, &ca("ca.pem")).row().contains("asha.rao"), "{address}");
        let unknown = "the server's certificate comes from an authority that is not known here";
        assert_eq!(asked(&address, &ca("other-ca.pem")).failure(), unknown, "{address}");
        assert_eq!(asked(&address, "").failure(), unknown, "{address}");
        let by_number = address.replace("localhost", "127.0.0.1");
        assert_eq!(asked(&by_number, &ca("ca.pem")).failure(), "the server's certificate is for another name");
    }
    let swapped = format!("  ad: {{ ldap: \"ldaps://localhost:{plain}\", base: \"dc=corp,dc=example\", {login} }}");
    let told = Asking::new(&swapped, &by_cn().replace("timeout: 20s", "timeout: 2s"));
    let told = told.ask("found", "x").failure();
    assert!(["no TLS", "closed"].iter().any(|word| told.contains(word)), "{told}");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_server_that_was_started_again_is_asked_again() {
    let mut slapd = Slapd::start();
    let asking = Asking::new(&slapd.logged_in(), &by_cn());
    for round in 0..3 {
        assert!(asking.ask("found", "Asha Rao").row().contains("asha.rao"), "{round}");
        slapd.stop();
        slapd.run();
    }
    slapd.stop();
    let told = asking.ask("found", "Asha Rao").failure();
    assert_eq!(told, "nobody listens at this address");
    slapd.run();
    assert!(asking.ask("found", "Asha Rao").row().contains("asha.rao"));
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_server_that_stops_costs_its_timeout_and_the_connection_is_not_used_again() {
    let slapd = Slapd::start();
    let lookup = by_cn().replace("timeout: 20s", "timeout: 300ms");
    let asking = Asking::new(&slapd.logged_in(), &lookup);
    asking.ask("found", "Asha Rao").row();
    slapd.hang();
    let began = Instant::now();
    assert_eq!(asking.ask("found", "Asha Rao").failure(), "no answer in 300 ms");
    // The machine may be busy with other tests: what is shown is that nothing waits longer than it was told.
    assert!(began.elapsed() < Duration::from_millis(1_300), "{:?}", began.elapsed());
    until("the connection is gone", || slapd.connections() == 0);
    slapd.go_on();
    until("it answers again", || matches!(asking.ask("found", "Asha Rao"), Told::Rows(_)));
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn ten_thousand_questions_leave_nothing_behind() {
    let slapd = Slapd::start();
    let asking = Asking::new(&slapd.logged_in(), &by("(uid=${key})", "cn", ", at_once: 64"));
    let tasks = || asking.connections.runtime().metrics().num_alive_tasks();
    let before = tasks();
    let keys: Vec<String> = (0..50).map(|n| if n % 2 == 0 { "asha.rao".to_owned() } else { format!("n{n}") }).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    for _ in 0..200 {
        let found = asking
            .ask_all("found", &keys)
            .into_iter()
            .filter(|told| matches!(told, Told::Rows(rows) if rows.len() == 1));
        assert_eq!(found.count(), 25);
        // As many as the connection allows at once; one that is being replaced still counts for a moment.
        until("there are as many connections as are allowed", || slapd.connections() <= 8);
    }
    // Each has a task of the library and one of the relay.
    until("only connections are left", || tasks() <= before + 2 * 8);
    drop(asking);
    until("no connection is left", || slapd.connections() == 0);
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn an_answer_has_a_thousand_rows_at_most() {
    let slapd = Slapd::start();
    let lookup = by("(&(objectClass=device)(cn=n${key}*))", "cn", "");
    let asking = Asking::new(&slapd.logged_in(), &lookup);
    assert!(matches!(asking.ask("found", "9"), Told::Rows(rows) if rows.len() == 111));
    assert_eq!(asking.ask("found", " ").failure(), "a blank value beside `*` would find everybody");
    let asking = Asking::new(&slapd.logged_in(), &by("(description=${key})", "cn", ""));
    assert_eq!(asking.ask("found", "one of many").failure(), "the filter fits more than 1000 entries");
    assert!(matches!(asking.ask("found", "nothing of it"), Told::Rows(rows) if rows.is_empty()));
    let limited = slapd.logged_in().replace("hookgate", "limited");
    let told = Asking::new(&limited, &lookup).ask("found", "9").failure();
    assert_eq!(told, "the filter fits more entries than the directory gives at once (10)");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_probe_says_what_it_found() {
    let slapd = Slapd::start();
    let probed = |connection: &str| Asking::new(connection, &by_cn()).probe();
    let found = probed(&slapd.logged_in());
    assert_eq!(found, Ok("logged in without encryption; the base `dc=corp,dc=example` is there".to_owned()));
    let rootless = slapd.plain("").replace("base: \"dc=corp,dc=example\", ", "");
    assert!(probed(&rootless).unwrap().starts_with("let in without a name without encryption; it holds"));
    let elsewhere = slapd.logged_in().replace("base: \"dc=corp", "base: \"dc=nowhere");
    assert!(probed(&elsewhere).is_err());
    let wrong = slapd.logged_in().replace("s3cret-hookgate", "x");
    assert_eq!(probed(&wrong), Err("the directory does not know this name with this password".to_owned()));
}
