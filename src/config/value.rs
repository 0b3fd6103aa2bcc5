//! Reads one setting's value: what it must be, and the mistake when it is not.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::{self, TimeZone};

use crate::diagnostic::{Code, File, code, did_you_mean};
use crate::event::secret::SecretNames;
use crate::event::{OnFailure, Path, Root};
use crate::outside::Mode;
use crate::rule::{Shrink, is_refusal_code};
use crate::telemetry::Levels;
use crate::yaml::keys::{Keys, Shape, required};
use crate::yaml::{Content, Node, Reader};

/// `{ reject: Code }`.
pub(super) static REJECT: Keys =
    Keys { what: "an answer to a failure", keys: &[required("reject", Shape::Text, "the code to refuse with")] };

/// Most prefixes of URLs.
const PREFIX_LIMIT: usize = 32;

/// Puts a value there, if it could be read.
pub(super) fn put<T>(there: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *there = value;
    }
}

/// One setting as somebody wrote it.
#[derive(Debug)]
pub(super) struct Written {
    /// `limits.body_bytes`
    pub(super) path: String,
    pub(super) file: Arc<File>,
    pub(super) node: Node,
}

/// A setting to be read.
pub(super) struct Value<'v, 'r> {
    /// `limits.body_bytes`
    pub(super) path: &'v str,
    pub(super) node: &'v Node,
    pub(super) reader: Reader<'r>,
}

