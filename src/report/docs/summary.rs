//! Puts the page together: what comes first, and the order of the rest.

use super::hidden::hide;
use super::page::{Block, Item, Line, Page, Table};
use super::proof::{Came, Proof, unproved, unproved_rows};
use super::{lookup, overview, rule};
use crate::event::{Hook, Kind, OnFailure};
use crate::gateway::Live;
use crate::report::counted::counted;
use crate::rule::{Action, Mode, Role, RuleSet, Sources};

/// The page of a rules folder.
pub fn page(sources: &Sources, live: &Live, proofs: &[Proof<'_>], newest: Option<&str>) -> Page {
    let set = &live.rules;
    let title = format!("What the rules in “{}” say", sources.folder.display());
    let mut page = Page { title, ..Page::default() };
    counts(&mut page, set, proofs);
    overview::origin(&mut page, set, newest);
    gaps(&mut page, live, proofs);
    hooks(&mut page, set);
    page.section("Rules");
    (0..set.rules.len()).for_each(|number| rule::write(&mut page, set, number, proofs));
    codes(&mut page, set);
    lookup::write(&mut page, set);
    overview::settings(&mut page, set);
    functions(&mut page, sources);
    let others = proofs.iter().filter(|proof| proof.held.is_empty());
    let others: Vec<Item> = others.map(Proof::item).collect();
    if !others.is_empty() {
        page.section("Tests in which no rule held");
        page.list(others);
    }
    overview::contents(&mut page);
    hide(&mut page, set);
    page
}

fn counts(page: &mut Page, set: &RuleSet, proofs: &[Proof<'_>]) {
    let count = |mode| set.rules.iter().filter(|rule| rule.mode == mode).count();
    let came = |came| proofs.iter().filter(|proof| proof.came == came).count();
    page.paragraph(Line::of(format!(
        "{} in force, {} only watched, {} switched off. {}: {} passed, {} failed, {} could not be run.",
        counted(count(Mode::Enforce), "rule"),
        count(Mode::Audit),
        count(Mode::Off),
        counted(proofs.len(), "test"),
        came(Came::Passed),
        came(Came::Failed),
        came(Came::NotRun),
    )));
}

fn gaps(page: &mut Page, live: &Live, proofs: &[Proof<'_>]) {
    page.section("What is not proved");
    let (unproved, rows) = (unproved(live, proofs), unproved_rows(live, proofs));
    if unproved.is_empty() && rows.is_empty() {
        page.paragraph(Line::of(
            "Each rule that is not switched off, and each row of its table, holds in at least one test that passes.",
        ));
    } else if unproved.is_empty() {
        page.paragraph(Line::of("Each rule that is not switched off holds in at least one test that passes."));
    } else {
        page.paragraph(Line::of("These rules hold in no test that passes:"));
        page.list(unproved.into_iter().filter_map(|number| link(&live.rules, number)).map(Item::from).collect());
    }
    if !rows.is_empty() {
        page.paragraph(Line::of("These rows of tables hold in no test that passes:"));
        let item = |(rule, rows): (usize, Vec<usize>)| Some(Item::from(link(&live.rules, rule)?.text(numbered(&rows))));
        page.list(rows.into_iter().filter_map(item).collect());
    }
    let failed: Vec<Item> = proofs.iter().filter(|proof| proof.came != Came::Passed).map(Proof::item).collect();
    if !failed.is_empty() {
        page.paragraph(Line::of("These tests do not pass:"));
        page.list(failed);
    }
    overview::unexplained(page, &live.rules);
}

/// `: rows 2, 5 and 6`, of rows counted from 0.
fn numbered(rows: &[usize]) -> String {
    let words: Vec<String> = rows.iter().map(|row| (row + 1).to_string()).collect();
    match words.split_last() {
        Some((last, [])) => format!(": row {last}"),
        Some((last, rest)) => format!(": rows {} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn link(set: &RuleSet, number: usize) -> Option<Line> {
    let rule = set.rules.get(number)?;
    let line = Line::default().link(rule.name.as_str(), rule::anchor(number));
    Some(match rule.mode {
        Mode::Enforce => line,
        Mode::Audit => match rule.audit_until {
            Some(last) => line.text(format!(" (only watched until {last}, then enforced)")),
            None => line.text(" (only watched)"),
        },
        Mode::Off => line.text(" (switched off)"),
    })
}

/// The rules of each hook, in the order in which they are looked at.
fn hooks(page: &mut Page, set: &RuleSet) {
    page.section("Hooks");
    overview::hooks(page, set);
    let mut without = Vec::new();
    for (place, hook) in set.hooks.rows.iter().enumerate() {
        let rules = set.rules.iter().enumerate().filter(|(_, rule)| rule.hooks.contains(&place));
        let items: Vec<Item> = rules.filter_map(|(number, _)| link(set, number)).map(Item::from).collect();
        if items.is_empty() {
            without.push(Line::default().code(hook.name.as_str()));
            continue;
        }
        page.heading(3, hook.name.as_str());
        page.paragraph(manners(hook));
        page.blocks.push(Block::Numbered(items));
    }
    if !without.is_empty() {
        page.paragraph(Line::of("No rule stands on ").line(Line::listed(without, " and ")).text("."));
    }
}

/// What a hook answers where no rule decides, and where one fails.
fn manners(hook: &Hook) -> Line {
    let undecided = hook.kind.undecided().answer;
    if matches!(hook.kind, Kind::Notify | Kind::Probe) && !hook.refusable && hook.on_failure == OnFailure::Undecided {
        return Line::of("Whatever the rules do, the answer is empty.");
    }
    let collects = match hook.collects_refusals {
        true => {
            "Where one rule refuses, the others are asked all the same: the first code is answered, and every code is recorded. "
        }
        false => "",
    };
    let line = Line::of(format!("Where no rule decides, {undecided}. {collects}Where one fails, "));
    match &hook.on_failure {
        OnFailure::Reject(code) => line.text("the call is refused with ").code(code.as_str()).text("."),
        OnFailure::Undecided => line.text("the answer is that of no rule, with the user as it came."),
        OnFailure::Unavailable => line.text("the answer is HTTP 503."),
    }
}

fn codes(page: &mut Page, set: &RuleSet) {
    if set.codes.is_empty() {
        return;
    }
    page.section("Refusal codes");
    let refuses = |action: &Action, wanted: &str| matches!(action, Action::Reject { code, .. } if code == wanted);
    let row = |(code, text): (&String, &String)| {
        let by = set.rules.iter().enumerate().filter(|(_, rule)| {
            let rows = rule.table.iter().flat_map(|table| &table.rows);
            rule.actions.iter().chain(rows.flat_map(|row| &row.actions)).any(|action| refuses(action, code))
        });
        let by = Line::listed(by.filter_map(|(number, _)| link(set, number)), " and ");
        vec![Line::default().code(code.as_str()), Line::of(text.as_str()), by]
    };
    let head = ["code", "what it means", "rules that refuse with it"].map(Line::of).to_vec();
    page.blocks.push(Block::Table(Table { head, rows: set.codes.iter().map(row).collect() }));
}

/// Functions that scripts may call are part of what the rules say.
fn functions(page: &mut Page, sources: &Sources) {
    let files: Vec<_> = sources.files.iter().filter(|(role, _)| *role == Role::Functions).collect();
    if files.is_empty() {
        return;
    }
    page.section("Functions that scripts call");
    for (_, file) in files {
        page.paragraph(Line::default().code(file.name.as_str()));
        page.blocks.push(Block::Code(file.text.clone()));
    }
}
