//! The admin listener as those who run hookgate meet it: the program runs, and is asked how it is.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::client::{Client, ask, post, request};
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

const RULES: &str = "hook: validateUser\ncodes: { NoVendors: Not here. }\nrules:\n  - { name: a, when: { user.userType: Vendor }, reject: NoVendors }\n";
const USER: &[u8] = br#"{"request":{"user":{"login":"asha.rao","userType":"Vendor"}}}"#;
const TOKEN: &str = "admin-canary-7d1f";

fn serve(dir: &Path) -> Served {
    Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir).serve()
}

fn get(served: &Served, path: &str) -> (u16, Value) {
    let answer = served.ask("GET", path, "");
    (answer.status, answer.json())
}

#[test]
fn each_page_is_told_to_who_asks_for_it_and_nothing_else_is() {
    let dir = folder(&[("rules/a.yaml", RULES)]);
    let served = serve(dir.path());
    assert_eq!(get(&served, "/live"), (200, json!({ "live": true })));
    let (status, ready) = get(&served, "/ready");
    assert_eq!((status, &ready["ready"], &ready["reasons"]), (200, &json!(true), &json!([])));
    assert_eq!(ready["rules"]["rules"], 1);
    let (status, rules) = get(&served, "/rules");
    assert_eq!((status, &rules["files"], &rules["rules"]), (200, &json!(["rules/a.yaml"]), &json!(1)));
    assert!(rules["age_seconds"].is_u64() && rules["refused"].is_null(), "{rules}");
    let metrics = served.ask("GET", "/metrics", "");
    assert_eq!(
        (metrics.status, metrics.header("content-type")),
        (200, Some("text/plain; version=0.0.4; charset=utf-8"))
    );
    for (method, path, allowed) in [("POST", "/live", "GET"), ("POST", "/metrics", "GET"), ("GET", "/reload", "POST")] {
        let answer = served.ask(method, path, "");
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
    for path in ["/", "/ready/", "/Ready", "/webhook/test", "/validateUser"] {
        assert_eq!(served.ask("GET", path, "").status, 404, "{path}");
    }
    // The webhooks' own listener has none of it.
    for path in ["/live", "/ready", "/metrics", "/rules", "/reload"] {
        assert_eq!(ask(served.address, "GET", path, "").code(), "UnknownHook", "{path}");
    }
    assert_eq!(served.stop().0, Some(0));
}

#[test]
fn without_the_token_only_probes_are_told_and_they_no_causes() {
    let dir = folder(&[("rules/a.yaml", RULES), ("token", &format!("{TOKEN}\n"))]);
    fs::write(dir.path().join("gateway.yaml"), "admin: { token: \"${file:token}\" }\n").unwrap();
    let served = serve(dir.path());
    let right = format!("Authorization: Bearer {TOKEN}\r\n");
    let almost = [&TOKEN[1..], &TOKEN[..TOKEN.len() - 1], &TOKEN.to_uppercase(), "", "\u{e9}"];
    let wrong = almost.iter().map(|token| format!("Authorization: Bearer {token}\r\n"));
    let basic = format!("Authorization: Basic {TOKEN}\r\n");
    let elsewhere = format!("X-Token: {TOKEN}\r\n");
    for headers in wrong.chain([String::new(), basic, elsewhere]) {
        for (method, path) in [("GET", "/metrics"), ("GET", "/rules"), ("POST", "/reload"), ("GET", "/nothing")] {
            let answer = served.ask(method, path, &headers);
            assert_eq!((answer.status, answer.code()), (401, "TokenMissing".to_owned()), "{path} {headers}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        assert_eq!(served.ask("GET", "/live", &headers).status, 200);
        assert_eq!(served.ask("GET", "/ready", &headers).json(), json!({ "ready": true, "reasons": [] }));
    }
    for (method, path) in [("GET", "/metrics"), ("GET", "/rules"), ("POST", "/reload")] {
        assert_eq!(served.ask(method, path, &right).status, 200, "{path}");
    }
    assert!(served.ask("GET", "/ready", &right).json()["rules"].is_object());
    let (_, log) = served.stop();
    assert!(!log.contains(TOKEN), "{log}");
}

#[test]
fn it_starts_where_other_machines_reach_it_only_with_a_token() {
    let dir = folder(&[("rules/a.yaml", RULES), ("open.yaml", "admin: { token: \"${env:NO_SUCH_TOKEN}\" }\n")]);
    let start = |listen: &str| Program::new(["serve"]).within(dir.path()).env("HOOKGATE_ADMIN_LISTEN", listen);
    for open in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let said = start(open).run().refused(78);
        assert!(said.contains("other machines reach it") && said.contains("help: set `admin.token`"), "{said}");
    }
    let said = start("127.0.0.1:0").env("HOOKGATE_CONFIG", "open.yaml").run().refused(78);
    assert!(said.contains("`NO_SUCH_TOKEN` is not set"), "{said}");
    let said = start("127.0.0.1:0").env("HOOKGATE_ADMIN_TOKEN", "${env:EMPTY}").env("EMPTY", "").run().refused(78);
    assert!(said.contains("`admin.token` cannot be used: it is empty"), "{said}");
    let said = start("everywhere").run().refused(78);
    assert!(said.contains("environment HOOKGATE_ADMIN_LISTEN"), "{said}");
    let free = |program: Program| program.env("HOOKGATE_LISTEN", "127.0.0.1:0").serve();
    let guarded =
        free(start("0.0.0.0:0").env("HOOKGATE_ADMIN_TOKEN", "${env:ADMIN}").env("ADMIN", &format!("{TOKEN}\r\n")));
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], guarded.admin.port()));
    assert_eq!(ask(address, "GET", "/rules", "").status, 401);
    assert_eq!(ask(address, "GET", "/live", "").status, 200);
    let without = free(start("off"));
    assert_eq!(without.admin.port(), 0, "{}", without.log());
    let taken = guarded.admin.port();
    let again = start(&format!("127.0.0.1:{taken}")).env("HOOKGATE_LISTEN", "127.0.0.1:0").run().refused(2);
    assert!(again.contains(&format!("cannot listen on `127.0.0.1:{taken}`")), "{again}");
    assert!(again.contains("`admin.listen`"), "{again}");
}

