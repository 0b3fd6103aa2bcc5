//! TLS of the admin listener: its console, and the commands that call it.

use std::fs;

use super::browser::FORM;
use super::{PASSWORD, RULES, USERS};
use crate::support::authority::{Authority, For};
use crate::support::program::{Program, Served, folder};
use crate::support::secure::{Manner, Secure, VERSIONS, der};
use crate::support::wait::until;

/// A gateway whose admin listener has a certificate, at a port that its commands know.
fn serve() -> (tempfile::TempDir, Served, Authority) {
    let authority = Authority::new("console");
    let dir = folder(&[("rules/a.yaml", RULES)]);
    authority.issue("gate", For::Server).write(dir.path());
    let hash = hookgate::server::hash_password(&PASSWORD.into()).unwrap();
    let tls = "  tls: { certificate: tls.crt, key: tls.key, poll_ms: 100 }\n";
    let settings = format!("reload: {{ state: . }}\nadmin:\n{tls}{}", USERS.replace("HASH", &hash));
    fs::write(dir.path().join("gateway.yaml"), settings).unwrap();
    let served = program(&dir, &["serve", "--listen", "127.0.0.1:0"], 0).serve();
    (dir, served, authority)
}

fn program(dir: &tempfile::TempDir, words: &[&str], port: u16) -> Program {
    let program = Program::new(words.iter().copied()).within(dir.path()).env("HOOKGATE_RELOAD_STATE", ".");
    program.env("HOOKGATE_ADMIN_LISTEN", &format!("127.0.0.1:{port}"))
}

#[test]
fn behind_tls_cookies_are_secure_and_a_renewed_certificate_counts_without_a_restart() {
    let (dir, served, authority) = serve();
    let manner = Manner::new(&authority.pem(), &VERSIONS, None);
    let form = format!("name=asha&password={PASSWORD}");
    let request = format!(
        "POST /console/login HTTP/1.1\r\nHost: {0}\r\nOrigin: https://{0}\r\n{FORM}Content-Length: {1}\r\n\r\n{form}",
        served.admin,
        form.len()
    );
    let mut first = Secure::connect(served.admin, &manner).unwrap();
    let answer = first.ask(request.as_bytes()).unwrap();
    assert_eq!((answer.status, answer.header("location")), (303, Some("/console")));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Secure-hookgate-session=") && cookie.ends_with("; HttpOnly; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").is_some());
    let plain = request.replace("Origin: https", "Origin: http");
    let answer = Secure::connect(served.admin, &manner).unwrap().ask(plain.as_bytes()).unwrap();
    assert_eq!(answer.status, 403, "a page that anybody on the way may have written");
    assert_eq!(served.ask("GET", "/live", "").status, 400, "in plain HTTP");

    let renewed = authority.issue("gate", For::Server);
    renewed.write(dir.path());
    until("the new certificate is in force", || {
        Secure::connect(served.admin, &manner).is_ok_and(|secure| secure.certificate() == der(&renewed.certificate))
    });
}

#[test]
fn commands_call_the_gateway_by_its_certificate_and_nobody_in_its_place() {
    let (dir, served, authority) = serve();
    let port = served.admin.port();
    assert!(program(&dir, &["healthcheck"], port).run().expect(0).contains("alive at"));
    assert!(program(&dir, &["reload"], port).run().expect(0).contains("nothing has changed"));
    // The settings were edited meanwhile: where the gateway is, and by which certificate it is known, it has written down.
    let other = "admin: { tls: { certificate: null, key: null } }\nreload: { state: . }\n";
    let before = fs::read_to_string(dir.path().join("gateway.yaml")).unwrap();
    fs::write(dir.path().join("gateway.yaml"), other).unwrap();
    assert!(program(&dir, &["healthcheck"], 1).run().expect(0).contains("alive at"));
    fs::write(dir.path().join("gateway.yaml"), before).unwrap();
    // Whoever listens there with another certificate learns no token.
    let elsewhere = folder(&[]);
    let (certificate, _) = authority.issue("gate", For::Server).write(elsewhere.path());
    let program = program(&dir, &["reload"], port).env("HOOKGATE_ADMIN_TLS_CERTIFICATE", certificate.to_str().unwrap());
    let said = program.run().refused(2);
    assert!(said.contains("no answer from"), "{said}");
}
