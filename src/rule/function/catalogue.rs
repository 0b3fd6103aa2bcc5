//! Every function by its name: one list for native calls, for scripts, for "did you mean" and for the docs.

use std::fmt::Write as _;

use super::table::Function;
use super::{contact, date, list, markup, name, phone, piece, text};

/// Most values that `coalesce` takes.
const MOST_VALUES: usize = 8;

/// All functions, in the order of their names.
pub static FUNCTIONS: &[Function] = &[
    Function::new(
        "after(text, separator)",
        "after",
        (2, 2),
        "what stands behind the first separator; absent where there is none",
        piece::after,
    )
    .example("after(\"asha@corp.example\", \"@\")", "corp.example"),
    Function::new(
        "age(date)",
        "age",
        (1, 1),
        "whole years from a date of birth to the event; absent when it is absent or no date",
        date::age,
    )
    .of_dates()
    .example("age(\"2000-05-04\")", ""),
    Function::new(
        "ascii(text)`, `ascii(text, \"de\")",
        "ascii",
        (1, 2),
        "the text in plain letters: accents fall off, other scripts are transliterated (`Łukasz` becomes `Lukasz`, `Юлия` `Yuliya`). With a language as it spells its own letters: `de` (ä, ö, ü, ß as ae, oe, ue, ss), `da`, `nb` and `no` (å, æ, ø as aa, ae, oe), `fi` and `sv` (å, ä, ö as aa, ae, oe). Absent where nothing is left. Spaces, apostrophes and capitals stay: a login also wants `lower` and `strip_chars`",
        name::ascii,
    )
    .example("ascii(\"José Weiß\")", "Jose Weiss"),
    Function::new(
        "before(text, separator)",
        "before",
        (2, 2),
        "what stands before the first separator; absent where there is none",
        piece::before,
    )
    .example("before(\"asha@corp.example\", \"@\")", "asha"),
    Function::new(
        "coalesce(a, b, …)",
        "coalesce",
        (1, MOST_VALUES),
        "the first value that is not absent; a blank one counts; absent when all are",
        list::coalesce,
    )
    .hearing_absent()
    .example("coalesce((), \"asha.rao\")", "asha.rao"),
    Function::new("cut(text, n)", "cut", (2, 2), "the first `n` characters", text::cut)
    .example("cut(\"ramesh.iyer\", 6)", "ramesh"),
    Function::new(
        "date(x)",
        "date",
        (1, 1),
        "the day as `2026-01-31`, in the event's zone; `now-7d` and `today-1mo` count from the event; absent when `x` is absent or no date",
        date::date,
    )
    .of_dates()
    .example("date(\"10-Jan-2026\")", "2026-01-10"),
    Function::new(
        "days_between(a, b)",
        "days_between",
        (2, 2),
        "days from `a` to `b`, negative when `b` is earlier; absent when one is absent or no date",
        date::days_between,
    )
    .of_dates()
    .example("days_between(\"2026-01-10\", \"2026-01-31\")", "21"),
    Function::new(
        "days_until(date)",
        "days_until",
        (1, 1),
        "days from the event to a date, negative when it is past; absent when it is absent or no date",
        date::days_until,
    )
    .of_dates()
    .example("days_until(user.endDate)", ""),
    Function::new("digits(text)", "digits", (1, 1), "only the digits of a text or number", text::digits)
    .example("digits(\"+91 98200-12345\")", "919820012345"),
    Function::new(
        "domain(email)",
        "domain",
        (1, 1),
        "what follows the `@`, in lower case; absent when the value is absent or has no `@`",
        contact::domain,
    )
    .example("domain(\"v1@ACME.example\")", "acme.example"),
    Function::new(
        "first_filled(a, b, …)",
        "first_filled",
        (1, MOST_VALUES),
        "the first value that is neither absent nor empty; a blank text counts as empty; absent when all are",
        list::first_filled,
    )
    .hearing_absent()
    .example("first_filled(\" \", \"asha.rao\")", "asha.rao"),
    markup::HTML_TEXT,
    Function::new(
        "is_email(x)",
        "is_email",
        (1, 1),
        "whether the value is one well-formed e-mail address; false of an absent value",
        contact::is_email,
    )
    .hearing_absent()
    .example("is_email(\"asha.rao\")", "false"),
    Function::new(
        "join(list, separator)",
        "join",
        (2, 2),
        "the elements as one text; absent and empty elements are left out",
        list::join,
    )
    .example("join([\"a\", \"b\"], \"/\")", "a/b"),
    Function::new("last(text, n)", "last", (2, 2), "the last `n` characters", text::last)
    .example("last(\"919820012345\", 10)", "9820012345"),
    Function::new(
        "length(x)",
        "length",
        (1, 1),
        "how many characters a text has, or elements a list",
        piece::length,
    )
    .example("length(\"Zoë\")", "3"),
    Function::new("lower(text)", "lower", (1, 1), "the text in lower case", text::lower)
    .example("lower(\"Asha\")", "asha"),
    markup::MARKDOWN_TEXT,
    Function::new(
        "matches(text, regex)",
        "matches",
        (2, 2),
        "whether a text or number matches the pattern anywhere; false of an absent value",
        text::matches,
    )
    .hearing_absent()
    .example("matches(\"asha.rao\", \"^[a-z.]+$\")", "true"),
    Function::new(
        "middle(text, from, n)",
        "middle",
        (3, 3),
        "`n` characters from the one at `from`, counted from 1",
        piece::middle,
    )
    .example("middle(\"ABCDE1234F\", 6, 4)", "1234"),
    Function::new(
        "mobile(x, \"IN\")",
        "mobile",
        (1, 2),
        "of an Indian number the ten digits of the mobile, of another number E.164 as `phone` answers it; absent when it is no such number. Without a country the digits, 4 to 15 of them",
        phone::mobile,
    )
    .example("mobile(\"+91 098200 12345\", \"IN\")", "9820012345"),
    Function::new(
        "name_case(text)`, `name_case(text, \"particles\")",
        "name_case",
        (1, 2),
        "each word of a name with a capital (`o'brien-SMITH` becomes `O'Brien-Smith`, `MCDONALD` `McDonald`, `RAO III` `Rao III`). Words that mix capital and small letters stay. So do small particles where other words have capitals (`de la Cruz`); with `\"particles\"` all of them become small (`VAN DER BERG` becomes `van der Berg`)",
        name::name_case,
    )
    .example("name_case(\"o'brien-SMITH\")", "O'Brien-Smith"),
    Function::new(
        "number(x)",
        "number",
        (1, 1),
        "the number that a text reads as (`\"007\"` is 7), with every digit; absent when it is none",
        piece::number,
    )
    .example("number(\"0042\")", "42"),
    Function::new(
        "pad(text, n, \"0\")",
        "pad",
        (3, 3),
        "the text with this character before it until it has `n`",
        piece::pad,
    )
    .example("pad(\"42\", 6, \"0\")", "000042"),
    Function::new(
        "part(text, separator, n)",
        "part",
        (3, 3),
        "of the parts between separators the one at `n`: 1 is the first, -1 the last; absent where there is none",
        piece::part,
    )
    .example("part(\"Sales/EMEA/Pune\", \"/\", -1)", "Pune"),
    Function::new(
        "phone(x, \"IN\")",
        "phone",
        (1, 2),
        "the telephone number in E.164 (`+919820012345`), however written: with `+` or `00`, or as it is dialled within the country. Digits of any script, spaces, dashes, brackets, `(0)` and `tel:` are read; letters are none. Absent when no number of the country is so long. The country is a code of ISO 3166, an English name or a calling code (`\"India\"`, `\"91\"`); left out, only numbers with `+` or `00` are read",
        phone::phone,
    )
    .example("phone(\"020 7946 0958\", \"GB\")", "+442079460958"),
    Function::new(
        "present(x)",
        "present",
        (1, 1),
        "whether there is a value, be it a blank text; false of an absent value and of null",
        list::present,
    )
    .hearing_absent()
    .example("present(())", "false"),
    Function::new(
        "replace(text, from, to)",
        "replace",
        (3, 3),
        "the text with `to` in every place of `from`",
        piece::replace,
    )
    .example("replace(\"asha rao\", \" \", \".\")", "asha.rao"),
    Function::new(
        "sha256(text)",
        "sha256",
        (1, 1),
        "the SHA-256 of the text in UTF-8, as 64 hexadecimal digits",
        text::sha256,
    )
    .example("sha256(\"abc\")", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    markup::SLACK_TEXT,
    Function::new(
        "split(text, separator)",
        "split",
        (1, 2),
        "the list of the parts between separators; without a separator those between white space",
        piece::split,
    )
    .example("split(\"a;b\", \";\")", "[\"a\",\"b\"]"),
    Function::new(
        "squash(text)",
        "squash",
        (1, 1),
        "the text with each run of white space as one space, and none at its ends",
        text::squash,
    )
    .example("squash(\" Asha  Devi \")", "Asha Devi"),
    Function::new(
        "strip_chars(text, chars)",
        "strip_chars",
        (2, 2),
        "the text without any of the characters of `chars`",
        text::strip_chars,
    )
    .example("strip_chars(\"a@b/c\", \"@/\")", "abc"),
    Function::new(
        "trim(text, chars)",
        "trim",
        (1, 2),
        "the text without white space, and without any of the characters of `chars`, at its ends; of a blank text nothing",
        text::trim,
    )
    .example("trim(\"asha.\", \".\")", "asha"),
    Function::new("upper(text)", "upper", (1, 1), "the text in upper case", text::upper)
        .example("upper(\"asha\")", "ASHA"),
];

/// The function of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The table as Markdown, as docs/language.md has it. Where a line does not say otherwise, an absent value gives an absent
/// answer.
#[must_use]
pub fn to_markdown() -> String {
    let mut out = String::from("| function | answers | example |\n|---|---|---|\n");
    for function in FUNCTIONS {
        let (call, answer) = function.example;
        let answer = if answer.is_empty() { String::new() } else { format!(" → `{answer}`") };
        let _ = writeln!(out, "| `{}` | {} | `{call}`{answer} |", function.signature, function.about);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_signatures_begin_with_them() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        for function in FUNCTIONS {
            assert!(function.signature.starts_with(&format!("{}(", function.name)), "{}", function.name);
            let tells = function.about.contains("absent");
            assert!(tells || !function.hears_absent, "{} says nothing of absent values", function.name);
        }
    }
}
