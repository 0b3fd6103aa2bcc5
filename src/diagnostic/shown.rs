//! Escapes text before it is shown: characters that are invisible, end lines or steer terminals become their numbers.
//!
//! So do characters that turn the reading direction. Only this file says which characters those are; whatever
//! hookgate shows or logs goes through it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text within a line, such as a name or a value: it ends no line, steers no terminal and turns no reading direction.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    escape(text, false, &mut out);
    Cow::Owned(out)
}

/// A text that hookgate laid out itself, such as a page, a report or JSON: its line breaks and tabs stay.
#[must_use]
pub fn escaped_page(text: &str) -> Cow<'_, str> {
    replaced(text, |c| matches!(c, '\n' | '\t'))
}

/// The same of a text that a renderer of reports has coloured, and in which nobody else's escape characters are left.
#[must_use]
pub fn escaped_report(text: &str) -> Cow<'_, str> {
    replaced(text, |c| matches!(c, '\n' | '\t' | '\u{1b}'))
}

fn replaced(text: &str, is_kept: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(|c| is_unseen(c) && !is_kept(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            // The end of a line as Windows writes it.
            '\r' if letters.peek() == Some(&'\n') => {}
            c if is_kept(c) => out.push(c),
            c => write(c, &mut out),
        }
    }
    Cow::Owned(out)
}

/// Writes a text within a line; inside quotes quotes and backslashes are escaped too.
pub fn escape(text: &str, is_quoted: bool, out: &mut String) {
    // Nearly every text is plain, and is copied as it is.
    if is_plain(text, is_quoted) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        if is_quoted && matches!(c, '"' | '\\') {
            out.push('\\');
        }
        write(c, out);
    }
}

/// Whether nothing of a text has to be escaped; eight bytes are looked at at once.
fn is_plain(text: &str, is_quoted: bool) -> bool {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let odd = words.iter().fold(0, |odd, word| odd | odd_bytes(u64::from_le_bytes(*word), is_quoted));
    let is_odd = |byte: &u8| !matches!(byte, b' '..=b'~') || (is_quoted && matches!(byte, b'"' | b'\\'));
    odd == 0 && !rest.iter().any(is_odd)
}

/// Not zero where one of eight bytes is not plain ASCII, or, inside quotes, a quote or a backslash.
fn odd_bytes(word: u64, is_quoted: bool) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // A byte that is less than this borrows from its highest bit.
    let less_than = |word: u64, byte: u8| word.wrapping_sub(ONES * u64::from(byte)) & !word & HIGH;
    let is = |byte: u8| less_than(word ^ (ONES * u64::from(byte)), 1);
    let quotes = if is_quoted { is(b'"') | is(b'\\') } else { 0 };
    word & HIGH | less_than(word, b' ') | is(0x7f) | quotes
}

/// A character as it may be shown. The form is JSON's, so that JSON stays what it is.
fn write(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if is_unseen(c) => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        _ => out.push(c),
    }
}

/// Whether a character is not seen, or changes how others are: control characters (C0, DEL, C1), line and paragraph
/// separators, marks of the reading direction, characters of no width, and all else that Unicode draws nothing for
/// (`Default_Ignorable_Code_Point`), with the marks of annotations. Variation selectors are none: they say which of its
/// forms the sign before them has, as in most emoji.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Unicode says, by way of the library of regular expressions.
    #[test]
    fn what_is_not_seen_is_what_unicode_says() {
        let pattern = r"^[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\x{fff9}-\x{fffb}--\p{Variation_Selector}]$";
        let unseen = regex::Regex::new(pattern).unwrap();
        // The selectors of Mongolian letters are never seen by themselves, nor with a letter before them.
        let is_mongolian = |c: char| matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}');
        for c in char::MIN..=char::MAX {
            let expected = unseen.is_match(&c.to_string()) || is_mongolian(c);
            assert_eq!(is_unseen(c), expected, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn what_is_plain_is_seen_wherever_it_stands() {
        for c in (0..=0x17f_u32).filter_map(char::from_u32) {
            for before in 0..17 {
                let text = format!("{}{c}abcdefghij", "z".repeat(before));
                for is_quoted in [false, true] {
                    let is_odd = !matches!(c, ' '..='~') || is_quoted && matches!(c, '"' | '\\');
                    assert_eq!(is_plain(&text, is_quoted), !is_odd, "{text:?} {is_quoted}");
                }
            }
        }
        assert!(is_plain("", true));
    }

    #[test]
    fn every_such_character_is_written_as_its_number_and_no_other_changes() {
        for c in char::MIN..=char::MAX {
            let text = format!("a{c}b");
            let shown = escaped(&text);
            assert_eq!(shown == text, !is_unseen(c), "U+{:04X}", u32::from(c));
            assert!(!shown.contains(is_unseen), "{shown:?}");
            let json = serde_json::to_string(&text).unwrap();
            let page = escaped_page(&json);
            assert!(!page.contains(is_unseen), "{page:?}");
            assert_eq!(serde_json::from_str::<String>(&page).unwrap(), text, "JSON says the same");
        }
        assert_eq!(escaped_page("a\n\tb\u{202e}\u{e0041}"), "a\n\tb\\u202e\\udb40\\udc41");
        assert_eq!(escaped("a\n\t\u{1b}[31m"), "a\\n\\t\\u001b[31m");
    }
}
