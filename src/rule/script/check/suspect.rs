//! Finds what a script may say and nobody means: templates of another kind in a text, `&` between texts.

use rhai::{Expr, FnCallExpr, Position};

use super::chain::{chain, free_name, text_of};
use super::mistake::Mistake;
use crate::diagnostic::code;
use crate::rule::foreign::template::{Template, within_expression};
use crate::rule::function::find;

/// A text of an expression that holds what looks like a template: it would stay these letters for everybody.
pub fn text(text: &str, position: Position) -> Option<Mistake> {
    let Template { written, name, before, after } = within_expression(text)?;
    let message = format!("`{written}` within a text of an expression stays these letters");
    let mistake = Mistake::new(&code::TEXT_WITHIN_TEXT, position, message);
    let quoted = |text: &str| if text.is_empty() { String::new() } else { format!("\"{text}\"") };
    let parts: Vec<String> =
        [quoted(before), name, quoted(after)].into_iter().filter(|part| !part.is_empty()).collect();
    let joined = match within_expression(after) {
        Some(_) => joined(text),
        None => parts.join(" + "),
    };
    let help = format!(
        "give the text a name, `let: {{ whole: {} }}`, and write `whole` here; or end the expression before it, as in \
         `\"${{lower(user.firstName)}}.${{lower(user.lastName)}}\"`; or, which is a script, write `{joined}`",
        template(text)
    );
    Some(mistake.help(help))
}

/// The same text as a template of its own.
fn template(text: &str) -> String {
    let (mut written, mut rest) = (String::new(), text);
    while let Some(Template { name, before, after, .. }) = within_expression(rest) {
        written += before;
        written += &format!("${{{name}}}");
        rest = after;
    }
    written += rest;
    if written.contains(['"', '\\']) { format!("'{}'", written.replace('\'', "''")) } else { format!("\"{written}\"") }
}

/// All parts of a text with several templates in it.
fn joined(text: &str) -> String {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(Template { name, before, after, .. }) = within_expression(rest) {
        parts.extend((!before.is_empty()).then(|| format!("\"{before}\"")));
        parts.push(name);
        rest = after;
    }
    parts.extend((!rest.is_empty()).then(|| format!("\"{rest}\"")));
    parts.join(" + ")
}

/// An operator between values that it is not for.
pub fn operator(call: &FnCallExpr, position: Position) -> Option<Mistake> {
    let [first, second] = &*call.args else { return None };
    let told = |message: String, help: &str| Some(Mistake::new(&code::OTHER_SPELLING, position, message).help(help));
    if let (true, Some(function)) = (matches!(call.name.as_str(), "|" | "|>"), behind_pipe(second)) {
        let value = text_of_path(first).unwrap_or_else(|| "…".to_owned());
        return told(
            "`|` hands no value on to a function".to_owned(),
            &format!("a function has its values in brackets: write `{function}({value})`"),
        );
    }
    match call.name.as_str() {
        "&" if is_value(first) || is_value(second) => told(
            "`&` works on the bits of numbers".to_owned(),
            "write `&&` for \"and\"; texts are joined with `+` or by a template: `${a}${b}`",
        ),
        "|" if is_value(first) || is_value(second) => told(
            "`|` works on the bits of numbers".to_owned(),
            "write `||` for \"or\", and `a ?? b` for the first that is there",
        ),
        "%" if matches!(first, Expr::StringConstant(..)) => told(
            "`%` is the rest of a division, and fills nothing in".to_owned(),
            "write a template: `${user.firstName}.${user.lastName}`",
        ),
        _ => None,
    }
}

/// The function that a value is handed to as by a pipe: a name that stands alone, or its call.
fn behind_pipe(expr: &Expr) -> Option<&'static str> {
    let name = match expr {
        Expr::FnCall(call, _) => call.name.as_str(),
        _ => free_name(expr)?,
    };
    find(name).map(|function| function.name)
}

/// A path as it is written, where an expression is no more than that.
fn text_of_path(expr: &Expr) -> Option<String> {
    let (head, steps) = chain(expr);
    let is_path = free_name(head).is_some() && steps.iter().all(|step| step.segment().is_some());
    is_path.then(|| text_of(head, &steps))
}

/// Whether an expression is a text, or what the event brought.
fn is_value(expr: &Expr) -> bool {
    match expr {
        Expr::StringConstant(..) | Expr::InterpolatedString(..) => true,
        _ => {
            free_name(chain(expr).0).is_some()
                && !matches!(chain(expr).1.last(), Some(super::chain::Step::Point(Expr::MethodCall(..))))
        }
    }
}
