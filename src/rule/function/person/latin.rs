//! Transliterates texts into plain ASCII letters.
//!
//! The crate's table has nearly every letter of every script; the schemes of some languages go before it.

use any_ascii::any_ascii_char;

use crate::event::{nfc, taken_apart};

/// How a language spells letters that the table has otherwise: a letter in small and what it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme(&'static [(char, &'static str)]);

/// German spells so where there are no umlauts, in passports too (ICAO Doc 9303).
const GERMAN: Scheme = Scheme(&[('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('ß', "ss")]);
/// Danish and Norwegian, as in ICAO Doc 9303.
const DANISH: Scheme = Scheme(&[('å', "aa"), ('æ', "ae"), ('ø', "oe")]);
/// Swedish and Finnish, as in ICAO Doc 9303.
const SWEDISH: Scheme = Scheme(&[('å', "aa"), ('ä', "ae"), ('ö', "oe")]);

impl Scheme {
    /// The schemes by the languages that use them.
    pub const NAMED: [(&'static str, Scheme); 6] =
        [("de", GERMAN), ("da", DANISH), ("fi", SWEDISH), ("nb", DANISH), ("no", DANISH), ("sv", SWEDISH)];

    /// The scheme of a language, by its code of two letters in any case.
    pub fn named(language: &str) -> Option<Self> {
        let is_it = |(name, _): &&(&str, Self)| name.eq_ignore_ascii_case(language.trim());
        Self::NAMED.iter().find(is_it).map(|(_, scheme)| *scheme)
    }

    fn spelled(self, letter: char) -> Option<&'static str> {
        self.0.iter().find(|(known, _)| *known == letter).map(|(_, plain)| *plain)
    }
}

/// The text in plain letters. What has none is left out.
pub fn plain(text: &str, scheme: Option<Scheme>) -> String {
    let letters: Vec<char> = nfc(text).chars().collect();
    let mut out = String::with_capacity(text.len());
    for (n, letter) in letters.iter().enumerate() {
        let small = letter.to_lowercase().next().unwrap_or(*letter);
        match scheme.and_then(|scheme| scheme.spelled(small)) {
            Some(spelled) if letter.is_uppercase() => {
                let around = letters.get(n + 1).or_else(|| letters.get(n.checked_sub(1)?));
                let is_among_capitals = around.is_some_and(|other| other.is_uppercase());
                out.push_str(&capitals(spelled, is_among_capitals));
            }
            Some(spelled) => out.push_str(spelled),
            None => one(*letter, &mut out),
        }
    }
    out
}

fn capitals(spelled: &str, all: bool) -> String {
    let mut letters = spelled.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let rest = if all { letters.as_str().to_ascii_uppercase() } else { letters.as_str().to_owned() };
    first.into_iter().collect::<String>() + &rest
}

fn one(letter: char, out: &mut String) {
    let known = any_ascii_char(letter);
    // Little pictures have names between colons there, and nobody is called so.
    let is_picture = known.len() > 1 && known.starts_with(':') && known.ends_with(':');
    if !known.is_empty() {
        out.push_str(if is_picture { "" } else { known });
        return;
    }
    for part in taken_apart(letter.encode_utf8(&mut [0; 4])).chars().filter(|part| *part != letter) {
        out.push_str(any_ascii_char(part));
    }
}
