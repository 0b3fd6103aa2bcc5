//! A line of a journal: a clear part, by which it is found, and a sealed part that is bound to it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64_simd::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::key::{FileKey, KeyName, TAG_BYTES};

/// The version of what is written. A reader knows this one and those before.
pub const VERSION: u32 = 2;
/// How the sealed part begins, behind the clear one.
const SEALED: &str = ",\"sealed\":\"";
/// How a line ends.
const END: &str = "\"}";

/// The outcome of the line at the end of a file that was written anew.
pub(super) const REWRITTEN: &str = "erased";

/// Sealed in that line.
#[derive(Serialize, Deserialize)]
pub(super) struct Rewritten {
    /// The tags that the file's last line had: the next file names one of them.
    pub(super) was: Vec<String>,
    /// The keys that the file had, which are to be destroyed.
    pub(super) keys: Vec<String>,
}

/// What a line shows without a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clear<'l> {
    pub v: u32,
    /// When the event came (RFC 3339).
    pub time: Cow<'l, str>,
    /// The id of the request, which the caller has in `x-request-id`.
    pub id: Cow<'l, str>,
    pub hook: Cow<'l, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Cow<'l, str>>,
    /// `undecided`, `changed`, `rejected`, `failed`, …; `erased` where a file was written anew.
    pub outcome: Cow<'l, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Cow<'l, str>>,
    /// The codes of further rules that refused, where the hook collects them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Cow<'l, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Cow<'l, str>>,
    /// HTTP status of the answer.
    pub status: u16,
    /// From the event's arrival to its decision, lookups included, in milliseconds.
    pub ms: f64,
    /// The rules that decided: the first letters of their hash.
    pub rules: Cow<'l, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Cow<'l, str>>,
    /// The caller's trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Cow<'l, str>>,
    /// Digests of the person's id, employee id, login and e-mail address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub person: Vec<Cow<'l, str>>,
    /// The key that seals the line, and the line's number under it.
    pub key: Cow<'l, str>,
    pub n: u64,
    /// The tag of the line before, in this file or the one before; none of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Cow<'l, str>>,
}

/// Why a text is no line of this form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoLine {
    /// It is one of the form before, which had tokens in place of values and sealed nothing.
    Old,
    /// It ends in its middle: the program or the machine was stopped while it was written.
    BrokenOff,
    /// In words.
    Other(String),
}

impl std::fmt::Display for NoLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoLine::Old => f.write_str("it is of the old form, with tokens in place of values"),
            NoLine::BrokenOff => f.write_str("it is broken off"),
            NoLine::Other(why) => f.write_str(why),
        }
    }
}

/// A line, read and not opened.
#[derive(Debug)]
pub struct Sealed<'l> {
    pub clear: Clear<'static>,
    /// The clear part as it stands there.
    text: &'l str,
    closed: &'l str,
}

/// A digest as lines and indexes have it.
pub(super) fn digest_text(digest: u64) -> String {
    URL_SAFE_NO_PAD.encode(digest.to_be_bytes())
}

/// The same read; `None` when the text is none.
pub(super) fn digest_of(text: &str) -> Option<u64> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(u64::from_be_bytes)
}

/// Seals a text and appends its line, the end of the line included; gives its tag. `None` when it cannot be sealed.
pub(super) fn append(clear: &Clear<'_>, mut text: Vec<u8>, key: &FileKey, to: &mut String) -> Option<String> {
    let start = to.len();
    *to += &serde_json::to_string(clear).ok()?;
    to.pop();
    seal(start, clear.n, &mut text, key, to)
}

/// The same where the clear part stands at the end of `to` already, from `start` on and without the brace that ends it.
pub(super) fn seal(start: usize, number: u64, text: &mut Vec<u8>, key: &FileKey, to: &mut String) -> Option<String> {
    if key.seal(number, to.get(start..)?, text).is_none() {
        to.truncate(start);
        return None;
    }
    *to += SEALED;
    STANDARD_NO_PAD.encode_append(&*text, to);
    *to += END;
    to.push('\n');
    Some(tag(text))
}

/// What is known of the clear part when a line has its place, written behind the rest of it.
pub(super) struct Links<'l> {
    pub(super) status: u16,
    /// Digests; nought for none.
    pub(super) person: &'l [u64],
    pub(super) key: KeyName,
    pub(super) n: u64,
}

