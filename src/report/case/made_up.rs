//! Puts made-up values in the place of real ones: of the same shape, and the same for the same.
//!
//! Words and numbers within texts are replaced one by one, so that an address that was made of a name still is.

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::literals::Literals;
use crate::event::secret::{HIDDEN, UNKNOWN, WITHHELD};
use crate::event::{Calendar, date};

/// Fields whose values name nobody.
const KEPT: [&str; 12] = [
    "action",
    "userType",
    "status",
    "type",
    "country",
    "countryCode",
    "locale",
    "timezone",
    "applicationId",
    "tenantId",
    "operation",
    "hook",
];
/// Keys of a pair by which its value is found: `{ name: costCenter, value: … }`.
const PAIR_KEYS: [&str; 4] = ["name", "key", "attribute", "attributeName"];
/// What stands in place of a secret, which no record has.
const SECRET: &str = "Made-up-Secret-1";
/// Most digits of a country's code in a telephone number.
const COUNTRY_DIGITS: usize = 3;
/// Numbers below are counts and flags rather than somebody's.
const SMALL: f64 = 1_000.0;

const VOWELS: &[u8] = b"aeiou";
const CONSONANTS: &[u8] = b"bdfgklmnprstv";

/// How much of each word stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// The first two digits of a number: what a country's numbers begin with.
    Little,
    /// The first letter of each word besides, and four digits of a number.
    More,
}

/// What replaces values of one decision.
#[derive(Debug)]
pub struct MadeUp<'l> {
    pub literals: &'l Literals,
    pub stays: Stays,
    pub calendar: &'l Calendar,
    /// By which words become others, anew for each test.
    pub seed: u64,
}

impl MadeUp<'_> {
    /// The value with others in the places of what may name somebody.
    pub fn json(&self, value: &Json) -> Json {
        self.at("", value)
    }

    fn at(&self, field: &str, value: &Json) -> Json {
        match value {
            Json::Object(fields) => {
                let is_pair = fields.contains_key("value");
                let new = |(key, value): (&String, &Json)| {
                    let names_one = is_pair && PAIR_KEYS.contains(&key.as_str());
                    (key.clone(), if names_one { value.clone() } else { self.at(key, value) })
                };
                Json::Object(fields.iter().map(new).collect())
            }
            Json::Array(items) => Json::Array(items.iter().map(|item| self.at(field, item)).collect()),
            Json::String(text) if KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(field)) => {
                Json::String(text.clone())
            }
            Json::String(text) => Json::String(self.of_field(field, text)),
            Json::Number(number) => self.number(&number.to_string()).unwrap_or_else(|| value.clone()),
            Json::Bool(_) | Json::Null => value.clone(),
        }
    }

    fn of_field(&self, field: &str, text: &str) -> String {
        if self.is_date(text) {
            let is_birth = field.to_lowercase().contains("birth");
            return if is_birth { birthday(text) } else { text.to_owned() };
        }
        self.text(text)
    }

    /// A number of a phone is none, nor a day of the week; only what has several parts.
    fn is_date(&self, text: &str) -> bool {
        let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).count();
        parts >= 3 && !text.starts_with('+') && date::instant(text, self.calendar).is_some()
    }

    fn number(&self, written: &str) -> Option<Json> {
        let is_small = written.parse::<f64>().is_ok_and(|number| number.abs() < SMALL);
        if is_small || self.literals.has(written) {
            return None;
        }
        serde_json::from_str(&self.text(written)).ok()
    }

    /// A text with its words replaced, but for what rules have written.
    pub fn text(&self, text: &str) -> String {
        if text.contains(WITHHELD) || text.contains(UNKNOWN) || text.contains(HIDDEN) {
            return SECRET.to_owned();
        }
        if self.literals.has(text) {
            return text.to_owned();
        }
        let kept = self.literals.places(text);
        let (mut out, mut word, mut begin) = (String::new(), String::new(), 0);
        for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
            if letter.is_alphanumeric() && at < text.len() {
                if word.is_empty() {
                    begin = at;
                }
                word.push(letter);
                continue;
            }
            if !word.is_empty() {
                // The code of a country is nobody's, and numbers of another have other lengths.
                let is_country = word.len() <= COUNTRY_DIGITS
                    && text.get(..begin).is_some_and(|before| before.ends_with('+'))
                    && word.chars().all(|letter| letter.is_ascii_digit());
                let stays = is_country || kept.iter().any(|place| place.start <= begin && at <= place.end);
                out += &if stays { word.clone() } else { self.word(&word) };
                word.clear();
            }
            if at < text.len() {
                out.push(letter);
            }
        }
        out
    }

    /// Another word of the same length, with capital letters and digits where they were.
    fn word(&self, word: &str) -> String {
        let digest = Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(word.to_lowercase()).finalize();
        let mut state = digest.first_chunk().map_or(self.seed, |first| u64::from_le_bytes(*first));
        let mut next = |choices: &[u8]| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(state >> 33).unwrap_or_default() % choices.len().max(1);
            choices.get(place).copied().map_or('a', char::from)
        };
        let (digits_kept, letters_kept) = match self.stays {
            Stays::Little => (2, 0),
            Stays::More => (4, 1),
        };
        let is_number = word.chars().all(|letter| letter.is_ascii_digit());
        let mut new = |(place, letter): (usize, char)| match letter {
            '0'..='9' if is_number && place < digits_kept.min(word.len() / 2) => letter,
            '0'..='9' => next(b"123456789"),
            letter if place < letters_kept => letter,
            letter => {
                let made = next(if place % 2 == 0 { CONSONANTS } else { VOWELS });
                if letter.is_uppercase() { made.to_ascii_uppercase() } else { made }
            }
        };
        word.chars().enumerate().map(&mut new).collect()
    }
}

/// A birthday of the same year.
fn birthday(text: &str) -> String {
    match text.split_at_checked(4) {
        Some((year, rest)) if year.bytes().all(|byte| byte.is_ascii_digit()) && rest.len() >= 6 => {
            format!("{year}-01-01{}", rest.get(6..).unwrap_or_default())
        }
        _ => "1990-01-01".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_country_and_becomes_nobodys() {
        let (literals, calendar) = (Literals::default(), Calendar::utc());
        for seed in 0..100 {
            let made_up = MadeUp { literals: &literals, stays: Stays::Little, calendar: &calendar, seed };
            let made = made_up.text("+91 98200 54321");
            assert!(made.starts_with("+91 98") && made.len() == 15 && !made.contains("54321"), "{made}");
        }
    }
}
