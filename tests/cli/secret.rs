//! What is secret is shown nowhere: in no reply, change, trace, difference, message or line of the log.

use crate::support::post;
use crate::support::program::{Ended, Program, folder};

/// Letters and digits alone look the same in JSON, YAML, XML and debug output.
const CANARY: &str = "Zq7canary9Xw";

/// Rules that do with secrets all that rules can do with them; each rule holds or fails on the same event.
const RULES: &str = r#"
rules:
  - name: reads-the-new-password
    hook: changePassword
    mode: audit
    let: { shouted: "${upper(request.passwordText)}" }
    when:
      request.passwordText: { present: true, not: { contains: "${user.login}" }, length: { gt: 3 } }
      shouted: { not: { is: X } }
      user.password: { is_not: x }
    stop: true
  - name: compares-the-new-password
    hook: changePassword
    when:
      script: "request.passwordText == \"x\" || user.password == 7"
    stop: true
  - name: is-not-so
    hook: changePassword
    when: { request.passwordText: { in: [x, y] } }
    stop: true
  - name: fails-over-the-new-password
    hook: changePassword
    when: { request.passwordText: { before: "${request.passwordText}" } }
    stop: true
  - name: script-fails-over-the-new-password
    hook: changePassword
    when:
      script: "let n = request.passwordText - 1; n > 0"
    stop: true
  - name: moves-the-password
    hook: [validateUser, preCreateUser]
    when:
      user.password: { present: true, starts_with: Zq, not: { in: [a, b] } }
    set:
      user.password: "${user.password}x"
      user.provisionedApps.app.login.password: "${user.password}"
  - name: would-copy-the-password
    hook: [validateUser, preCreateUser]
    mode: audit
    script: |
      set("user.hint", "it is " + user.password);
  - name: password-is-not-so
    hook: [validateUser, preCreateUser]
    when: { user.password: something-else }
    stop: true
  - name: copies-the-password-by-a-script
    hook: preCreateUser
    script: |
      let worked = upper(user.password) + "!";
      set("user.hints", [#{ text: [worked] }]);
  - name: maps-the-password
    hook: policyMap
    when: { request.defaultValue: { present: true } }
    mappedValue: "${request.defaultValue}"
"#;

const REQUESTS: [(&str, &str); 4] = [
    ("changePassword", r#"{"request":{"user":{"login":"bb","password":"CANARY"},"passwordText":"CANARY"}}"#),
    ("validateUser", r#"{"request":{"user":{"login":"a", "password" : "CANARY","securityQuestion":{"q":"CANARY"}}}}"#),
    (
        "preCreateUser",
        r#"{"request":{"user":{"password":"CANARY","provisionedApps":{"app":{"login":{"password":"CANARY"}}}}}}"#,
    ),
    (
        "policyMap",
        r#"{"request":{"targetAttribute":"__PASSWORD__","cymmetrifield":"password","defaultValue":"CANARY","user":{"password":"CANARY"}}}"#,
    ),
];

fn body(request: &str) -> String {
    request.replace("CANARY", CANARY)
}

fn is_silent(what: &str, ended: &Ended) {
    for (stream, text) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
        assert!(!text.to_lowercase().contains(&CANARY.to_lowercase()), "{what} tells a secret on {stream}:\n{text}");
    }
}

#[test]
fn dry_run_shows_that_there_is_a_secret_and_not_which() {
    let dir = folder(&[("rules/a.yaml", RULES)]);
    for (hook, request) in REQUESTS {
        for more in [&["--explain"][..], &["--format", "json"], &["--explain", "--set", "user.country=France"]] {
            let words = ["dry-run", hook, "-"].into_iter().chain(more.iter().copied());
            let ended = Program::new(words).within(dir.path()).input(body(request)).run();
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
            is_silent(&format!("dry-run {hook} {more:?}"), &ended);
            assert!(ended.stdout.contains("(hidden)"), "{}", ended.stdout);
        }
    }
    let set = format!("request.passwordText={CANARY}");
    is_silent("--set", &Program::new(["dry-run", "changePassword", "--explain", "--set", &set]).run());
    for wrong in ["request.passwordText:=", "request.passwordText[=", "request.user.login.password="] {
        let wrong = format!("{wrong}{CANARY}");
        let ended = Program::new(["dry-run", "changePassword", "--set", &wrong]).run();
        assert_eq!(ended.code, Some(2), "{wrong}");
        is_silent("a wrong --set", &ended);
    }
}

#[test]
fn a_reply_is_shown_as_it_is_but_for_the_secrets_in_it() {
    let request = r#"{"user":{ "login" : "a\u0041", "password":"s3cret", "n":1.50,"securityQuestion":{},"apps":[{"Password":null},{"password": ["s3cret"]}]}}"#;
    let shown = r#"{"response":{"data":{ "login" : "a\u0041", "password":"(hidden)", "n":1.50,"securityQuestion":{},"apps":[{"Password":null},{"password": "(hidden)"}]}}}"#;
    for format in ["text", "json"] {
        let words = ["dry-run", "validateUser", "-", "--format", format];
        let stdout = Program::new(words).input(request).run().expect(0);
        assert!(stdout.contains(shown), "{stdout}");
    }
}

/// Cases that read the secrets and expect what does not come.
fn cases() -> String {
    let case = |(hook, request): (&str, &str)| {
        let request: serde_json::Value = serde_json::from_str(&body(request)).unwrap();
        let more = match hook {
            "validateUser" | "preCreateUser" => ", user: { password: y, login: z }",
            "policyMap" => ", mappedValue: y",
            _ => "",
        };
        format!(
            "  - name: {hook}\n    hook: {hook}\n    expect: {{ by: is-not-so, reply: {{ response: {{ x: 1 }} }}{more} }}\n    request: {}\n",
            request["request"]
        )
    };
    format!("tests:\n{}", REQUESTS.into_iter().map(case).collect::<String>())
}

#[test]
fn test_and_check_tell_no_secret_of_a_request() {
    let dir = folder(&[("rules/a.yaml", RULES), ("rules/b.test.yaml", &cases())]);
    for format in ["text", "json", "junit"] {
        let ended = Program::new(["test", "--format", format]).within(dir.path()).run();
        assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.matches("(hidden)").count() >= 3, "{}", ended.stdout);
        is_silent(&format!("test --format {format}"), &ended);
    }
    for (hook, _) in REQUESTS {
        let ended = Program::new(["dry-run", "--explain", "--case", hook]).within(dir.path()).run();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        is_silent(&format!("dry-run --case {hook}"), &ended);
    }
    let ended = Program::new(["check"]).within(dir.path()).run();
    assert!(ended.stdout.contains("0 errors"), "{}", ended.stdout);
    is_silent("check", &ended);
}

/// Everything, the HTTP library's own words included, which the plain levels leave out.
const LOUDEST: &str = "trace,actix_http=trace,actix_server=trace";

#[test]
fn the_log_tells_no_secret_at_its_loudest() {
    let dir = folder(&[("rules/a.yaml", RULES)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0", "--log-level", LOUDEST]).within(dir.path()).serve();
    let mut answered = 0;
    for (hook, request) in REQUESTS {
        let path = format!("/webhook/{hook}");
        answered += usize::from(post(served.address, &path, body(request).as_bytes()).status == 200);
        let half = &body(request)[..body(request).len() - 2];
        assert_eq!(post(served.address, &path, half.as_bytes()).code(), "BodyUnreadable");
        let twice = body(request).replace("{\"user\":", "{\"user\":{},\"user\":");
        post(served.address, &path, twice.as_bytes());
    }
    post(served.address, "/webhook/nothing", body(REQUESTS[0].1).as_bytes());
    assert_eq!(answered, REQUESTS.len());
    let (code, log) = served.stop();
    assert_eq!(code, Some(0));
    assert!(log.contains("\"trace\"") && log.contains("\"decided\""), "the log is at its loudest:\n{log}");
    assert!(log.contains("audit rule held") && log.contains("rule failed"), "{log}");
    assert!(!log.to_lowercase().contains(&CANARY.to_lowercase()), "{log}");
}

/// A value computed from a secret is one, whatever it was computed by, and every place that takes none refuses it.
#[test]
fn what_is_computed_from_a_secret_is_one_and_no_plain_place_takes_it() {
    let body = format!(
        r#"{{"request":{{"user":{{"login":"bb","password":"{CANARY}","securityQuestion":{{"answer":"{CANARY}"}}}}}}}}"#
    );
    for made in [
        "user.password",
        "user.securityQuestion",
        "user.securityQuestion.answer",
        "user.password + \"x\"",
        "\"x\" + user.password",
        "user.password + user.password",
        "upper(user.password)",
        "lower(user.password).cut(3)",
        "sha256(user.password)",
        "coalesce(user.middleName, user.password)",
        "join([user.password, \"x\"], \"-\")",
        "[1, user.password]",
        "#{ x: user.password }",
        "#{ x: [user.password] }.x",
        "`it is ${user.password}`",
        "[user.password].to_string()",
        "user.password.to_string()",
        "user.password.split(\"7\")",
        "user.password.sub_string(1)",
        "user.password.to_upper()",
        "(|| user.password).call()",
        "try { throw user.password } catch (e) { e }",
        "let a = []; a.push(user.password); a.reduce(|sum, v| sum + v, \"\")",
    ] {
        for verb in ["set(\"user.hint\", it)", "add(\"user.hints\", it)", "default(\"user.hint\", [it])", "reject(it)"]
        {
            let rules = format!(
                "hook: validateUser\nrules:\n  - name: leaks\n    script: |\n      let it = {made};\n      {verb};\n"
            );
            let dir = folder(&[("rules/a.yaml", &rules)]);
            let ended =
                Program::new(["dry-run", "validateUser", "-", "--explain"]).within(dir.path()).input(&*body).run();
            is_silent(&format!("{made} in {verb}"), &ended);
            let is_refused = ended.stdout.contains("leaks failed") || ended.code == Some(2);
            assert!(is_refused, "{made} in {verb}:\n{}{}", ended.stdout, ended.stderr);
        }
    }
}

/// What a tenant names is as secret as what always is.
#[test]
fn a_tenant_adds_secrets_by_path_and_by_name() {
    let settings = "secrets: [attr.PAN, user.nationalId, taxNumber]\n";
    let users = [
        format!(
            r#"{{"login":"bb","attributes":{{"PAN":"{CANARY}"}},"nationalId":"{CANARY}","x":[{{"TaxNumber":"{CANARY}"}}]}}"#
        ),
        format!(
            r#"{{"login":"bb","attributes":[{{"name":"PAN","value":"{CANARY}"}}],"nationalId":{{"no":"{CANARY}"}}}}"#
        ),
    ];
    let rules = "hook: validateUser
rules:
  - { name: seen, when: { attr.PAN: { present: true, is_not: x }, user.nationalId: { present: true } }, mode: audit, stop: true }
  - { name: differs, when: { attr.PAN: other }, stop: true }
  - { name: leaks, script: 'set(\"user.hint\", attr(\"PAN\"))' }
";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", rules)]);
    for user in users {
        let request = format!(r#"{{"request":{{"user":{user}}}}}"#);
        let ended = Program::new(["dry-run", "validateUser", "-", "--explain"]).within(dir.path()).input(request).run();
        is_silent("dry-run", &ended);
        assert!(ended.stdout.contains("seen held") && ended.stdout.contains("leaks failed"), "{}", ended.stdout);
        assert!(ended.stdout.contains("(hidden)"), "{}", ended.stdout);
    }
    let rules = "hook: validateUser\nrules: [{ name: leaks, set: { user.hint: '${attr.PAN}' } }]\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", rules)]);
    let refused = Program::new(["check"]).within(dir.path()).run();
    assert!(refused.stdout.contains("H227") && refused.stdout.contains("attr.PAN"), "{}", refused.stdout);
}

