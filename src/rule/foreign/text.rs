//! Recognises texts that look like operators of other tools: comparisons, ranges, lists, wildcards.
//!
//! hookgate compares them letter by letter.

use crate::event::number;
use crate::yaml::scalar;

/// Words by which decision tables elsewhere say "anything".
const ANYTHING: [&str; 18] = [
    "*",
    "**",
    "any",
    "any value",
    "anything",
    "anybody",
    "anyone",
    "all",
    "else",
    "otherwise",
    "default",
    "everything",
    "everybody",
    "everyone",
    "irrelevant",
    "_",
    "–",
    "—",
];
/// How other tools write a comparison in front of a value, longer ones first, with the operator that is meant.
const SIGNS: [(&str, &str); 22] = [
    (">==", "gte"),
    ("=/=", "is_not"),
    ("!==", "is_not"),
    ("===", "is"),
    (">=", "gte"),
    ("<=", "lte"),
    ("=>", "gte"),
    ("=<", "lte"),
    ("<>", "is_not"),
    ("!=", "is_not"),
    ("~=", "is_not"),
    ("==", "is"),
    ("=~", "matches"),
    ("≥", "gte"),
    ("≤", "lte"),
    ("⩾", "gte"),
    ("⩽", "lte"),
    ("≠", "is_not"),
    (">", "gt"),
    ("<", "lt"),
    ("=", "is"),
    ("!", "is_not"),
];
/// The same as words; a space or a bracket stands behind them.
const WORDS: [(&str, &str); 42] = [
    ("not in", "not_in"),
    ("none of", "not_in"),
    ("not one of", "not_in"),
    ("is not", "is_not"),
    ("isn't", "is_not"),
    ("not equal to", "is_not"),
    ("not equals", "is_not"),
    ("not", "is_not"),
    ("neq", "is_not"),
    ("ne", "is_not"),
    ("-ne", "is_not"),
    ("-eq", "is"),
    ("eq", "is"),
    ("equals", "is"),
    ("equal to", "is"),
    ("is", "is"),
    ("one of", "in"),
    ("any of", "in"),
    ("in", "in"),
    ("contains", "contains"),
    ("includes", "contains"),
    ("starts with", "starts_with"),
    ("startswith", "starts_with"),
    ("starts_with", "starts_with"),
    ("begins with", "starts_with"),
    ("ends with", "ends_with"),
    ("endswith", "ends_with"),
    ("ends_with", "ends_with"),
    ("matches", "matches"),
    ("like", "contains"),
    ("before", "before"),
    ("after", "after"),
    ("greater than", "gt"),
    ("more than", "gt"),
    ("less than", "lt"),
    ("at least", "gte"),
    ("at most", "lte"),
    ("gte", "gte"),
    ("ge", "gte"),
    ("gt", "gt"),
    ("lte", "lte"),
    ("lt", "lt"),
];
/// The numeric operators.
const NUMERIC: [(&str, &str); 4] = [("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")];

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// In a cell of a decision table, where hookgate's own signs have been read. In CSV a number stands for its text too.
    InCell { is_csv: bool },
    /// Behind a path, where words with commas between them are read as a list.
    BehindPath { commas: bool },
    /// Behind a path of which it is known that numbers stand there.
    BehindNumber,
}

impl Stands {
    fn is_cell(self) -> bool {
        matches!(self, Stands::InCell { .. })
    }

    /// Whether a number without quotes is what is meant.
    fn takes_numbers(self) -> bool {
        match self {
            Stands::InCell { is_csv } => is_csv,
            Stands::BehindNumber => true,
            Stands::BehindPath { .. } => false,
        }
    }
}

/// What to write in place of such a text; `None` where it looks like none.
#[must_use]
pub fn meant(text: &str, stands: Stands) -> Option<String> {
    let text = text.trim();
    let is_cell = stands.is_cell();
    let is_anything = |word: &&&str| word.eq_ignore_ascii_case(text) && (is_cell || word.starts_with('*'));
    if ANYTHING.iter().find(is_anything).is_some() {
        return Some(if is_cell { "`\"-\"` for anything" } else { "nothing: leave the line out" }.to_owned());
    }
    filled(text)
        .filter(|_| is_cell)
        .or_else(|| between(text))
        .or_else(|| letters(text))
        .or_else(|| compared(text, stands))
        .or_else(|| in_words(text, stands))
        .or_else(|| bounded_behind(text, stands))
        .or_else(|| listed(text, stands).map(|list| format!("`{list}`")))
        .or_else(|| wildcard(text))
        .or_else(|| pattern(text))
}

