//! Tokens: what a record has in place of a personal value. They tell whether two values are equal, and nothing else.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use super::nfc::{folded, nfc};
use super::number::{Worth, worth};

/// What stands in a record where a secret stood: that there was one, and nothing of it.
pub const SECRET: &str = "(secret)";

const TEXT: &str = "tok:t:";
const NUMBER: &str = "tok:n:";

/// Keyed digests of values: who has no key can neither make nor try them.
pub trait Digests: Debug + Send + Sync {
    /// The digest of a text; texts of different `kind` never share one. Letters, digits, `-` and `_`.
    fn digest(&self, kind: u8, text: &str) -> String;
}

/// A token where it lies, with what makes the token of a value it is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Token<'v> {
    text: &'v str,
    by: &'v Arc<dyn Digests>,
}

/// A token that outlives its record.
#[derive(Clone, Debug)]
pub struct OwnedToken {
    text: Box<str>,
    by: Arc<dyn Digests>,
}

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    ForText,
    ForNumber,
    ForSecret,
}

/// Whether a text has the shape of a token: no plain value of a record ever has.
#[must_use]
pub fn is_token(text: &str) -> bool {
    stands(text).is_some()
}

fn stands(text: &str) -> Option<Stands> {
    match text {
        SECRET => Some(Stands::ForSecret),
        _ if text.starts_with(TEXT) => Some(Stands::ForText),
        _ if text.starts_with(NUMBER) => Some(Stands::ForNumber),
        _ => None,
    }
}

/// The token of a text in NFC: its digest, and where they differ those of the text without spaces around it and in small letters,
/// which is how lookups and `ignore_case` compare.
#[must_use]
pub fn of_text(text: &str, by: &dyn Digests) -> String {
    format!("{TEXT}{}", digests(text, by))
}

/// The token of a number: the digest of its worth, and those of the text it is written as.
#[must_use]
pub fn of_number(number: &str, by: &dyn Digests) -> String {
    format!("{NUMBER}{}:{}", by.digest(b'n', &canonical(number)), digests(number, by))
}

fn digests(text: &str, by: &dyn Digests) -> String {
    let text = &*nfc(text);
    let trimmed = text.trim();
    let folded = folded(trimmed);
    let mut out = by.digest(b't', text);
    let is_folded = folded == trimmed;
    if trimmed != text || !is_folded {
        out.push(':');
        if trimmed != text {
            out += &by.digest(b't', trimmed);
        }
    }
    if !is_folded {
        out.push(':');
        out += &by.digest(b't', &folded);
    }
    out
}

fn canonical(number: &str) -> String {
    match worth(number) {
        Worth::Whole(whole) => whole.to_string(),
        Worth::Other(bits) => format!("{bits:x}"),
    }
}

impl<'v> Token<'v> {
    /// A text that is one.
    pub(super) fn new(text: &'v str, by: &'v Arc<dyn Digests>) -> Self {
        Self { text, by }
    }

    /// What it stands for.
    #[must_use]
    pub fn stands(self) -> Stands {
        stands(self.text).unwrap_or(Stands::ForText)
    }

    /// The token itself.
    #[must_use]
    pub fn as_str(self) -> &'v str {
        self.text
    }

    /// The token of the text that the value is written as.
    #[must_use]
    pub fn as_text(self) -> Cow<'v, str> {
        match self.stands() {
            Stands::ForText | Stands::ForSecret => Cow::Borrowed(self.text),
            Stands::ForNumber => Cow::Owned(format!("{TEXT}{}", self.text_digests())),
        }
    }

    /// The digest by which lookups find the value: without spaces around it, `is_folded` in small letters.
    #[must_use]
    pub fn key(self, is_folded: bool) -> &'v str {
        let mut parts = self.text_digests().split(':').map(|part| Some(part).filter(|part| !part.is_empty()));
        let (exact, trimmed, folded) = (parts.next().flatten(), parts.next().flatten(), parts.next().flatten());
        let trimmed = trimmed.or(exact);
        let found = if is_folded { folded.or(trimmed) } else { trimmed };
        found.unwrap_or_default()
    }

    /// Whether the value is known to have no spaces around it, so that its small letters can be compared.
    #[must_use]
    pub fn is_trimmed(self) -> bool {
        self.key(false) == self.exact()
    }

    /// Whether the value is this text.
    #[must_use]
    pub fn is_text(self, text: &str) -> bool {
        self.stands() == Stands::ForText && self.exact() == self.by.digest(b't', &nfc(text))
    }

    /// Whether the value is this text but for capital letters.
    #[must_use]
    pub fn is_text_in_any_case(self, text: &str) -> bool {
        self.stands() == Stands::ForText && self.key(true) == self.by.digest(b't', &folded(text))
    }

    /// Whether the value is this number.
    #[must_use]
    pub fn is_number(self, number: &str) -> bool {
        self.stands() == Stands::ForNumber && self.worth() == self.by.digest(b'n', &canonical(number))
    }

    /// Whether both stand for the same value. Of secrets that is not known; their places in a record are.
    #[must_use]
    pub fn same(self, other: Token<'_>) -> bool {
        match (self.stands(), other.stands()) {
            (Stands::ForNumber, Stands::ForNumber) => self.worth() == other.worth(),
            _ => self.text == other.text,
        }
    }

    /// Whether both stand for the same value but for capital letters.
    #[must_use]
    pub fn same_in_any_case(self, other: Token<'_>) -> bool {
        match (self.stands(), other.stands()) {
            (Stands::ForText, Stands::ForText) => self.key(true) == other.key(true),
            _ => self.same(other),
        }
    }

    /// The same, independent of its record.
    #[must_use]
    pub fn to_owned(self) -> OwnedToken {
        OwnedToken { text: self.text.into(), by: Arc::clone(self.by) }
    }

    fn text_digests(self) -> &'v str {
        let of_number = || self.text.strip_prefix(NUMBER)?.split_once(':').map(|(_, digests)| digests);
        self.text.strip_prefix(TEXT).or_else(of_number).unwrap_or_default()
    }

    fn exact(self) -> &'v str {
        self.text_digests().split(':').next().unwrap_or_default()
    }

    fn worth(self) -> &'v str {
        self.text.strip_prefix(NUMBER).and_then(|rest| rest.split(':').next()).unwrap_or_default()
    }
}

impl OwnedToken {
    /// A look at it.
    #[must_use]
    pub fn look(&self) -> Token<'_> {
        Token { text: &self.text, by: &self.by }
    }
}
