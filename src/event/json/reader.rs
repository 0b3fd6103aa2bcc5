//! The pass over the bytes behind [`Document`](super::Document): checks a JSON text and notes where each value lies.

use std::borrow::Cow;
use std::collections::HashSet;

use super::entry::{Bounds, Entry, Kind, Unreadable};
use super::repeats::{Key, Repeats};
use crate::event::fingerprint::fingerprint;
use crate::event::secret::{Half, SecretNames};

pub struct Reader<'t> {
    text: &'t str,
    at: usize,
    entries: Vec<Entry>,
    open: Vec<Open>,
    /// The keys of every object that is open, one object's behind the other's.
    keys: Vec<Key>,
    repeats: Repeats,
    names: &'t SecretNames,
    /// The values under a secret's name.
    secrets: Vec<u32>,
    bounds: Bounds,
}

/// What was read: the values, and those of them that stand under a secret's name.
pub struct Found {
    pub entries: Vec<Entry>,
    pub secrets: Vec<u32>,
}

/// An array or object whose end has not been seen yet.
struct Open {
    entry: usize,
    is_map: bool,
    /// Where its keys begin.
    first_key: usize,
    /// Whether it has a key that names a field, and one that holds a field's value.
    has_name: bool,
    has_value: bool,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str, bounds: Bounds, names: &'t SecretNames) -> Self {
        let entries = Vec::with_capacity(16 + text.len() / 12);
        Self {
            text,
            at: 0,
            entries,
            open: Vec::with_capacity(8),
            keys: Vec::new(),
            repeats: Repeats::default(),
            names,
            secrets: Vec::new(),
            bounds,
        }
    }

    pub fn read(mut self) -> Result<Found, Unreadable> {
        if u32::try_from(self.text.len()).is_err() {
            return self.fail("the body is larger than 4 GiB");
        }
        // Some editors and programs of Windows begin a text so; no value does.
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        self.value()?;
        while !self.open.is_empty() {
            self.after_a_value()?;
        }
        self.skip_space();
        if self.at < self.text.len() {
            return self.fail("there is more after the end of the JSON value");
        }
        Ok(Found { entries: self.entries, secrets: self.secrets })
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, Unreadable> {
        Err(Unreadable { at_byte: self.at, what })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<(), Unreadable> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.open_container(Kind::Map),
            Some(b'[') => self.open_container(Kind::List),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Kind::True),
            Some(b'f') => self.word("false", Kind::False),
            Some(b'n') => self.word("null", Kind::Null),
            Some(_) => self.fail("a JSON value was expected here"),
            None => self.fail("the body ends in the middle of a JSON value"),
        }
    }

    /// Notes an entry that begins at `start` and ends here.
    fn note(&mut self, kind: Kind, start: usize) {
        let next = self.entries.len() + 1;
        let (start, end, next) = (narrow(start), narrow(self.at), narrow(next));
        self.entries.push(Entry { kind, is_secret: false, start, end, next });
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), Unreadable> {
        let start = self.at;
        if !self.text.get(start..).is_some_and(|rest| rest.starts_with(word)) {
            return self.fail("a JSON value was expected here");
        }
        self.at += word.len();
        self.note(kind, start);
        Ok(())
    }

    fn open_container(&mut self, kind: Kind) -> Result<(), Unreadable> {
        if self.open.len() >= self.bounds.levels {
            return self.fail("the body is nested too deep");
        }
        let start = self.at;
        self.at += 1;
        let is_map = kind == Kind::Map;
        let (entry, first_key) = (self.entries.len(), self.keys.len());
        self.open.push(Open { entry, is_map, first_key, has_name: false, has_value: false });
        self.note(kind, start);
        self.skip_space();
        let end = if is_map { b'}' } else { b']' };
        if self.peek() == Some(end) {
            return self.close_container();
        }
        self.entry_of_container()
    }

    fn entry_of_container(&mut self) -> Result<(), Unreadable> {
        match self.bounds.members.checked_sub(1) {
            Some(left) => self.bounds.members = left,
            None => return self.fail(Unreadable::MANY_MEMBERS),
        }
        if self.open.last().is_some_and(|open| open.is_map) {
            self.key()?;
        }
        self.value()
    }

    fn after_a_value(&mut self) -> Result<(), Unreadable> {
        self.skip_space();
        let is_map = self.open.last().is_some_and(|open| open.is_map);
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.entry_of_container()
            }
            Some(b'}') if is_map => self.close_container(),
            Some(b']') if !is_map => self.close_container(),
            Some(_) => self.fail("`,` or the end of the list or object was expected here"),
            None => self.fail("the body ends in the middle of a list or object"),
        }
    }

    fn close_container(&mut self) -> Result<(), Unreadable> {
        self.at += 1;
        let Some(open) = self.open.pop() else { return Ok(()) };
        if open.has_name && open.has_value {
            self.note_pair(open.first_key);
        }
        if open.is_map
            && let Some(twice) = self.duplicate(open.first_key)
        {
            return Err(Unreadable { at_byte: twice as usize, what: "the same key appears twice in one object" });
        }
        let next = narrow(self.entries.len());
        if let Some(entry) = self.entries.get_mut(open.entry) {
            entry.end = narrow(self.at);
            entry.next = next;
        }
        Ok(())
    }

    fn key(&mut self) -> Result<(), Unreadable> {
        self.skip_space();
        if self.peek() != Some(b'"') {
            return self.fail("a key in double quotes was expected here");
        }
        let entry = narrow(self.entries.len());
        self.string()?;
        let name = self.name(entry);
        let key = Key { fingerprint: fingerprint(name.as_bytes()), entry };
        if self.names.has_key(&name) {
            self.secrets.push(entry + 1);
        }
        let half = Half::of(&name);
        if let (Some(half), Some(open)) = (half, self.open.last_mut()) {
            match half {
                Half::Name | Half::Path => open.has_name = true,
                Half::Value => open.has_value = true,
            }
        }
        self.keys.push(key);
        self.skip_space();
        if self.peek() != Some(b':') {
            return self.fail("`:` was expected after the key");
        }
        self.at += 1;
        Ok(())
    }

    /// Notes what an object holds that says by itself which field it is: `{ "name": "pin", "value": "1234" }`. Its keys are
    /// those from `first` on.
    fn note_pair(&mut self, first: usize) {
        let keys = self.keys.get(first..).unwrap_or_default();
        let half = |key: &Key| Half::of(&self.name(key.entry));
        if !keys.iter().any(|key| half(key).is_some_and(|half| self.names_one(half, key.entry + 1))) {
            return;
        }
        let values: Vec<u32> =
            keys.iter().filter(|key| half(key) == Some(Half::Value)).map(|key| key.entry + 1).collect();
        self.secrets.extend(values);
    }

    /// Whether the text at this place, or one in the list there, names a secret.
    fn names_one(&self, half: Half, entry: u32) -> bool {
        let is_text = |entry: u32| {
            let kind = self.entries.get(entry as usize).map(|entry| entry.kind);
            matches!(kind, Some(Kind::Text | Kind::EscapedText))
        };
        let names_one = |entry: u32| is_text(entry) && self.names.names_one(half, &self.name(entry));
        match self.entries.get(entry as usize) {
            Some(list) if half.is_name() && list.kind == Kind::List => (entry + 1..list.next).any(names_one),
            Some(_) | None => names_one(entry),
        }
    }

    /// Where the second of two equal keys begins, of the keys from `first` on, which are the closing object's.
    ///
    /// Only keys of one fingerprint are compared, and in a set, so that no body made of colliding names takes longer
    /// than its length.
    fn duplicate(&mut self, first: usize) -> Option<u32> {
        let keys = self.keys.get(first..).unwrap_or_default();
        let twice = self.repeats.may_be_in(keys).then(|| {
            let mut keys = keys.to_vec();
            keys.sort_unstable_by_key(|key| (key.fingerprint, key.entry));
            let alike = keys.chunk_by(|a, b| a.fingerprint == b.fingerprint).filter(|alike| alike.len() > 1);
            let twice = alike.filter_map(|alike| {
                let mut seen = HashSet::with_capacity(alike.len());
                alike.iter().find(|key| !seen.insert(self.name(key.entry))).map(|key| key.entry)
            });
            twice.min().map(|entry| self.start(entry))
        });
        self.keys.truncate(first);
        twice.flatten()
    }

    fn start(&self, entry: u32) -> u32 {
        self.entries.get(entry as usize).map_or(0, |entry| entry.start)
    }

    fn name(&self, entry: u32) -> Cow<'t, str> {
        let Some(entry) = self.entries.get(entry as usize) else { return Cow::Borrowed("") };
        let raw = self.text.get(entry.start as usize..entry.end as usize).unwrap_or_default();
        match entry.kind {
            Kind::EscapedText => serde_json::from_str(raw).map_or(Cow::Borrowed(raw), Cow::Owned),
            _ => Cow::Borrowed(raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()),
        }
    }

    fn string(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        let mut kind = Kind::Text;
        self.at += 1;
        loop {
            self.at += plain_bytes(self.text.as_bytes().get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::EscapedText;
                    self.escape()?;
                }
                Some(0..=0x1f) => return self.fail("a control character stands in a string without an escape"),
                Some(_) => self.at += 1,
                None => return self.fail("the body ends in the middle of a string"),
            }
        }
        self.at += 1;
        self.note(kind, start);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Unreadable> {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => match self.code_unit(self.at) {
                Some(0xD800..=0xDBFF) => match self.code_unit(self.at + 6) {
                    Some(0xDC00..=0xDFFF) => self.at += 12,
                    _ => return self.fail("half a surrogate pair is not a character"),
                },
                Some(0xDC00..=0xDFFF) => return self.fail("half a surrogate pair is not a character"),
                Some(_) => self.at += 6,
                None => return self.fail("`\\u` needs four hexadecimal digits"),
            },
            _ => return self.fail("this escape is none of JSON's"),
        }
        Ok(())
    }

    /// The value of the `\uXXXX` that begins at `at`.
    fn code_unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    }

    fn number(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            whole = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if (!whole || text.len() > 300) && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            return self.fail("this number is too large to compare with");
        }
        self.note(Kind::Number, start);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.fail("a digit was expected here");
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }
}

/// Positions fit 32 bits: a body of more than 4 GiB is refused before any is noted.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// How many bytes stand before a quote, a backslash or a control character: strings are most of a body, so eight bytes are
/// looked at in one step.
fn plain_bytes(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    // The lowest high bit that is set stands in the first byte that is zero (or below `limit`); those above it may be wrong.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS;
    let (words, rest) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found =
            zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\'))) | below(word, 0x20);
        if found != 0 {
            return n * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
    words.len() * 8 + rest.iter().take_while(|byte| is_plain(byte)).count()
}

#[cfg(test)]
mod tests {
    #[test]
    fn plain_bytes_end_where_the_first_other_byte_stands() {
        for (byte, length) in (0..=255).flat_map(|byte| (0..20).map(move |length| (byte, length))) {
            for at in 0..=length {
                let bytes = [&vec![b'a'; at][..], &[byte], &vec![b'"'; length - at]].concat();
                let is_plain = !matches!(byte, b'"' | b'\\' | 0..=0x1f);
                assert_eq!(super::plain_bytes(&bytes), at + usize::from(is_plain), "{byte} at {at} of {length}");
            }
        }
    }
}
