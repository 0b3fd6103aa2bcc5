//! The example cymmetri-api asks a platform that answers for real: what tenants ask of their hooks, with the exact bodies.

use crate::support::example::{Asking, asking};
use crate::support::platform::{Manner, TOKEN};
use crate::support::program::root;

fn example() -> Asking {
    asking(&root().join("examples/cymmetri-api/rules"))
}

fn taken(code: &str) -> String {
    format!(r#"{{"response":{{"error":true,"message":"{code}"}}}}"#)
}

/// Hook, request and reply. `=` is the user as it came.
const CASES: [(&str, &str, &str); 16] = [
    // A mobile number belongs to one person. That an employee also lacks a manager comes second.
    (
        "validateUser",
        r#"{"login": "vikram.s", "mobile": "09820012345", "firstName": "Vikram", "lastName": "Shah", "userType": "Employee"}"#,
        "MobileAlreadyExist",
    ),
    ("validateUpdateUser", r#"{"login": "asha.rao", "mobile": "9820012345"}"#, "="),
    ("validateUpdateUser", r#"{"id": "61e9", "login": "asha.shah", "mobile": "9820012345"}"#, "="),
    ("validateUser", r#"{"login": "vikram.s", "mobile": 919820012345}"#, "MobileAlreadyExist"),
    // The platform finds a number that holds this one; it is another.
    ("validateUser", r#"{"login": "vikram.s", "mobile": "820012345"}"#, "="),
    ("validateUser", r#"{"login": "vikram.s", "mobile": null}"#, "="),
    // An address belongs to one person, in any case.
    ("validateUser", r#"{"login": "a.rao", "email": "asha.RAO@CORP.example"}"#, "EmailAlreadyExist"),
    ("validateUpdateUser", r#"{"login": "asha.rao", "email": "ASHA.RAO@corp.example"}"#, "="),
    ("validateUser", r#"{"login": "rao", "email": "rao@corp.example"}"#, "="),
    ("validateUser", r#"{"login": "rao", "email": ""}"#, "="),
    // A manager exists, is active and is somebody else.
    (
        "validateUser",
        r#"{"login": "a", "userType": "Employee", "managerId": "5f36283bc193991db0990d3e"}"#,
        "ManagerNotActive",
    ),
    ("validateUser", r#"{"login": "a", "userType": "Employee", "managerId": "61ea"}"#, "="),
    ("validateUser", r#"{"login": "a", "userType": "Employee", "managerId": "6666"}"#, "ManagerNotFound"),
    ("validateUser", r#"{"login": "a", "userType": "Employee"}"#, "ManagerRequired"),
    (
        "validateUpdateUser",
        r#"{"id": "61e9", "login": "asha.rao", "userType": "Employee", "managerId": "61e9"}"#,
        "ManagerIsSelf",
    ),
    ("validateUser", r#"{"login": "v", "userType": "Vendor", "managerId": "6666"}"#, "="),
];

#[test]
fn what_the_platform_knows_decides() {
    let Asking { outside, platform } = example();
    for manner in [Manner::Answer, Manner::AnswerContent] {
        platform.now(manner.clone());
        for (hook, user, wanted) in CASES {
            let wanted = if wanted == "=" { format!(r#"{{"response":{{"data":{user}}}}}"#) } else { taken(wanted) };
            let (reply, log) = outside.reply(hook, &format!(r#"{{"request": {{"user": {user}}}}}"#), Some(TOKEN));
            assert_eq!((reply.status, reply.body), (200, wanted), "{user}, {manner:?}\n{log}");
        }
    }
    let seen = platform.seen();
    assert!(seen.iter().all(|seen| seen.header("authorization") == [format!("Bearer {TOKEN}")]));
    assert!(seen.iter().any(|seen| seen.target == "/usersrvc/api/user/5f36283bc193991db0990d3e"));
    let body = r#"{"keyword":"","pageNumber":0,"pageSize":50,"sort":"FIRST_NAME","direction":"ASC","filters":{"mobile":"9820012345"}}"#;
    assert!(seen.iter().any(|seen| seen.target == "/usersrvc/api/user/list" && seen.body == body));
}

#[test]
fn nobody_is_let_in_unseen_where_the_platform_cannot_be_asked() {
    let Asking { outside, platform } = example();
    let user = r#"{"request":{"user":{"login":"new","mobile":"5550001111","email":"new@corp.example","userType":"Employee","managerId":"61ea"}}}"#;
    let ask = |bearer| outside.reply("validateUser", user, bearer).0.body;
    let accepted = ask(Some(TOKEN));
    assert!(accepted.starts_with(r#"{"response":{"data""#), "{accepted}");
    for bearer in [None, Some("expired")] {
        assert_eq!(ask(bearer), taken("ValidationUnavailable"));
    }
    for manner in [
        Manner::Body(r#"{"success":false,"data":null,"message":null,"errorCode":"X"}"#.to_owned()),
        Manner::Body("{}".to_owned()),
        Manner::Body("<html>".to_owned()),
        Manner::Redirect("/login".to_owned()),
        Manner::Status(403),
        Manner::Status(500),
    ] {
        platform.now(manner.clone());
        assert_eq!(ask(Some(TOKEN)), taken("ValidationUnavailable"), "{manner:?}");
    }
    // Three questions that hang are on their way at once: each may take a second, and the event has two.
    let Asking { outside, platform } = example();
    platform.now(Manner::Hang);
    let (reply, _) = outside.reply("validateUser", user, Some(TOKEN));
    assert_eq!(reply.body, taken("ValidationUnavailable"));
    assert_eq!(platform.seen().len(), 3);
}
