//! The outbox and the table of destinations: where deliveries wait, where they go, and how patiently.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::config::credentials::Rows;
use crate::config::keys::{FILE_DESTINATION, HTTP_DESTINATION, NATS_DESTINATION, POSTGRES_OUTBOX, RETRY};
use crate::config::value::{Value, Written};
use crate::diagnostic::{Report, code};
use crate::outbox::{
    Destination, FileTarget, Format, HttpMethod, HttpTarget, NatsTarget, PostgresStore, Schedule, StoreAt, Target,
};
use crate::outside::{Credential, Mode};
use crate::rule::Markup;
use crate::yaml::{Content, Entry, Node};

/// Parcels on their way at once unless a row says otherwise.
const AT_ONCE: u64 = 8;
/// How long one attempt may take unless a row says otherwise.
const TIMEOUT_MS: u64 = 10_000;
/// Size at which a file is set aside, and how many are kept, unless a row says otherwise.
const ROTATE_BYTES: u64 = 100 << 20;
const KEEP_FILES: u64 = 10;

/// The keys that say what a destination is, each with its format.
const KINDS: [(&str, Option<Format>); 5] = [
    ("http", Some(Format::Plain)),
    ("slack", Some(Format::Slack)),
    ("teams", Some(Format::Teams)),
    ("nats", None),
    ("file", None),
];

/// Hosts of incoming webhooks, with the markup of their messages.
const CHATS: [(&str, Markup); 4] = [
    ("hooks.slack.com", Markup::Slack),
    ("hooks.slack-gov.com", Markup::Slack),
    ("webhook.office.com", Markup::Markdown),
    ("outlook.office.com", Markup::Markdown),
];

/// Longest name of an outbox, in bytes.
const NAME_LIMIT_BYTES: usize = 64;

/// The name of the outbox.
pub fn outbox_name(value: &mut Value<'_, '_>) -> Option<String> {
    let text = value.text()?;
    let is_name = (1..=NAME_LIMIT_BYTES).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !is_name {
        let message = format!("`{text}` cannot be the name of an outbox");
        let finding = value.reader.mistake(&code::BAD_DESTINATION, &value.node.span, message);
        let help =
            format!("a name has 1 to {NAME_LIMIT_BYTES} letters, digits, `-`, `_` and `.`: the tenant's id does");
        value.reader.push(finding.help(help));
    }
    is_name.then(|| text.to_owned())
}

/// Reads the table; mistakes are told, and the rows without one are given out.
pub fn destinations(written: &Written, report: &mut Report) -> Vec<Destination> {
    if written.node.is_null() {
        return Vec::new();
    }
    let mut rows = Rows::new(&written.file, report, &code::BAD_DESTINATION);
    let entries = rows.reader.entries(&written.node, "`destinations`").unwrap_or_default();
    entries.iter().filter_map(|entry| row(&mut rows, entry)).collect()
}

/// The shared outbox that `outbox.postgres` names.
pub fn postgres(written: &Written, report: &mut Report) -> Option<StoreAt> {
    let mut rows = Rows::new(&written.file, report, &code::BAD_DESTINATION);
    let node = &written.node;
    rows.reader.fields(node, &POSTGRES_OUTBOX)?;
    let address = rows.address(node.get("address")?, "address", &[("postgres://", true)], true)?;
    let login = rows.login(node, "user");
    let (user, password) = login.map_or((None, None), |(user, password)| (Some(user), Some(password)));
    let (is_encrypted, ca) = (rows.is_encrypted(node), rows.path(node, "ca"));
    rows.guard_password(node, &address, is_encrypted);
    Some(StoreAt::Postgres(PostgresStore { address, user, password, is_encrypted, ca }))
}

/// The keys by which bodies with secrets are encrypted: one, or a list with the one that encrypts in front.
pub fn encryption_keys(written: &Written, report: &mut Report) -> Option<Vec<Credential>> {
    let mut rows = Rows::new(&written.file, report, &code::BAD_DESTINATION);
    let node = &written.node;
    if matches!(&node.content, Content::List(items) if items.is_empty()) {
        rows.refuse(&node.span, "a list without a key encrypts nothing", "write a key, or `encryption_key: null`");
        return None;
    }
    Some(rows.credentials(node))
}

