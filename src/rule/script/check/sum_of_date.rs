//! Finds `now + 7`: to `+` and `-` a date is a text.

use rhai::{Expr, FnCallExpr, Position};

use super::chain::{chain, free_name};
use super::mistake::Mistake;
use crate::diagnostic::code;
use crate::event::Segment;
use crate::event::date::Offset;
use crate::rule::field::holds_days;

/// A larger number may be milliseconds added to milliseconds.
const MOST_DAYS: i64 = 100_000;

/// What is wrong with adding a number to a date, or taking one from it.
pub fn doubt(call: &FnCallExpr, position: Position) -> Option<Mistake> {
    let sign = call.name.as_str();
    let [first, second] = &*call.args else { return None };
    if !matches!(sign, "+" | "-") {
        return None;
    }
    let (name, amount) = match (date(first), date(second)) {
        (Some(name), _) => (name, second),
        (None, Some(name)) if sign == "+" => (name, first),
        _ => return None,
    };
    let amount = offset(amount)?;
    let message = format!("`{name} {sign} {amount}`: a date is a text here, and nothing is counted from it");
    let has_unit = amount.ends_with(char::is_alphabetic);
    let offset = if has_unit { amount } else { format!("{amount}d") };
    let distance = if sign == "-" { format!("-{offset}") } else { offset.clone() };
    let help = match name.as_str() {
        "now" => format!("write `${{date(\"now{sign}{offset}\")}}` for the day, in units {}", Offset::UNITS),
        name => format!(
            "compare in `when`: `{{ before: {name}{sign}{offset} }}`; the date itself is `${{add_time({name}, \"{distance}\")}}`, \
             and how many days lie between is `days_between(a, b)`"
        ),
    };
    Some(Mistake::new(&code::SUM_OF_A_DATE, position, message).help(help))
}

/// The name of a date.
fn date(expr: &Expr) -> Option<String> {
    let (head, steps) = chain(expr);
    match (free_name(head)?, steps.as_slice()) {
        ("now", []) => Some("now".to_owned()),
        ("user", [step]) => match step.segment()? {
            Segment::Key(field) if holds_days(&field) => Some(format!("user.{field}")),
            _ => None,
        },
        _ => None,
    }
}

/// What is added: a number of days, or a text such as `7d`.
fn offset(expr: &Expr) -> Option<String> {
    match expr {
        Expr::IntegerConstant(number, _) if (1..MOST_DAYS).contains(number) => Some(number.to_string()),
        Expr::FloatConstant(number, _) => Some(number.to_string()),
        Expr::StringConstant(text, _) => {
            let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let is_offset =
                unit.len() < text.len() && ["s", "min", "m", "h", "d", "wd", "w", "mo", "y"].contains(&unit);
            is_offset.then(|| text.to_string())
        }
        _ => None,
    }
}
