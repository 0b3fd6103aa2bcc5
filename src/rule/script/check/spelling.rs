//! Spellings of other languages at which the parser fails, each with what to write here.

use crate::event::date::Offset;

/// What stands at, or before, the place where the parser stumbled.
enum Seen<'s> {
    /// The text goes on with this.
    At(&'s str),
    /// This word stands there, or is the last one before.
    Word(&'s [&'s str]),
    /// The text before ends with the first, and goes on with the second.
    Around(&'s str, &'s str),
}

/// A spelling, what is told of it, and what to write.
struct Spelling {
    seen: Seen<'static>,
    message: &'static str,
    help: &'static str,
}

const fn spelling(seen: Seen<'static>, message: &'static str, help: &'static str) -> Spelling {
    Spelling { seen, message, help }
}

/// The first that fits is told.
const SPELLINGS: [Spelling; 33] = [
    spelling(Seen::At("?:"), "`?:` is not an operator here", "write `a ?? b`: the first unless it is absent"),
    spelling(
        Seen::At("?"),
        "`condition ? a : b` is not read here",
        "write `if condition { a } else { b }`, in place of the colon too",
    ),
    spelling(Seen::At("==="), "`===` is not an operator here", "write `==`; texts and numbers are never equal anyway"),
    spelling(Seen::At("!=="), "`!==` is not an operator here", "write `!=`"),
    spelling(Seen::At("<>"), "`<>` is not an operator here", "write `!=`"),
    spelling(Seen::Around("<", ">"), "`<>` is not an operator here", "write `!=`"),
    spelling(Seen::At("=~"), "`=~` is not an operator here", "write `matches(text, \"pattern\")`"),
    spelling(Seen::Around("=", "~"), "`=~` is not an operator here", "write `matches(text, \"pattern\")`"),
    spelling(Seen::At("~"), "`~` is not an operator here", "write `matches(text, \"pattern\")`"),
    spelling(
        Seen::At("=>"),
        "`=>` is not a closure here",
        "write `|x| …`: `user.rbacRoles.filter(|x| x != \"guest\")`",
    ),
    spelling(
        Seen::At("->"),
        "`->` is not a closure here",
        "write `|x| …`: `user.rbacRoles.filter(|x| x != \"guest\")`",
    ),
    spelling(Seen::At("="), "`=` gives a variable its value, and compares nothing", "write `==` to compare"),
    spelling(Seen::At(":="), "`:=` is not read here", "write `let name = value;`"),
    spelling(Seen::At("${"), "within an expression there is no `${…}`", "write the name alone: `user.login`"),
    spelling(Seen::At("$"), "names have no `$` here", "write the name without `$`: `user.login`"),
    spelling(Seen::Around(".", "\""), "texts are not joined with `.` here", "write `a + b`, or a template: `${a}${b}`"),
    spelling(
        Seen::Around("||", "\""),
        "`||` is only for true and false here",
        "write `a ?? \"…\"` for a value where `a` is absent, or `first_filled(a, \"…\")`",
    ),
    spelling(Seen::Around("||", "`"), "`||` is only for true and false here", "write `a ?? …`"),
    spelling(Seen::Word(&["and", "AND", "And", "andalso", "AndAlso"]), "`and` is not an operator here", "write `&&`"),
    spelling(Seen::Word(&["or", "OR", "Or", "orelse", "OrElse"]), "`or` is not an operator here", "write `||`"),
    spelling(Seen::At("not in"), "`not in` is not an operator here", "write `!(value in list)`"),
    spelling(Seen::Around("not", "in"), "`not in` is not an operator here", "write `!(value in list)`"),
    spelling(
        Seen::Word(&["not", "NOT", "Not"]),
        "`not` is not an operator here",
        "write `!` before what must not hold: `!(a == b)`",
    ),
    spelling(
        Seen::Word(&["then", "THEN", "Then", "elif", "elsif", "elseif", "endif", "end", "ELSE", "IF"]),
        "`if` is written with braces here",
        "write `if condition { a } else if other { b } else { c }`",
    ),
    spelling(
        Seen::Word(&["is", "IS", "eq", "equals", "EQ", "Equals"]),
        "this is not an operator within an expression",
        "write `==`, and `present(x)` for what is there; the operators `is`, `in` … belong into a mapping: `when: { user.country: { is: India } }`",
    ),
    spelling(
        Seen::Word(&["ne", "NE", "neq", "isnt", "is_not", "notequals"]),
        "this is not an operator within an expression",
        "write `!=`",
    ),
    spelling(
        Seen::Word(&["gt", "ge", "gte", "GT"]),
        "this is not an operator within an expression",
        "write `>` or `>=`",
    ),
    spelling(
        Seen::Word(&["lt", "le", "lte", "LT"]),
        "this is not an operator within an expression",
        "write `<` or `<=`",
    ),
    spelling(
        Seen::Word(&[
            "co",
            "sw",
            "ew",
            "contains",
            "like",
            "LIKE",
            "startswith",
            "starts_with",
            "ends_with",
            "matches",
            "pr",
        ]),
        "this is a function here, and no operator between values",
        "write `text.contains(\"…\")`, `text.starts_with(\"…\")`, `text.ends_with(\"…\")`, `matches(text, \"pattern\")` or `present(x)`",
    ),
    spelling(
        Seen::Word(&["lambda", "function", "def", "func", "var", "const", "new", "some", "every", "for", "select"]),
        "this is not read here",
        "closures are `|x| …`, variables `let x = …;`, functions `fn name(x) { … }`",
    ),
    spelling(
        Seen::Around("f", "\""),
        "texts with values in them are no `f\"…\"` here",
        "write a template around it: `${user.firstName}.${user.lastName}`",
    ),
    spelling(
        Seen::At(":"),
        "an expression has no `:`",
        "conditions with `path: value` are a mapping: `when: { user.country: India }`",
    ),
    spelling(Seen::At("@"), "an expression has no `@`", "a text stands in double quotes: `\"@corp.example\"`"),
];