impl<'v> Value<'v, '_> {
    fn refuse(&mut self, code: &'static Code, node: &Node, message: String, help: &str) {
        let finding = self.reader.mistake(code, &node.span, message);
        self.reader.push(finding.help(help));
    }

    /// What the setting is written as, for a sentence.
    fn shown(&self) -> String {
        self.node
            .scalar()
            .filter(|_| !self.node.is_null())
            .map_or(self.node.kind_name().to_owned(), |t| format!("`{t}`"))
    }

    pub(super) fn text(&mut self) -> Option<&'v str> {
        if self.node.is_null() {
            let message = format!("`{}` is set to nothing", self.path);
            self.refuse(&code::BAD_SETTING, self.node, message, "write a value, or remove the key to keep the default");
            return None;
        }
        self.reader.text(self.node, format!("`{}`", self.path))
    }

    /// A whole number within a range, ends included.
    pub(super) fn whole(&mut self, range: RangeInclusive<u64>) -> Option<u64> {
        let text = self.text()?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let (from, to) = (range.start(), range.end());
        let message = format!("`{}` is a whole number from {from} to {to}, not {}", self.path, self.shown());
        if !is_whole {
            let help = "write digits alone; the unit belongs to the setting's name";
            self.refuse(&code::BAD_SETTING, self.node, message, help);
            return None;
        }
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let help = format!("write a number from {from} to {to}");
            self.refuse(&code::SETTING_OUT_OF_RANGE, self.node, message, &help);
        }
        number
    }

    /// The same, for what is counted in memory.
    pub(super) fn size(&mut self, range: RangeInclusive<u64>) -> Option<usize> {
        self.whole(range).and_then(|number| usize::try_from(number).ok())
    }

    /// True or false.
    pub(super) fn switch(&mut self) -> Option<bool> {
        self.reader.boolean(self.node, format!("`{}`", self.path))
    }

    /// How many of its rows a table may lose.
    pub(super) fn shrink(&mut self) -> Option<Shrink> {
        let shrink = Shrink::read(self.text()?);
        if shrink.is_none() {
            let message = format!("`{}` is a share of rows from 0% to 100%, or `any`, not {}", self.path, self.shown());
            self.refuse(&code::BAD_SETTING, self.node, message, Shrink::HELP);
        }
        shrink
    }

    /// Who may read a file.
    pub(super) fn mode(&mut self) -> Option<Mode> {
        let mode = Mode::read(self.text()?);
        if mode.is_none() {
            let message =
                format!("`{}` is the mode of a file that hookgate can read and write, not {}", self.path, self.shown());
            self.refuse(&code::BAD_SETTING, self.node, message, Mode::HELP);
        }
        mode
    }

    pub(super) fn one_of<T: Copy>(&mut self, words: &[(&'static str, T)]) -> Option<T> {
        self.text()?;
        self.reader.one_of(self.node, &format!("`{}`", self.path), words)
    }

    pub(super) fn address(&mut self) -> Option<SocketAddr> {
        let text = self.text()?;
        let address = text.parse().ok();
        if address.is_none() {
            let message = format!("`{}` is an address and a port, not `{text}`", self.path);
            let help = "write for example `127.0.0.1:8080`, `0.0.0.0:8080` or \"[::1]:8080\"; names such as `localhost` \
                        are not looked up";
            self.refuse(&code::BAD_SETTING, self.node, message, help);
        }
        address
    }

    pub(super) fn zone(&mut self) -> Option<TimeZone> {
        let text = self.text()?;
        let zone = TimeZone::get(text).ok();
        if zone.is_none() {
            let known: Vec<String> = tz::db().available().map(|name| name.as_str().to_owned()).collect();
            // One abbreviation is as near to the next as it is far from it: `IST` is not `EST`.
            let meant = did_you_mean(text, known.iter().map(String::as_str)).filter(|_| text.len() > 4);
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "write a name of the IANA time zone database, for example `UTC` or `Asia/Kolkata`".to_owned(),
            };
            self.refuse(&code::BAD_SETTING, self.node, format!("there is no time zone `{text}`"), &help);
        }
        zone
    }

    /// A year of four digits.
    pub(super) fn year(&mut self) -> Option<i16> {
        self.whole(1_000..=9_900).and_then(|year| i16::try_from(year).ok())
    }

    pub(super) fn levels(&mut self) -> Option<Levels> {
        match Levels::read(self.text()?) {
            Ok(levels) => Some(levels),
            Err(why) => {
                self.refuse(&code::BAD_SETTING, self.node, why.message, &why.help);
                None
            }
        }
    }

    /// A folder on the disk.
    pub(super) fn folder(&mut self) -> Option<&'v str> {
        self.named("folder", "write the folder's name; `.` is the working directory")
    }

    /// Several of them.
    pub(super) fn folders(&mut self) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        for (name, span) in self.reader.texts(self.node, "a folder") {
            if name.is_empty() {
                let message = format!("`{}` names no folder", self.path);
                let finding = self.reader.mistake(&code::BAD_SETTING, span, message);
                self.reader.push(finding.help("write the folder's name, or `[]` for none"));
            } else {
                folders.push(PathBuf::from(name));
            }
        }
        folders
    }

    /// A file on the disk.
    pub(super) fn file(&mut self) -> Option<&'v str> {
        self.named("file", "write the file's name, or remove the key")
    }

    /// Puts a file on the disk there; null is none.
    pub(super) fn put_file(&mut self, there: &mut Option<PathBuf>) {
        if self.node.is_null() {
            *there = None;
        } else {
            put(there, self.file().map(|file| Some(PathBuf::from(file))));
        }
    }

    /// A text that is not empty.
    pub(super) fn named(&mut self, what: &str, help: &str) -> Option<&'v str> {
        let text = self.text()?;
        if text.is_empty() {
            self.refuse(&code::BAD_SETTING, self.node, format!("`{}` names no {what}", self.path), help);
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// Prefixes of URLs: each begins with `/`, or is empty.
    pub(super) fn prefixes(&mut self) -> Option<Vec<String>> {
        let items = match &self.node.content {
            Content::List(items) => items.as_slice(),
            _ => std::slice::from_ref(self.node),
        };
        if items.is_empty() || items.len() > PREFIX_LIMIT {
            let message = format!("`{}` are 1 to {PREFIX_LIMIT} prefixes, not {}", self.path, items.len());
            self.refuse(&code::SETTING_OUT_OF_RANGE, self.node, message, "write [\"\"] for hooks without a prefix");
            return None;
        }
        let mut prefixes = Vec::with_capacity(items.len());
        for item in items {
            let text = self.reader.text(item, "a prefix")?;
            let is_path = text.starts_with('/') && is_url_path(text);
            if !text.is_empty() && !is_path {
                let message = format!("`{text}` cannot stand in front of a hook's name in the URL");
                let help = "write a prefix as `/webhook`, or \"\" for none";
                self.refuse(&code::BAD_SETTING, item, message, help);
                return None;
            }
            let prefix = text.trim_end_matches('/');
            if let Some(earlier) = prefixes.iter().find(|earlier: &&String| earlier.eq_ignore_ascii_case(prefix)) {
                let message = format!("`{earlier}` and `{prefix}` are one prefix");
                self.refuse(&code::BAD_SETTING, item, message, "write it once: URLs are read in any case");
                return None;
            }
            prefixes.push(prefix.to_owned());
        }
        Some(prefixes)
    }

    /// Names of fields, and paths, that are secrets beside those that always are.
    pub(super) fn secrets(&mut self) -> Option<SecretNames> {
        let (mut keys, mut paths) = (Vec::new(), Vec::new());
        for (text, span) in self.reader.texts(self.node, "a secret") {
            let path = Path::read(text).ok();
            match path.map(|path| (path.root.clone(), path.segments.is_empty(), path)) {
                Some((Root::User | Root::Attr | Root::Request, false, path)) => paths.push(path),
                Some((Root::Bound(name), true, _)) if name.contains(char::is_alphanumeric) => keys.push(name.into()),
                _ => {
                    let message = format!("`{text}` cannot be a secret");
                    let finding = self.reader.mistake(&code::BAD_SETTING, span, message);
                    let help = "write a path as rules write it (`attr.PAN`, `user.nationalId`, `request.form.pin`), or the \
                                name of a field that is a secret wherever it stands (`PAN`)";
                    self.reader.push(finding.help(help));
                }
            }
        }
        Some(SecretNames::new(keys, paths))
    }

    /// `undecided`, `unavailable` or `{ reject: Code }`.
    pub(super) fn on_failure(&mut self) -> Option<OnFailure> {
        if matches!(self.node.content, Content::Scalar { .. }) {
            let words = [("undecided", false), ("unavailable", true)];
            let is_unavailable = self.one_of(&words)?;
            return Some(if is_unavailable { OnFailure::Unavailable } else { OnFailure::Undecided });
        }
        self.reader.fields(self.node, &REJECT)?;
        let node = self.node.get("reject")?;
        let text = self.reader.text(node, "a refusal code")?;
        if !is_refusal_code(text) {
            let message = format!("`{text}` is not a refusal code");
            let help = "a code is a letter and 2 to 48 letters or digits, for example `ValidationUnavailable`";
            self.refuse(&code::BAD_HOOK_ROW, node, message, help);
            return None;
        }
        Some(OnFailure::Reject(text.to_owned()))
    }
}

/// Whether the text is a path of a URL as it is written without escapes.
pub fn is_url_path(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/');
    text.len() <= 256
        && text.bytes().all(is_plain)
        && !text.contains("//")
        && !text.split('/').any(|part| part == "." || part == "..")
}
