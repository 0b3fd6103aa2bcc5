//! What the answers of a function look like, by which a comparison that never holds is found.

use crate::rule::condition::At;

/// Whether a text of these answers may be the text (`None`), or have it as a part.
type MayHave = fn(Option<At>, &str) -> bool;

/// What a function may answer, beside nothing.
#[derive(Clone, Copy, Debug)]
pub enum Answering {
    /// Values of any kind, or texts of which nothing is known.
    Anything,
    Truths,
    Numbers,
    Lists,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Texts in which the function changes nothing, and nothing in a part of one either: `lower`.
    Kept,
    /// Texts in which the function changes nothing. What they are, and what they may have.
    KeptWhole(&'static str, MayHave),
    /// Texts that are so, and what they may have.
    Texts(&'static str, MayHave),
}

impl Answering {
    /// Texts that may have any part.
    pub(super) const fn kept_whole(about: &'static str) -> Self {
        Answering::KeptWhole(about, |_, _| true)
    }

    /// What an answer is, for sentences of what is compared with it.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Answering::Anything => "a value",
            Answering::Truths => "true or false, not a text",
            Answering::Numbers => "a number",
            Answering::Lists => "a list",
            Answering::Words(_) | Answering::Kept => "a text",
            Answering::KeptWhole(about, _) | Answering::Texts(about, _) => about,
        }
    }
}

/// Whether a text is made of these characters alone, and has this length where it is the whole answer.
pub(super) fn is_made_of(text: &str, length: Option<usize>, is_letter: impl Fn(char) -> bool) -> bool {
    let count = text.chars().count();
    text.chars().all(is_letter) && length.is_none_or(|length| count == length)
}

/// A digit to the base 16, in small letters.
pub(super) fn is_hex_digit(letter: char) -> bool {
    letter.is_ascii_digit() || ('a'..='f').contains(&letter)
}
