//! Brings texts into Unicode's composed form (NFC), in which they are compared.
//!
//! Unicode writes `é` as one character, or as `e` and an accent. Texts that come and go keep their own form.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The text in NFC. What is ASCII is in it already.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    match is_ascii(text) {
        true => Cow::Borrowed(text),
        false => ComposingNormalizerBorrowed::new_nfc().normalize(text),
    }
}

/// Whether a text is ASCII; for the short ones of a person twice as fast as the library's, which is made for long ones.
fn is_ascii(text: &str) -> bool {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let words = words.iter().fold(0, |bits, word| bits | u64::from_le_bytes(*word));
    let rest = rest.iter().fold(0, |bits, byte| bits | byte);
    words & 0x8080_8080_8080_8080 == 0 && rest < 0x80
}

/// A text of one's own in NFC; not copied where it is in it already.
#[must_use]
pub fn into_nfc(text: Cow<'_, str>) -> Cow<'_, str> {
    match nfc(&text) {
        Cow::Owned(composed) => Cow::Owned(composed),
        Cow::Borrowed(_) => text,
    }
}

/// The text in small letters and NFC: what texts that differ in capital letters alone share.
#[must_use]
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    // Small letters may compose where capital ones do not: there is one character for j with a caron, and none for J.
    let small = nfc(text).to_lowercase();
    Cow::Owned(nfc(&small).into_owned())
}

/// Whether two texts are one but for how Unicode writes them.
#[must_use]
pub fn same_text(a: &str, b: &str) -> bool {
    a == b || (!a.is_ascii() || !b.is_ascii()) && nfc(a) == nfc(b)
}

/// The same, capital and small letters being one.
#[must_use]
pub fn same_in_any_case(a: &str, b: &str) -> bool {
    match a.is_ascii() && b.is_ascii() {
        true => a.eq_ignore_ascii_case(b),
        false => folded(a) == folded(b),
    }
}

/// The text taken apart, with plain characters in the place of those that are variants of them (NFKD).
#[must_use]
pub fn taken_apart(text: &str) -> Cow<'_, str> {
    DecomposingNormalizerBorrowed::new_nfkd().normalize(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_forms_of_a_text_are_one() {
        for (a, b) in [("é", "e\u{301}"), ("Å", "\u{212b}"), ("K", "\u{212a}"), ("각", "\u{1100}\u{1161}\u{11a8}")] {
            assert!(same_text(a, b) && same_text(b, a), "{a}");
            assert_eq!(folded(a), folded(b));
            assert_eq!(into_nfc(Cow::Borrowed(b)), a);
        }
        assert!(!same_text("é", "e") && !same_text("e", "é"));
        assert_eq!(
            folded("J\u{30c}"),
            folded("\u{1f0}"),
            "a small letter that composes where the capital one does not"
        );
        assert_eq!(folded("Straße"), "straße");
    }
}
