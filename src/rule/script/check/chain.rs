//! Chains of steps: `user.roles[0].name.to_lower()` as its head and what follows.

use rhai::{ASTFlags, Expr};

use crate::event::Segment;
use crate::rule::script::limit::SCRIPT_LIMIT_ELEMENTS;

/// One step of a chain.
#[derive(Clone, Copy)]
pub enum Step<'e> {
    /// Behind a point: a property or a method call.
    Point(&'e Expr),
    /// In brackets.
    Bracket(&'e Expr),
}

/// The head of a chain and its steps; any other expression is a head without steps.
///
/// Rhai nests a chain to the right, and marks an operand that is a chain of its own (`a[b.c]`) with `BREAK`.
pub fn chain(expr: &Expr) -> (&Expr, Vec<Step<'_>>) {
    let Some((mut pair, mut ends, mut is_bracket)) = link(expr) else { return (expr, Vec::new()) };
    let head = &pair.lhs;
    let mut steps = Vec::new();
    loop {
        let step = |operand| if is_bracket { Step::Bracket(operand) } else { Step::Point(operand) };
        match link(&pair.rhs).filter(|_| !ends) {
            Some((next, next_ends, next_is_bracket)) => {
                steps.push(step(&next.lhs));
                (pair, ends, is_bracket) = (next, next_ends, next_is_bracket);
            }
            None => {
                steps.push(step(&pair.rhs));
                return (head, steps);
            }
        }
    }
}

fn link(expr: &Expr) -> Option<(&rhai::BinaryExpr, bool, bool)> {
    match expr {
        Expr::Dot(pair, flags, _) => Some((pair, flags.contains(ASTFlags::BREAK), false)),
        Expr::Index(pair, flags, _) => Some((pair, flags.contains(ASTFlags::BREAK), true)),
        _ => None,
    }
}

impl Step<'_> {
    /// The step of a path, when it is known before the run.
    pub fn segment(self) -> Option<Segment> {
        match self {
            Step::Point(Expr::Property(names, _)) => Some(Segment::Key(names.2.as_str().into())),
            Step::Bracket(Expr::StringConstant(key, _)) => Some(Segment::Key(key.as_str().into())),
            Step::Bracket(Expr::IntegerConstant(index, _)) => {
                usize::try_from(*index).ok().filter(|index| *index < SCRIPT_LIMIT_ELEMENTS).map(Segment::Index)
            }
            _ => None,
        }
    }
}

/// The name of a variable that the script does not bind itself.
pub fn free_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Variable(name, None, _) if name.0.is_none() => Some(name.1.as_str()),
        _ => None,
    }
}

/// The name of any variable.
pub fn name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Variable(name, _, _) => Some(name.1.as_str()),
        _ => None,
    }
}

/// A chain up to its first call, as a person writes it.
pub fn text_of(head: &Expr, steps: &[Step<'_>]) -> String {
    let mut out = name(head).unwrap_or("the value").to_owned();
    for step in steps {
        match step.segment() {
            Some(Segment::Key(key)) => out = format!("{out}.{key}"),
            Some(Segment::Index(index)) => out = format!("{out}[{index}]"),
            None => break,
        }
    }
    out
}
