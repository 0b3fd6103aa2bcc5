//! Analyses a script before it runs: what it reads, asks, calls and changes, and which of that is a mistake.

use std::collections::BTreeSet;

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, Module, Position, Stmt};

use super::capture::Captures;
use super::chain::{Step, chain, free_name, name, text_of};
use super::in_place::Fate;
use super::methods::leaves_alone;
use super::mistake::Mistake;
use super::{foreign, sum_of_date, suspect};
use crate::diagnostic::code;
use crate::event::{Path, Root};
use crate::rule::function::{Function, Written, is_own_time};
use crate::rule::grammar::{NO_CODE, is_refusal_code};
use crate::rule::script::limit::SCRIPT_LIMIT_CHAIN_LEVELS;
use crate::rule::script::reads::Reads;
use crate::rule::script::state::{ALL_ROWS, NOT_ALL_ROWS};
use crate::rule::script::verb::{VERB_FUNCTIONS, WITH_PATH};

/// The functions that a script may call.
pub struct Known<'k> {
    pub functions: &'k [&'static Function],
    /// Rhai's own and those of `*.rhai` files, with ours and the verbs among them.
    pub names: &'k BTreeSet<String>,
}

/// What was found.
#[derive(Default)]
pub struct Findings {
    pub reads: Reads,
    pub lookups: Vec<String>,
    /// Whether a lookup is asked by a name that is only known when the script runs.
    pub asks_any: bool,
    pub verbs: Vec<&'static str>,
    /// Destinations that are named literally.
    pub destinations: Vec<String>,
    /// Refusal codes that are named literally.
    pub refusals: Vec<String>,
    pub writes: Vec<Path>,
    /// Texts that are thrown as they stand: they may be shown.
    pub throws: Vec<String>,
    /// Texts that stand for the event's own time where a date is wanted: `today-1mo`.
    pub own_times: Vec<String>,
    pub mistakes: Vec<Mistake>,
    /// What is seldom meant.
    pub doubts: Vec<Mistake>,
}

/// The walk.
pub struct Walk<'k> {
    pub known: &'k Known<'k>,
    pub own: BTreeSet<String>,
    pub findings: Findings,
    pub captures: Captures,
    /// What the function at hand is handed, the variables a closure uses among them; nothing outside of functions.
    pub values: Option<BTreeSet<String>>,
    level: usize,
    /// What becomes of the statement at hand.
    fate: Fate,
}

/// Walks over a script. Runs on the large stack.
///
/// `last` is what becomes of its last value.
pub fn analyse(ast: &AST, known: &Known<'_>, last: Fate) -> Findings {
    let mut walk = Walk {
        known,
        own: ast.iter_functions().map(|function| function.name.to_owned()).collect(),
        findings: Findings::default(),
        captures: Captures::default(),
        values: None,
        level: 0,
        fate: last,
    };
    walk.block(ast.statements());
    for function in ast.iter_fn_def() {
        walk.captures.begin_body();
        walk.values = Some(function.params.iter().map(ToString::to_string).collect());
        // The body of a function can only be reached through a walk over a script that has no other function.
        let mut module = Module::new();
        module.set_script_fn(function.clone());
        let alone = AST::new([], module);
        // The library's own walk skips some places, so that only its outermost steps are taken.
        let mut statements = 0;
        alone.walk(&mut |nodes: &[ASTNode<'_>]| {
            statements += usize::from(matches!(nodes, [ASTNode::Stmt(_)]));
            true
        });
        alone.walk(&mut |nodes: &[ASTNode<'_>]| {
            if let [ASTNode::Stmt(statement)] = nodes {
                statements -= 1;
                walk.fate = if statements == 0 { Fate::Last } else { Fate::Thrown };
                walk.statement(statement);
            }
            true
        });
    }
    walk.captured_changes();
    walk.findings
}

