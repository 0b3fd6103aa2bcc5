//! Describes the rule set as a whole: whose it is, which version, what stands where, a line a hook.

use super::page::{Block, Item, Line, Page, Table};
use super::parts::Parts;
use super::rule;
use super::value::long_script;
use crate::event::{Hook, Shape, Value};
use crate::rule::{Mode, Rule, RuleSet};

/// The setting of gateway.yaml that names the company.
const COMPANY: &str = "company";

/// The company, the version, the hash, and the day of the newest file.
pub fn origin(page: &mut Page, set: &RuleSet, newest: Option<&str>) {
    let company = set.settings.get(COMPANY).filter(|company| !company.view().is_empty());
    if let Some(company) = company {
        page.paragraph(Line::of("Company: ").strong(company.view().as_text()).text("."));
    }
    let newest = newest.map(|day| format!(" The newest of the files is of {day}.")).unwrap_or_default();
    let line = Line::of("The files this page was made of have the SHA-256 ").code(set.hash.as_str());
    page.paragraph(line.text(format!(". Rules with the same are the same rules.{newest}")));
    page.paragraph(Line::of(format!("Written by hookgate {}.", env!("CARGO_PKG_VERSION"))));
}

/// The parts of the page, each with where it stands, below its title and counts.
pub fn contents(page: &mut Page) {
    let heading = |block: &Block| match block {
        Block::Heading(2, words, Some(name)) => Some(Item::from(linked(words, name))),
        _ => None,
    };
    let items: Vec<Item> = page.blocks.iter().filter_map(heading).collect();
    let first = page.blocks.iter().position(|block| matches!(block, Block::Heading(2, ..)));
    page.blocks.insert(first.unwrap_or(page.blocks.len()), Block::List(items));
}

fn linked(words: &Line, name: &str) -> Line {
    use super::page::Inline;
    let text = words.0.iter().map(|inline| match inline {
        Inline::Text(text) | Inline::Code(text) | Inline::Strong(text) | Inline::Link(text, _) => text.as_str(),
    });
    Line::default().link(text.collect::<String>(), name)
}

/// A line a hook: how many rules, of them watched, and by which codes they refuse.
pub fn hooks(page: &mut Page, set: &RuleSet) {
    let row = |(place, hook): (usize, &Hook)| {
        let rules: Vec<&Rule> = set.rules.iter().filter(|rule| rule.hooks.contains(&place)).collect();
        let count = |mode| rules.iter().filter(|rule| rule.mode == mode).count().to_string();
        let mut codes: Vec<&str> = rules.iter().flat_map(|rule| rule.refusal_codes()).collect();
        codes.sort_unstable();
        codes.dedup();
        let codes = Line::joined(codes.into_iter().map(|code| Line::default().code(code)), ", ");
        let counts = [Mode::Enforce, Mode::Audit, Mode::Off].map(|mode| Line::of(count(mode)));
        let [enforced, watched, off] = counts;
        (!rules.is_empty()).then(|| vec![Line::default().code(hook.name.as_str()), enforced, watched, off, codes])
    };
    let rows: Vec<Vec<Line>> = set.hooks.rows.iter().enumerate().filter_map(row).collect();
    if !rows.is_empty() {
        let head = ["hook", "rules in force", "only watched", "switched off", "refuses with"].map(Line::of).to_vec();
        page.blocks.push(Block::Table(Table { head, rows }));
    }
}

/// Rules for which nobody answers, and scripts that no sentence explains. Nothing where no rule names an owner.
pub fn unexplained(page: &mut Page, set: &RuleSet) {
    let link = |number: usize| {
        Some(Item::from(Line::default().link(set.rules.get(number)?.name.as_str(), rule::anchor(number))))
    };
    let listed = |is_such: &dyn Fn(&Rule) -> bool| {
        let such = set.rules.iter().enumerate().filter(|(_, rule)| rule.mode != Mode::Off && is_such(rule));
        such.filter_map(|(number, _)| link(number)).collect::<Vec<Item>>()
    };
    let has_owners = set.rules.iter().any(|rule| rule.ownership.owner.is_some());
    let unowned = listed(&|rule| rule.ownership.owner.is_none());
    if has_owners && !unowned.is_empty() {
        page.paragraph(Line::of("For these rules nobody is named who answers for them:"));
        page.list(unowned);
    }
    let scripts = listed(&|rule| runs_script(set, rule) && rule.ownership.about.is_none());
    if !scripts.is_empty() {
        page.paragraph(Line::of("These rules run a script, and no sentence (").code("about").text(") says what for:"));
        page.list(scripts);
    }
}

/// Whether a script of several lines stands in the rule, or in a name that it reads.
fn runs_script(set: &RuleSet, rule: &Rule) -> bool {
    Parts::of(set, rule).expressions().iter().any(|expression| long_script(expression).is_some())
}

/// The settings of gateway.yaml, with their values.
pub fn settings(page: &mut Page, set: &RuleSet) {
    if set.settings.is_empty() {
        return;
    }
    page.section("Settings");
    page.paragraph(Line::of("Rules read them as ").code("setting.NAME").text("; they stand in gateway.yaml."));
    let shown = |value: &Value<'_>| match value.view().shape() {
        Shape::List(list) => list.iter().map(|item| item.as_text().into_owned()).collect::<Vec<_>>().join(", "),
        _ => value.view().as_text().into_owned(),
    };
    let row =
        |(name, value): (&String, &Value<'static>)| vec![Line::default().code(name.as_str()), Line::of(shown(value))];
    let head = ["setting", "value"].map(Line::of).to_vec();
    page.blocks.push(Block::Table(Table { head, rows: set.settings.iter().map(row).collect() }));
}
