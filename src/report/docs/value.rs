//! Describes values: constants as they are, computed ones as a rule file writes them.

use super::page::Line;
use crate::event::{Shape, Value};
use crate::rule::Expression;

/// A value within a sentence.
pub fn value(expression: &Expression) -> Line {
    match expression.as_written() {
        Expression::Constant(value) => constant(value),
        Expression::Read(read) => Line::default().code(read.path.to_string()),
        computed => Line::default().code(written(computed)),
    }
}

/// The elements of a list, if they are known.
pub fn elements(expression: &Expression) -> Option<Vec<Line>> {
    match expression {
        Expression::Constant(value) => match value.view().shape() {
            Shape::List(list) => Some(list.iter().map(|item| constant(&item.to_value())).collect()),
            _ => None,
        },
        Expression::List(items) => Some(items.iter().map(value).collect()),
        _ => None,
    }
}

fn constant(value: &Value<'_>) -> Line {
    match value.view().shape() {
        Shape::Text(text) if text.is_empty() => Line::of("an empty text"),
        Shape::List(_) | Shape::Map(_) => Line::default().code(value.to_json()),
        _ => Line::of(value.to_json()),
    }
}

/// An expression as it would be written in a script.
pub fn written(expression: &Expression) -> String {
    let all = |parts: &[Expression]| parts.iter().map(written).collect::<Vec<_>>().join(", ");
    match expression.as_written() {
        Expression::Constant(value) => value.to_json(),
        Expression::Read(read) => read.path.to_string(),
        Expression::Template(parts) => format!("\"{}\"", parts.iter().map(template_part).collect::<String>()),
        Expression::Coalesce(first, second) => format!("{} ?? {}", written(first), written(second)),
        Expression::Call(function, parts) => function.spelled(&all(parts)),
        Expression::Script(used) => used.script.text().trim().to_owned(),
        Expression::List(items) => format!("[{}]", all(items)),
        Expression::Map(fields) => {
            let field = |(key, value): &(String, Expression)| format!("{key}: {}", written(value));
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

fn template_part(part: &Expression) -> String {
    match part {
        Expression::Constant(text) => text.view().as_text().replace("${", "$${"),
        part => format!("${{{}}}", written(part)),
    }
}

/// The script of an expression, if it takes several lines to write.
pub fn long_script(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Script(used) if used.script.text().trim().contains('\n') => {
            Some(used.script.text().trim_end().to_owned())
        }
        _ => None,
    }
}
