//! The request of a command: a hook by its name, a body from a file or the hook's sample, changed as `--set` says.

use std::io::Read as _;
use std::path::Path as File;

use crate::event::{Bounds, Document, Hook, Hooks, Path, Root, Segment, Value, sample};

use super::exit::Failure;

/// Largest request that is read, in bytes.
const REQUEST_LIMIT_BYTES: u64 = 64 << 20;
/// Deepest nesting of a value that `--set` takes.
const SET_DEPTH_LIMIT: usize = 128;

/// The hook of this name and its place in the table.
pub(super) fn hook<'h>(hooks: &'h Hooks, name: &str) -> Result<(usize, &'h Hook), Failure> {
    let found = hooks.position(name).and_then(|place| Some((place, hooks.rows.get(place)?)));
    found.ok_or_else(|| {
        let meant = crate::diagnostic::did_you_mean(name, hooks.names());
        let help = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
        Failure::message(format!("there is no hook `{name}`{help}"))
    })
}

/// What a file or, without one, the hook's sample says.
pub(super) fn body(file: Option<&File>, hook: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| Failure::message(format!("cannot read the request: {error}"));
    let mut bytes = Vec::new();
    match file {
        None => {
            let Some(sample) = sample::named(hook) else {
                return Err(Failure::message(format!("there is no sample for `{hook}`; name a file with the request")));
            };
            bytes.extend_from_slice(sample.as_bytes());
        }
        Some(path) if path.as_os_str() == "-" => {
            std::io::stdin().take(REQUEST_LIMIT_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
        }
        Some(path) => {
            let file = std::fs::File::open(path)
                .map_err(|error| Failure::message(format!("cannot read `{}`: {error}", path.display())))?;
            file.take(REQUEST_LIMIT_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
        }
    }
    Ok(bytes)
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

/// `path=text` or `path:=json`.
fn read_change(change: &str) -> Result<(Path, Value<'static>), Failure> {
    // What is behind the sign may be a password, and a message may end in a log.
    let shown = change.split_once('=').map_or(change.to_owned(), |(path, _)| format!("{path}=…"));
    let wrong = || Failure::message(format!("`--set {shown}`: write `user.FIELD=text` or `user.FIELD:=json`"));
    let (path, value) = change.split_once('=').ok_or_else(wrong)?;
    let (path, value) = match path.strip_suffix(':') {
        Some(path) => {
            let json = Document::read(value.as_bytes().to_vec(), SET_DEPTH_LIMIT).map_err(|_| wrong())?;
            (path, Value::Source(json.root()).into_static())
        }
        None => (path, Value::text(value)),
    };
    match Path::read(path) {
        Ok(path) if matches!(path.root, Root::User | Root::Request) && !path.segments.is_empty() => Ok((path, value)),
        _ => Err(wrong()),
    }
}
