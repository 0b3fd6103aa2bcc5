//! Finds characters in compared values that no field has: quotes as part of the value, and invisible ones.

use crate::event::is_blank;

/// Quotes that text programs make, with those that close them.
const CURLY: [(char, &[char]); 8] = [
    ('“', &['”', '“']),
    ('”', &['”']),
    ('„', &['“', '”']),
    ('‘', &['’', '‘']),
    ('’', &['’']),
    ('‚', &['‘', '’']),
    ('«', &['»']),
    ('»', &['«']),
];

/// What is odd about a value, and the value as it is meant.
pub struct Odd {
    pub what: String,
    pub meant: String,
}

/// The odd signs of a value, if it has any. `at_ends`: those at its ends too, which are else told where rules are loaded.
pub fn odd(text: &str, at_ends: bool) -> Option<Odd> {
    quoted(text).or_else(|| unseen(text, at_ends))
}

fn quoted(text: &str) -> Option<Odd> {
    let (first, last) = (text.chars().next()?, text.chars().next_back()?);
    let inner = text.strip_prefix(first)?;
    let odd = |what: &str, meant: &str| Some(Odd { what: what.to_owned(), meant: meant.to_owned() });
    if let Some((_, closing)) = CURLY.iter().find(|(open, _)| *open == first) {
        let closed = inner.strip_suffix(|c| closing.contains(&c));
        // ’s-Hertogenbosch is a town.
        let is_apostrophe = matches!(first, '‘' | '’' | '‚');
        return match closed.or((!is_apostrophe).then_some(inner)) {
            Some(meant) => odd("curly quotes, and hookgate reads them as part of the value", meant),
            None => None,
        };
    }
    if let Some(meant) = text.strip_suffix(['“', '”', '„', '«', '»']) {
        return odd("a curly quote, and hookgate reads it as part of the value", meant);
    }
    let meant = inner.strip_suffix(first).filter(|_| matches!(first, '\'' | '"' | '`') && first == last);
    meant
        .filter(|meant| !meant.is_empty())
        .and_then(|meant| odd("quotes within quotes, and hookgate reads the inner ones as part of the value", meant))
}

fn unseen(text: &str, at_ends: bool) -> Option<Odd> {
    if is_blank(text) {
        return None;
    }
    let letters: Vec<char> = text.chars().collect();
    let range = if at_ends { 0..letters.len() } else { inside(&letters) };
    let is_odd = |at: usize| range.contains(&at) && is_unseen(&letters, at);
    let at = (0..letters.len()).find(|at| is_odd(*at))?;
    let found = letters.get(at).copied()?;
    let plain = |(at, letter): (usize, &char)| match is_odd(at) {
        false => Some(*letter),
        true => letter.is_whitespace().then_some(' '),
    };
    let meant = letters.iter().enumerate().filter_map(plain).collect();
    let what = match found {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => "a no-break space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\u{ad}' => "a soft hyphen, which nobody sees".to_owned(),
        other if other.is_whitespace() => format!("an uncommon space (U+{:04X})", u32::from(other)),
        other => format!("a character that nobody sees (U+{:04X})", u32::from(other)),
    };
    Some(Odd { what, meant })
}

/// The letters between those at the ends that show nothing.
fn inside(letters: &[char]) -> std::ops::Range<usize> {
    let shows = |letter: &char| !is_blank(letter.encode_utf8(&mut [0; 4]));
    let first = letters.iter().position(shows).unwrap_or_default();
    first..letters.iter().rposition(shows).map_or(first, |last| last + 1)
}

/// Whether nothing shows there but a plain space. What joins letters, and picks their shapes, is needed in other scripts
/// than Latin, and in emoji.
fn is_unseen(letters: &[char], at: usize) -> bool {
    let Some(letter) = letters.get(at).copied() else { return false };
    let beside = [at.checked_sub(1), Some(at + 1)].map(|at| at.and_then(|at| letters.get(at)));
    let is_foreign = beside.iter().flatten().any(|letter| !letter.is_ascii());
    let shapes = matches!(letter, '\u{200c}' | '\u{200d}' | '\u{34f}' | '\u{3164}')
        || matches!(letter, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}');
    letter != ' ' && letter != '\n' && is_blank(letter.encode_utf8(&mut [0; 4])) && !(shapes && is_foreign)
}

#[cfg(test)]
mod tests {
    use super::odd;

    #[test]
    fn odd_signs_are_told_with_the_value_without_them() {
        for (text, meant) in [
            ("“Vendor”", "Vendor"),
            ("”Vendor”", "Vendor"),
            ("„Vendor“", "Vendor"),
            ("‘Vendor’", "Vendor"),
            ("«Vendor»", "Vendor"),
            ("“Vendor", "Vendor"),
            ("Vendor”", "Vendor"),
            ("'Vendor'", "Vendor"),
            ("\"Vendor\"", "Vendor"),
            ("`Vendor`", "Vendor"),
            ("Ven\u{200b}dor", "Vendor"),
            ("Ven\u{ad}dor", "Vendor"),
            ("Ven\u{200d}dor", "Vendor"),
            ("Ven\u{202e}dor", "Vendor"),
            ("New\u{a0}York", "New York"),
            ("New\u{202f}York", "New York"),
            ("New\tYork", "New York"),
            ("New\u{3000}York", "New York"),
        ] {
            assert_eq!(odd(text, false).map(|odd| odd.meant).as_deref(), Some(meant), "{text:?}");
        }
        assert_eq!(odd("\u{feff}Vendor", true).map(|odd| odd.meant).as_deref(), Some("Vendor"));
    }

    #[test]
    fn what_languages_need_is_left_alone() {
        for text in [
            "O’Brien",
            "l'été",
            "क्\u{200d}ष",
            "می\u{200c}خواهم",
            "👩\u{200d}💻",
            "New York",
            "rock 'n' roll",
            "’s-Graveland",
            "",
            " ",
        ] {
            assert!(odd(text, false).is_none(), "{text:?}");
        }
    }
}
