//! The identity of a test: two operators with one key both hold of a value, or neither does.

use std::fmt::Write as _;

use crate::rule::{Base, Checks, Comparator, DateOperand, Expression, Operator, ReadFrom};

/// The key of an operator's comparator. `is_not` has that of `is`: of values that are there one holds where the other
/// does not.
pub fn of_operator(operator: &Operator, ignore_case: bool) -> String {
    let mut key = format!("{} {:?} ", u8::from(ignore_case), operator.comparator.kind());
    match &operator.comparator {
        Comparator::Value(_, operand) => key.push_str(&of_expression(operand)),
        Comparator::Pattern(pattern) => key.push_str(pattern.text()),
        Comparator::Date(_, moment) => key.push_str(&of_date(moment)),
        Comparator::Property(_, wanted) => drop(write!(key, "{wanted}")),
        Comparator::Length(wanted) => drop(write!(key, "{wanted:?}")),
        Comparator::Range(bounds) => drop(write!(key, "range {bounds}")),
        Comparator::Within(networks) => drop(write!(key, "{networks}")),
        Comparator::Elements(_, inner) | Comparator::Not(inner) => key.push_str(&of_checks(inner)),
        Comparator::Count(wanted, inner) => drop(write!(key, "{wanted:?} {}", of_checks(inner))),
        Comparator::Field(steps, inner) => drop(write!(key, "{steps:?} {}", of_checks(inner))),
        Comparator::FoundIn(lookup) => drop(write!(key, "{lookup}")),
    }
    key
}

fn of_checks(checks: &Checks) -> String {
    let each = checks.checks.iter().map(|check| of_operator(&check.operator, checks.ignore_case));
    format!("({})", each.collect::<Vec<_>>().join(") ("))
}

fn of_date(moment: &DateOperand) -> String {
    format!("{} {:?}", of_base(&moment.base), moment.offset)
}

/// The key of what a moment is counted from.
pub fn of_base(base: &Base) -> String {
    match base {
        Base::Value(expression) => of_expression(expression),
        fixed @ (Base::Start(_) | Base::Written(..)) => format!("{fixed:?}"),
    }
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
