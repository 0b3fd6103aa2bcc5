//! Tells what YAML readers make of a word without quotes: a truth, a number, or something on which they disagree.

/// Whole numbers of at most this many digits are kept exactly by every JSON reader (2^53 has sixteen).
pub const EXACT_DIGITS: usize = 15;

/// `NO`, `yes`, `on`, …: YAML 1.1 reads them as true or false, YAML 1.2 as text.
pub fn is_ambiguous_word(text: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off", "true", "false"];
    words.iter().any(|word| word.eq_ignore_ascii_case(text)) && text != "y" && text != "n"
}

/// Whether the text is a number as JSON writes it.
#[must_use]
pub fn is_json_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// Whether the text is a number that everybody reads alike and keeps exactly: plain decimal digits, at most 15 of them.
#[must_use]
pub fn is_plain_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    is_json_number(text) && !has_exponent(text) && digits <= EXACT_DIGITS
}

/// `61e9` is an id to whoever writes it and a number to whoever reads it.
pub fn has_exponent(text: &str) -> bool {
    text.contains(['e', 'E'])
}

/// `007`, `+91`, `0x1F`, `1_000`, `.5`, `.inf`: numbers to some readers.
pub fn is_odd_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    let is_special = matches!(lower.as_str(), ".inf" | ".nan");
    let prefixed = ["0x", "0o", "0b"].iter().any(|prefix| {
        lower.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    let digits = unsigned.bytes().filter(u8::is_ascii_digit).count();
    let rest_is_numeric = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.'));
    let one_point = unsigned.bytes().filter(|b| *b == b'.').count() <= 1;
    is_special || prefixed || (digits > 0 && rest_is_numeric && one_point)
}
