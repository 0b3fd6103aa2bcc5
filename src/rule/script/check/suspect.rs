//! Finds what a script may say and nobody means: templates of another kind in a text, `&` between texts.

use rhai::{Expr, FnCallExpr, Position};

use super::chain::{chain, free_name};
use super::mistake::Mistake;
use crate::diagnostic::code;
use crate::rule::foreign::template::{Template, within_expression};

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
        "write `{joined}`; or end the expression before it, as in `\"${{lower(user.firstName)}}.${{lower(user.lastName)}}\"`"
    );
    Some(mistake.help(help))
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