impl Links<'_> {
    pub(super) fn append(&self, after: Option<&str>, to: &mut String) {
        use std::fmt::Write as _;
        let _ = write!(to, ",\"status\":{}", self.status);
        let mut digests = self.person.iter().filter(|digest| **digest != 0).peekable();
        if digests.peek().is_some() {
            *to += ",\"person\":[";
            while let Some(digest) = digests.next() {
                to.push('"');
                URL_SAFE_NO_PAD.encode_string(digest.to_be_bytes(), to);
                *to += if digests.peek().is_some() { "\"," } else { "\"]" };
            }
        }
        let _ = write!(to, ",\"key\":\"{}\",\"n\":{}", self.key, self.n);
        if let Some(after) = after {
            let _ = write!(to, ",\"after\":\"{after}\"");
        }
    }
}

fn tag(sealed: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sealed.get(sealed.len().saturating_sub(TAG_BYTES)..).unwrap_or_default())
}

impl<'l> Sealed<'l> {
    /// The same of bytes. A line may be broken off in the middle of a letter.
    ///
    /// # Errors
    /// Why they are none.
    pub(super) fn read_bytes(line: &'l [u8]) -> Result<Self, NoLine> {
        match std::str::from_utf8(line.strip_suffix(b"\n").unwrap_or(line)) {
            Ok(line) => Self::read(line),
            Err(error) if error.error_len().is_none() => Err(NoLine::BrokenOff),
            Err(_) => Err(NoLine::Other("it is not UTF-8".to_owned())),
        }
    }

    /// Reads a line, with or without its end.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(line: &'l str) -> Result<Self, NoLine> {
        let whole = line.trim_end_matches(['\n', '\r']);
        let parts = whole.split_once(SEALED).and_then(|(text, rest)| Some((text, rest.strip_suffix(END)?)));
        let Some((text, sealed)) = parts else { return Err(unread(whole)) };
        let clear = read_clear(text).map_err(|error| NoLine::Other(format!("it is not a record: {error}")))?;
        match clear.v {
            VERSION => Ok(Self { clear, text, closed: sealed }),
            other => Err(of_version(other)),
        }
    }

    /// The key that seals it.
    #[must_use]
    pub fn key(&self) -> Option<KeyName> {
        KeyName::read(&self.clear.key)
    }

    /// What proves it to be as it was written: the next line names it.
    #[must_use]
    pub fn tag(&self) -> Option<String> {
        Some(tag(&STANDARD_NO_PAD.decode_to_vec(self.closed).ok()?))
    }

    /// Opens it; `None` where the line is not what was written, or sealed by another key.
    pub(super) fn open(&self, key: &FileKey) -> Option<String> {
        let mut sealed = STANDARD_NO_PAD.decode_to_vec(self.closed).ok()?;
        let length = key.open(self.clear.n, self.text, &mut sealed)?.len();
        sealed.truncate(length);
        String::from_utf8(sealed).ok()
    }
}

impl Clear<'_> {
    /// The digests by which the person is found.
    pub(super) fn digests(&self) -> impl Iterator<Item = u64> {
        self.person.iter().filter_map(|text| digest_of(text))
    }
}

fn read_clear(text: &str) -> Result<Clear<'static>, serde_json::Error> {
    serde_json::from_str(&format!("{text}}}"))
}

fn of_version(version: u32) -> NoLine {
    match version < VERSION {
        true => NoLine::Old,
        false => NoLine::Other(format!(
            "it is of version {version}, written by a newer hookgate; this one reads up to {VERSION}"
        )),
    }
}

/// Why a text is no line.
fn unread(line: &str) -> NoLine {
    #[derive(Deserialize)]
    struct Versioned {
        v: u32,
    }
    match serde_json::from_str::<Versioned>(line) {
        Ok(Versioned { v: VERSION }) => NoLine::Other("it is not a record".to_owned()),
        Ok(Versioned { v }) => of_version(v),
        Err(error) if error.is_eof() => NoLine::BrokenOff,
        Err(_) => NoLine::Other("it is not a line of a journal".to_owned()),
    }
}