/// The same of a cell that begins with one of hookgate's own signs and goes on otherwise.
#[must_use]
pub fn in_place_of(text: &str) -> Option<String> {
    let text = text.trim();
    let is_longer = |sign: &&&str| text.starts_with(**sign);
    between(text)
        .or_else(|| ["<>", ">=="].iter().find(is_longer).and_then(|_| compared(text, Stands::InCell { is_csv: false })))
}

/// A range, however written: `7..9`, `7-9`, `[7..9)`, `between 7 and 9`, `> 7 and < 9`.
fn between(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    if let Some(rest) = lower.strip_prefix("between ") {
        let (low, high) = rest.split_once(" and ").or_else(|| rest.split_once(','))?;
        return range(low, high, "gte", "lte");
    }
    if let Some(written) = two_signs(&lower) {
        return Some(written);
    }
    let low = if lower.starts_with(['(', ']']) { "gt" } else { "gte" };
    let high = if lower.ends_with([')', '[']) { "lt" } else { "lte" };
    let has_brackets = lower.starts_with(['(', ']', '[']) && lower.ends_with([')', '[', ']']);
    let inner = if has_brackets { lower.get(1..lower.len() - 1)? } else { &lower };
    let separators: &[&str] = match has_brackets {
        true => &["...", "..", ",", ";", "–", "—", " to ", "-", "~"],
        false => &["...", "..", "–", "—", " to ", "~", "-"],
    };
    // The minus of a number is no separator.
    let split = |separator: &&str| {
        let from = usize::from(inner.trim_start().starts_with('-')) + inner.len() - inner.trim_start().len();
        let at = from + inner.get(from..)?.find(*separator)?;
        Some((inner.get(..at)?, inner.get(at + separator.len()..)?))
    };
    let (first, second) = separators.iter().find_map(split)?;
    // `2026-01` and `020-7946` are no ranges.
    let is_code = |part: &str| part.len() > 1 && part.starts_with('0') && !part.starts_with("0.");
    if is_code(first.trim()) || is_code(second.trim()) {
        return None;
    }
    range(first, second, low, high)
}

/// `A..C`: ranges are of numbers, and these are letters.
fn letters(text: &str) -> Option<String> {
    let (first, last) = text.split_once("...").or_else(|| text.split_once(".."))?;
    let one = |text: &str| text.trim().parse::<char>().ok().filter(char::is_ascii_alphabetic);
    let (first, last) = (one(first)?, one(last)?);
    let all: Vec<String> = (first..=last).map(|letter| scalar(&letter.to_string())).collect();
    let is_one_case = first.is_ascii_uppercase() == last.is_ascii_uppercase();
    (is_one_case && all.len() > 1).then(|| format!("`[{}]`", all.join(", ")))
}

fn range(low: &str, high: &str, from: &str, to: &str) -> Option<String> {
    let (low, high) = (low.trim().trim_matches(['(', '[']), high.trim().trim_matches([')', ']']));
    if number::is_written(low) && number::is_written(high) {
        return Some(match (from, to) {
            ("gte", "lte") => format!("`{low}..{high}`"),
            _ => format!("`{{ {from}: {low}, {to}: {high} }}`"),
        });
    }
    let is_date = |text: &str| text.len() >= 8 && text.bytes().filter(u8::is_ascii_digit).count() >= 6;
    let are_dates = is_date(low) && is_date(high) && low.contains(['-', '/', '.']) && high.contains(['-', '/', '.']);
    are_dates.then(|| format!("`{{ after: \"{low}\", before: \"{high}\" }}`"))
}

