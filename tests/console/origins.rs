//! What is refused before any page: other hosts, other sites, and beyond loopback a console that nobody guards.

use std::net::SocketAddr;

use super::browser::{Browser, FORM, once};
use super::{PASSWORD, USERS, serve, with_users};
use crate::support::program::{Program, folder};

#[test]
fn a_host_that_is_not_ours_is_told_nothing() {
    let (_dir, served) = serve(&format!("  external_url: https://Gate.Example\n{USERS}"));
    let port = served.admin.port();
    let status = |headers: &str| once(served.admin, "GET", "/console/nothing", headers, "").status;
    for ours in [
        format!("127.0.0.1:{port}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:9000".to_owned(),
        format!("localhost:{port}"),
        "LOCALHOST".to_owned(),
        "[::1]:8081".to_owned(),
        "gate.example".to_owned(),
    ] {
        assert_ne!(status(&format!("Host: {ours}\r\n")), 421, "{ours}");
    }
    for other in [
        "rebound.example",
        &format!("rebound.example:{port}"),
        "localhost.rebound.example",
        "gate.example:444",
        "gate.example.rebound.example",
        "gate.example.",
        "10.0.0.1",
        "127.0.0.1.rebound.example",
        "127.0.0.1:x",
        "127.0.0.1@rebound.example",
        "127.0.0.1]",
        "[127.0.0.1",
        "[127.0.0.1]",
        "[[127.0.0.1]]",
        "[[::1]]",
        "[::1",
        "[::1]]",
        "[::1]x",
        "[::1]8081",
        "::1",
        "[localhost]",
        "127.0.0.1:+80",
        "127.0.0.1:80:80",
        "127.0.0.1:",
        "",
    ] {
        assert_eq!(status(&format!("Host: {other}\r\n")), 421, "{other}");
    }
    assert!(matches!(status("Host: 127.0.0.1\r\nHost: rebound.example\r\n"), 400 | 421));
    // What is asked for by programs is as it was.
    assert_eq!(once(served.admin, "GET", "/live", "Host: rebound.example\r\n", "").status, 200);
}

#[test]
fn a_form_of_another_site_is_refused_whatever_it_says() {
    let (_dir, served) = serve(&format!("  external_url: https://gate.example\n{USERS}"));
    let host = format!("127.0.0.1:{}", served.admin.port());
    let form = format!("name=asha&password={PASSWORD}");
    let status = |headers: &str| {
        once(served.admin, "POST", "/console/login", &format!("Host: {host}\r\n{FORM}{headers}"), &form).status
    };
    for own in [
        format!("Origin: http://{host}\r\n"),
        format!("Origin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n"),
        "Origin: https://gate.example\r\n".to_owned(),
        "Origin: null\r\nSec-Fetch-Site: same-origin\r\n".to_owned(),
        "Sec-Fetch-Site: same-origin\r\n".to_owned(),
    ] {
        assert_eq!(status(&own), 303, "{own}");
    }
    for other in [
        String::new(),
        "Origin: null\r\n".to_owned(),
        "Origin: null\r\nSec-Fetch-Site: none\r\n".to_owned(),
        "Origin: https://other.example\r\n".to_owned(),
        format!("Origin: https://{host}\r\n"),
        format!("Origin: http://{host}.other.example\r\n"),
        "Origin: http://127.0.0.1:1\r\n".to_owned(),
        "Origin: http://gate.example\r\n".to_owned(),
        "Origin: \r\n".to_owned(),
        format!("Origin: http://{host}\r\nOrigin: https://other.example\r\n"),
        format!("Origin: http://{host}\r\nSec-Fetch-Site: cross-site\r\n"),
        format!("Origin: http://{host}\r\nSec-Fetch-Site: same-site\r\n"),
        "Sec-Fetch-Site: cross-site\r\n".to_owned(),
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n".to_owned(),
    ] {
        assert_eq!(status(&other), 403, "{other}");
    }
}

#[test]
fn every_answer_of_the_console_has_the_headers_of_security() {
    let (_dir, served) = with_users();
    let mut browser = Browser::new(served.admin);
    let answers = [
        browser.get("/console"),
        browser.get("/console/nothing"),
        browser.log_in("asha", "wrong"),
        browser.log_in("asha", PASSWORD),
        browser.post("/console/logout", "csrf=x"),
        browser.post("/console/login", &"x".repeat(70_000)),
        once(served.admin, "GET", "/console", "Host: other.example\r\n", ""),
    ];
    for answer in answers {
        let policy = answer.header("content-security-policy").unwrap();
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}: {answer:?}");
        }
        assert_eq!(answer.header("strict-transport-security"), None);
    }
}

#[test]
fn beyond_this_machine_there_is_no_console_without_encryption_or_without_a_login() {
    let token = "  token: \"a token that is long enough\"\n  listen: 0.0.0.0:0\n";
    let start = |more: &str| {
        let hash = hookgate::server::hash_password(&PASSWORD.into()).unwrap();
        let settings = format!("admin:\n{token}{}", more.replace("HASH", &hash));
        let dir = folder(&[("gateway.yaml", &settings), ("rules/a.yaml", super::RULES)]);
        let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
        (program.env("HOOKGATE_ADMIN_LISTEN", "0.0.0.0:0").serve(), dir)
    };
    for (more, told) in [
        (USERS.to_owned(), "nothing is encrypted"),
        (format!("  external_url: http://gate.example\n{USERS}"), "nothing is encrypted"),
        ("  external_url: https://gate.example\n".to_owned(), "nobody can log in"),
    ] {
        let (served, _dir) = start(&more);
        let address = SocketAddr::from(([127, 0, 0, 1], served.admin.port()));
        let asked = once(address, "GET", "/console/login", &format!("Host: {address}\r\n"), "");
        assert_eq!(asked.status, 401, "as every page that is not there");
        assert_eq!(once(address, "GET", "/live", "Host: x\r\n", "").status, 200);
        let (_, log) = served.stop();
        assert!(log.contains("the console is off") && log.contains(told) && log.contains("help"), "{log}");
    }
    let (served, _dir) = start(&format!("  external_url: https://gate.example\n{USERS}"));
    let address = SocketAddr::from(([127, 0, 0, 1], served.admin.port()));
    let form = format!("name=asha&password={PASSWORD}");
    let headers = &format!("Host: gate.example\r\nOrigin: https://gate.example\r\n{FORM}");
    let answer = once(address, "POST", "/console/login", headers, &form);
    assert_eq!(answer.status, 303, "{answer:?}");
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Secure-hookgate-session=") && cookie.ends_with("; HttpOnly; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").is_some());
    assert!(!served.stop().1.contains("the console is off"));
}

