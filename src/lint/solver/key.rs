//! The identity of a test: two operators with one key both hold of a value, or neither does.

use std::fmt::Write as _;

use crate::rule::{Base, Checks, Expression, Moment, Operator, ReadFrom};

/// The key of an operator. `is_not` has that of `is`, `not_in` that of `in`: one holds where the other does not.
pub fn of_operator(operator: &Operator, ignore_case: bool) -> String {
    let mut key = format!("{} ", u8::from(ignore_case));
    match operator {
        Operator::Is(_) | Operator::IsNot(_) => key.push_str("is "),
        Operator::In(_) | Operator::NotIn(_) => key.push_str("in "),
        Operator::StartsWith(_) => key.push_str("starts "),
        Operator::EndsWith(_) => key.push_str("ends "),
        Operator::Contains(_) => key.push_str("contains "),
        Operator::Compare(comparison, _) => drop(write!(key, "{comparison:?} ")),
        Operator::Matches(pattern) => drop(write!(key, "matches {}", pattern.text())),
        Operator::Length(wanted) => drop(write!(key, "length {wanted:?}")),
        Operator::Present(wanted) => drop(write!(key, "present {wanted}")),
        Operator::Empty(wanted) => drop(write!(key, "empty {wanted}")),
        Operator::AnyElement(inner) => drop(write!(key, "any {}", of_checks(inner))),
        Operator::EveryElement(inner) => drop(write!(key, "every {}", of_checks(inner))),
        Operator::Not(inner) => drop(write!(key, "not {}", of_checks(inner))),
        Operator::FoundIn(lookup) => drop(write!(key, "found {lookup}")),
        Operator::Before(moment) => drop(write!(key, "before {}", of_moment(moment))),
        Operator::After(moment) => drop(write!(key, "after {}", of_moment(moment))),
        Operator::Over(wanted) => drop(write!(key, "over {wanted}")),
        Operator::IsDate(wanted) => drop(write!(key, "date {wanted}")),
    }
    if let Some(operand) = operator.operand() {
        key.push_str(&of_expression(operand));
    }
    key
}

fn of_checks(checks: &Checks) -> String {
    let each = checks.checks.iter().map(|check| of_operator(&check.operator, checks.ignore_case));
    format!("({})", each.collect::<Vec<_>>().join(") ("))
}

fn of_moment(moment: &Moment) -> String {
    let base = match &moment.base {
        Base::Value(expression) => of_expression(expression),
        fixed => format!("{fixed:?}"),
    };
    format!("{base} {:?}", moment.offset)
}

/// The key of a value. Scripts are told apart by where they stand: two with one text have two keys.
pub fn of_expression(expression: &Expression) -> String {
    let list = |parts: &[Expression]| parts.iter().map(of_expression).collect::<Vec<_>>().join(", ");
    match expression {
        Expression::Constant(value) => value.to_json(),
        Expression::Read(read) => match read.from {
            ReadFrom::Slot(_) => format!("<{}>", read.path),
            ReadFrom::Binding(binding) => format!("<{binding} {}>", read.path),
        },
        Expression::Template(parts) => format!("template({})", list(parts)),
        Expression::List(parts) => format!("[{}]", list(parts)),
        Expression::Coalesce(first, second) => format!("({} ?? {})", of_expression(first), of_expression(second)),
        Expression::Call(function, parts) => format!("{}({})", function.name, list(parts)),
        Expression::Script(script) => format!("script {:p}", &raw const **script),
        Expression::Map(fields) => {
            let each = fields.iter().map(|(name, field)| format!("{name:?}: {}", of_expression(field)));
            format!("{{{}}}", each.collect::<Vec<_>>().join(", "))
        }
    }
}
