//! The calls that pages show are made, and answered as it is written below them.

use std::fs;
use std::path::PathBuf;

use super::blocks::blocks;
use crate::schema::rules_folders;
use crate::support::client::post_with;
use crate::support::platform::TOKEN;
use crate::support::program::root;
use crate::support::server::settings;
use crate::support::{Running, example};
use hookgate::server::bind;

/// The header of a call in the name of somebody whom the platform knows.
pub fn bearer() -> String {
    format!("Authorization: Bearer {TOKEN}\r\n")
}

/// A `curl` command: the path it calls, the headers that matter, and the body it sends.
pub fn call(command: &str) -> (String, String, Vec<u8>) {
    let command = command.replace("\\\n", " ");
    let address = command.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:8080/"));
    let path = address.unwrap_or_else(|| panic!("no address in {command}")).trim_start_matches("http://127.0.0.1:8080");
    let (flag, rest) = ["-d ", "--data-binary "]
        .iter()
        .find_map(|flag| command.split_once(flag).map(|(_, rest)| (*flag, rest)))
        .unwrap();
    let argument = match rest.trim().strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next().unwrap(),
        None => rest.split_whitespace().next().unwrap(),
    };
    let body = match argument.strip_prefix('@') {
        Some(file) => fs::read(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}")),
        None => argument.as_bytes().to_vec(),
    };
    // curl's `-d @file` leaves the ends of lines out.
    let is_sent = |byte: &u8| flag != "-d " || !argument.starts_with('@') || !matches!(byte, b'\r' | b'\n' | 0);
    let headers = if command.contains("-H \"Authorization: Bearer $TOKEN\"") { bearer() } else { String::new() };
    (path.to_owned(), headers, body.into_iter().filter(is_sent).collect())
}

/// Makes every call of a page behind which an answer stands; the hooks that were called.
pub fn calls(page: &str, server: &Running) -> Vec<String> {
    let text = super::blocks::page(page);
    let mut called = Vec::new();
    for pair in blocks(&text).windows(2) {
        let [asked, answered] = pair else { continue };
        if asked.language != "sh" || !asked.text.starts_with("curl ") || answered.language != "json" {
            continue;
        }
        let (path, headers, body) = call(&asked.text);
        let answer = post_with(server.address, &path, &headers, &body);
        assert_eq!((answer.status, &*answer.body), (200, answered.text.trim_end()), "{page}:{}", asked.line);
        called.push(path.trim_start_matches("/webhook").trim_matches('/').to_owned());
    }
    called
}

#[test]
fn the_calls_of_each_example_are_answered_as_it_is_written() {
    for folder in rules_folders().into_iter().filter(|folder| folder.starts_with(root().join("examples"))) {
        let example = folder.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let (gateway, _platform) = example::gateway(&folder);
        let server = Running::start(bind(&settings(), gateway).unwrap());
        let called = calls(&format!("examples/{example}/README.md"), &server);
        assert!(!called.is_empty(), "{example} shows no call");
        let replies = fs::read_dir(folder.with_file_name("replies")).unwrap().map(|entry| entry.unwrap().path());
        let replies: Vec<PathBuf> = replies.collect();
        assert!(
            replies.iter().all(|reply| folder.with_file_name("requests").join(reply.file_name().unwrap()).is_file())
        );
    }
}