fn row(rows: &mut Rows<'_>, entry: &Entry) -> Option<Destination> {
    let node = &entry.value;
    rows.reader.entries(node, "a destination")?;
    let is_name = rows.name(entry, "a destination");
    let kinds: Vec<_> = KINDS.iter().filter(|(word, _)| node.get(word).is_some()).collect();
    let (target, keys) = match kinds.as_slice() {
        [(word, Some(format))] => {
            (http(rows, node, word, *format).map(|target| Target::Http(Box::new(target))), &HTTP_DESTINATION)
        }
        [("nats", None)] => (nats(rows, node).map(Target::Nats), &NATS_DESTINATION),
        [("file", None)] => (file(rows, node).map(Target::File), &FILE_DESTINATION),
        _ => {
            let help = "write one of `http: https://…`, `slack:`, `teams:`, `nats: nats://…` and `file: NAME.jsonl`";
            rows.refuse(&entry.key_span, format!("destination `{}` needs one address", entry.key), help);
            return None;
        }
    };
    rows.reader.fields(node, keys);
    let whole = |rows: &mut Rows<'_>, key: &str, range: std::ops::RangeInclusive<u64>, usual: u64| {
        node.get(key).and_then(|node| rows.reader.whole(node, format!("`{key}`"), range)).unwrap_or(usual)
    };
    let at_once = whole(rows, "at_once", 1..=1_000, AT_ONCE);
    let per_second = whole(rows, "per_second", 1..=100_000, 0);
    let timeout_ms = whole(rows, "timeout_ms", 10..=600_000, TIMEOUT_MS);
    let accepts = node.get("accepts").and_then(|node| rows.reader.one_of(node, "`accepts`", &[("secrets", true)]));
    let (markup, is_markup_guessed) = markup(rows, node, target.as_ref());
    let schedule = node.get("retry").map_or_else(Schedule::default, |node| schedule(rows, node));
    let destination = Destination {
        name: entry.key.clone(),
        place: rows.reader.place(&entry.key_span),
        target: target?,
        accepts_secrets: accepts.unwrap_or(false),
        markup,
        is_markup_guessed,
        at_once: usize::try_from(at_once).unwrap_or(1),
        per_second: u32::try_from(per_second).unwrap_or(0),
        timeout: Duration::from_millis(timeout_ms),
        schedule,
    };
    is_name.then_some(destination)
}

/// For which markup texts are escaped: as `escape` says, else as what the destination is, else as the host of its address,
/// which is told then.
fn markup(rows: &mut Rows<'_>, node: &Node, target: Option<&Target>) -> (Option<Markup>, bool) {
    let words: Vec<_> =
        Markup::ALL.iter().map(|(word, markup)| (*word, Some(*markup))).chain([("none", None)]).collect();
    if let Some(escape) = node.get("escape") {
        return (rows.reader.one_of(escape, "`escape`", &words).flatten(), false);
    }
    match target {
        Some(Target::Http(http)) => match http.format {
            Format::Slack => (Some(Markup::Slack), false),
            Format::Teams => (Some(Markup::Markdown), false),
            Format::Plain | Format::CloudEvents => {
                let host = node.get("http").and_then(Node::scalar).and_then(|text| Url::parse(text).ok());
                let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
                let is_of = |(known, _): &&(&str, Markup)| host == *known || host.ends_with(&format!(".{known}"));
                let guessed = CHATS.iter().find(is_of).map(|(_, markup)| *markup);
                (guessed, guessed.is_some())
            }
        },
        Some(Target::Nats(_) | Target::File(_)) | None => (None, false),
    }
}

fn http(rows: &mut Rows<'_>, node: &Node, key: &str, format: Format) -> Option<HttpTarget> {
    let address_node = node.get(key)?;
    let text = rows.reader.text(address_node, format!("`{key}`"))?;
    if !text.contains("${") {
        let is_encrypted = rows.is_encrypted(node);
        rows.address(address_node, key, &[("https://", true), ("http://", false)], is_encrypted)?;
    }
    let address = rows.credential(address_node)?;
    let methods = [("post", HttpMethod::Post), ("put", HttpMethod::Put), ("patch", HttpMethod::Patch)];
    let method = node.get("method").and_then(|node| rows.reader.one_of(node, "`method`", &methods));
    let cloud = node.get("cloudevents").and_then(|node| rows.reader.boolean(node, "`cloudevents`")).unwrap_or(false);
    if cloud && format != Format::Plain {
        rows.refuse(&address_node.span, format!("`{key}` has a form of its own"), "remove `cloudevents`");
    }
    let login = rows.login(node, "user");
    let bearer = node.get("bearer").and_then(|node| rows.credential(node));
    if bearer.is_some() && login.is_some() {
        rows.refuse(&node.span, "a destination has one credential", "write `bearer`, or `user` with `password`");
    }
    let (user, password) = login.map_or((None, None), |(user, password)| (Some(user), Some(password)));
    let signature = node.get("signature").map(|node| rows.credentials(node)).unwrap_or_default();
    Some(HttpTarget {
        address,
        method: method.unwrap_or(HttpMethod::Post),
        headers: rows.headers(node),
        format: if cloud { Format::CloudEvents } else { format },
        bearer,
        user,
        password,
        certificate: rows.path(node, "certificate"),
        certificate_key: rows.path(node, "certificate_key"),
        signature_keys: signature,
        allow: rows.networks(node),
        is_encrypted: rows.is_encrypted(node),
        ca: rows.path(node, "ca"),
    })
}