/// What is told of the place `at` where the parser stumbled: a message and what to write; nothing for what is not known.
pub fn cure(text: &str, at: usize) -> Option<(String, String)> {
    let (before, rest) = text.split_at_checked(at)?;
    let before = before.trim_end();
    if let Some(told) = odd_letter(rest) {
        return Some(told);
    }
    if let Some(inside) = rest.strip_prefix('\'') {
        let inside = inside.split('\'').next().unwrap_or_default();
        return Some(("texts stand in double quotes here".to_owned(), format!("write `\"{inside}\"`")));
    }
    if let Some(told) = offset(before, rest) {
        return Some(told);
    }
    let found = SPELLINGS.iter().find(|spelling| match spelling.seen {
        Seen::At(sign) => rest.starts_with(sign),
        Seen::Around(first, second) => before.ends_with(first) && rest.starts_with(second),
        Seen::Word(words) => words.iter().any(|word| *word == first_word(rest) || *word == last_word(before)),
    })?;
    Some((found.message.to_owned(), found.help.to_owned()))
}

/// A letter that looks like another: quotes of word processors, and spaces that are none.
fn odd_letter(rest: &str) -> Option<(String, String)> {
    let letter = rest.chars().next()?;
    let (name, write) = crate::yaml::called(letter)?;
    Some((format!("here stands {name}"), format!("write {write} in its place")))
}

/// How far from a date, without the quotes: the parser reads the number and stumbles at its unit.
fn offset(before: &str, rest: &str) -> Option<(String, String)> {
    let number = before.len() - before.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    let start = before.len() - number;
    let signed = start - usize::from(before.get(..start)?.ends_with(['+', '-']));
    let written = format!("{}{}", before.get(signed..)?, first_word(rest));
    (number > 0 && Offset::alone(&written).is_some())
        .then(|| (format!("`{written}` stands here without quotes"), format!("write `\"{written}\"`")))
}

/// What is told of a backslash that a text of an expression does not know, as patterns have it.
pub fn escape(sequence: &str) -> String {
    let doubled = format!("the backslash twice, `\\{sequence}`, where it belongs to a pattern");
    match sequence {
        "\\d" => format!("write `[0-9]` for a digit, or {doubled}"),
        "\\w" => format!("write `[A-Za-z0-9_]` for a letter or digit, or {doubled}"),
        _ => format!("write {doubled}"),
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn first_word(text: &str) -> &str {
    text.split(|letter| !is_name(letter)).next().unwrap_or_default()
}

fn last_word(text: &str) -> &str {
    text.rsplit(|letter| !is_name(letter)).next().unwrap_or_default()
}
