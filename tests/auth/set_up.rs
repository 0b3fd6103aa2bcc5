//! How authentication is set up: what does not start and why, what rules know, and framing games against one that lets nobody in.

use std::net::SocketAddr;
use std::sync::Arc;

use hookgate::server::{Error, Reason, Settings, bind};
use serde_json::json;

use super::setup::{BEARERS, Guarded, USER, bearer, read};
use super::token::{pem, platform};
use crate::edge::framing;
use crate::support::log::logged;
use crate::support::program::{Program, folder};
use crate::support::server::{gateway_of, settings};
use crate::support::{Client, Running, gateway, request};

const RULES: &str = "hook: test\nrules: [{ name: connection-is-tested, stop: true }]\n";

#[test]
fn without_auth_it_listens_to_this_machine_alone_unless_told() {
    let dir = folder(&[("rules/a.yaml", RULES)]);
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:0.0.0.0]:0"] {
        let ended = Program::new(["serve", "--listen", listen]).within(dir.path()).run();
        let stderr = ended.refused(78);
        assert!(stderr.contains("nothing keeps anybody out") && stderr.contains("`--insecure`"), "{listen}: {stderr}");
    }
    let insecure = Program::new(["serve", "--listen", "0.0.0.0:0", "--insecure"]).within(dir.path()).serve();
    assert_ne!(insecure.address.port(), 0);
    let told = Program::new(["serve", "--listen", "0.0.0.0:0"]).env("HOOKGATE_INSECURE", "true").within(dir.path());
    assert_ne!(told.serve().address.port(), 0);
    let guarded =
        Program::new(["serve", "--listen", "0.0.0.0:0"]).env("HOOKGATE_AUTH_ADDRESS", "{ allow: [10.0.0.0/8] }");
    assert_ne!(guarded.within(dir.path()).serve().address.port(), 0);
}

#[test]
fn rows_for_all_prefixes_keep_strangers_out_and_a_prefix_without_a_row_is_named() {
    let dir = folder(&[("rules/a.yaml", RULES)]);
    let row = "[{ prefixes: [/a], address: { allow: [10.0.0.0/8] } }]";
    let started = |prefixes: &str| {
        let program = Program::new(["serve", "--listen", "0.0.0.0:0"]).env("HOOKGATE_AUTH_FOR", row);
        program.env("HOOKGATE_PREFIXES", prefixes).within(dir.path())
    };
    assert_ne!(started("[/a]").serve().address.port(), 0);
    for (prefixes, named) in [("[/a, /b]", "under the prefix `\"/b\"`"), ("[/b, /a, \"\"]", "`\"/b\"` and `\"\"`")] {
        let ended = started(prefixes).run();
        let stderr = ended.refused(78);
        assert!(stderr.contains(named) && stderr.contains("for each prefix"), "{prefixes}: {stderr}");
    }
}

#[test]
fn what_only_observes_keeps_nobody_out_and_does_not_let_it_listen() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let (observing, _files) = read("{ address: { allow: [10.0.0.0/8], observe: true } }");
    let open = bind(&Settings { listen: everywhere, ..observing }, Arc::new(gateway()));
    assert!(matches!(open.unwrap_err(), Error::OpenToAll(..)));
    for loopback in ["127.0.0.1:0", "127.1.2.3:0"] {
        assert!(bind(&Settings { listen: loopback.parse().unwrap(), ..settings() }, Arc::new(gateway())).is_ok());
    }
}

/// A public RSA key of 1024 bits in DER, as nobody makes them any more.
fn short_rsa() -> Vec<u8> {
    let within = |tag: &[u8], inside: &[u8]| [tag, &[0x81, u8::try_from(inside.len()).unwrap()], inside].concat();
    let modulus = within(&[0x02], &[&[0][..], &[0xc7; 128]].concat());
    let key = within(&[0x30], &[&*modulus, &[0x02, 0x03, 0x01, 0x00, 0x01]].concat());
    let algorithm =
        [&[0x30, 0x0d, 0x06, 0x09][..], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0]].concat();
    within(&[0x30], &[&*algorithm, &within(&[0x03], &[&[0][..], &key].concat())].concat())
}

