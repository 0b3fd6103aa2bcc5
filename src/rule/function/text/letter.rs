//! What kind of character a character is in Unicode.

use icu_properties::props::GeneralCategory as Category;
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};

const CATEGORIES: CodePointMapDataBorrowed<'static, Category> = CodePointMapData::<Category>::new();

fn category(letter: char) -> Category {
    CATEGORIES.get(letter)
}

/// Whether it only changes the letter before it: an accent, a vowel sign.
pub fn is_mark(letter: char) -> bool {
    matches!(category(letter), Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark)
}

/// Whether it is seen by nobody: what turns the direction of writing, joins letters, or marks a file's beginning.
pub fn is_invisible(letter: char) -> bool {
    category(letter) == Category::Format
}

/// Whether it is a dash or hyphen of any length.
pub fn is_dash(letter: char) -> bool {
    category(letter) == Category::DashPunctuation
}

/// Whether it is a bracket.
pub fn is_bracket(letter: char) -> bool {
    matches!(category(letter), Category::OpenPunctuation | Category::ClosePunctuation)
}

/// The digit that it is in any script, 0 to 9.
pub fn digit(letter: char) -> Option<u8> {
    let is_digit = |code: u32| char::from_u32(code).is_some_and(|c| category(c) == Category::DecimalNumber);
    if letter.is_ascii() {
        return u8::try_from(letter.to_digit(10)?).ok();
    }
    let code = u32::from(letter);
    if !is_digit(code) {
        return None;
    }
    // Unicode gives the digits of a script ten places in a row, from zero to nine; of some scripts several rows follow
    // each other.
    let before = (1..=code).take_while(|back| is_digit(code - back)).count();
    u8::try_from(before % 10).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_of_every_script_has_its_value() {
        let mut count = 0;
        for letter in ('\0'..=char::MAX).filter(|letter| category(*letter) == Category::DecimalNumber) {
            let value = digit(letter).unwrap();
            let plain = any_ascii::any_ascii_char(letter);
            assert!(plain.is_empty() || plain == value.to_string(), "{letter} is {plain} and not {value}");
            count += 1;
        }
        assert!(count >= 700 && count % 10 == 0, "{count} digits");
        assert_eq!((digit('²'), digit('x'), digit('①'), digit('०'), digit('９')), (None, None, None, Some(0), Some(9)));
    }
}
