//! Settings of the console that are wrong, and what is said of them.

use hookgate::config;
use hookgate::diagnostic::File;

fn told(admin: &str) -> String {
    let file = File::new("gateway.yaml".to_owned(), format!("admin:\n{admin}"));
    match config::read(Some(file), [], &[]) {
        Ok(_) => String::new(),
        Err(report) => report.to_text(false),
    }
}

fn user(row: &str) -> String {
    format!("  login: {{ users: [{row}] }}\n")
}

fn oidc(change: &str) -> String {
    let whole = "issuer: https://id.example, client_id: hookgate, client_secret: x, claim: groups, rights: { a: look }";
    let changed = match change.split_once(':') {
        Some((key, _)) => {
            let others = whole.split(", ").filter(|part| !part.starts_with(&format!("{key}:")));
            others.chain((!change.ends_with(':')).then_some(change)).collect::<Vec<_>>().join(", ")
        }
        None => whole.to_owned(),
    };
    format!("  external_url: https://gate.example\n  login: {{ oidc: {{ {changed} }} }}\n")
}

#[test]
fn what_is_right_is_taken() {
    for right in [
        user("{ name: asha, password_hash: x, rights: look }"),
        user("{ name: asha, password_hash: x, rights: [act, look] }, { name: ravi, password_hash: x, rights: [look] }"),
        oidc(""),
        oidc("issuer: https://id.example/"),
        oidc("issuer: http://127.0.0.1:9000"),
    ] {
        assert_eq!(told(&right), "", "{right}");
    }
}

#[test]
fn what_gives_rights_to_nobody_or_to_anybody_is_a_mistake() {
    for (wrong, message) in [
        (user("{ name: asha, password_hash: x }"), "rights"),
        (user("{ name: asha, rights: look }"), "password_hash"),
        (user("{ name: asha, password_hash: x, rights: [] }"), "without `look`"),
        (user("{ name: asha, password_hash: x, rights: [people, act] }"), "without `look`"),
        (user("{ name: asha, password_hash: x, rights: [look, admin] }"), "`admin` is no right"),
        (user("{ name: asha, password_hash: x, rights: look, role: x }"), "role"),
        (user("{ name: \" \", password_hash: x, rights: look }"), "cannot be the name of a user"),
        (user("{ name: \" asha\", password_hash: x, rights: look }"), "cannot be the name of a user"),
        (
            user("{ name: asha, password_hash: x, rights: look }, { name: asha, password_hash: y, rights: look }"),
            "two users `asha`",
        ),
        (oidc("issuer: http://id.example"), "not encrypted"),
        (oidc("issuer:"), "issuer"),
        (oidc("claim:"), "claim"),
        (oidc("rights: {}"), "1 to 200 values of the claim"),
        (oidc("rights: { a: [] }"), "without `look`"),
        (oidc("").replace("  external_url: https://gate.example\n", ""), "to which address"),
        ("  external_url: https://gate.example/console\n".to_owned(), "`admin.external_url` is an address"),
        ("  tls: { certificate: a.pem }\n".to_owned(), "belong together"),
        ("  tls: { client_ca: a.pem }\n".to_owned(), "client_ca"),
        ("  login: { idle_minutes: 0 }\n".to_owned(), "from 1 to 10080"),
    ] {
        let told = told(&wrong);
        assert!(told.contains(message) && told.contains("help"), "{wrong}: {told}");
    }
}
