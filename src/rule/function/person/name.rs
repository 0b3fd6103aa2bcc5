//! Functions over names of people.

use super::latin::{Scheme, plain};
use crate::event::{Shape, Value, is_blank};
use crate::rule::function::answers::Answering;
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{Argument, UnknownValue, Written, written};
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::text::letter::{is_invisible, is_mark};
use crate::rule::function::value::{at, text};

pub static FUNCTIONS: &[&Function] = &[&ASCII, &NAME_CASE, &SLUG];

/// Words that stand before the family's own name, and that those who write them small want so.
const PARTICLES: &[&str] = &[
    "af", "al", "av", "bin", "bint", "binti", "da", "das", "de", "degli", "dei", "del", "dela", "della", "delle",
    "den", "der", "des", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "los", "ten", "ter", "van", "vande",
    "vander", "vom", "von", "zu", "zum", "zur", "'t", "’t",
];
/// The one second value of `name_case`.
const SMALL_PARTICLES: &str = "particles";
/// Of a person's name these are numbers; `V` and `VI` are names, and `X` is an initial.
const ROMAN_NUMERALS: [&str; 3] = ["ii", "iii", "iv"];
const APOSTROPHES: [char; 2] = ['\'', '’'];

static ASCII: Function = Function::new(
        "ascii(text)`, `ascii(text, \"de\")",
        "ascii",
        (1, 2),
        "the text in plain letters: accents are dropped, other scripts are transliterated (`Łukasz` becomes `Lukasz`, `Юлия` `Yuliya`). A language spells its own letters: `de` (ä, ö, ü, ß as ae, oe, ue, ss), `da`, `nb` and `no` (å, æ, ø as aa, ae, oe), `fi` and `sv` (å, ä, ö as aa, ae, oe). Absent where nothing is left. Spaces, apostrophes and capitals stay, so a login also needs `lower` and `strip_chars`",
        ascii,
    ).looking_at_values(unknown_language)
    .taking(&[Argument::Text, Argument::Text])
.answering(Answering::kept_whole("a text in plain letters"))
.examples(&[("ascii(\"José Weiß\")", "Jose Weiss")]);

