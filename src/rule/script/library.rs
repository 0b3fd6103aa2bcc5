//! The `*.rhai` files: functions that every script of the rule set may call.

use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::{AST, Position};

use super::check::{Fate, Findings, Mistake, analyse};
use super::compile::guarded;
use super::engine::Scripts;
use crate::diagnostic::{Diagnostic, File, Place, Report, code};
use crate::yaml::{SCRIPT_SHARE, hold};

impl Scripts {
    /// Takes in the files; in two rounds, since a file may call functions of a later one.
    pub(super) fn add_files(&mut self, files: &[Arc<File>], report: &mut Report) {
        let built_in = self.names.clone();
        let mut parsed: Vec<(&Arc<File>, AST, Vec<Mistake>)> = Vec::new();
        for file in files {
            if hold(file, SCRIPT_SHARE * file.text.len(), &(0..1), report).is_none() {
                return;
            }
            match guarded(|| self.parse(&file.text)) {
                Ok(ast) => {
                    let mistakes = self.add_names(&ast, file, &built_in);
                    parsed.push((file, ast, mistakes));
                }
                Err(mistake) => report.push(diagnostic(file, &mistake)),
            }
        }
        for (file, ast, mut mistakes) in parsed {
            let known = self.known();
            let found = guarded(|| Ok(mistakes_of(&ast, analyse(&ast, &known, Fate::Last))));
            mistakes.extend(found.unwrap_or_else(|mistake| vec![mistake]));
            if mistakes.is_empty() {
                self.engine.register_global_module(ast.shared_lib().clone());
            }
            for mistake in &mistakes {
                report.push(diagnostic(file, mistake));
            }
        }
    }

    /// Makes the functions of a file callable, and finds those whose names are taken.
    fn add_names(&mut self, ast: &AST, file: &File, built_in: &BTreeSet<String>) -> Vec<Mistake> {
        let names: BTreeSet<&str> =
            ast.iter_functions().map(|function| function.name).filter(|name| is_name(name)).collect();
        let mut mistakes = Vec::new();
        for name in names {
            let taken = if built_in.contains(name) { "of the language" } else { "of another `.rhai` file" };
            if !self.names.insert(name.to_owned()) {
                let message = format!("`{name}` is already the name of a function {taken}");
                let mistake = Mistake::new(&code::BAD_SCRIPT, Position::NONE, message).help("give it another name");
                mistakes.push(Mistake { at: definition(&file.text, name), ..mistake });
            }
        }
        mistakes
    }
}

/// What is wrong with a file beyond what is wrong with any script.
fn mistakes_of(ast: &AST, findings: Findings) -> Vec<Mistake> {
    let mut mistakes = findings.mistakes;
    if let Some(statement) = ast.statements().first() {
        let message = "only functions (`fn name(values) { … }`) may stand in a `.rhai` file";
        mistakes.push(Mistake::new(&code::BAD_SCRIPT, statement.position(), message));
    }
    let is_asking = findings.asks_any || !findings.lookups.is_empty() || !findings.reads.paths.is_empty();
    let hidden = findings.verbs.first().copied().or(is_asking.then_some("lookup` or `attr"));
    if let (Some(name), true) = (hidden, ast.statements().is_empty()) {
        let message = format!("`{name}` cannot be called in a `.rhai` file");
        let help = "call it in the rule, where it is seen that it does, and hand the function the value";
        mistakes.push(Mistake::new(&code::BAD_SCRIPT, Position::NONE, message).help(help));
    }
    mistakes
}

/// Whether a function has a name that a person gave it; closures have none.
fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Line and column of the name in its definition.
fn definition(text: &str, name: &str) -> Option<(usize, usize)> {
    let at = |line: &str| {
        let (before, after) = line.split_once("fn ")?;
        let space = after.len() - after.trim_start().len();
        let is_here = after.trim_start().strip_prefix(name)?.trim_start().starts_with('(');
        is_here.then(|| before.chars().count() + 3 + space + 1)
    };
    text.lines().enumerate().find_map(|(n, line)| Some((n + 1, at(line)?)))
}

fn diagnostic(file: &Arc<File>, mistake: &Mistake) -> Diagnostic {
    let start = mistake.at.map_or(0, |at| byte(&file.text, at));
    let rest = file.text.get(start..).unwrap_or_default();
    let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let end = start + word.max(rest.chars().next().map_or(0, char::len_utf8));
    let place = Place { file: Arc::clone(file), span: start..end };
    let finding = Diagnostic::error(mistake.code, place, &*mistake.message);
    match &mistake.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// The byte at a line and column.
fn byte(text: &str, (line, column): (usize, usize)) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(byte, _)| byte)
}
