//! The console: logins, sessions, what is refused before a login, TLS of the admin listener; and its screens.

mod bounds;
mod browser;
mod changes;
mod decisions;
mod deliveries;
mod hash;
mod hidden;
mod login;
mod now;
mod oidc;
mod opened;
mod origins;
mod playground;
mod provider;
mod rules;
mod settings;
mod setup;
mod tls;

use hookgate::server::hash_password;

use crate::support::program::{Program, Served, folder};

pub const RULES: &str = "hook: validateUser\ncodes: { NoVendors: Not here. }\nrules:\n  - { name: a, when: { user.userType: Vendor }, reject: NoVendors }\n";
pub const PASSWORD: &str = "canary-horse-staple-4711";

/// A gateway with these lines below `admin:`; `HASH` stands for the hash of [`PASSWORD`].
pub fn serve(admin: &str) -> (tempfile::TempDir, Served) {
    let hash = hash_password(&PASSWORD.into()).unwrap();
    let settings = format!("admin:\n{}", admin.replace("HASH", &hash));
    let dir = folder(&[("gateway.yaml", &settings), ("rules/a.yaml", RULES)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).serve();
    (dir, served)
}

/// The same with two users.
pub fn with_users() -> (tempfile::TempDir, Served) {
    serve(USERS)
}

pub const USERS: &str = "  login:\n    users:\n      - { name: asha, password_hash: \"HASH\", rights: [look, people, act] }\n      - { name: ravi, password_hash: \"HASH\", rights: look }\n";