#[test]
fn without_a_console_nothing_is_there() {
    let (_dir, served) = serve("  console: false\n");
    assert_eq!(served.ask("GET", "/console/login", "").status, 404);
    let (_dir, served) = serve("  console: true\n");
    assert_eq!(served.ask("GET", "/console/login", "").status, 200);
    assert_eq!(served.ask("GET", "/consoles", "").status, 404);
}

/// Pages of the admin listener for programs, by which method each is asked.
const PAGES: [(&str, &str); 6] = [
    ("GET", "/metrics"),
    ("GET", "/rules"),
    ("GET", "/callers"),
    ("GET", "/nothing"),
    ("POST", "/reload?accept=people.csv"),
    ("POST", "/rollback"),
];

#[test]
fn pages_for_programs_are_told_under_no_name_of_a_stranger() {
    let (_dir, served) = serve("  external_url: https://gate.example\n");
    let status = |method: &str, path: &str, headers: &str| once(served.admin, method, path, headers, "").status;
    for (method, path) in PAGES {
        for other in ["Host: rebound.example\r\n", "Host: rebound.example:8081\r\n", "Host: [[127.0.0.1]]\r\n", ""] {
            assert!(matches!(status(method, path, other), 400 | 421), "{path} {other}");
            let bearer = format!("{other}Authorization: Bearer any\r\n");
            assert!(
                matches!(status(method, path, &bearer), 400 | 421),
                "no token is set, so that none is right: {path}"
            );
        }
        // A name that leads to this machine is what a page could have; an address is not.
        for own in ["127.0.0.1:8081", "localhost", "[::1]:9", "10.1.2.3:8081", "gate.example"] {
            assert_ne!(status(method, path, &format!("Host: {own}\r\n")), 421, "{path} {own}");
        }
    }
    for probe in ["/live", "/ready"] {
        assert_eq!(status("GET", probe, "Host: rebound.example\r\nSec-Fetch-Site: cross-site\r\n"), 200);
    }
    let told = once(served.admin, "GET", "/rules", "Host: rebound.example\r\n", "");
    assert_eq!(told.code(), "HostUnknown");
    assert!(told.body.contains("127.0.0.1") && told.body.contains("admin.token"), "{told:?}");
    let (_, log) = served.stop();
    assert!(log.contains("the admin listener refuses a request"), "{log}");
}

#[test]
fn who_knows_the_token_asks_by_any_name() {
    let token = "a token that is long enough";
    let (_dir, served) = serve(&format!("  token: \"{token}\"\n"));
    for (method, path) in PAGES {
        let with = |bearer: &str| {
            let headers = format!("Host: gate.monitoring.svc\r\nAuthorization: Bearer {bearer}\r\n");
            once(served.admin, method, path, &headers, "").status
        };
        assert_ne!(with(token), 421, "{path}");
        assert_ne!(with(token), 401, "{path}");
        assert_eq!(with("wrong"), 401, "{path}");
    }
}

#[test]
fn no_page_of_another_site_reads_the_folder_or_rolls_back_whatever_it_knows() {
    let token = "a token that is long enough";
    for (setting, bearer) in [
        (String::new(), String::new()),
        (format!("  token: \"{token}\"\n"), format!("Authorization: Bearer {token}\r\n")),
    ] {
        let (_dir, served) = serve(&setting);
        let host = format!("127.0.0.1:{}", served.admin.port());
        for path in ["/reload", "/reload?accept=people.csv", "/rollback"] {
            let status = |headers: &str| {
                once(served.admin, "POST", path, &format!("Host: {host}\r\n{bearer}{headers}"), "").status
            };
            for other in [
                "Origin: https://other.example\r\n",
                "Origin: null\r\n",
                "Origin: \r\n",
                "Origin: http://127.0.0.1:1\r\n",
                &format!("Origin: https://{host}\r\n"),
                &format!("Origin: http://{host}\r\nOrigin: https://other.example\r\n"),
                &format!("Origin: http://{host}\r\nSec-Fetch-Site: cross-site\r\n"),
                "Sec-Fetch-Site: cross-site\r\n",
                "Sec-Fetch-Site: same-site\r\n",
                "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n",
            ] {
                assert_eq!(status(other), 403, "{path} {other}");
            }
            // As commands and curl ask, and a page of the gateway's own would.
            for own in
                ["", "Sec-Fetch-Site: none\r\n", &format!("Origin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n")]
            {
                assert_ne!(status(own), 403, "{path} {own}");
            }
        }
        assert_eq!(once(served.admin, "POST", "/reload", &format!("Host: {host}\r\n{bearer}"), "").status, 200);
        let (_, log) = served.stop();
        let asked = log.lines().find(|line| line.contains("was asked to look at the rules folder")).unwrap();
        assert!(asked.contains("\"from\":\"127.0.0.1\""), "{asked}");
    }
}
