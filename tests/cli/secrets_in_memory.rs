//! Deliveries with secrets that wait in memory: only where gateway.yaml says so, counted while they wait, and told when a stop loses them.

use serde_json::{Value, json};

use crate::support::client::post;
use crate::support::port::free_port;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

const RULES: &str = "hook: changePassword
rules:
  - { name: sync, deliver: { to: vault, body: { login: \"${user.login}\", new: \"${request.passwordText}\" } } }
";

fn settings(admin: u16, outbox: &str) -> String {
    format!(
        "admin: {{ listen: \"127.0.0.1:{admin}\" }}\noutbox: {{ file: outbox.db, stop_ms: 100{outbox} }}\n\
         destinations: {{ vault: {{ http: \"http://127.0.0.1:9/\", tls: off, allow: [127.0.0.1], accepts: secrets }} }}\n"
    )
}

/// A folder with these settings of the outbox, and what `hookgate` does there, at its own admin port.
struct House {
    folder: tempfile::TempDir,
    admin: String,
}

impl House {
    fn new(outbox: &str) -> Self {
        let port = free_port();
        let folder = folder(&[("gateway.yaml", &settings(port, outbox)), ("rules/sync.yaml", RULES)]);
        Self { folder, admin: format!("127.0.0.1:{port}") }
    }

    fn program(&self, words: &[&str]) -> Program {
        let program = Program::new(words.iter().copied()).within(self.folder.path());
        program.env("HOOKGATE_ADMIN_LISTEN", &self.admin)
    }

    fn serve(&self) -> Served {
        self.program(&["serve", "--listen", "127.0.0.1:0"]).serve()
    }

    /// The last line of `outbox list --format json`.
    fn sum(&self) -> Value {
        let told = self.program(&["outbox", "list", "--format", "json"]).run().expect(0);
        serde_json::from_str(told.lines().last().unwrap()).unwrap()
    }
}

fn change_password(served: &Served, login: &str) {
    let body = json!({ "request": { "passwordText": "Welcome@123", "user": { "login": login } } }).to_string();
    assert_eq!(post(served.address, "/webhook/changePassword", body.as_bytes()).status, 200);
}

#[test]
fn without_a_key_a_rule_that_sends_a_secret_is_a_mistake_in_check_and_at_the_start() {
    let house = House::new("");
    let told = house.program(&["check"]).run().expect(1);
    assert!(told.contains("error[H711]") && told.contains("sync.yaml:3"), "{told}");
    assert!(told.contains("memory_for_secrets: true") && told.contains("openssl rand -base64 32"), "{told}");
    let told = house.program(&["serve", "--listen", "127.0.0.1:0"]).run().refused(78);
    assert!(told.contains("H711"), "{told}");
    assert!(!house.folder.path().join("outbox.db").exists(), "nothing was begun");
    // The version before kept such deliveries in memory: what to write is what makes it start.
    for (name, value) in
        [("HOOKGATE_OUTBOX_MEMORY_FOR_SECRETS", "true"), ("HOOKGATE_OUTBOX_ENCRYPTION_KEY", "${env:K}")]
    {
        let told = house.program(&["check"]).env(name, value).run();
        assert_eq!(told.code, Some(0), "{told:?}");
    }
}

#[test]
fn what_waits_in_memory_is_counted_and_a_stop_says_what_it_loses() {
    let house = House::new(", memory_for_secrets: true");
    let served = house.serve();
    ["asha", "vikram", "asha"].iter().for_each(|login| change_password(&served, login));
    until("both were tried", || served.log().matches("not delivered yet").count() >= 2);
    let told = house.program(&["outbox", "list"]).run().expect(0);
    let wanted = "in all 0 waiting, 0 dead\nin memory 2 waiting, 0 dead: with secrets, lost when hookgate stops\n";
    assert_eq!(told, wanted);
    assert_eq!(house.sum()["in_memory"], json!({ "waiting": 2, "dead": 0 }));
    let page = served.ask("GET", "/metrics", "").body;
    assert!(page.contains("hookgate_outbox_in_memory{state=\"waiting\"} 2\n"), "{page}");
    let (code, log) = served.stop();
    assert_eq!(code, Some(0));
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let sum = lines.iter().find(|line| line["deliveries"] == 2).unwrap_or_else(|| panic!("{log}"));
    assert_eq!((&sum["level"], &sum["to"]), (&json!("error"), &json!("vault (2)")), "{log}");
    assert!(sum["message"].as_str().unwrap().contains("are lost"), "{log}");
    let lost: Vec<&Value> = lines.iter().filter(|line| line["message"] == "lost").map(|line| &line["whose"]).collect();
    assert_eq!(lost, ["asha", "vikram"], "{log}");
    assert!(!log.contains("Welcome@123"));
    // Nobody is there any more who could be asked.
    let told = house.program(&["outbox", "list"]).run().expect(0);
    assert!(told.contains("what waits in memory is not known: no answer from 127.0.0.1"), "{told}");
    assert_eq!(house.sum()["in_memory"], Value::Null);
}

#[test]
fn with_a_key_nothing_waits_in_memory_and_a_stop_loses_nothing() {
    let house = House::new(", memory_for_secrets: true, encryption_key: \"${env:OUTBOX_KEY}\"");
    let key = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
    let served = house.program(&["serve", "--listen", "127.0.0.1:0"]).env("OUTBOX_KEY", key).serve();
    change_password(&served, "asha");
    let told = house.program(&["outbox", "list"]).run().expect(0);
    assert!(told.contains("in all 1 waiting") && !told.contains("in memory"), "{told}");
    assert!(!served.ask("GET", "/metrics", "").body.contains("hookgate_outbox_in_memory{"));
    let (code, log) = served.stop();
    assert!(code == Some(0) && !log.contains("lost"), "{log}");
    let file = std::fs::read(house.folder.path().join("outbox.db")).unwrap();
    assert!(!file.windows(11).any(|part| part == b"Welcome@123"));
}
