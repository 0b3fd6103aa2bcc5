//! Reads what somebody types to find decisions: `hook:validateUser code:MobileAlreadyExist since:1h asha.rao`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::period::{end, moment};
use crate::diagnostic::did_you_mean;
use crate::journal::Query;

/// The words that stand before a colon, each with an example.
pub const WORDS: [(&str, &str); 9] = [
    ("person", "person:asha.rao"),
    ("hook", "hook:validateUser"),
    ("code", "code:MobileAlreadyExist"),
    ("rule", "rule:mobile-is-free"),
    ("outcome", "outcome:rejected"),
    ("app", "app:payroll"),
    ("id", "id:4f2a91c0"),
    ("since", "since:1h"),
    ("until", "until:yesterday"),
];
/// What a decision can come to.
pub const OUTCOMES: [&str; 8] = [UNDECIDED, ACCEPTED, "changed", "rejected", "mapped", "deprovision", "keep", "failed"];
/// No rule decided.
pub const UNDECIDED: &str = "undecided";
/// What people call that where nobody was refused.
pub const ACCEPTED: &str = "accepted";

/// Why a search means nothing, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSearch {
    pub message: String,
    pub help: String,
}

impl BadSearch {
    fn new(message: String, help: impl Into<String>) -> Self {
        Self { message, help: help.into() }
    }
}

/// What a text seeks; a word without a colon is a person. Moments are those of `decisions`, in this zone.
///
/// # Errors
/// Says what can be written.
pub fn search(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Query, BadSearch> {
    let mut query = Query::default();
    for written in words(text)? {
        let (word, value) = match written.split_once(':') {
            Some((word, value)) if word.chars().all(char::is_alphabetic) => (word.to_lowercase(), value),
            _ => ("person".to_owned(), written.as_str()),
        };
        let own = value.to_owned();
        if value.is_empty() {
            let example = WORDS.iter().find(|(known, _)| *known == word).map_or("", |(_, example)| *example);
            let help = if example.is_empty() { known() } else { format!("write it as `{example}`, without a blank") };
            return Err(BadSearch::new(format!("nothing stands behind `{word}:`"), help));
        }
        let told = |why: String| BadSearch::new(why, "write for example `since:2h until:30m`, or `since:yesterday`");
        let is_twice = match word.as_str() {
            "person" => query.person.replace(own).is_some(),
            "hook" => query.hook.replace(own).is_some(),
            "code" => query.code.replace(own).is_some(),
            "rule" => query.rule.replace(own).is_some(),
            "outcome" => query.outcome.replace(outcome(value)?).is_some(),
            "app" => query.app.replace(own).is_some(),
            "id" => query.id.replace(own).is_some(),
            "since" => query.since.replace(moment(value, now, zone).map_err(told)?).is_some(),
            "until" => query.until.replace(end(value, now, zone).map_err(told)?).is_some(),
            other => return Err(unknown(other)),
        };
        if is_twice {
            let message = format!("the search says `{word}` twice, and nothing can be both");
            return Err(BadSearch::new(
                message,
                "leave one of them out; a name with a blank stands in quotes: `\"Asha Rao\"`",
            ));
        }
    }
    Ok(query)
}

/// The words of a text: blanks part them, but for those in quotes.
fn words(text: &str) -> Result<Vec<String>, BadSearch> {
    let (mut words, mut word, mut is_quoted, mut is_word) = (Vec::new(), String::new(), false, false);
    for letter in text.chars() {
        match letter {
            '"' => (is_quoted, is_word) = (!is_quoted, true),
            blank if blank.is_whitespace() && !is_quoted => {
                words.extend(std::mem::take(&mut is_word).then(|| std::mem::take(&mut word)));
            }
            letter => {
                word.push(letter);
                is_word = true;
            }
        }
    }
    if is_quoted {
        return Err(BadSearch::new("a quote is not closed".to_owned(), "write `\"` at the end of the name, too"));
    }
    words.extend(is_word.then_some(word));
    words.retain(|word| !word.is_empty());
    Ok(words)
}

fn outcome(word: &str) -> Result<String, BadSearch> {
    let word = word.to_lowercase();
    match OUTCOMES.iter().find(|known| **known == word) {
        Some(&ACCEPTED) => Ok(UNDECIDED.to_owned()),
        Some(known) => Ok((*known).to_owned()),
        None => {
            let help = match did_you_mean(&word, OUTCOMES) {
                Some(meant) => format!("did you mean `outcome:{meant}`?"),
                None => format!("an outcome is one of {}", listed(OUTCOMES)),
            };
            Err(BadSearch::new(format!("there is no outcome `{word}`"), help))
        }
    }
}

fn unknown(word: &str) -> BadSearch {
    let help = match did_you_mean(word, WORDS.map(|(word, _)| word)) {
        Some(meant) => format!("did you mean `{meant}:`? {}", known()),
        None => known(),
    };
    BadSearch::new(format!("a search knows no word `{word}:`"), help)
}

fn known() -> String {
    format!(
        "the words are {}; anything else is the login, e-mail address or id of a person",
        listed(WORDS.map(|(word, _)| word))
    )
}

fn listed<const N: usize>(words: [&str; N]) -> String {
    words.map(|word| format!("`{word}`")).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Query, BadSearch> {
        search(text, "2026-02-01T20:00:00Z".parse().unwrap(), &TimeZone::UTC)
    }

    #[test]
    fn each_word_seeks_what_it_says() {
        let text = "hook:validateUser CODE:MobileAlreadyExist rule:a \"Asha Rao\" outcome:accepted app:x id:7 since:1h until:2026-02-01T20:00";
        let query = read(text).unwrap();
        let texts = [&query.hook, &query.code, &query.rule, &query.person, &query.outcome, &query.app, &query.id];
        let texts = texts.map(|text| text.as_deref().unwrap());
        assert_eq!(texts, ["validateUser", "MobileAlreadyExist", "a", "Asha Rao", "undecided", "x", "7"]);
        assert_eq!(query.since, Some("2026-02-01T19:00:00Z".parse().unwrap()));
        assert_eq!(query.until, Some("2026-02-01T20:00:00Z".parse().unwrap()));
        assert_eq!(read("person:\"a b\"").unwrap().person.as_deref(), Some("a b"));
        assert_eq!(read("  asha@example.com ").unwrap().person.as_deref(), Some("asha@example.com"));
        assert_eq!(read(" ").unwrap(), Query::default());
    }

    #[test]
    fn a_mistake_says_which_words_there_are() {
        for (text, part) in [
            ("hok:validateUser", "did you mean `hook:`"),
            ("xyzzy:1", "`person`, `hook`, `code`"),
            ("outcome:reject", "`outcome:rejected`"),
            ("since:tomorrow", "since:2h"),
            ("hook:", "`hook:validateUser`"),
            ("asha rao", "in quotes"),
            ("\"asha", "at the end"),
        ] {
            let bad = read(text).unwrap_err();
            assert!(bad.help.contains(part), "{text}: {bad:?}");
        }
    }
}
