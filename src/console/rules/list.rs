//! Lists the rules in force: by file and hook, those that never decided first, a page at a time.

use std::sync::Arc;

use jiff::Timestamp;
use maud::{Markup, html};

use super::examined::Examined;
use super::known::{examined, hits};
use super::source::{link, rule_link};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{State, duration, empty, notice, state, tile, wide};
use crate::console::screen::Screen;
use crate::engine::testing::coverage::Kind;
use crate::gateway::Live;
use crate::journal::{Hit, Hits};
use crate::report::docs::Came;
use crate::rule::{Mode, Rule};

/// Rules on one page.
const RULES_SHOWN: usize = 100;

/// What is known of rules beside what they say.
struct Known {
    examined: Option<Arc<Examined>>,
    hits: Option<Arc<Hits>>,
    /// Why decisions are not counted.
    uncounted: Option<String>,
}

impl Known {
    async fn of(console: &Console) -> Self {
        let (examined, hits) = futures_util::join!(examined(console), hits(console));
        let (hits, uncounted) = match hits {
            Ok(hits) => (hits, None),
            Err(why) => (None, Some(why)),
        };
        Self { examined, hits, uncounted }
    }

    fn hit(&self, rule: &Rule) -> Option<Hit> {
        self.hits.as_ref()?.of(&rule.name)
    }

    fn passed(&self, number: usize) -> Option<usize> {
        self.examined.as_ref()?.passed.get(number).copied()
    }

    /// Rules that nobody has seen hold come first, then those that no test proves.
    fn rank(&self, number: usize, rule: &Rule) -> (bool, bool) {
        let is_hit = self.hits.is_none() || self.hit(rule).is_some();
        (is_hit, self.passed(number).is_none_or(|passed| passed > 0))
    }
}

/// The page.
pub(in crate::console) async fn page(console: &Console, asked: &Asked) -> Answer {
    let live = console.watched.gateway.current();
    let known = Known::of(console).await;
    let chosen = chosen(&live, &known, asked);
    let pages = chosen.len().div_ceil(RULES_SHOWN).max(1);
    let page = asked.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).clamp(1, pages);
    let shown = chosen.get((page - 1) * RULES_SHOWN..).unwrap_or_default();
    let body = html! {
        (tiles(&live, &known))
        @if let Some(why) = &known.uncounted {
            (notice(State::Plain, why, "name a file in `journal.file` of gateway.yaml: it is counted from then on"))
        }
        (filter(&live, asked))
        div.beside {
            div {
                @if shown.is_empty() { (none(&live)) } @else { (table(&live, &known, shown)) }
                (turning(asked, page, pages, chosen.len()))
                p.help {
                    "A rule decided where its answer, or its change of the user, was the last word. A rule that holds and lets "
                    "others decide is counted in its tests alone."
                }
            }
            section #panel hidden tabindex="-1" aria-label="The rule" {}
        }
    };
    Answer::page(Screen::Rules, body)
}

/// The places of the rules that are asked for, in the order that is asked for.
fn chosen(live: &Live, known: &Known, asked: &Asked) -> Vec<usize> {
    let set = &live.rules;
    let hook = asked.get("hook").and_then(|hook| set.hooks.position(hook));
    let (file, words) = (asked.get("file"), asked.get("q").map(str::to_lowercase));
    let has_words = |rule: &Rule, words: &str| {
        let said = rule.ownership.said().map(|(_, text)| text);
        std::iter::once(rule.name.as_str()).chain(said).any(|text| text.to_lowercase().contains(words))
    };
    let is_chosen = |rule: &Rule| {
        hook.is_none_or(|hook| rule.hooks.contains(&hook))
            && file.is_none_or(|file| rule.file.name == file)
            && words.as_ref().is_none_or(|words| has_words(rule, words))
    };
    let rules = set.rules.iter().enumerate().filter(|(_, rule)| is_chosen(rule));
    if asked.get("order") == Some("file") {
        return rules.map(|(number, _)| number).collect();
    }
    let mut ranked: Vec<_> = rules.map(|(number, rule)| (known.rank(number, rule), number)).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, number)| number).collect()
}

fn tiles(live: &Live, known: &Known) -> Markup {
    let rules = &live.rules.rules;
    let count = |mode| rules.iter().filter(|rule| rule.mode == mode).count().to_string();
    let examined = known.examined.as_deref();
    html! {
        div.tiles {
            (tile(&count(Mode::Enforce), "rules", "in force", State::Plain))
            (tile(&count(Mode::Audit), "rules", "only watched", State::Plain))
            (tile(&count(Mode::Off), "rules", "switched off", State::Plain))
            @match examined {
                None => (tile("…", "", "tests are being run", State::Plain)),
                Some(examined) => {
                    @let failed = examined.count(Came::Failed) + examined.count(Came::NotRun);
                    (tile(&examined.count(Came::Passed).to_string(), "tests", "pass", State::Plain))
                    (tile(&failed.to_string(), "tests", "do not pass", if failed > 0 { State::Bad } else { State::Plain }))
                    @if examined.left_out() > 0 {
                        (tile(&examined.left_out().to_string(), "tests", "not run: they take too long", State::Warning))
                    }
                    @for (kind, name) in [(Kind::Rule, "of the rules hold in a test"), (Kind::Condition, "of the outcomes of conditions are tested"), (Kind::Row, "of the rows of tables hold in a test")] {
                        @let share = examined.coverage.share(kind);
                        @if share.total > 0 { (tile(&share.percent().to_string(), "%", name, State::Plain)) }
                    }
                }
            }
        }
    }
}