#[test]
fn a_look_that_is_asked_for_says_what_came_of_it() {
    // Long enough between the two looks at a mistake for an answer that does not wait for the second to be seen.
    let settings = "reload: { quiet_ms: 1000, poll_ms: 3600000 }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", RULES)]);
    let served = serve(dir.path());
    let reload = || {
        let answer = served.ask("POST", "/reload", "");
        (answer.status, answer.json())
    };
    let (status, first) = reload();
    assert_eq!((status, &first["changed"], &first["rules"]), (200, &json!(false), &json!(1)), "{first}");
    let good = RULES.replace("Vendor }", "Partner }");
    fs::write(dir.path().join("rules/a.yaml"), &good).unwrap();
    let (status, second) = reload();
    assert_eq!(status, 200, "{second}");
    assert_ne!(first["hash"], second["hash"]);
    assert_eq!(get(&served, "/rules").1["hash"], second["hash"]);
    assert_eq!(post(served.address, "/validateUser", USER).json()["response"]["error"], Value::Null);

    fs::write(dir.path().join("rules/a.yaml"), good.replace("when:", "wen:")).unwrap();
    let (status, refused) = reload();
    assert_eq!(
        (status, &refused["code"], &refused["in_force"]["hash"]),
        (422, &json!("RulesRefused"), &second["hash"])
    );
    let finding = &refused["refused"]["findings"][0];
    assert_eq!((&finding["code"], &finding["place"]["line"]), (&json!("H201"), &json!(4)), "{refused}");
    assert!(finding["help"][0].as_str().unwrap().contains("`when`"), "{refused}");
    let (_, rules) = get(&served, "/rules");
    assert_eq!((&rules["hash"], &rules["refused"]["findings"]), (&second["hash"], &refused["refused"]["findings"]));
    // What ran before runs on, so that events are welcome.
    let (status, ready) = get(&served, "/ready");
    assert_eq!((status, &ready["rules"]["changed_rules_refused"]), (200, &json!(true)));
    assert_eq!(served.ask("GET", "/metrics", "").body.matches("\nhookgate_rules_refused 1\n").count(), 1);
    assert_eq!(reload().0, 422, "as often as it is asked");

    fs::remove_dir_all(dir.path().join("rules")).unwrap();
    let (status, gone) = reload();
    assert_eq!((status, &gone["in_force"]["hash"]), (422, &second["hash"]), "{gone}");
    fs::create_dir(dir.path().join("rules")).unwrap();
    fs::write(dir.path().join("rules/a.yaml"), RULES).unwrap();
    let (status, mended) = reload();
    assert_eq!((status, &mended["hash"]), (200, &first["hash"]), "{mended}");
    assert!(get(&served, "/rules").1["refused"].is_null());
}