#[test]
fn what_is_not_there_or_cannot_be_is_told_before_it_listens() {
    let dir = folder(&[
        ("rules/a.yaml", RULES),
        ("empty", "\n"),
        ("text", "no key\n"),
        ("short.pem", &pem(&short_rsa())),
        ("private.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
    ]);
    for (variable, value, reason) in [
        ("JWT", "{ secrets: [\"${env:NO_SUCH_VARIABLE}\"] }", "`NO_SUCH_VARIABLE` is not set"),
        ("JWT", "{ secrets: [\"${file:empty}\"] }", "a secret of `auth.jwt` is empty"),
        ("JWT", "{ secrets: [{ base64: \"${file:text}\" }] }", "is not Base64"),
        ("JWT", "{ keys: [missing.pem] }", "`missing.pem` cannot be used"),
        ("JWT", "{ keys: [text] }", "it is not a public key in PEM"),
        ("JWT", "{ keys: [short.pem] }", "it has fewer than 2048 bits"),
        ("JWT", "{ keys: [private.pem] }", "it is a private key"),
        ("JWT", "{ jwks: { address: \"https://10.0.0.1/keys\" } }", "list the address under `allow`"),
        ("JWT", "{ claims: { tenantId: as100 } }", "nothing to check a signature with"),
        ("JWT", "{ secrets: [written-out] }", "this secret is written out"),
        ("JWT", "{ secrets: [] }", "1 to 32 entries"),
        ("JWT", "{ keys: a.pem, algorithms: [none] }", "an algorithm is"),
        ("JWT", "{ keys: a.pem, claims: { tenantId: [] } }", "`tenantId` has 1 to 32 entries"),
        ("JWT", "{ keys: a.pem, leeway_ms: 600001 }", "from 0 to 600000"),
        ("JWT", "{ jwks: { address: \"http://idp.example/keys\" } }", "this connection is not encrypted"),
        ("JWT", "{ kyes: a.pem }", "did you mean `keys`?"),
        ("BEARER", "{ secrets: [\"${file:empty}\"] }", "a secret of `auth.bearer` is empty"),
        ("BEARER", "{ secrets: [\"${file:text}\"] }", "letters that no header can have"),
        (
            "HEADER",
            "{ name: Authorization, secrets: \"${env:HOME}\" }",
            "for `Authorization` there are `jwt` and `bearer`",
        ),
        ("HEADER", "{ name: \"X Y\", secrets: \"${env:HOME}\" }", "cannot be this header"),
        ("CERTIFICATE", "{}", "lets nobody in"),
        ("CERTIFICATE", "{ fingerprints: [abc] }", "64 hexadecimal digits"),
        ("ADDRESS", "{ allow: [10.0.0.0/33] }", "is not a network"),
        ("ADDRESS", "{ allow: [] }", "lets nobody in"),
        ("REQUIRE", "some", "`all` or `any`"),
    ] {
        let program =
            Program::new(["serve", "--listen", "127.0.0.1:0"]).env(&format!("HOOKGATE_AUTH_{variable}"), value);
        let stderr = program.within(dir.path()).run().refused(78);
        assert!(stderr.contains(reason), "{value}: {reason} is not in\n{stderr}");
    }
}

/// A secret that can be guessed, and white space at its ends, which whoever types it elsewhere leaves out.
#[test]
fn weak_secrets_and_white_space_are_warned_of() {
    let jwt = "{ jwt: { secrets: \"${file:DIR/today}\" } }";
    let base64 = "{ jwt: { secrets: [{ base64: \"${file:DIR/today}\" }] } }";
    let header = "{ header: { name: X-Api-Key, secrets: \"${file:DIR/today}\" } }";
    let bearer = "{ bearer: { secrets: \"${file:DIR/today}\" } }";
    let encoded = |count| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, vec![7_u8; count]);
    let letters = |count| "x".repeat(count);
    for (auth, secret, is_weak, has_ends) in [
        (jwt, letters(31), true, false),
        (jwt, letters(32), false, false),
        (jwt, format!(" {}", letters(31)), false, true),
        (jwt, format!("{}\t", letters(32)), false, true),
        (jwt, format!("{} {}", letters(16), letters(16)), false, false),
        (base64, encoded(31), true, false),
        (base64, encoded(32), false, false),
        (base64, format!(" {} ", encoded(32)), false, false),
        (header, letters(15), true, false),
        (header, letters(16), false, false),
        (bearer, letters(15), true, false),
        (bearer, letters(16), false, false),
    ] {
        let (settings, files) = read(auth);
        std::fs::write(files.path().join("today"), &secret).unwrap();
        let log = logged(|| drop(bind(&settings, Arc::new(gateway())).unwrap()));
        let told = (log.contains("can be guessed"), log.contains("begins or ends with white space"));
        assert_eq!(told, (is_weak, has_ends), "{auth} {secret:?} {log}");
    }
}

#[test]
fn two_bearers_are_refused_whoever_reads_them() {
    let two = bearer("a") + &bearer("b");
    for auth in ["{}", "{ header: { name: X-Api-Key, secrets: \"${file:DIR/today}\", observe: true } }"] {
        let guarded = Guarded::new(auth);
        assert_eq!(guarded.wrongs_of(&two, 400, Reason::AuthorizationRepeated), "");
        assert_eq!(guarded.ask(&bearer("a")).json()["bearer"], "a");
    }
}