fn nats(rows: &mut Rows<'_>, node: &Node) -> Option<NatsTarget> {
    let is_encrypted = rows.is_encrypted(node);
    let address = rows.address(node.get("nats")?, "nats", &[("tls://", true), ("nats://", false)], is_encrypted)?;
    let subject = match node.get("subject") {
        Some(subject) => self::subject(rows, subject)?,
        None => {
            let help = "write the subject of a JetStream stream: `subject: hookgate.events`";
            rows.refuse(&node.span, "a destination in NATS needs a `subject`", help);
            return None;
        }
    };
    let login = rows.login(node, "user");
    let (user, password) = login.map_or((None, None), |(user, password)| (Some(user), Some(password)));
    let token = node.get("token").and_then(|node| rows.credential(node));
    if token.is_some() && user.is_some() {
        rows.refuse(&node.span, "a destination has one credential", "write `token`, or `user` with `password`");
    }
    Some(NatsTarget { address, subject, user, password, token, is_encrypted, ca: rows.path(node, "ca") })
}

/// Words with points between them: what is published has one subject, and no wildcard (docs.nats.io, "Subject-Based
/// Messaging").
fn subject(rows: &mut Rows<'_>, node: &Node) -> Option<String> {
    let text = rows.reader.text(node, "`subject`")?;
    let is_word = |word: &str| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c.is_control());
    if text.split('.').all(|word| is_word(word) && word != "*" && word != ">") {
        return Some(text.to_owned());
    }
    let help = "a subject is words with points between them, without spaces, `*` and `>`: `hookgate.events`";
    rows.refuse(&node.span, format!("nothing can be published to `{text}`"), help);
    None
}

fn file(rows: &mut Rows<'_>, node: &Node) -> Option<FileTarget> {
    let file = PathBuf::from(rows.reader.text(node.get("file")?, "`file`")?);
    let mut whole = |key: &str, range, usual| {
        node.get(key).and_then(|node| rows.reader.whole(node, format!("`{key}`"), range)).unwrap_or(usual)
    };
    let rotate_bytes = whole("rotate_bytes", 1_024..=1 << 40, ROTATE_BYTES);
    let keep_files = whole("keep_files", 0..=10_000, KEEP_FILES);
    let mode = node.get("mode").map_or(Some(Mode::OWN), |node| mode(rows, node))?;
    Some(FileTarget { file, rotate_bytes, keep_files: usize::try_from(keep_files).unwrap_or(0), mode })
}

/// Who may read the file.
fn mode(rows: &mut Rows<'_>, node: &Node) -> Option<Mode> {
    let text = rows.reader.text(node, "`mode`")?;
    let mode = Mode::read(text);
    if mode.is_none() {
        rows.refuse(&node.span, format!("`{text}` is no mode of a file that hookgate can read and write"), Mode::HELP);
    }
    mode
}

/// `retry`; every wait is longer than the one before or as long, and all of them end.
fn schedule(rows: &mut Rows<'_>, node: &Node) -> Schedule {
    let usual = Schedule::default();
    if rows.reader.fields(node, &RETRY).is_none() {
        return usual;
    }
    let millis = |rows: &mut Rows<'_>, key: &str, most: u64, usual: Duration| {
        let written = node.get(key).and_then(|node| rows.reader.whole(node, format!("`{key}`"), 1..=most));
        written.map_or(usual, Duration::from_millis)
    };
    let first = millis(rows, "first_ms", 3_600_000, usual.first);
    let most = millis(rows, "most_ms", 86_400_000, usual.most);
    let age = millis(rows, "age_ms", 30 * 86_400_000, usual.age);
    let factor = node.get("factor_percent").and_then(|node| rows.reader.whole(node, "`factor_percent`", 100..=1_000));
    let factor_percent = factor.and_then(|factor| u32::try_from(factor).ok()).unwrap_or(usual.factor_percent);
    if most < first {
        let span: Range<usize> = node.get("most_ms").map_or(node.span.clone(), |node| node.span.clone());
        rows.refuse(&span, "the longest wait is shorter than the first", "write `most_ms` of at least `first_ms`");
    }
    Schedule { first, factor_percent, most, age }
}
