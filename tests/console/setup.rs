//! The screen *Set up*: what to type, "save & test" played, and doctor.

use super::browser::{Browser, leads_to};
use super::opened::browser;
use super::{PASSWORD, USERS};
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

const SECRET: &str = "canary-secret-0123456789abcdef-4242";

/// A gateway with a secret of the platform's, and these lines of settings before `admin`.
fn serve(settings: &str) -> (tempfile::TempDir, Served) {
    let hash = hookgate::server::hash_password(&PASSWORD.into()).unwrap();
    let settings = format!("{settings}admin:\n{}", USERS.replace("HASH", &hash));
    let dir = folder(&[("gateway.yaml", &settings), ("rules/a.yaml", super::RULES)]);
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).env("PLATFORM", SECRET);
    let served = program.env("HOOKGATE_RELOAD_STATE", &dir.path().display().to_string()).serve();
    (dir, served)
}

const JWT: &str = "auth: { jwt: { secrets: [\"${env:PLATFORM}\"], claims: { tenantId: acme1 } } }\n";

/// Presses a button of the page.
fn press(browser: &mut Browser, action: &str, fields: &str) -> (u16, String) {
    let page = browser.get("/console/setup").body;
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = browser.post(action, &format!("csrf={csrf}{fields}"));
    let (status, place) = leads_to(&answer);
    (status, place.to_owned())
}

#[test]
fn what_to_type_is_shown_and_of_the_secret_where_it_stands() {
    let (_dir, served) = serve(JWT);
    let mut browser = browser(&served, "ravi");
    let page = browser.get("/console/setup?server=https://hooks.corp.example").body;
    for shown in ["https://hooks.corp.example", "/webhook", "the value of PLATFORM", "Token expiry Minutes"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(page.contains("speaks http with these settings"), "what is wrong is told: {page}");
    let wrong = browser.get("/console/setup?server=http://%3Cb%3E.example").body;
    assert!(wrong.contains("takes https alone") && !wrong.contains("<b>"), "{wrong}");
    assert!(!page.contains(SECRET) && !wrong.contains(SECRET));
}

#[test]
fn save_and_test_is_played_and_tells_what_each_method_found() {
    let (_dir, served) = serve(JWT);
    let mut browser = browser(&served, "asha");
    assert_eq!(press(&mut browser, "/console/setup/play", ""), (303, "/console/setup".to_owned()));
    let mut page = String::new();
    until("the call is answered", || {
        page = browser.get("/console/setup").body;
        page.contains("Status 200")
    });
    assert!(page.contains("the token is signed with a known key"), "{page}");
    // Another tenant's call stands beside it, with advice.
    let args = ["send", "test", "--secret-env", "PLATFORM", "--claim", "tenantId=other", "--to"];
    let to = format!("http://{}/webhook", served.address);
    Program::new(args.into_iter().chain([to.as_str()])).env("PLATFORM", SECRET).run();
    let page = browser.get("/console/setup").body;
    assert!(page.contains("refused with 403") && page.contains("Another tenant calls"), "{page}");
    assert!(!page.contains(SECRET) && !page.contains(PASSWORD), "{page}");
    assert!(!served.log().contains(SECRET));
}

#[test]
fn the_certificate_must_have_the_name_that_the_platform_calls() {
    let made = rcgen::generate_simple_self_signed(["hooks.corp.example".to_owned()]).unwrap();
    let certificates = tempfile::tempdir().unwrap();
    let (certificate, key) = (certificates.path().join("a.crt"), certificates.path().join("a.key"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = format!("tls: {{ certificate: \"{}\", key: \"{}\" }}\n", certificate.display(), key.display());
    let (_dir, served) = serve(&format!("{JWT}{tls}"));
    let mut browser = browser(&served, "asha");
    let mut played = |server: &str, shown: &str| {
        press(&mut browser, "/console/setup/play", &format!("&server={server}"));
        until(shown, || browser.get("/console/setup").body.contains(shown));
    };
    played("", "from <code dir=\"auto\">https://localhost");
    played("https://hooks.corp.example", "from <code dir=\"auto\">https://hooks.corp.example");
    played("https://other.example", "must have the name by which the platform reaches hookgate");
}

#[test]
fn a_claim_that_may_name_a_person_is_not_shown() {
    let auth = "auth: { jwt: { secrets: [\"${env:PLATFORM}\"], claims: { delegatee: meera.nair } } }\n";
    let (_dir, served) = serve(auth);
    let args = ["send", "test", "--secret-env", "PLATFORM", "--claim", "delegatee=asha.rao", "--to"];
    let to = format!("http://{}/webhook", served.address);
    Program::new(args.into_iter().chain([to.as_str()])).env("PLATFORM", SECRET).run();
    let page = browser(&served, "ravi").get("/console/setup").body;
    assert!(page.contains("refused with 403") && page.contains("(personal)"), "{page}");
    assert!(!page.contains("asha.rao") && !page.contains("meera.nair"), "{page}");
}

#[test]
fn doctor_tells_a_line_each_beside_the_page() {
    let settings = format!("{JWT}destinations: {{ siem: {{ file: siem.jsonl }}, gone: {{ file: away/x.jsonl }} }}\n");
    let (_dir, served) = serve(&settings);
    let mut browser = browser(&served, "asha");
    assert_eq!(press(&mut browser, "/console/setup/doctor", "").0, 303);
    let mut page = String::new();
    until("doctor has looked", || {
        page = browser.get("/console/setup").body;
        page.contains("Looked at")
    });
    let line = |name: &str| page.split("<tr>").find(|row| row.contains(name)).unwrap().to_owned();
    assert!(line("siem.jsonl").contains(">ok<"), "{page}");
    assert!(line("away/x.jsonl").contains(">failed<"), "{page}");
    assert!(line("hookgate-outbox").contains(">ok<"), "{page}");
    assert!(!page.contains(SECRET), "{page}");
}

#[test]
fn who_may_look_alone_presses_no_button_and_a_use_is_recorded() {
    let (dir, served) = serve(JWT);
    let mut ravi = browser(&served, "ravi");
    assert!(ravi.get("/console/setup").body.contains("This needs the right"));
    assert_eq!(press(&mut ravi, "/console/setup/play", "").0, 403);
    assert_eq!(press(&mut ravi, "/console/setup/doctor", "").0, 403);
    assert_eq!(
        leads_to(&Browser::new(served.admin).get("/console/setup")),
        (303, "/console/login?to=%2Fconsole%2Fsetup")
    );
    press(&mut browser(&served, "asha"), "/console/setup/play", "");
    let used = std::fs::read_to_string(dir.path().join("console.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = used.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["who"] == "asha" && line["does"] == "save and test"), "{used}");
    assert!(lines.iter().all(|line| line["who"] != "ravi"), "{used}");
}
