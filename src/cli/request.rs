//! The request of a command: a hook by name, a body from a file or the hook's sample, changed by `--set`.

use std::io::Read;
use std::path::Path as File;

use super::exit::{Failure, note};
use crate::event::{Bounds, Document, Hook, Hooks, Path, Root, Segment, Value, sample};
use crate::rule::{Tenant, meant_field};

/// Largest request that is read, in bytes: the most that `limits.body_bytes` can be.
const REQUEST_LIMIT_BYTES: u64 = 64 << 20;
/// Deepest nesting of a value that `--set` takes.
const SET_DEPTH_LIMIT: usize = 128;

/// What to do about a request that cannot be read.
pub(super) const FORM: &str = "the body is one JSON object, as the platform sends it: `{\"request\":{\"user\":{\"login\":\"asha.rao\"}}}`; \
                               leave the file out for the hook's sample";

/// The hook of this name and its place in the table.
pub(super) fn hook<'h>(hooks: &'h Hooks, name: &str) -> Result<(usize, &'h Hook), Failure> {
    let found = hooks.position(name).and_then(|place| Some((place, hooks.rows.get(place)?)));
    found.ok_or_else(|| {
        let meant = crate::diagnostic::did_you_mean(name, hooks.names());
        let meant = meant.map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
        let all: Vec<&str> = hooks.names().collect();
        let help = format!("{meant}the hooks are {}; `hooks` of gateway.yaml declares others", all.join(", "));
        Failure::message(format!("there is no hook `{name}`")).help(help)
    })
}

/// What a file or, without one, the hook's sample says.
pub(super) fn body(file: Option<&File>, hook: &str) -> Result<Vec<u8>, Failure> {
    match file {
        None => {
            let none = || Failure::message(format!("there is no sample for `{hook}`; name a file with the request"));
            sample::named(hook).map(|sample| sample.as_bytes().to_vec()).ok_or_else(none)
        }
        Some(path) if path.as_os_str() == "-" => json(read(std::io::stdin())?, "standard input"),
        Some(path) if path.is_dir() => {
            let failure = Failure::message(format!("`{}` is a folder", path.display()));
            Err(failure.help("name a file with the request, or leave it out for the hook's sample"))
        }
        Some(path) => {
            let unreadable = |error: std::io::Error| {
                let failure = Failure::message(format!("cannot read `{}`: {error}", path.display()));
                failure.help("name a file with the request, or leave it out for the hook's sample")
            };
            json(read(std::fs::File::open(path).map_err(unreadable)?)?, &format!("`{}`", path.display()))
        }
    }
}

/// The same, where it can be a request: told by the name of where it comes from. A mark of UTF-8 in front of it is left out.
fn json(bytes: Vec<u8>, from: &str) -> Result<Vec<u8>, Failure> {
    let wrong = |message: String, help: &str| Err(Failure::message(message).help(help.to_owned()));
    if bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || bytes.iter().take(4).any(|byte| *byte == 0)
    {
        return wrong(format!("{from} is not in UTF-8, as JSON is"), "save it again in UTF-8");
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return wrong(format!("{from} is empty"), FORM);
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(&bytes) {
        Err(error) if error.is_eof() => wrong(
            format!("{from} is JSON that ends too early, in line {}", error.line()),
            "see whether the file was cut off",
        ),
        // How deep it may be nested is for the reader of requests to say.
        Err(error) if error.is_syntax() && !error.to_string().contains("recursion") => {
            wrong(format!("{from} is not JSON: see line {}, column {}", error.line(), error.column()), FORM)
        }
        Err(_) | Ok(_) => Ok(bytes),
    }
}

/// All that is there, unless it is more than any gateway takes.
fn read(from: impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    from.take(REQUEST_LIMIT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::message(format!("cannot read the request: {error}")))?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size <= REQUEST_LIMIT_BYTES) {
        return Ok(bytes);
    }
    let limit = REQUEST_LIMIT_BYTES >> 20;
    Err(Failure::message(format!(
        "the request is larger than {limit} MiB, and no gateway takes such a body (`limits.body_bytes`); leave out what \
         the rules do not read"
    )))
}

/// The body with the fields that `--set` sets.
pub(super) fn with_changes(body: Vec<u8>, changes: &[String], bounds: Bounds) -> Result<Vec<u8>, Failure> {
    if changes.is_empty() {
        return Ok(body);
    }
    let document =
        Document::read(body, bounds).map_err(|why| Failure::message(format!("cannot read the request: {why}")))?;
    let mut root = Value::Source(document.root());
    let has_envelope = root.view().field("request").is_some();
    for change in changes {
        let (path, value) = read_change(change)?;
        let mut steps: Vec<Segment> = Vec::new();
        if has_envelope || root.view().field("user").is_none() {
            steps.push(Segment::Key("request".into()));
        }
        if path.root == Root::User {
            steps.push(Segment::Key("user".into()));
        }
        steps.extend(path.segments);
        root.set(&steps, value).map_err(|_| {
            let path = change.split_once('=').map_or("", |(path, _)| path);
            Failure::message(format!("`--set {path}=…`: the path leads through something that has no fields"))
        })?;
    }
    Ok(root.written().into_bytes())
}

/// Says which fields that `--set` sets are almost known ones: rules look at those. What the request has itself is right.
pub(super) fn tell_misspelt(tenant: &Tenant, body: &[u8], changes: &[String]) {
    let document = Document::read(body.to_vec(), SET_DEPTH_LIMIT).ok();
    let root = document.as_ref().map(|document| Value::Source(document.root()));
    let is_there = |path: &Path| {
        let root = root.as_ref()?.view();
        let user = root.field("request").unwrap_or(root).field("user")?;
        user.field(path.keys().next()?)
    };
    for path in changes.iter().filter_map(|change| read_change(change).ok()).map(|(path, _)| path) {
        if let Some(meant) = meant_field(tenant, &path).filter(|_| is_there(&path).is_none()) {
            note(&format!("`--set {path}=…`: the platform is not known to send this field; did you mean `{meant}`?"));
        }
    }
}

/// `path=text` or `path:=json`.
fn read_change(change: &str) -> Result<(Path, Value<'static>), Failure> {
    // What is behind the sign may be a password, and a message may end in a log.
    let shown = change.split_once('=').map_or(change.to_owned(), |(path, _)| format!("{path}=…"));
    let wrong = || Failure::message(format!("`--set {shown}`: write `user.FIELD=text` or `user.FIELD:=json`"));
    let (path, value) = change.split_once('=').ok_or_else(wrong)?;
    let (path, value) = match path.strip_suffix(':') {
        Some(path) => {
            let no_json = || {
                let failure = Failure::message(format!("`--set {shown}`: what stands behind `:=` is not JSON"));
                failure.help(format!("write JSON, such as true, 7 or [\"a\"], or `{path}=TEXT` for a text"))
            };
            let json = Document::read(value.as_bytes().to_vec(), SET_DEPTH_LIMIT).map_err(|_| no_json())?;
            (path, Value::Source(json.root()).into_static())
        }
        None => (path, Value::text(value)),
    };
    match Path::read(path) {
        Ok(path) if matches!(path.root, Root::User | Root::Request) && !path.segments.is_empty() => Ok((path, value)),
        _ => Err(wrong()),
    }
}
