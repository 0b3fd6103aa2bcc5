//! Scripts that need no script engine: paths, constants, `??` and calls of our own functions.

use std::borrow::Cow;

use rhai::{AST, Expr, FnCallExpr, Stmt};

use super::check::{Step, chain, free_name};
use super::convert::from_script;
use super::reads::{Reads, path};
use crate::event::{Path, Segment, Shape, Value};
use crate::rule::function::{BRACKETS, Clock, Function};

/// A script as a native tree.
#[derive(Clone, Debug)]
pub enum Lowered {
    Path(Path),
    Constant(Value<'static>),
    /// The first, or the second where the first is absent.
    Coalesce(Box<Lowered>, Box<Lowered>),
    Call(&'static Function, Vec<Lowered>),
}

impl Lowered {
    /// Every path that it reads.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Lowered::Path(path) => vec![path],
            Lowered::Constant(_) => Vec::new(),
            Lowered::Coalesce(first, second) => [first, second].into_iter().flat_map(|part| part.paths()).collect(),
            Lowered::Call(_, values) => values.iter().flat_map(Lowered::paths).collect(),
        }
    }

    /// What the script comes to; absent is null. `read` answers nothing for what is absent.
    ///
    /// # Errors
    /// What a function says of its values.
    pub fn evaluate<'d>(&self, read: &dyn Fn(&Path) -> Option<Value<'d>>, clock: &Clock) -> Result<Value<'d>, String> {
        match self {
            Lowered::Path(path) => Ok(read(path).unwrap_or(Value::Null)),
            Lowered::Constant(value) => Ok(value.clone()),
            Lowered::Coalesce(first, second) => {
                let first = first.evaluate(read, clock)?;
                match first.view().shape() {
                    Shape::Null => second.evaluate(read, clock),
                    _ => Ok(first),
                }
            }
            Lowered::Call(function, values) => {
                let value = |(place, value): (usize, &Lowered)| {
                    let known = value.evaluate(read, clock)?;
                    Ok(match value {
                        Lowered::Constant(_) => function.written(place, known, clock),
                        _ => known,
                    })
                };
                let values: Result<Vec<_>, String> = values.iter().enumerate().map(value).collect();
                function.call(&values?, clock)
            }
        }
    }
}

/// The native tree of a script that is simple enough.
pub(super) fn lower(ast: &AST, reads: &Reads, functions: &[&'static Function]) -> Option<Lowered> {
    // Where a part of a value is read beside the whole, the two engines differ in what a part of a text is.
    if ast.has_functions() || reads.nest() {
        return None;
    }
    let [statement] = ast.statements() else { return None };
    let lower = Lower { functions };
    match statement {
        Stmt::Expr(expr) => lower.expression(expr),
        Stmt::FnCall(call, _) => lower.call(call, None),
        _ => None,
    }
}

struct Lower<'f> {
    functions: &'f [&'static Function],
}

impl Lower<'_> {
    fn expression(&self, expr: &Expr) -> Option<Lowered> {
        Some(match expr {
            Expr::BoolConstant(yes, _) => Lowered::Constant(Value::Bool(*yes)),
            Expr::IntegerConstant(number, _) => Lowered::Constant(Value::integer(*number)),
            Expr::FloatConstant(number, _) => Lowered::Constant(Value::float(**number)),
            Expr::StringConstant(text, _) => Lowered::Constant(Value::Text(Cow::Owned(text.to_string()))),
            Expr::Unit(_) => Lowered::Constant(Value::Null),
            // The script compiler has put together what holds constants alone.
            Expr::DynamicConstant(list, _) if list.is_array() => Lowered::Constant(from_script(list).ok()?),
            Expr::Array(items, _) if items.len() <= BRACKETS.most => {
                let items: Option<Vec<_>> = items.iter().map(|item| self.expression(item)).collect();
                Lowered::Call(&BRACKETS, items?)
            }
            Expr::Coalesce(parts, _) => {
                let (last, first) = parts.split_last()?;
                let last = self.expression(last)?;
                first.iter().rev().try_fold(last, |rest, part| {
                    Some(Lowered::Coalesce(Box::new(self.expression(part)?), Box::new(rest)))
                })?
            }
            Expr::FnCall(call, _) => self.call(call, None)?,
            Expr::Variable(..) | Expr::Dot(..) | Expr::Index(..) => self.chain(expr)?,
            _ => return None,
        })
    }

    fn chain(&self, expr: &Expr) -> Option<Lowered> {
        let (head, mut steps) = chain(expr);
        let root = free_name(head)?;
        let method = match steps.last() {
            Some(Step::Point(Expr::MethodCall(call, _))) => Some(call),
            _ => None,
        };
        steps.truncate(steps.len() - usize::from(method.is_some()));
        if root == "attr" && steps.is_empty() {
            return None;
        }
        let segments: Option<Vec<_>> = steps.into_iter().map(Step::segment).collect();
        let path = Lowered::Path(path(root, &segments?));
        match method {
            Some(call) => self.call(call, Some(path)),
            None => Some(path),
        }
    }

    fn call(&self, call: &FnCallExpr, before: Option<Lowered>) -> Option<Lowered> {
        if call.is_operator_call() {
            return None;
        }
        if let ("attr", [Expr::StringConstant(name, _)], None) = (call.name.as_str(), &*call.args, &before) {
            return Some(Lowered::Path(path("attr", &[Segment::Key(name.as_str().into())])));
        }
        let function = self.functions.iter().find(|function| function.name == call.name.as_str())?;
        let rest = call.args.iter().map(|value| self.expression(value));
        let values: Option<Vec<_>> = before.map(Some).into_iter().chain(rest).collect();
        Some(Lowered::Call(function, values?))
    }
}