impl Walk<'_> {
    pub fn mistake(&mut self, mistake: Mistake) {
        self.findings.mistakes.push(mistake);
    }

    /// Goes one level down, if the tree may be that deep.
    fn down(&mut self, position: Position, step: impl FnOnce(&mut Self)) {
        if self.level >= SCRIPT_LIMIT_CHAIN_LEVELS {
            let message = format!("an expression has more than {SCRIPT_LIMIT_CHAIN_LEVELS} steps or operators");
            let is_told = self.findings.mistakes.iter().any(|told| told.message == message);
            if !is_told {
                self.mistake(Mistake::new(&code::SCRIPT_TOO_LARGE, position, message).help("break it up with `let`"));
            }
            return;
        }
        self.level += 1;
        step(self);
        self.level -= 1;
    }

    /// Statements, of which the last one's value is that of the block.
    fn block(&mut self, statements: &[Stmt]) {
        let last = self.fate;
        for (n, statement) in statements.iter().enumerate() {
            self.fate = if n + 1 == statements.len() { last } else { Fate::Thrown };
            self.statement(statement);
        }
        self.fate = last;
    }

    fn block_of(&mut self, statements: &[Stmt], fate: Fate) {
        self.fate = fate;
        self.block(statements);
    }

    fn statement(&mut self, statement: &Stmt) {
        self.down(statement.position(), |walk| walk.statement_here(statement));
    }

    fn statement_here(&mut self, statement: &Stmt) {
        let fate = std::mem::replace(&mut self.fate, Fate::Used);
        match statement {
            Stmt::If(flow, _) => {
                self.expression(&flow.expr);
                self.block_of(flow.body.statements(), fate);
                self.block_of(flow.branch.statements(), fate);
            }
            Stmt::While(flow, _) | Stmt::Do(flow, _, _) => {
                self.captures.begin_loop();
                self.expression(&flow.expr);
                self.block_of(flow.body.statements(), Fate::Thrown);
                self.captures.end_loop();
            }
            Stmt::Switch(switch, _) => {
                self.expression(&switch.0);
                for pair in &switch.1.expressions {
                    self.expression(&pair.lhs);
                    self.expression(&pair.rhs);
                }
            }
            Stmt::For(parts, _) => {
                self.expression(&parts.2.expr);
                self.captures.begin_loop();
                self.block_of(parts.2.body.statements(), Fate::Thrown);
                self.captures.end_loop();
            }
            // That a call fails may be all that is asked of it.
            Stmt::TryCatch(flow, _) => {
                self.block_of(flow.body.statements(), Fate::Last);
                self.block_of(flow.branch.statements(), fate);
            }
            Stmt::Var(parts, _, _) => self.expression(&parts.1),
            Stmt::Assignment(parts) => {
                self.expression(&parts.1.rhs);
                self.assignment(&parts.1.lhs);
            }
            Stmt::FnCall(call, position) => {
                self.fate = fate;
                self.call(call, None, *position);
            }
            Stmt::Block(block) => self.block_of(block.statements(), fate),
            Stmt::Return(Some(expr), flags, _) => {
                if let (true, Expr::StringConstant(text, _)) = (flags.contains(ASTFlags::BREAK), &**expr) {
                    self.findings.throws.push(text.to_string());
                }
                self.expression(expr);
            }
            Stmt::Expr(expr) => {
                self.fate = fate;
                self.expression(expr);
            }
            Stmt::BreakLoop(Some(expr), _, _) => self.expression(expr),
            Stmt::Share(names) => names.iter().for_each(|(name, _)| self.captures.captured(name.as_str())),
            _ => {}
        }
        self.fate = Fate::Used;
    }

    pub fn expression(&mut self, expr: &Expr) {
        self.down(expr.position(), |walk| walk.expression_here(expr));
        self.fate = Fate::Used;
    }

    fn expression_here(&mut self, expr: &Expr) {
        match expr {
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => self.expressions(parts),
            Expr::Map(map, _) => map.0.iter().for_each(|(_, value)| self.expression(value)),
            Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => self.expressions(parts.iter()),
            Expr::Stmt(block) => self.block(block.statements()),
            Expr::StringConstant(text, position) => {
                self.findings.mistakes.extend(suspect::text(text, *position));
                self.findings.own_times.extend(is_own_time(text).then(|| text.to_string()));
            }
            Expr::FnCall(call, position) => self.call(call, None, *position),
            Expr::MethodCall(call, position) => self.call(call, Some(false), *position),
            Expr::Variable(..) | Expr::Dot(..) | Expr::Index(..) => self.chain(expr),
            _ => {}
        }
    }

    fn expressions<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        self.fate = Fate::Used;
        for expr in exprs {
            self.expression(expr);
        }
    }

    fn chain(&mut self, expr: &Expr) {
        let fate = std::mem::replace(&mut self.fate, Fate::Used);
        let (head, steps) = chain(expr);
        if let Some(root) = self.free_name(head) {
            let segments: Vec<_> = steps.iter().map_while(|step| step.segment()).collect();
            self.read(root, &segments, head.position());
        } else if !matches!(head, Expr::Variable(..)) {
            self.expression(head);
        }
        let first_call = steps.iter().position(|step| matches!(step, Step::Point(Expr::MethodCall(..))));
        for (n, step) in steps.iter().enumerate() {
            match step {
                Step::Point(Expr::MethodCall(call, position)) => {
                    let before = text_of(head, &steps);
                    let subject = (self.subject(head, first_call == Some(n)), before.as_str());
                    let fate = if n + 1 == steps.len() { fate } else { Fate::Used };
                    self.in_place(call, subject, fate, *position);
                    self.call(call, Some(true), *position);
                    // Noted behind the values of the call: a closure among them is there before the change is.
                    let changes = first_call == Some(n) && !leaves_alone(&call.name);
                    if let (true, Some(variable)) = (changes, name(head)) {
                        self.captures.changed(variable, *position);
                    }
                }
                Step::Point(other) | Step::Bracket(other) => self.expression(other),
            }
        }
    }

    /// The name of a variable that neither the script nor the function at hand binds.
    pub fn free_name<'e>(&self, expr: &'e Expr) -> Option<&'e str> {
        let is_handed = |name: &&str| self.values.as_ref().is_some_and(|values| values.contains(*name));
        free_name(expr).filter(|name| !is_handed(name))
    }

    fn read(&mut self, root: &str, segments: &[crate::event::Segment], position: Position) {
        match (self.own.contains(root), self.values.is_some()) {
            (true, _) => {}
            (false, false) => self.findings.reads.variable(root, segments),
            (false, true) => {
                let message = format!("a function does not see `{root}`, only what it is handed");
                let help = format!("make `{root}` a parameter of the function and hand it over in the call");
                self.mistake(Mistake::new(&code::BAD_SCRIPT, position, message).help(help));
            }
        }
    }

    /// A call: as a function (`None`) or as a method, which has one value before its point.
    fn call(&mut self, call: &FnCallExpr, method: Option<bool>, position: Position) {
        let name = call.name.as_str();
        let fate = std::mem::replace(&mut self.fate, Fate::Used);
        // A closure that uses variables is built by a call that the parser inserts; nobody can write it.
        if call.is_operator_call() {
            self.findings.doubts.extend(sum_of_date::doubt(call, position));
            self.findings.mistakes.extend(suspect::operator(call, position));
        } else if name != "curry" {
            if method.is_none() {
                self.in_place_of_first(call, fate, position);
            }
            let before = usize::from(method.is_some());
            self.called(name, call.args.len() + before, position);
            self.written(call, method.is_some(), position);
            let closure = method.is_none().then(|| foreign::text_for_closure(call, self.known.names, position));
            self.findings.mistakes.extend(closure.flatten().filter(|_| !self.own.contains(name)));
            let values: Vec<Option<&str>> = call.args.iter().map(literal).collect();
            match method {
                None => self.values(name, &values, position),
                Some(_) => self.values(name, &[&[None], &*values].concat(), position),
            }
        }
        self.expressions(&call.args);
    }

    /// Whether a function of this name takes so many values.
    fn called(&mut self, name: &str, count: usize, position: Position) {
        if self.own.contains(name) {
            return;
        }
        if let Some((_, verb, least, most)) = VERB_FUNCTIONS.iter().find(|(function, ..)| *function == name) {
            if (*least..=*most).contains(&count) {
                self.findings.verbs.push(verb);
                return;
            }
        } else if let Some(function) = self.known.functions.iter().find(|function| function.name == name) {
            if !(function.least..=function.most).contains(&count) {
                let help = format!("`{}`: {}", function.signature, function.about);
                let message = function.wrong_count(count);
                self.mistake(Mistake::new(&code::UNKNOWN_FUNCTION, position, message).help(help));
            }
            return;
        }
        if !self.known.names.contains(name) {
            let names = self.known.names.iter().chain(&self.own).map(String::as_str);
            self.mistake(foreign::no_function(name, names, position));
        }
    }

    /// Whether a function of ours knows the values that are written out.
    fn written(&mut self, call: &FnCallExpr, is_method: bool, position: Position) {
        let known = self.known.functions.iter().find(|function| function.name == call.name.as_str());
        let Some(function) = known.filter(|function| !self.own.contains(function.name)) else { return };
        let values = call.args.iter().map(written);
        let values: Vec<Written<'_>> = is_method.then_some(Written::Computed).into_iter().chain(values).collect();
        if let Some((text, bad)) = function.bad_pattern(&values) {
            let message = format!("the pattern `{text}` cannot be used: {bad}");
            self.mistake(Mistake::new(&code::BAD_REGEX, position, message));
        } else if let Some((message, help)) = function.unknown_value(&values) {
            self.mistake(Mistake::new(&code::UNKNOWN_VALUE, position, message).help(help));
        }
    }

    /// What the literal values of a call tell before the run.
    fn values(&mut self, name: &str, values: &[Option<&str>], position: Position) {
        if self.own.contains(name) {
            return;
        }
        match (name, values) {
            ("attr", [Some(attribute)]) => self.findings.reads.attribute(attribute),
            ("attr", _) => self.findings.reads.all_attributes(),
            ("lookup", [_, _, Some(all)]) if *all != ALL_ROWS => {
                self.mistake(Mistake::new(&code::UNKNOWN_VALUE, position, NOT_ALL_ROWS.to_owned()));
            }
            ("lookup", [Some(lookup), _] | [Some(lookup), _, _]) => self.findings.lookups.push((*lookup).to_owned()),
            ("lookup", _) => self.findings.asks_any = true,
            ("deliver", [Some(to), ..]) => self.findings.destinations.push((*to).to_owned()),
            ("reject", [Some(refusal), ..]) => {
                if !is_refusal_code(refusal) {
                    let message = format!("`{refusal}` is not a refusal code");
                    let help = format!("{NO_CODE}; the sentence people read goes into `codes:`");
                    self.mistake(Mistake::new(&code::BAD_REFUSAL_CODE, position, message).help(help));
                }
                self.findings.refusals.push((*refusal).to_owned());
            }
            (verb, [Some(path), ..]) if WITH_PATH.contains(&verb) => match Path::read(path) {
                Ok(path) if path.is_changeable() => self.findings.writes.push(path),
                Ok(read_only) => {
                    let message = format!("`{path}` can be read but not changed");
                    let help = match read_only.root {
                        Root::Bound(_) => format!("write `{verb}(\"user.{path}\", …)` or `{verb}(\"attr.{path}\", …)`"),
                        _ => "a rule changes fields of the user: `user.FIELD` or `attr.NAME`".to_owned(),
                    };
                    self.mistake(Mistake::new(&code::CANNOT_CHANGE, position, message).help(help));
                }
                Err(bad) => {
                    let message = format!("`{path}` is not a path: {}", bad.what);
                    self.mistake(Mistake::new(&code::BAD_PATH, position, message));
                }
            },
            _ => {}
        }
    }
}

fn written(expr: &Expr) -> Written<'_> {
    match expr {
        Expr::StringConstant(text, _) => Written::Text(text),
        Expr::IntegerConstant(number, _) => Written::Whole(*number),
        Expr::FloatConstant(..) => Written::Other("a number with a fraction"),
        Expr::BoolConstant(..) => Written::Other("true or false"),
        _ => Written::Computed,
    }
}

fn literal(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringConstant(text, _) => Some(text),
        _ => None,
    }
}