/// The form that chooses rules.
fn filter(live: &Live, asked: &Asked) -> Markup {
    let hooks = live.rules.hooks.rows.iter().enumerate();
    let hooks = hooks.filter(|(place, _)| live.rules.rules.iter().any(|rule| rule.hooks.contains(place)));
    let mut files: Vec<&str> = live.rules.rules.iter().map(|rule| rule.file.name.as_str()).collect();
    files.dedup();
    let is = |name: &str, value: &str| asked.get(name) == Some(value);
    html! {
        form.search method="get" action="/console/rules" {
            label.grow { "Name, owner or ticket" input type="search" name="q" value=[asked.get("q")]; }
            label { "Hook"
                select name="hook" {
                    option value="" { "all hooks" }
                    @for (_, hook) in hooks { option selected[is("hook", &hook.name)] { (hook.name) } }
                }
            }
            label { "File"
                select name="file" {
                    option value="" { "all files" }
                    @for file in files { option selected[is("file", file)] { (file) } }
                }
            }
            label { "Order"
                select name="order" {
                    option value="" { "never decided first" }
                    option value="file" selected[is("order", "file")] { "as they are looked at" }
                }
            }
            button { "Show" }
        }
    }
}

fn none(live: &Live) -> Markup {
    match live.rules.rules.is_empty() {
        true => empty("no rule is in force", "write one into the rules folder, or try one in the playground"),
        false => empty("no rule is like that", "choose another hook or file, or clear the search"),
    }
}

fn table(live: &Live, known: &Known, shown: &[usize]) -> Markup {
    let now = Timestamp::now();
    let set = &live.rules;
    let rules = shown.iter().take(RULES_SHOWN).filter_map(|number| Some((*number, set.rules.get(*number)?)));
    wide(
        "Rules",
        &html! {
            table {
                thead { tr {
                    th scope="col" { "Rule" } th scope="col" { "Hook" } th.number scope="col" { "Decided in 24 h" }
                    th scope="col" { "Last decided" } th.number scope="col" { "Tests" } th scope="col" { "Owner" }
                    th scope="col" { "Ticket" } th scope="col" { "Stands at" }
                } }
                tbody { @for (number, rule) in rules { (row(live, known, number, rule, now)) } }
            }
        },
    )
}

fn row(live: &Live, known: &Known, number: usize, rule: &Rule, now: Timestamp) -> Markup {
    let hooks = rule.hooks.iter().filter_map(|hook| live.rules.hooks.rows.get(*hook));
    let hooks: Vec<&str> = hooks.map(|hook| hook.name.as_str()).collect();
    let hit = known.hit(rule);
    html! {
        tr {
            th.cut scope="row" {
                a data-panel href=(rule_link(rule, "")) title=(rule.name) { bdi { (rule.name) } }
                @match rule.mode {
                    Mode::Enforce => {}
                    Mode::Audit => { " " (state(State::Warning, "only watched")) }
                    Mode::Off => { " " (state(State::Warning, "off")) }
                }
            }
            td { (hooks.join(", ")) }
            td.number { @match (&known.hits, hit) { (None, _) => "–", (Some(_), hit) => (hit.map_or(0, |hit| hit.count)) } }
            td {
                @match (&known.hits, hit) {
                    (None, _) => "not known",
                    (Some(_), Some(hit)) => { (duration(now.duration_since(hit.last).as_secs().max(0))) " ago" },
                    (Some(hits), None) if hits.back_to.is_some() => "not lately",
                    (Some(_), None) => (state(State::Warning, "never")),
                }
            }
            td.number {
                @match known.passed(number) {
                    None => "…",
                    Some(0) => (state(State::Warning, "none")),
                    Some(passed) => (passed),
                }
            }
            td.cut dir="auto" { (rule.ownership.owner.as_deref().unwrap_or_default()) }
            td.cut dir="auto" { (rule.ownership.ticket.as_deref().unwrap_or_default()) }
            td { code { (rule.place().file_line()) } }
        }
    }
}

/// Links to the pages before and behind.
fn turning(asked: &Asked, page: usize, pages: usize, count: usize) -> Markup {
    let to = |page: usize| {
        let page = page.to_string();
        let kept = ["q", "hook", "file", "order"].map(|name| (name, asked.get(name).unwrap_or_default()));
        link("rules", &kept.into_iter().chain([("page", page.as_str())]).collect::<Vec<_>>())
    };
    html! {
        nav.actions aria-label="Pages" {
            @if page > 1 { a.button href=(to(page - 1)) rel="prev" { "Before" } }
            span { (crate::report::counted(count, "rule")) ", page " (page) " of " (pages) }
            @if page < pages { a.button href=(to(page + 1)) rel="next" { "Next" } }
        }
    }
}
