//! Finds letters that look like others: quotes, spaces and dashes from word processors, chats and web pages.

/// What a letter is called that nobody means to write into a rule, and what to write in its place.
#[must_use]
pub fn called(letter: char) -> Option<(String, &'static str)> {
    let number = u32::from(letter);
    Some(match letter {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '＂' => {
            (format!("a curly quote `{letter}` (U+{number:04X})"), "a straight one (`\"`)")
        }
        '‘' | '’' | '‚' | '‛' | '′' | '＇' => {
            (format!("a curly quote `{letter}` (U+{number:04X})"), "a straight one (`'`, or `\"` within an expression)")
        }
        '\u{a0}' | '\u{202f}' | '\u{2007}' => {
            (format!("a no-break space (U+{number:04X}), which looks like a space"), "a space")
        }
        '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' | '\u{1680}' => {
            (format!("a space of another kind (U+{number:04X})"), "a space")
        }
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}' => {
            (format!("a character that is not seen (U+{number:04X})"), "nothing")
        }
        '–' | '—' | '−' | '‐' | '‑' => {
            (format!("a dash `{letter}` (U+{number:04X}) that is not a minus sign"), "`-`")
        }
        '：' => (format!("a wide colon `{letter}` (U+{number:04X})"), "`:`"),
        '…' => (format!("an ellipsis `{letter}` (U+{number:04X})"), "what it stands for"),
        '≥' | '⩾' => (format!("the sign `{letter}`"), "`>=`"),
        '≤' | '⩽' => (format!("the sign `{letter}`"), "`<=`"),
        '≠' => (format!("the sign `{letter}`"), "`!=`"),
        '＝' => (format!("a wide sign `{letter}`"), "`==`"),
        _ => return None,
    })
}
