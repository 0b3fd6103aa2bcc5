//! Answers that are thrown away: our functions change nothing, so that a call whose answer nobody takes does nothing.

use rhai::{Expr, FnCallExpr, Position, Stmt, StmtBlock};

use super::chain::{Step, chain, name};
use super::mistake::Mistake;
use crate::rule::code;
use crate::rule::function::Function;

/// Finds such calls among statements. The last one's answer is that of the whole, unless `is_thrown`.
pub(super) fn thrown(statements: &[Stmt], is_thrown: bool, functions: &[&'static Function], found: &mut Vec<Mistake>) {
    for (n, statement) in statements.iter().enumerate() {
        let is_thrown = is_thrown || n + 1 < statements.len();
        let mut below = |block: &StmtBlock, is_thrown| thrown(block.statements(), is_thrown, functions, found);
        match statement {
            Stmt::If(flow, _) => {
                below(&flow.body, is_thrown);
                below(&flow.branch, is_thrown);
            }
            // That a call fails may be all that is asked.
            Stmt::TryCatch(flow, _) => {
                below(&flow.body, false);
                below(&flow.branch, is_thrown);
            }
            Stmt::While(flow, _) | Stmt::Do(flow, _, _) => below(&flow.body, true),
            Stmt::For(parts, _) => below(&parts.2.body, true),
            Stmt::Block(block) => below(block, is_thrown),
            Stmt::FnCall(call, position) if is_thrown => found.extend(mistake(call, None, *position, functions)),
            Stmt::Expr(expr) if is_thrown => found.extend(of_expression(expr, functions)),
            _ => {}
        }
    }
}

fn of_expression(expr: &Expr, functions: &[&'static Function]) -> Option<Mistake> {
    if let Expr::FnCall(call, position) = expr {
        return mistake(call, None, *position, functions);
    }
    let (head, steps) = chain(expr);
    match steps.last()? {
        Step::Point(Expr::MethodCall(call, position)) => mistake(call, name(head), *position, functions),
        _ => None,
    }
}

fn mistake(
    call: &FnCallExpr,
    changed: Option<&str>,
    position: Position,
    functions: &[&'static Function],
) -> Option<Mistake> {
    let function = functions.iter().find(|function| function.name == call.name.as_str())?;
    let message = format!("`{}` answers and changes nothing, and nobody takes its answer", function.name);
    let help = match changed {
        Some(variable) => format!("keep it: `let changed = {variable}.{}(…);`, or hand it to a verb", function.name),
        None => format!("keep it: `let answer = {}(…);`, or hand it to a verb", function.name),
    };
    Some(Mistake::new(&code::THROWN_AWAY, position, message).help(help))
}
