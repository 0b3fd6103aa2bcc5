//! The console as somebody sees it who is logged in: pages, forms, and what a person reads of them.

use hookgate::server::hash_password;

use super::browser::Browser;
use super::{PASSWORD, USERS};
use crate::support::client::Answer;
use crate::support::program::{Program, Served, folder};

/// A password in a rule, which nobody may see.
pub const CANARY: &str = "Canary-Welcome-7";

/// A gateway with a journal, kept rules, these rules, and users with all rights (asha) and one (ravi).
pub fn gateway(files: &[(&str, &str)]) -> (tempfile::TempDir, Served) {
    let admin = USERS.replace("HASH", &hash_password(&PASSWORD.into()).unwrap());
    let settings = format!("journal: {{ file: journal.jsonl }}\nreload: {{ quiet_ms: 20 }}\nadmin:\n{admin}");
    let files: Vec<(&str, &str)> = files.iter().copied().chain([("gateway.yaml", settings.as_str())]).collect();
    let dir = folder(&files);
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let served = program.env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").env("HOOKGATE_RELOAD_STATE", ".").serve();
    (dir, served)
}

/// A browser in which this user is logged in.
pub fn browser(served: &Served, name: &str) -> Browser {
    let mut browser = Browser::new(served.admin);
    browser.log_in(name, PASSWORD);
    assert!(browser.is_in(), "{name}");
    browser
}

/// Sends a form of a page with the visitor's word that the page has.
pub fn send(browser: &mut Browser, page: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = field(&browser.get(page).body, "csrf");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", &csrf);
    fields.iter().for_each(|(name, value)| {
        form.append_pair(name, value);
    });
    browser.post(to, &form.finish())
}

/// The value of a hidden field.
pub fn field(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no `{name}`: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// What a person reads of a page: its words without markup, white space as one space and none before a stop, and no backticks.
pub fn read(page: &str) -> String {
    let mut words = String::new();
    for part in page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)) {
        words += part;
        words.push(' ');
    }
    for (entity, letter) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        words = words.replace(entity, letter);
    }
    let mut words = words.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ");
    for sign in [".", ",", ":", ";", "?", "”"] {
        words = words.replace(&format!(" {sign}"), sign);
    }
    words
}