#[test]
fn two_methods_that_want_one_header_are_a_mistake_unless_one_is_enough() {
    let (both, dir) = ("jwt: { keys: a.pem }, bearer: { secrets: \"${env:B}\" }", folder(&[("rules/a.yaml", RULES)]));
    std::fs::write(dir.path().join("gateway.yaml"), format!("auth: {{ {both} }}\n")).unwrap();
    let stderr = Program::new(["serve"]).within(dir.path()).run().refused(78);
    assert!(stderr.contains("both want the header `Authorization`"), "{stderr}");
    let guarded = Guarded::new(
        "{ require: any, jwt: { secrets: \"${file:DIR/secret}\" }, bearer: { secrets: \"${file:DIR/today}\" } }",
    );
    for (token, by) in [(platform(&json!({})), "jwt"), (BEARERS[0].to_owned(), "bearer")] {
        assert_eq!(guarded.ask(&bearer(&token)).json()["caller"]["accepted_by"], json!([by]));
    }
    assert_eq!(guarded.ask(&bearer("x")).status, 401);
    // One that is only tried out is no contradiction.
    let secrets = "jwt: { secrets: \"${file:DIR/secret}\" }, bearer: { secrets: \"${file:DIR/today}\", observe: true }";
    let observing = Guarded::new(&format!("{{ {secrets} }}"));
    assert_eq!(observing.ask(&bearer(&platform(&json!({})))).status, 200);
    assert_eq!(observing.ask(&bearer(BEARERS[0])).status, 401);
}

#[test]
fn rules_read_the_claims_of_a_token_that_was_accepted() {
    let (settings, _files) = read("{ jwt: { secrets: \"${file:DIR/secret}\" } }");
    let rules = "hook: policyMap\nrules:\n  \
         - { name: tenant, when: { token.roles: { contains: ORG_ADMIN } }, mappedValue: \"${token.tenantId} ${caller.address}\" }\n";
    let server = Running::start(bind(&settings, Arc::new(gateway_of(rules))).unwrap());
    let answer = crate::support::client::post_with(server.address, "/policyMap", &bearer(&platform(&json!({}))), USER);
    assert_eq!(answer.body, r#"{"response":{"mappedValue":"as100 127.0.0.1"}}"#);
}

/// Nothing is read of the body of a caller that may not come in, and nothing in it becomes a call.
#[test]
fn framing_games_bring_nothing_past_a_shut_door() {
    let guarded = Guarded::new("{ jwt: { secrets: [\"${file:DIR/secret}\"] } }");
    let (cases, address) = (framing::cases(), guarded.server.address);
    std::thread::scope(|scope| {
        for case in &cases {
            scope.spawn(move || {
                let answers = framing::play(address, case).expect(case.name);
                let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
                assert!(
                    !statuses.is_empty()
                        && statuses.iter().all(|status| [100, 400, 401, 404, 408, 431].contains(status)),
                    "{}: {statuses:?}",
                    case.name
                );
            });
        }
    });
    assert!(cases.len() >= 60);
    assert_eq!(guarded.handled(), 0);
}

#[test]
fn a_token_lets_in_the_call_it_came_with_and_no_other_in_its_body() {
    let guarded = Guarded::new("{ jwt: { secrets: [\"${file:DIR/secret}\"] } }");
    let token = bearer(&platform(&json!({})));
    let inside = request("POST", "/webhook/test", "", b"");
    let length = format!("Content-Length: {}\r\n", inside.len());
    let chunked = "Transfer-Encoding: chunked\r\n";
    for (name, framing, body) in [
        ("both framings", format!("{length}{chunked}"), [b"0\r\n\r\n", &*inside].concat()),
        ("both, the other way", format!("{chunked}{length}"), [b"0\r\n\r\n", &*inside].concat()),
        ("two lengths", format!("{length}Content-Length: 0\r\n"), inside.clone()),
        (
            "chunked and something",
            "Transfer-Encoding: chunked, identity\r\n".to_owned(),
            [b"0\r\n\r\n", &*inside].concat(),
        ),
        ("chunked behind a tab", "Transfer-Encoding:\tx chunked\r\n".to_owned(), [b"0\r\n\r\n", &*inside].concat()),
        ("a space before the colon", format!("Content-Length : 0\r\n{length}"), inside.clone()),
        ("a folded header", format!("X: y\r\n Content-Length: 0\r\n{length}"), inside.clone()),
    ] {
        let mut client = Client::connect(guarded.server.address);
        let head = format!("POST /webhook/test HTTP/1.1\r\nHost: x\r\n{token}{framing}\r\n");
        client.send(&[head.as_bytes(), &body].concat());
        client.half_close();
        let answers = client.answers_to_end().unwrap();
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [400], "{name}");
    }
    assert_eq!(guarded.handled(), 0);
    // The second call of a connection is judged for itself.
    let mut client = Client::connect(guarded.server.address);
    for (headers, status) in [(&*token, 200), ("", 401), (&*token, 200), ("Authorization: Bearer x\r\n", 401)] {
        client.send(&request("POST", "/webhook/test", headers, b""));
        assert_eq!(client.answer().unwrap().status, status);
    }
    assert_eq!(guarded.handled(), 2);
}
