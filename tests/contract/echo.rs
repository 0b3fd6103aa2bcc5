//! What no rule touches comes back as it came, byte for byte; also around what a rule changes.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::support::server::{gateway_of, settings};
use crate::support::{Running, gateway, post, server};

/// Users that any detour through a tree of values would change.
const ODD: [&str; 14] = [
    "{ \t\"login\"\r\n :\n\"asha.rao\" , \"n\" : [ 1 , 2 ]\n}",
    r#"{"name":"\u0041sha \/ \"R\u00e4o\" \ud83d\ude00 \b\f\n\r\t"}"#,
    "{\"name\":\"Äšħá 😀 \u{7f}\u{2028}\"}",
    r#"{"id":123456789012345678901234567890,"n":-0,"m":-0.0,"e":1E+2,"f":1.50,"g":0.1e-7,"big":18446744073709551616}"#,
    r#"{"tiny":4.9e-324,"exact":0.1000000000000000055511151231257827}"#,
    r#"{"z":1,"a":2,"m":3,"Z":4}"#,
    r#"{"there":null,"empty":"","list":[],"map":{},"nulls":[null,null]}"#,
    r#"{"":"empty key","a.b":1,"a b":2,"ключ":3,"\u0061":4}"#,
    r#"{"deep":{"deep":{"deep":{"deep":[[[[{"deep":[{}]}]]]]}}}}"#,
    r#"{"true":true,"false":false,"null":"null","number":"12","yes":"yes"}"#,
    r#"{"attributes":{"PAN":"ABCPR1234K"},"unknown":{"field":[{"of":"the future"}]}}"#,
    r#"{"attributes":[{"name":"PAN","value":"ABCPR1234K","more":1},{"value":2},{"name":3},"x",null]}"#,
    r#"{"response":{"error":true,"message":"MobileAlreadyExist"},"request":{"user":{}}}"#,
    "{}",
];

fn body(user: &str) -> String {
    format!("{{\"more\":1, \"request\" : {{ \"user\":{user}}}}}")
}

fn answered(server: &Running, hook: &str, user: &str) -> String {
    let answer = post(server.address, &format!("/webhook/{hook}"), body(user).as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.body);
    let data = answer.body.strip_prefix(r#"{"response":{"data":"#).and_then(|rest| rest.strip_suffix("}}"));
    data.unwrap_or_else(|| panic!("no user: {}", answer.body)).to_owned()
}

#[test]
fn an_unchanged_user_comes_back_byte_for_byte() {
    let idle = server(&settings(), gateway());
    let reading = server(&settings(), gateway_of(READING));
    for user in ODD {
        for hook in ["preCreateUser", "preUpdateUser", "validateUser", "validateUpdateUser"] {
            assert_eq!(answered(&idle, hook, user), user, "{hook}");
            assert_eq!(answered(&reading, hook, user), user, "{hook}: rules that only read");
        }
    }
}

/// Rules that look at everything and write what is there already.
const READING: &str = r#"
hook: [preCreateUser, preUpdateUser, validateUser, validateUpdateUser]
rules:
  - name: reads
    when:
      user.login: { not: { is: nobody } }
      user.attributes: { not: { length: 77 } }
      attr.PAN: { not: { starts_with: ZZZ } }
      user.deep.deep.deep: { not: { is: 1 } }
      script: "type_of(user.n) != \"nothing\" && user.id != 1"
    remove: [user.nothing, attr.nothing]
  - name: writes-the-same
    when: { user.login: { present: true } }
    set: { user.login: "${user.login}" }
    default: { user.login: other }
  - name: tries
    mode: audit
    set: { user.login: changed, user.new: x }
    add: { user.more: x }
    remove: user.z
"#;

const CHANGING: &str = r#"
hook: [preCreateUser, validateUser]
rules:
  - name: changes
    set: { user.mark: "${user.mark}!", attr.seen: "yes" }
"#;

/// The bytes of a user with a mark at the end.
fn marked(user: &str) -> String {
    let inner = user.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap();
    let comma = if inner.trim().is_empty() { "" } else { "," };
    format!("{{{inner}{comma}\"mark\":\"a\"}}")
}

/// The fields of an object: names as they read, values as bytes.
fn fields(object: &str) -> Vec<(String, String)> {
    let order: serde_json::Map<String, serde_json::Value> = serde_json::from_str(object).unwrap();
    let bytes: BTreeMap<String, &RawValue> = serde_json::from_str(object).unwrap();
    order.into_iter().map(|(name, _)| (name.clone(), bytes[&name].get().to_owned())).collect()
}

#[test]
fn a_changed_user_keeps_every_byte_of_every_other_value_and_the_order() {
    let server = server(&settings(), gateway_of(CHANGING));
    for user in ODD {
        for hook in ["preCreateUser", "validateUser"] {
            let sent = marked(user);
            let answer = answered(&server, hook, &sent);
            let (before, mut after) = (fields(&sent), fields(&answer));
            let mark = after.iter().position(|(name, _)| name == "mark").unwrap();
            assert_eq!(after[mark].1, "\"a!\"");
            after[mark].1 = "\"a\"".to_owned();
            let is_attributes = |(name, _): &(String, String)| name == "attributes";
            if before.iter().any(is_attributes) {
                let attributes = after.iter().position(is_attributes).unwrap();
                assert!(after[attributes].1.contains("yes"), "{answer}");
                after[attributes] = before[attributes].clone();
            } else {
                assert_eq!(after.pop().unwrap(), ("attributes".to_owned(), r#"{"seen":"yes"}"#.to_owned()));
            }
            assert_eq!(after, before, "{hook}");
        }
    }
}

#[test]
fn attributes_keep_the_shape_in_which_they_came() {
    let rules = "hook: preCreateUser\nrules:\n  - name: custom\n    set: { attr.PAN: \"${upper(attr.PAN)}\" }\n    default: { attr.grade: 7 }\n    remove: attr.old\n";
    let server = server(&settings(), gateway_of(rules));
    for (came, goes) in [
        (
            r#"{"login":"a","attributes":{"x":1.0,"PAN":"abc","old":1,"y":null},"z":1e2}"#,
            r#"{"login":"a","attributes":{"x":1.0,"PAN":"ABC","y":null,"grade":7},"z":1e2}"#,
        ),
        (
            r#"{"login":"a","attributes":[{"name":"x", "value":1.0},{"name":"old","value":2},{"value":"abc","k":1.50,"name":"PAN"}],"z":1e2}"#,
            r#"{"login":"a","attributes":[{"name":"x", "value":1.0},{"value":"ABC","k":1.50,"name":"PAN"},{"name":"grade","value":7}],"z":1e2}"#,
        ),
    ] {
        assert_eq!(answered(&server, "preCreateUser", came), goes);
    }
}
