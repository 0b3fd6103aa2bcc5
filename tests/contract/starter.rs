//! The starter rules of the repository answer every sample request as documented.

use std::fs;

use hookgate::event::{Hooks, Kind};
use serde_json::{Value, json};

use super::user_of;
use crate::support::program::root;
use crate::support::server::{gateway_of_folder, settings};
use crate::support::{Running, gateway, post, server};

fn starter() -> Running {
    server(&settings(), gateway_of_folder(&root().join("rules")))
}

fn sample(hook: &str) -> String {
    fs::read_to_string(root().join("examples/requests").join(format!("{hook}.json"))).unwrap()
}

/// The rest of an answer in which the user goes back.
fn with_user(user: &str) -> String {
    format!("{{\"response\":{{\"data\":{user}}}}}")
}

const TIDY: &str = r#"{"assignedGroups":[],"provisionedApps":{},"securityQuestion":{},"country":"India","firstName":"Asha","lastName":"Rao","login":"asha.rao","userType":"Employee","displayName":"Asha Rao","countryCode":"+91"}"#;

#[test]
fn every_sample_gets_its_documented_answer() {
    let server = starter();
    for hook in Hooks::standard().names() {
        let body = sample(hook);
        let expected = match hook {
            "preCreateUser" | "preUpdateUser" => with_user(TIDY),
            "validateUser" | "validateUpdateUser" => with_user(user_of(&body)),
            "policyMap" => r#"{"response":{"mappedValue":"nobody@corp.example"}}"#.to_owned(),
            "runDeprovision" => r#"{"response":{"data":false}}"#.to_owned(),
            _ => r#"{"response":{}}"#.to_owned(),
        };
        for path in [format!("/webhook/{hook}"), format!("/{hook}/"), format!("/webhook/{}/5f1e", hook.to_lowercase())]
        {
            let answer = post(server.address, &path, body.as_bytes());
            assert_eq!((answer.status, &*answer.body), (200, &*expected), "{path}");
            assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        }
    }
}