/// `> 7 and < 9`, `>7 && <9`, `> 7, < 9`.
fn two_signs(text: &str) -> Option<String> {
    let (first, rest) = bound(text)?;
    let rest = rest.trim_start().trim_start_matches([',', ';', '&']).trim_start();
    let rest = rest.strip_prefix("and ").or_else(|| rest.strip_prefix("but ")).unwrap_or(rest);
    let (second, rest) = bound(rest.trim_start())?;
    rest.trim().is_empty().then(|| format!("`{{ {first}, {second} }}`"))
}

/// `>= 7` at the beginning of a text, as an operator, and what follows.
fn bound(text: &str) -> Option<(String, &str)> {
    let (sign, operator) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign))?;
    NUMERIC.iter().find(|(name, _)| name == operator)?;
    let rest = text.strip_prefix(sign)?.trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    number::is_written(number).then(|| (format!("{operator}: {number}"), rest))
}

/// A comparison by signs.
fn compared(text: &str, stands: Stands) -> Option<String> {
    let (sign, operator) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign))?;
    // `!` behind a word, and `=` in the name of an entry, are letters.
    let rest = text.strip_prefix(sign)?.trim();
    (!rest.is_empty()).then(|| written(operator, rest, stands))
}

fn in_words(text: &str, stands: Stands) -> Option<String> {
    let behind = |word: &str| {
        let rest = text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word))?;
        let rest = text.strip_prefix(rest)?;
        // `In Progress` and `Not applicable` are values; words that other tools have are written small, or all in capitals.
        let is_operator = text.starts_with(word) || text.starts_with(&word.to_uppercase());
        (is_operator && rest.starts_with([' ', '(', '['])).then(|| rest.trim())
    };
    let (operator, rest) = WORDS.iter().find_map(|(word, operator)| Some((operator, behind(word)?)))?;
    let is_numeric = NUMERIC.iter().any(|(name, _)| name == operator);
    if rest.is_empty() || is_numeric && !number::is_written(rest) {
        return None;
    }
    Some(written(operator, rest, stands))
}

/// `7+`, `7 or more`, `7 and below`.
fn bounded_behind(text: &str, stands: Stands) -> Option<String> {
    let ends = [("+", "gte"), (" or more", "gte"), (" and more", "gte"), (" or above", "gte"), (" and above", "gte")];
    let more =
        [(" or higher", "gte"), (" or less", "lte"), (" and below", "lte"), (" or below", "lte"), (" or lower", "lte")];
    let found = |(end, operator): &(&str, &'static str)| {
        let number = text.strip_suffix(end).map(str::trim).filter(|number| number::is_written(number))?;
        Some(written(operator, number, stands))
    };
    ends.iter().chain(&more).find_map(found)
}

/// The operator as hookgate writes it.
fn written(operator: &str, operand: &str, stands: Stands) -> String {
    // Behind an operator commas are between values, wherever it stands.
    let all = if let Stands::BehindPath { .. } = stands { Stands::BehindPath { commas: true } } else { stands };
    let is_cell = stands.is_cell();
    let list = || listed(operand, all).unwrap_or_else(|| format!("[{}]", word(operand, stands)));
    let numeric = NUMERIC.iter().find(|(name, _)| *name == operator);
    match (operator, numeric) {
        (_, Some((name, _))) if !number::is_written(operand) => {
            format!("`{{ {name}: 7 }}` with a number, or `before` and `after` with a date")
        }
        (_, Some((_, sign))) if is_cell => format!("`\"{sign} {operand}\"`"),
        (_, Some((name, _))) => format!("`{{ {name}: {operand} }}`"),
        ("is", _) => {
            listed(operand, all).map_or_else(|| format!("`{}`", word(operand, stands)), |list| format!("`{list}`"))
        }
        ("in", _) => format!("`{}`", list()),
        ("not_in", _) if is_cell => as_cell(&format!("not in {}", list())),
        ("not_in", _) => format!("`{{ not_in: {} }}`", list()),
        ("is_not", _) if listed(operand, all).is_some() => written("not_in", operand, stands),
        ("is_not", _) if is_cell => as_cell(&format!("!= {}", word(operand, stands))),
        ("matches", _) => format!("`{{ matches: '{}' }}`", plain(operand).replace('\'', "''")),
        (name, _) => format!("`{{ {name}: {} }}`", word(operand, stands)),
    }
}