const SENDS: &str =
    "hook: postCreateUser\nrules: [{ name: tell, deliver: { to: siem, body: { login: \"${user.login}\" } } }]\n";

#[test]
fn it_is_not_ready_while_nothing_can_be_stored_and_says_why() {
    let settings = "outbox: { file: nowhere/outbox.db }\ndestinations: { siem: { file: siem.jsonl } }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", SENDS)]);
    let served = serve(dir.path());
    let storable = |served: &Served| {
        let page = served.ask("GET", "/metrics", "").body;
        page.lines().find_map(|line| line.strip_prefix("hookgate_outbox_storable ")).unwrap().to_owned()
    };
    assert_eq!(post(served.address, "/postCreateUser", USER).code(), "DeliveriesNotStored");
    let (status, told) = get(&served, "/ready");
    assert_eq!(
        (status, &told["ready"], &told["reasons"][0]["code"]),
        (503, &json!(false), &json!("DeliveriesNotStored"))
    );
    assert!(told["reasons"][0]["message"].as_str().unwrap().contains("nowhere/outbox.db"), "{told}");
    assert_eq!(storable(&served), "0");
    assert_eq!(get(&served, "/live").0, 200, "it need not be started again");
    // No event comes any more, since nobody sends one to a gateway that is not ready; it is found out all the same, by
    // whichever page is asked for first.
    fs::create_dir(dir.path().join("nowhere")).unwrap();
    assert_eq!(storable(&served), "1");
    let (status, told) = get(&served, "/ready");
    assert_eq!((status, &told["destinations"]["siem"]), (200, &json!("closed")), "{told}");
    assert_eq!(post(served.address, "/postCreateUser", USER).status, 200);
}

#[test]
fn told_to_stop_it_is_not_ready_any_more_while_it_answers_what_it_has() {
    let settings = "limits: { drain_ms: 600000, body_time_ms: 600000 }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", RULES)]);
    let mut served = serve(dir.path());
    let whole = request("POST", "/validateUser", "", USER);
    let mut caller = Client::connect(served.address);
    assert!(caller.send(&whole[..whole.len() - 10]));
    let in_flight = |served: &Served| get(served, "/ready").1["requests_in_flight"].clone();
    until("the request has begun", || in_flight(&served) == json!(1));
    served.signal("TERM");
    until("it is not ready any more", || get(&served, "/ready").0 == 503);
    assert_eq!(get(&served, "/ready").1["reasons"][0]["code"], "Stopping");
    assert_eq!(get(&served, "/live").0, 200);
    assert!(caller.send(&whole[whole.len() - 10..]));
    assert_eq!(caller.answer().unwrap().json()["response"]["message"], "NoVendors");
    assert_eq!(served.ended(), Some(0), "{}", served.log());
}

#[test]
fn it_takes_new_calls_for_as_long_as_balancers_need_to_see_it() {
    let dir = folder(&[("gateway.yaml", "admin: { unready_ms: 600000 }\n"), ("rules/a.yaml", RULES)]);
    let served = serve(dir.path());
    served.signal("TERM");
    until("it is not ready any more", || get(&served, "/ready").0 == 503);
    assert_eq!(post(served.address, "/validateUser", USER).status, 200, "on a connection of its own");
}

/// Whoever opens connections here and says nothing holds up neither the webhooks nor, for long, others who ask.
#[test]
fn silent_callers_hold_up_nobody() {
    let dir = folder(&[("rules/a.yaml", RULES)]);
    let served = serve(dir.path());
    let mut silent: Vec<Client> = (0..80).map(|_| Client::connect(served.admin)).collect();
    silent.iter_mut().step_by(2).for_each(|client| assert!(client.send(b"GET /metrics HTTP/1.1\r\n")));
    assert_eq!(post(served.address, "/validateUser", USER).status, 200);
    assert_eq!(served.ask("GET", "/live", "").status, 200);
}