#[test]
fn refusals_have_an_error_a_code_and_nothing_else() {
    let server = starter();
    for hook in ["validateUser", "validateUpdateUser"] {
        for (user, code) in [
            (r#"{"login":"new.hire","mobile":"+91 98200-12345"}"#, "MobileAlreadyExist"),
            (r#"{"login":"new.hire","mobile":9820012345}"#, "MobileAlreadyExist"),
            (r#"{"mobile":"09820012345"}"#, "MobileAlreadyExist"),
            (r#"{"login":"new.hire","email":"VIKRAM.SHAH@corp.example"}"#, "EmailAlreadyExist"),
            (r#"{"login":"new.hire","email":"vikram.shah"}"#, "EmailNotValid"),
        ] {
            let answer = post(
                server.address,
                &format!("/webhook/{hook}"),
                format!(r#"{{"request":{{"user":{user}}}}}"#).as_bytes(),
            );
            assert_eq!(answer.body, format!(r#"{{"response":{{"error":true,"message":"{code}"}}}}"#), "{user}");
            assert_eq!(answer.status, 200);
        }
        let own =
            r#"{"request":{"user":{"login":"asha.rao","mobile":"+919820012345","email":"Asha.Rao@corp.example"}}}"#;
        assert_eq!(post(server.address, &format!("/webhook/{hook}"), own.as_bytes()).body, with_user(user_of(own)));
    }
}

#[test]
fn mapped_values_are_always_there_and_always_text() {
    let server = starter();
    let mapped = |request: Value| {
        let body = json!({ "request": request }).to_string();
        let answer = post(server.address, "/webhook/policymap", body.as_bytes());
        let json = answer.json();
        assert_eq!(json.as_object().unwrap().len() + json["response"].as_object().unwrap().len(), 2, "{}", answer.body);
        json["response"]["mappedValue"].as_str().unwrap_or_else(|| panic!("no text: {}", answer.body)).to_owned()
    };
    let user =
        json!({ "login": "ramesh.iyer@corp", "grade": 7, "attributes": [{ "name": "costCentre", "value": "4711" }] });
    let ask = |field: &str, form: &str, default: Value| {
        mapped(
            json!({ "targetAttribute": "x", "cymmetrifield": field, "formVeriable": form, "defaultValue": default, "user": user }),
        )
    };
    assert_eq!(ask("grade", "from the form", json!("d")), "from the form");
    assert_eq!(ask("grade", "", json!("d")), "7");
    assert_eq!(ask("costCentre", "", json!("d")), "4711");
    assert_eq!(ask("nothing", "", json!("d")), "d");
    assert_eq!(ask("nothing", "", json!(12)), "12");
    assert_eq!(ask("nothing", "", json!(null)), "");
    assert_eq!(mapped(json!({})), "", "without a user too");
    assert_eq!(mapped(json!({ "cymmetriField": "login", "formVariable": "", "user": user })), "ramesh.iyer@corp");
    assert_eq!(mapped(json!({ "formVariable": "f", "user": user })), "f");
    assert_eq!(mapped(json!({ "targetAttribute": "sAMAccountName", "user": user })), "ramesh.iyercorp");
}

#[test]
fn leavers_go_after_their_last_day_and_on_any_doubt_people_stay() {
    let server = starter();
    for (user, goes) in [
        (json!({ "status": "INACTIVE", "endDate": "2020-01-10T00:00" }), true),
        (json!({ "status": "DELETE", "endDate": [2020, 1, 10, 0, 0] }), true),
        (json!({ "status": "INACTIVE_WITH_APPLICATION", "endDate": 1_578_614_400_000_i64 }), true),
        (json!({ "status": "INACTIVE", "endDate": "2999-01-10T00:00" }), false),
        (json!({ "status": "ACTIVE", "endDate": "2999-01-10T00:00" }), false),
        (json!({ "status": "INACTIVE", "endDate": "soon" }), false),
        (json!({ "status": "INACTIVE", "endDate": null }), false),
        (json!({ "status": "INACTIVE" }), false),
        (json!({ "endDate": "2020-01-10T00:00" }), false),
        (json!({ "status": 7, "endDate": "2020-01-10T00:00" }), false),
        (json!({}), false),
        (json!(null), false),
    ] {
        let body = json!({ "request": { "user": user } }).to_string();
        let answer = post(server.address, "/webhook/runDeprovision", body.as_bytes());
        assert_eq!(answer.body, format!(r#"{{"response":{{"data":{goes}}}}}"#), "{body}");
    }
}

/// What else the platform is known to send: a shape of every field that has several.
const PEOPLE: [&str; 6] = [
    r#"{"login":"meera.iyer"}"#,
    r#"{"id":"61e9","login":"meera.iyer","mobile":9811100022,"status":"ACTIVE","attributes":{"PAN":"ABCPI1234K"}}"#,
    r#"{"id":"61e9","attributes":[{"name":"PAN","value":"ABCPI1234K"}],"startDate":"2026-01-10T00:00","endDate":[2026,1,10,0,0]}"#,
    r#"{"login":null,"email":null,"managerId":null,"dateOfBirth":631152000000,"securityQuestion":{"q":"a"}}"#,
    r#"{"provisionedApps":{"620231fee789224ec1cec3dd":{"appId":"620231fee789224ec1cec3dd","login":{"login":"m","status":"SUCCESS_CREATE"}}},"rbacRoles":[]}"#,
    "{}",
];

#[test]
fn without_a_rule_that_decides_every_shape_of_person_is_answered_by_kind() {
    let server = server(&settings(), gateway());
    for hook in Hooks::standard().rows.iter().filter(|hook| hook.kind != Kind::Map) {
        for user in PEOPLE {
            let more = match hook.name.as_str() {
                "changePassword" => r#""passwordText":"Example@123","#,
                "preProvision" => {
                    r#""policyMap":{"a":["b"]},"form":{"x":1},"applicationId":"6202","roleList":["R"],"action":"Something New","#
                }
                "postProvision" => {
                    r#""policyMap":null,"form":[],"roleList":null,"action":"","isSuccess":"true","uid":"5f","#
                }
                _ => "",
            };
            let expected = match hook.kind {
                Kind::Transform | Kind::Validate => with_user(user),
                Kind::Decide => r#"{"response":{"data":false}}"#.to_owned(),
                _ => r#"{"response":{}}"#.to_owned(),
            };
            for body in [format!(r#"{{"request":{{{more}"user":{user}}}}}"#), format!(r#"{{{more}"user":{user}}}"#)] {
                let answer = post(server.address, &format!("/webhook/{}", hook.name), body.as_bytes());
                assert_eq!((answer.status, answer.body), (200, expected.clone()), "{} {body}", hook.name);
            }
        }
    }
}

#[test]
fn the_test_button_may_send_nothing_at_all() {
    let server = starter();
    for body in ["", "{}", "null", " \r\n", "{\"request\":{}}", "{\"request\":null}", "[]", "\"test\""] {
        for path in ["/webhook/test", "/test", "/TEST/", "/webhook/test?appId=1"] {
            let answer = post(server.address, path, body.as_bytes());
            assert_eq!((answer.status, &*answer.body), (200, r#"{"response":{}}"#), "{path} {body:?}");
        }
    }
}

#[test]
fn refused_calls_are_answered_with_a_code_and_a_request_id() {
    let server = starter();
    let large = format!(r#"{{"request":{{"user":{{"picture":"{}"}}}}}}"#, "x".repeat(1 << 20));
    for (method, path, body, status, code) in [
        ("POST", "/webhook/validateUser", "{\"request\":", 400, "BodyUnreadable"),
        ("POST", "/webhook/validateUser", "", 400, "BodyUnreadable"),
        ("POST", "/webhook/validateUser", "null", 400, "RequestMissing"),
        ("POST", "/webhook/postCreateUser", "{}", 400, "RequestMissing"),
        ("POST", "/webhook/preCreateUser", "{\"request\":{\"user\":null}}", 400, "UserMissing"),
        ("POST", "/webhook/validateUser", "{\"user\":[]}", 400, "UserMissing"),
        ("POST", "/webhook/validateUser", &large, 413, "BodyTooLarge"),
        ("POST", "/webhook/validateUsers", "{}", 404, "UnknownHook"),
        ("GET", "/webhook/validateUser", "", 405, "MethodNotAllowed"),
        ("PUT", "/webhook/validateUser", "{}", 405, "MethodNotAllowed"),
    ] {
        let mut client = crate::support::Client::connect(server.address);
        client.send(&crate::support::request(method, path, "", body.as_bytes()));
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, &*answer.code()), (status, code), "{method} {path}");
        let json = answer.json();
        assert_eq!(json.as_object().unwrap().len(), 2, "{json}");
        assert_eq!(json["requestId"].as_str(), answer.header("x-request-id"), "{json}");
    }
}