/// The text of a cell in YAML, in quotes that it does not have itself.
#[must_use]
pub fn as_cell(text: &str) -> String {
    if text.contains('"') { format!("`'{}'`", text.replace('\'', "''")) } else { format!("`\"{text}\"`") }
}

/// A value as YAML has it: in quotes, where its letters alone would be read as something else.
fn word(text: &str, stands: Stands) -> String {
    let text = plain(text);
    match stands.takes_numbers() && number::is_written(text) {
        true => text.to_owned(),
        false => scalar(text),
    }
}

/// A value without the quotes and brackets that other tools put around it.
fn plain(text: &str) -> &str {
    text.trim().trim_matches(['(', ')', '[', ']']).trim().trim_matches(['"', '\'', '“', '”', '*', '%']).trim()
}

/// Several values in one text, as a list.
pub fn listed(text: &str, stands: Stands) -> Option<String> {
    let commas = match stands {
        Stands::InCell { .. } | Stands::BehindNumber => true,
        Stands::BehindPath { commas } => commas,
    };
    let brackets = |open: char, close: char| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let within = brackets('[', ']').or_else(|| brackets('(', ')')).or_else(|| brackets('{', '}'));
    let separators = ["||", "|", ";", " or ", " OR "];
    let inner = within.unwrap_or(text);
    let comma = [","];
    let all = separators.iter().chain(comma.iter().filter(|_| commas || within.is_some()));
    let separator = all.into_iter().find(|separator| inner.contains(**separator))?;
    // A name in a directory, a thousand, a pattern.
    let is_thousand = *separator == ","
        && inner.split(',').skip(1).all(|part| part.len() == 3)
        && number::is_written(&inner.replace(',', ""));
    if inner.contains('=') || is_thousand || inner.contains(['(', '^', '$', '\\']) {
        return None;
    }
    let parts: Vec<&str> = inner.split(*separator).map(plain).filter(|part| !part.is_empty()).collect();
    let words: Vec<String> = parts.iter().map(|part| word(part, stands)).collect();
    (parts.len() > 1).then(|| format!("[{}]", words.join(", ")))
}

/// `adm*`, `*@corp.example`, `%ops%`.
fn wildcard(text: &str) -> Option<String> {
    for sign in ['*', '%'] {
        let inner = text.trim_matches(sign);
        let (starts, ends) = (text.starts_with(sign), text.ends_with(sign));
        // `50%` is a share.
        let is_share = sign == '%' && number::is_written(inner);
        if inner.is_empty() || inner.contains(sign) || is_share || pattern(inner).is_some() {
            continue;
        }
        match (starts, ends) {
            (true, true) => return Some(format!("`{{ contains: {} }}`", scalar(inner))),
            (true, false) => return Some(format!("`{{ ends_with: {} }}`", scalar(inner))),
            (false, true) if !inner.ends_with('.') || is_dotted_number(inner) => {
                return Some(format!("`{{ starts_with: {} }}`", scalar(inner)));
            }
            _ => {}
        }
    }
    None
}

/// The beginning of an address or of a number with points in it, `10.20.`: what stands behind it is no pattern.
fn is_dotted_number(text: &str) -> bool {
    text.matches('.').count() > 1 && text.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
}

/// A regular expression.
fn pattern(text: &str) -> Option<String> {
    let between_slashes =
        text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|inner| !inner.is_empty());
    let is_one = text.len() > 1 && (text.starts_with('^') || text.ends_with('$'))
        || [".*", ".+", "\\d", "\\w", "[0-9]", "[A-Z]", "[a-z]"].iter().any(|sign| text.contains(sign));
    let pattern = between_slashes.or(is_one.then_some(text))?;
    Some(format!("`{{ matches: '{}' }}`", pattern.replace('\'', "''")))
}

/// Words for a field that is or is not filled in.
fn filled(text: &str) -> Option<String> {
    let is_filled = match text.trim_matches(['<', '>', '(', ')']).to_lowercase().as_str() {
        "empty" | "blank" | "missing" | "absent" | "not set" | "unset" | "is null" | "is empty" => false,
        "not empty" | "not null" | "not blank" | "is not null" | "filled" | "present" | "exists" | "set" => true,
        _ => return None,
    };
    Some(format!("`{{ empty: {} }}`", !is_filled))
}
