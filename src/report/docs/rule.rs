//! Describes one rule: a sentence, its names, its table, and the tests that prove it.

use super::page::{Block, Item, Line, Page};
use super::parts::Parts;
use super::proof::Proof;
use super::{computed, condition, names, table, verb};
use crate::rule::{Mode, Rule, RuleSet};

/// Most verbs that one sentence names.
const VERB_LIMIT: usize = 2;

/// The name by which links find a rule.
#[must_use]
pub fn anchor(rule: usize) -> String {
    format!("rule-{}", rule + 1)
}

/// Writes a rule, by its place in the set.
pub fn write(page: &mut Page, set: &RuleSet, number: usize, proofs: &[Proof<'_>]) {
    let Some(rule) = set.rules.get(number) else { return };
    page.blocks.push(Block::Heading(3, Line::of(rule.name.as_str()), Some(anchor(number))));
    ownership(page, rule);
    sentence(page, set, rule);
    let parts = Parts::of(set, rule);
    let names = names::items(set, &parts);
    if !names.is_empty() {
        page.paragraph(Line::of("The names in it:"));
        page.list(names);
    }
    let computed = computed::items(&parts);
    if !computed.is_empty() {
        page.paragraph(Line::of("The functions in it:"));
        page.list(computed);
    }
    if let Some(decisions) = &rule.table {
        page.paragraph(table::policy(decisions));
        page.blocks.push(Block::Table(table::table(set, decisions, number, proofs)));
        if !rule.actions.is_empty() {
            verbs(page, set, rule, Line::of("Where a row holds and none has ended the event, also "));
        }
    }
    match rule.mode {
        Mode::Enforce => {}
        Mode::Audit => {
            let line = Line::default()
                .strong("Only watched")
                .text(" (mode audit): nothing of this is done. That the rule held goes to the log.");
            page.paragraph(match rule.audit_until {
                Some(last) => {
                    line.text(format!(" So it is until the end of {last}: from the next day on the rule is enforced."))
                }
                None => line,
            });
        }
        Mode::Off => page.paragraph(Line::default().strong("Switched off").text(" (mode off): the rule is left out.")),
    }
    if rule.skips {
        page.paragraph(Line::of("Where it fails it is skipped: nothing of it is done, and later rules go on."));
    }
    page.paragraph(Line::of("It stands at ").code(rule.place().file_line()).text("."));
    let proved: Vec<Item> = proofs.iter().filter(|proof| proof.is_of(number)).map(Proof::item).collect();
    if proved.is_empty() {
        page.paragraph(Line::default().strong("No test proves it."));
    } else {
        page.paragraph(Line::of("Tests in which it held:"));
        page.list(proved);
    }
}

/// What it is for, and who answers for it. An address is not a link: nobody has seen where it leads.
fn ownership(page: &mut Page, rule: &Rule) {
    if let Some(about) = &rule.ownership.about {
        page.paragraph(Line::of(about.as_str()));
    }
    let said = rule.ownership.said().filter(|(key, _)| *key != "about");
    let said = said.map(|(key, text)| Line::of(if key == "owner" { "Owner: " } else { "Ticket: " }).code(text));
    let line = Line::joined(said, ". ");
    if !line.0.is_empty() {
        page.paragraph(line.text("."));
    }
}

/// When and on which hooks, and then what.
fn sentence(page: &mut Page, set: &RuleSet, rule: &Rule) {
    let hooks = rule.hooks.iter().filter_map(|hook| set.hooks.rows.get(*hook));
    let start = Line::of("On ").line(Line::listed(hooks.map(|hook| Line::default().code(hook.name.as_str())), " and "));
    let conditions = condition::items(set, &rule.when);
    let start = match condition::clause(set, &rule.when) {
        Some(clause) => start.text(", when ").line(clause).text(", "),
        None if conditions.is_empty() => start.text(", always: "),
        None => {
            page.paragraph(start.text(", when all of these hold:"));
            page.list(conditions);
            Line::of("Then ")
        }
    };
    match rule.table {
        Some(_) => page.paragraph(start.text("the table below says what is done.")),
        None => verbs(page, set, rule, start),
    }
}

fn verbs(page: &mut Page, set: &RuleSet, rule: &Rule, start: Line) {
    let has_script = rule.actions.iter().any(|action| verb::script(action).is_some());
    match rule.actions.as_slice() {
        [script] if has_script => {
            page.paragraph(start.line(verb::clause(set, script)));
            page.blocks.extend(verb::script(script).map(Block::Code));
        }
        few if few.len() <= VERB_LIMIT && !has_script => {
            let clauses = few.iter().map(|action| verb::clause(set, action));
            page.paragraph(start.line(Line::joined(clauses, ", and ")).text("."));
        }
        many => {
            page.paragraph(start.text("this is done, one after the other:"));
            page.list(many.iter().map(|action| verb::item(set, action)).collect());
        }
    }
}