fn ascii(values: &[Value<'_>], _: &Clock) -> Answer {
    let name = text("ascii", values, 0)?;
    let scheme = match values.len() {
        0 | 1 => None,
        _ => Some(Scheme::named(&text("ascii", values, 1)?).ok_or("`ascii` was given a language it does not know")?),
    };
    let plain = plain(&name, scheme);
    Ok(if is_blank(&plain) { Value::Null } else { Value::text(plain) })
}

/// A language that is written out and whose letters `ascii` does not know.
fn unknown_language(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    match written(values, 1) {
        Written::Text(language) if Scheme::named(language).is_none() => Some((
            format!("`ascii` does not know how `{language}` spells its letters"),
            "write \"da\", \"de\", \"fi\", \"nb\", \"no\" or \"sv\", or nothing".into(),
        )),
        _ => None,
    }
}

static SLUG: Function = Function::new(
    "slug(text)",
    "slug",
    (1, 1),
    "the text as a part of an address: plain small letters and digits, all else as one `-`, without apostrophes; absent where nothing is left",
    slug,
)
.taking(&[Argument::Text])
.answering(Answering::kept_whole("small letters and digits with single dashes"))
.examples(&[("slug(\"Forschung & Entwicklung (Köln)\")", "forschung-entwicklung-koln")]);

fn slug(values: &[Value<'_>], _: &Clock) -> Answer {
    let plain = plain(&text("slug", values, 0)?, None).to_ascii_lowercase();
    let kept: String = plain.chars().filter(|letter| !APOSTROPHES.contains(letter)).collect();
    let words = kept.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    Ok(if slug.is_empty() { Value::Null } else { Value::text(slug) })
}

static NAME_CASE: Function = Function::new(
        "name_case(text)`, `name_case(text, \"particles\")",
        "name_case",
        (1, 2),
        "each word of a name with a capital (`o'brien-SMITH` becomes `O'Brien-Smith`, `MCDONALD` `McDonald`, `RAO III` `Rao III`). Words that mix capital and small letters stay. So do small particles where other words have capitals (`de la Cruz`); with `\"particles\"` all of them become small (`VAN DER BERG` becomes `van der Berg`)",
        name_case,
    ).looking_at_values(unknown_choice)
    .taking(&[Argument::Text, Argument::Text])
.answering(Answering::kept_whole("a name in its own letters"))
.examples(&[("name_case(\"o'brien-SMITH\")", "O'Brien-Smith")]);

fn name_case(values: &[Value<'_>], _: &Clock) -> Answer {
    let name = text("name_case", values, 0)?;
    let has_choice = match (values.len(), at(values, 1).shape()) {
        (0 | 1, _) => false,
        (_, Shape::Text(choice)) if choice == SMALL_PARTICLES => true,
        _ => return Err(format!("the second value of `name_case` is \"{SMALL_PARTICLES}\", or there is none")),
    };
    Ok(Value::text(cased(&name, has_choice)))
}

fn unknown_choice(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    match written(values, 1) {
        Written::Text(choice) if choice != SMALL_PARTICLES => {
            Some((format!("`name_case` does not know `{choice}`"), "write \"particles\", or nothing".into()))
        }
        _ => None,
    }
}

/// A word of a name, or what stands between two.
struct Word<'n> {
    text: &'n str,
    is_word: bool,
}

/// The words of a name: letters with their marks, digits and apostrophes.
fn words(name: &str) -> Vec<Word<'_>> {
    let is_inside = |c: char| c.is_alphanumeric() || is_mark(c) || is_invisible(c) || APOSTROPHES.contains(&c);
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut start = 0;
    for (at, letter) in name.char_indices() {
        let is_word = is_inside(letter);
        if let Some(last) = words.last_mut().filter(|last| last.is_word == is_word) {
            last.text = name.get(start..at + letter.len_utf8()).unwrap_or_default();
        } else {
            start = at;
            words.push(Word { text: name.get(at..at + letter.len_utf8()).unwrap_or_default(), is_word });
        }
    }
    words
}

fn cased(name: &str, makes_small: bool) -> String {
    let words = words(name);
    let places = || words.iter().enumerate().filter(|(_, word)| word.is_word).map(|(n, _)| n);
    let (first, last) = (places().next(), places().next_back());
    let has_capitals = name.chars().any(char::is_uppercase);
    let mut out = String::with_capacity(name.len());
    for (n, word) in words.iter().enumerate() {
        let is_particle = Some(n) != last && is_one_of(word.text, PARTICLES);
        let is_small = !word.text.chars().any(char::is_uppercase);
        if !word.is_word || is_mixed(word.text) {
            out.push_str(word.text);
        } else if Some(n) == last && Some(n) != first && is_one_of(word.text, &ROMAN_NUMERALS) {
            out.push_str(&word.text.to_uppercase());
        } else if is_particle && (makes_small || is_small && has_capitals) {
            out.push_str(&small(word.text));
        } else {
            capitalise(word.text, &mut out);
        }
    }
    out
}

fn is_one_of(word: &str, known: &[&str]) -> bool {
    known.contains(&&*word.to_lowercase())
}

/// Whether somebody chose which letters are capital.
fn is_mixed(word: &str) -> bool {
    word.chars().any(char::is_uppercase) && word.chars().any(char::is_lowercase)
}

/// `o'brien`, `MCDONALD` and `JOHN'S` as `O'Brien`, `McDonald` and `John's`.
fn capitalise(word: &str, out: &mut String) {
    let parts: Vec<&str> = word.split_inclusive(APOSTROPHES).collect();
    for (n, part) in parts.iter().enumerate() {
        let is_possessive = n > 0 && n + 1 == parts.len() && part.eq_ignore_ascii_case("s");
        match part.split_at_checked(2) {
            _ if is_possessive => out.push_str(&small(part)),
            // `Mack` and `Machado` begin with `Mac`, and so do names of which nobody can tell: only `Mc` is certain.
            Some((mc, rest)) if mc.eq_ignore_ascii_case("mc") && rest.chars().nth(1).is_some() => {
                out.push_str("Mc");
                capital(rest, out);
            }
            _ => capital(part, out),
        }
    }
}

/// The first letter as a title has it, the others small.
fn capital(part: &str, out: &mut String) {
    let mut letters = part.chars();
    let Some(first) = letters.next() else { return };
    let mut upper = first.to_uppercase();
    match first {
        // Georgian has capitals, and no sentence or name begins with one.
        '\u{10d0}'..='\u{10ff}' => out.push(first),
        // One character of two letters, of which only the first is capital in a name.
        '\u{1c4}'..='\u{1c6}' => out.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => out.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => out.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => out.push('\u{1f2}'),
        _ => {
            out.extend(upper.next());
            out.extend(upper.flat_map(char::to_lowercase));
        }
    }
    out.push_str(&small(letters.as_str()));
}

/// Small letters; the capital I with a dot is the small one with a dot, which has no other.
fn small(text: &str) -> String {
    text.replace('İ', "i").to_lowercase()
}
