//! Logins by password: who comes in, who does not, what is told, and how a session ends.

use super::browser::{Browser, leads_to, set_cookies};
use super::{PASSWORD, serve, with_users};

const WRONG: (u16, &str) = (303, "/console/login?why=wrong");
const IN: (u16, &str) = (303, "/console");

#[test]
fn the_right_password_opens_a_session_whose_cookie_no_script_and_no_other_site_has() {
    let (_dir, served) = with_users();
    let mut browser = Browser::new(served.admin);
    assert!(!browser.is_in());
    let answer = browser.log_in("asha", PASSWORD);
    assert_eq!(leads_to(&answer), IN);
    let cookies = set_cookies(&answer);
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let (pair, marks) = cookies[0].split_once(';').unwrap();
    assert_eq!(marks, " Path=/console; SameSite=Strict; HttpOnly");
    assert_eq!((pair.len(), pair.starts_with("hookgate-session=")), ("hookgate-session=".len() + 43, true), "{pair}");
    assert!(browser.is_in());
    let (_, log) = served.stop();
    let id = pair.split_once('=').unwrap().1;
    assert!(!log.contains(PASSWORD) && !log.contains(id), "{log}");
    assert!(
        log.contains("login to the console") && log.contains("\"name\":\"asha\"") && log.contains("127.0.0.1"),
        "{log}"
    );
}

#[test]
fn a_wrong_password_and_a_name_that_is_not_there_are_answered_alike_and_neither_is_logged() {
    let (_dir, served) = with_users();
    for (name, password) in [
        ("asha", "canary-wrong"),
        ("asha", ""),
        ("Asha", PASSWORD),
        ("", PASSWORD),
        // Typed into the wrong field.
        (PASSWORD, "asha"),
        ("asha", &"x".repeat(1025)),
        (&"x".repeat(129), PASSWORD),
    ] {
        let mut browser = Browser::new(served.admin);
        let answer = browser.log_in(name, password);
        assert_eq!((leads_to(&answer), set_cookies(&answer).len()), (WRONG, 0), "{name}");
        assert!(!browser.is_in());
    }
    let mut browser = Browser::new(served.admin);
    for form in ["", "name=asha", &format!("name=asha&password=x&password={PASSWORD}"), "\u{0}=&%"] {
        let answer = browser.post("/console/login", form);
        if leads_to(&answer) != WRONG {
            assert_eq!(leads_to(&answer), (303, "/console/login?why=limited"), "{form}");
        }
        assert_eq!(set_cookies(&answer).len(), 0);
    }
    let (_, log) = served.stop();
    assert!(!log.contains("canary"), "{log}");
    assert!(log.contains("login to the console: wrong") && log.contains("\"name\":\"asha\""), "{log}");
}

#[test]
fn after_ten_wrong_ones_the_right_one_is_not_looked_at_either() {
    let (_dir, served) = with_users();
    let mut browser = Browser::new(served.admin);
    for _ in 0..10 {
        assert_eq!(leads_to(&browser.log_in("nobody", "wrong")), WRONG);
    }
    let limited = browser.log_in("asha", PASSWORD);
    assert_eq!(leads_to(&limited), (303, "/console/login?why=limited"));
    assert_eq!((limited.header("retry-after"), set_cookies(&limited).len()), (Some("300"), 0));
}

#[test]
fn each_login_has_a_session_of_its_own_that_nobody_knew_before() {
    let (_dir, served) = with_users();
    let mut planted = Browser::new(served.admin);
    planted.cookies = vec![("hookgate-session".to_owned(), "A".repeat(43))];
    assert!(!planted.is_in());
    planted.log_in("asha", PASSWORD);
    let first = planted.cookies.clone();
    assert_ne!(first[0].1, "A".repeat(43));
    planted.log_in("ravi", PASSWORD);
    assert_ne!(planted.cookies, first);
    assert!(planted.is_in());
    let mut before = Browser::new(served.admin);
    before.cookies = first;
    assert!(!before.is_in(), "the session from before the login has ended");
}

#[test]
fn logging_out_takes_the_word_of_the_session_and_a_copied_cookie_counts_no_more_after_a_new_login() {
    let (_dir, served) = with_users();
    let mut browser = Browser::new(served.admin);
    browser.log_in("asha", PASSWORD);
    for form in ["", "csrf=", "csrf=AAAA", "csrf=a&csrf=b"] {
        assert_eq!(browser.post("/console/logout", form).status, 403, "{form}");
    }
    assert!(browser.is_in());
    let mut nobody = Browser::new(served.admin);
    let answer = nobody.post("/console/logout", "");
    assert_eq!(leads_to(&answer), (303, "/console/login"));
    assert!(set_cookies(&answer)[0].contains("Max-Age=0"));
}

#[test]
fn the_token_of_the_admin_listener_is_no_login_and_a_login_is_no_token() {
    let token = "admin-canary-7d1f-and-more";
    let (_dir, served) = serve(&format!("  token: {token}\n{}", super::USERS));
    let mut browser = Browser::new(served.admin);
    let bearer = format!("Host: {}\r\nAuthorization: Bearer {token}\r\n", served.admin);
    assert_eq!(browser.send("GET", "/rules", &bearer, "").status, 200);
    let own = format!("{bearer}Origin: null\r\nSec-Fetch-Site: same-origin\r\n");
    let as_visitor = browser.send("POST", "/console/nothing", &own, "");
    assert!(!as_visitor.body.contains("older than your login"), "{as_visitor:?}");
    browser.log_in("asha", PASSWORD);
    assert!(browser.is_in());
    assert_eq!(browser.get("/rules").status, 401);
}

#[test]
fn a_hash_that_cannot_be_checked_keeps_the_gateway_from_starting() {
    use crate::support::program::{Program, folder};
    let settings = "admin: { login: { users: [{ name: asha, password_hash: canary-plain, rights: look }] } }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", super::RULES)]);
    let said = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).run().refused(78);
    assert!(said.contains("`asha`") && said.contains("hookgate console hash") && !said.contains("canary"), "{said}");
    let said = Program::new(["settings", "login"]).within(dir.path()).run().expect(0);
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn behind_a_trusted_proxy_each_visitor_counts_alone_and_nobody_else_chooses_an_address() {
    let post = |browser: &mut Browser, forwarded: &str, name: &str, password: &str| {
        let own = format!(
            "Host: 127.0.0.1\r\nOrigin: null\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-For: {forwarded}\r\n"
        );
        let answer = browser.send("POST", "/console/login", &own, &format!("name={name}&password={password}"));
        leads_to(&answer).1.rsplit('=').next().unwrap().to_owned()
    };
    let (_dir, served) = serve(&format!("{}auth: {{ trusted_proxies: [127.0.0.1] }}\n", super::USERS));
    let mut browser = Browser::new(served.admin);
    for _ in 0..10 {
        assert_eq!(post(&mut browser, "192.0.2.1", "nobody", "wrong"), "wrong");
    }
    assert_eq!(post(&mut browser, "192.0.2.1", "asha", PASSWORD), "limited");
    assert_eq!(post(&mut browser, "192.0.2.1, 192.0.2.2", "asha", PASSWORD), "/console");

    let (_dir, served) = with_users();
    let mut browser = Browser::new(served.admin);
    for number in 0..10 {
        assert_eq!(post(&mut browser, &format!("192.0.2.{number}"), &format!("nobody-{number}"), "wrong"), "wrong");
    }
    assert_eq!(post(&mut browser, "192.0.2.99", "asha", PASSWORD), "limited");
}