/// A question goes out of hookgate, a table does not.
#[test]
fn no_lookup_outside_is_asked_with_a_secret() {
    let settings = "connections: { api: { http: \"https://api.corp.example\" } }\n";
    let lookups = "lookups:
  by_api: { http: api, get: \"/${key}\", on_error: absent }
  common: { table: common.csv, key: word }
";
    let request = format!(r#"{{"request":{{"user":{{"password":"{CANARY}","securityQuestion":["{CANARY}"]}}}}}}"#);
    for (when, is_told) in [
        ("user.password: { found_in: by_api }", false),
        ("user.securityQuestion: { any: { found_in: by_api } }", false),
        ("user.securityQuestion: { every: { not: { found_in: by_api } } }", false),
        ("user.password: { found_in: common }", true),
        ("user.securityQuestion: { any: { found_in: common } }", true),
    ] {
        let rules =
            format!("hook: validateUser\n{lookups}rules:\n  - {{ name: asks, when: {{ {when} }}, stop: true }}\n");
        let table = format!("word\n{CANARY}\n");
        let files = [("gateway.yaml", settings), ("rules/a.yaml", &*rules), ("rules/common.csv", &*table)];
        let dir = folder(&files);
        let ended =
            Program::new(["dry-run", "validateUser", "-", "--explain"]).within(dir.path()).input(&*request).run();
        is_silent(when, &ended);
        let wanted = if is_told { "asks held" } else { "asks failed" };
        assert!(ended.stdout.contains(wanted), "{when}:\n{}{}", ended.stdout, ended.stderr);
    }
}

/// Columns of what lookups answer have names too, whatever the source; so has a part of a name that `let` binds.
#[test]
fn columns_of_lookups_are_secrets_by_their_names() {
    let settings = "secrets: [pin]\nconnections: { api: { http: \"https://api.corp.example\" } }\ndestinations: { siem: { file: siem.jsonl } }\n";
    let head = "hook: validateUser
lookups:
  people: { table: people.csv, key: login }
  api: { http: api, get: \"/${key}\", on_error: absent }
";
    let table = format!("login,password,User_Password,PIN,city\nbb,{CANARY},{CANARY},{CANARY},Pune\n");
    let row = format!(
        "{{ login: bb, password: {CANARY}, User_Password: {CANARY}, PIN: {CANARY}, city: Pune, list: [{{ name: otp, value: {CANARY} }}] }}"
    );
    let given = format!("api: {{ bb: {row} }}");
    let files = |rules: &str, test: &str| {
        folder(&[
            ("gateway.yaml", settings),
            ("rules/a.yaml", rules),
            ("rules/people.csv", &table),
            ("rules/a.test.yaml", test),
        ])
    };
    for lookup in ["people", "api"] {
        let bound = format!("let: {{ row: {{ lookup: {lookup}, key: '${{user.login}}' }} }}");
        for column in ["password", "User_Password", "PIN"] {
            // Where it can be seen at load.
            let rules = format!(
                "{head}rules:\n  - {{ name: tells, {bound}, deliver: {{ to: siem, body: '${{row.{column}}}' }} }}\n"
            );
            let refused = Program::new(["check"]).within(files(&rules, "tests: []").path()).run();
            assert!(refused.stdout.contains("H220") && refused.stdout.contains(column), "{}", refused.stdout);
            let rules =
                format!("{head}rules:\n  - {{ name: tells, {bound}, set: {{ user.hint: '${{row.{column}}}' }} }}\n");
            let refused = Program::new(["check"]).within(files(&rules, "tests: []").path()).run();
            assert!(refused.stdout.contains("H227"), "{}", refused.stdout);
        }
        for (rule, ends) in [
            (format!("{bound}, deliver: {{ to: siem, body: '${{row}}' }}"), "tells failed"),
            (format!("{bound}, script: 'set(\"user.hint\", row[\"PIN\"])'"), "tells failed"),
            (format!("script: 'set(\"user.hint\", lookup(\"{lookup}\", user.login).password)'"), "tells failed"),
            (format!("script: 'deliver(\"siem\", lookup(\"{lookup}\", user.login))'"), "tells failed"),
            (format!("{bound}, deliver: {{ to: siem, body: '${{row.city}}' }}"), "tells held"),
            (format!("{bound}, set: {{ user.password: '${{row.password}}' }}"), "tells held"),
            (
                format!("{bound}, when: {{ row.password: {{ is: {CANARY} }} }}, set: {{ user.city: '${{row.city}}' }}"),
                "tells held",
            ),
        ] {
            let rules = format!("{head}rules:\n  - {{ name: tells, {rule} }}\n");
            let test = format!(
                "tests:\n  - {{ name: one, hook: validateUser, request: {{ user: {{ login: bb }} }}, given: {{ lookups: {{ {given} }} }}, expect: {{ by: tells }} }}\n"
            );
            let dir = files(&rules, &test);
            let words = ["dry-run", "--explain", "--case", "one"];
            let ended = Program::new(words).within(dir.path()).run();
            is_silent(&format!("{lookup}: {rule}"), &ended);
            assert!(ended.stdout.contains(ends), "{lookup}: {rule}\n{}{}", ended.stdout, ended.stderr);
        }
    }
}

/// A mapped value is a secret by the name of where it goes or comes from, so that a rule may answer one there.
#[test]
fn what_is_mapped_from_a_password_or_to_one_is_a_secret() {
    let rules = "hook: policyMap\nrules:\n  - { name: maps, when: { request.cymmetrifield: password }, mappedValue: '${user.password}' }\n";
    let dir = folder(&[("rules/a.yaml", rules)]);
    let checked = Program::new(["check"]).within(dir.path()).run();
    assert!(checked.stdout.contains("0 errors") && !checked.stdout.contains("H809"), "{}", checked.stdout);
    for (target, from, more) in [
        ("unicodePwd", "password", format!(r#","user":{{"password":"{CANARY}"}}"#)),
        (" __password__ ", "login", format!(r#","formVariable":"{CANARY}","formVeriable":"","user":{{}}"#)),
        ("userPassword", "login", format!(r#","defaultValue":"{CANARY}","user":{{}}"#)),
    ] {
        let body = format!(r#"{{"request":{{"targetAttribute":"{target}","cymmetrifield":"{from}"{more}}}}}"#);
        let ended = Program::new(["dry-run", "policyMap", "-", "--explain"]).within(dir.path()).input(body).run();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        is_silent(target, &ended);
        assert!(!ended.stdout.contains("failed"), "{}", ended.stdout);
    }
}
