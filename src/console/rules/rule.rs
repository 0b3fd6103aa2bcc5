//! The page of one rule: its sentences, its source beside them, its table as a grid, its tests.

use jiff::Timestamp;
use maud::{Markup, html};

use super::examined::Examined;
use super::known::{examined, hits};
use super::source::{link, source};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{State, duration, state};
use crate::console::screen::Screen;
use crate::console::shown::{Clean, blocks, table};
use crate::engine::testing::coverage::Kind;
use crate::gateway::Live;
use crate::journal::Hits;
use crate::report::Secrets;
use crate::report::docs;
use crate::report::docs::{Block, Page, Table};
use crate::rule::Rule;

/// Rows of a table that are shown at once.
const ROWS_SHOWN: usize = 300;

/// The page; the part alone where it is asked for.
pub(in crate::console) async fn page(console: &Console, asked: &Asked) -> Answer {
    let live = console.watched.gateway.current();
    let name = asked.get("name").unwrap_or_default();
    let Some(number) = live.rules.rules.iter().position(|rule| rule.name == name) else {
        let help = "the rules may have changed since: go back to the list, and look for it there";
        return Answer::not_found(format!("no rule in force is called `{name}`"), help);
    };
    let (examined, hits) = futures_util::join!(examined(console), hits(console));
    let examined = examined.filter(|examined| examined.live.rules.hash == live.rules.hash);
    let rows: Vec<usize> = asked.get("row").map_or_else(Vec::new, |rows| {
        rows.split(',').filter_map(|row| row.parse::<usize>().ok()?.checked_sub(1)).collect()
    });
    let is_part = asked.get("part").is_some();
    let body = html! {
        @if is_part { h2 { bdi { (name) } } }
        (rule(&live, number, examined.as_deref(), hits.ok().flatten().as_deref(), &rows))
    };
    match is_part {
        true => Answer::Part(body),
        false => Answer::Page { screen: Screen::Rules, title: name.to_owned(), body },
    }
}

fn rule(live: &Live, number: usize, examined: Option<&Examined>, hits: Option<&Hits>, rows: &[usize]) -> Markup {
    let set = &live.rules;
    let Some(rule) = set.rules.get(number) else { return html! {} };
    let proofs = examined.map(|examined| examined.proofs(number)).unwrap_or_default();
    let secrets = Secrets::of(set);
    let clean = Clean { secrets: &secrets, names: &set.hooks.secrets };
    let mut page = Page::default();
    docs::write_rule(&mut page, set, number, &proofs);
    docs::hide(&mut page, set);
    if examined.is_none() {
        // What it says of tests is not known.
        page.blocks.pop();
    }
    let to = |name: &str| {
        let rule = name.strip_prefix("rule-").and_then(|number| set.rules.get(number.parse::<usize>().ok()? - 1));
        rule.map_or_else(|| "/console/rules".to_owned(), |rule| link("rules/rule", &[("name", &rule.name)]))
    };
    let hook = rule.hooks.first().and_then(|hook| set.hooks.rows.get(*hook)).map_or("", |hook| hook.name.as_str());
    html! {
        div.actions {
            a.button href=(link("playground", &[("hook", hook), ("file", &rule.file.name)])) { "Open in the playground" }
            a href=(link("rules", &[("file", &rule.file.name), ("order", "file")])) { "Rules of this file" }
            a href=(link("rules", &[("hook", hook), ("order", "file")])) { "Rules of this hook" }
        }
        (facts(rule, hits))
        div.pair {
            section aria-label="What it says" {
                @for block in &page.blocks {
                    @match block {
                        Block::Table(table) => (grid(table, rows, &to)),
                        block => (blocks([block], &to)),
                    }
                }
                @if examined.is_none() { p { "Its tests are being run: load the page again in a moment." } }
                @if let Some(examined) = examined { (untested(examined, live, number, clean)) }
            }
            section aria-label="As it is written" { (source(set, number, clean)) }
        }
    }
}

/// What was counted, and who answers for it.
fn facts(rule: &Rule, hits: Option<&Hits>) -> Markup {
    html! {
        dl {
            @if let Some(hits) = hits {
                @let hit = hits.of(&rule.name);
                dt { "Decided in 24 h" } dd { (crate::report::counted(hit.map_or(0, |hit| usize::try_from(hit.count).unwrap_or(usize::MAX)), "event")) }
                dt { "Last decided" }
                dd {
                    @match hit {
                        Some(hit) => { (duration(Timestamp::now().duration_since(hit.last).as_secs().max(0))) " ago" },
                        None if hits.back_to.is_some() => "not lately",
                        None => (state(State::Warning, "never, as far as the journal goes back")),
                    }
                }
            }
        }
    }
}

/// A table of a rule; of a long one the rows around those that are marked.
fn grid(rows: &Table, marked: &[usize], to: &dyn Fn(&str) -> String) -> Markup {
    let first = marked.first().map_or(0, |first| first.saturating_sub(ROWS_SHOWN / 2));
    let is_marked_shown = rows.rows.len() > first;
    let first = if is_marked_shown && rows.rows.len() > ROWS_SHOWN { first } else { 0 };
    let part =
        Table { head: rows.head.clone(), rows: rows.rows.iter().skip(first).take(ROWS_SHOWN).cloned().collect() };
    let marked: Vec<usize> = marked.iter().filter_map(|row| row.checked_sub(first)).collect();
    html! {
        (table(&part, &marked, to))
        @if rows.rows.len() > ROWS_SHOWN {
            p.help { "Rows " (first + 1) " to " (first + part.rows.len()) " of " (rows.rows.len()) ": the others stand in the file." }
        }
    }
}

/// What no test reaches of the rule.
fn untested(examined: &Examined, live: &Live, number: usize, clean: Clean<'_>) -> Markup {
    let set = &live.rules;
    let Some(rule) = set.rules.get(number) else { return html! {} };
    let next = set.rules.get(number + 1).filter(|next| next.file.name == rule.file.name);
    let end = next.map_or(usize::MAX, |next| next.span.start);
    let here = examined.coverage.files().find(|(file, _)| *file == rule.file.name);
    let items = here.into_iter().flat_map(|(_, items)| items);
    let items =
        items.filter(|item| item.kind == Kind::Condition && (rule.span.start..end).contains(&item.place.span.start));
    let gaps: Vec<_> = items.filter(|item| item.held == 0 || item.not_held == 0).take(20).collect();
    html! {
        @if !gaps.is_empty() {
            p { "No test reaches this:" }
            ul {
                @for item in gaps {
                    li {
                        code { (clean.text(&item.name)) } " "
                        @match (item.held, item.not_held) {
                            (0, 0) => "is never looked at",
                            (0, _) => "never holds",
                            _ => "always holds",
                        }
                    }
                }
            }
        }
    }
}
