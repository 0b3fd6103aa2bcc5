//! `hookgate console hash`: a password becomes a hash, and is shown nowhere.

use super::{PASSWORD, RULES};
use crate::support::program::{Program, folder};

#[test]
fn a_password_from_standard_input_becomes_the_line_that_lets_its_owner_in() {
    let said = Program::new(["console", "hash"]).input(format!("{PASSWORD}\r\n")).run().expect(0);
    assert!(said.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{said}");
    assert!(!said.contains(PASSWORD));
    let yaml = said.split_once("rights of this person:\n").unwrap().1;
    let dir = folder(&[("gateway.yaml", &yaml.replace("NAME", "asha")), ("rules/a.yaml", RULES)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).serve();
    let mut browser = super::browser::Browser::new(served.admin);
    browser.log_in("asha", PASSWORD);
    assert!(browser.is_in());
}

#[test]
fn without_a_password_nothing_is_made() {
    for nothing in ["", "\n", "\r\n"] {
        let said = Program::new(["console", "hash"]).input(nothing).run().refused(2);
        assert!(said.contains("there is no password") && said.contains("help:"), "{said}");
    }
    let long = "x".repeat(1025);
    assert!(Program::new(["console", "hash"]).input(long).run().refused(2).contains("1 to 1024 bytes"));
}
