//! Whether a text is blank: nothing but white space and characters that are never drawn.
//!
//! Forms send `""` or spaces for what nobody filled in, and pasted text brings characters that are never drawn.

/// Whether a reader sees nothing in the text: it has nothing but white space (a no-break space is some) and characters
/// that are never drawn, such as a zero width space, a soft hyphen or a byte order mark.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_undrawn(c))
}

/// Unicode's `Default_Ignorable_Code_Point`, of which `White_Space` has none.
fn is_undrawn(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::is_blank;

    /// What Unicode says, by way of the library of regular expressions.
    #[test]
    fn what_is_never_drawn_is_what_unicode_says() {
        let undrawn = regex::Regex::new(r"^[\p{Default_Ignorable_Code_Point}\p{White_Space}]$").unwrap();
        for c in char::MIN..=char::MAX {
            let text = c.to_string();
            assert_eq!(is_blank(&text), undrawn.is_match(&text), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn one_letter_among_blanks_is_no_blank() {
        for blank in ["", " ", "\t\r\n", "\u{a0}", "\u{3000}", "\u{200b}\u{feff}", " \u{2060} "] {
            assert!(is_blank(blank), "{blank:?}");
            assert!(!is_blank(&format!("{blank}0{blank}")), "{blank:?}");
        }
        for letter in [".", "-", "0", "\0", "\u{2800}", "न"] {
            assert!(!is_blank(letter), "{letter:?}");
        }
    }
}
