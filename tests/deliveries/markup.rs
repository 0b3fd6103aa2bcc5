//! Names that are typed as markup, through the program to the receiver of a chat: they arrive as what was typed, and do nothing.

use serde_json::{Value, json};

use crate::support::post;
use crate::support::program::{Program, folder};
use crate::support::receiver::{HttpReceiver, Reply};
use crate::support::wait::until;

/// What a person may have typed as a name, and how Slack, Markdown and HTML are sent it.
const NAMES: [[&str; 4]; 5] = [
    ["<!channel>", "&lt;!channel&gt;", r"\<\!channel\>", "&lt;!channel&gt;"],
    [
        "[pay](https://evil.example)",
        "[pay](https://evil.example)",
        r"\[pay\](https://evil.example)",
        "[pay](https://evil.example)",
    ],
    [
        "<https://evil.example|the bank>",
        "&lt;https://evil.example|the bank&gt;",
        r"\<https://evil.example\|the bank\>",
        "&lt;https://evil.example|the bank&gt;",
    ],
    ["a*b_c~d`e", "a*b_c~d`e", r"a\*b\_c\~d\`e", "a*b_c~d`e"],
    ["O'Neil & \"Sons\"", "O'Neil &amp; \"Sons\"", "O'Neil & \"Sons\"", "O&#39;Neil &amp; &quot;Sons&quot;"],
];

const RULES: &str = r#"hook: postCreateUser
rules:
  - { name: as-a-text, deliver: { to: TO, body: "*${user.displayName}* <https://wiki.example|page>" } }
  - name: as-fields
    let: { whole: "${user.displayName}" }
    deliver: { to: TO, body: { text: "*${whole}*", page_url: "https://wiki.example/?q=${user.login}" } }
  - { name: by-a-script, script: 'deliver("TO", user.displayName)' }
"#;

/// What a destination with this row receives of a person with this name, in the order of the rules.
fn received(row: &str, name: &str) -> Vec<Value> {
    let receiver = HttpReceiver::start(|_| Reply::Status(200, ""));
    let row = row.replace("URL", &format!("http://{}/hooks", receiver.address));
    let settings = format!("destinations: {{ chat: {{ {row}, allow: [127.0.0.1] }} }}\nlisten: 127.0.0.1:0\n");
    let dir = folder(&[("gateway.yaml", &settings), ("rules/a.yaml", &RULES.replace("TO", "chat"))]);
    let served = Program::new(["serve"]).within(dir.path()).serve();
    let call = json!({"request": {"user": {"login": "asha.rao", "displayName": name}}}).to_string();
    assert_eq!(post(served.address, "/postCreateUser", call.as_bytes()).status, 200, "{}", served.log());
    until("all has come", || receiver.count() == 3);
    served.stop();
    // A text alone goes to an `http:` destination as it is.
    receiver.bodies().into_iter().map(|body| serde_json::from_str(&body).unwrap_or(Value::String(body))).collect()
}

#[test]
fn a_name_arrives_in_a_chat_as_it_was_typed_and_calls_nobody() {
    for [name, of_slack, of_markdown, of_html] in NAMES {
        for (row, wanted) in [
            ("slack: \"URL\"", of_slack),
            ("teams: \"URL\"", of_markdown),
            ("http: \"URL\", escape: html", of_html),
            ("http: \"URL\", escape: none", name),
            ("http: \"URL\"", name),
        ] {
            let came = received(row, name);
            let text = format!("*{wanted}* <https://wiki.example|page>");
            assert!(came[0].to_string().contains(&json!(text).to_string()), "{row}: {:?}", came[0]);
            assert!(came[1].to_string().contains(&json!(format!("*{wanted}*")).to_string()), "{row}: {:?}", came[1]);
            assert_eq!(came[1]["page_url"], "https://wiki.example/?q=asha.rao", "{row}");
            assert!(came[2].to_string().contains(&json!(wanted).to_string()), "{row}: {:?}", came[2]);
        }
    }
}
