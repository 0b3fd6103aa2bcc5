//! The page of the difference between two sets of rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use maud::{Markup, PreEscaped, html};

use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{PERSONAL, empty, time};
use crate::console::playground::rules_of;
use crate::console::screen::Screen;
use crate::console::shown::{Clean, difference};
use crate::console::used::About;
use crate::console::work::Time;
use crate::diagnostic::File;
use crate::gateway::{KeptSet, Sets};
use crate::report::Secrets;
use crate::rule::{Role, Sources, below, people_in, short_hash};

/// Most files whose differences are shown.
const FILES_SHOWN: usize = 200;

/// The difference from one kept set to another.
pub(in crate::console) async fn compared(console: &Console, asked: &Asked) -> Answer {
    let Some(sets) = console.watched.sets.clone() else {
        let help = "`reload.state` and `reload.keep` in gateway.yaml say where and how many";
        return Answer::not_found("no rules are kept to compare", help);
    };
    let [from, to] = ["from", "to"].map(|name| asked.get(name).unwrap_or_default().to_owned());
    let people = asked.rights().people;
    if people {
        let both = format!("{} {}", short_hash(&from), short_hash(&to));
        if let Err(answer) = console.used.record(asked, "compare rules and tables", About::Thing(&both)) {
            return answer;
        }
    }
    let (tenant, zone, in_force) =
        (console.settings.tenant.clone(), console.zone().clone(), Arc::clone(&console.in_force));
    let live = console.watched.gateway.current();
    let work = move |_: &Time| {
        let (from, to) = (read(&sets, &from)?, read(&sets, &to)?);
        let (mut tables, mut secrets) = (BTreeSet::new(), Secrets::of(&live.rules));
        for (_, sources) in [&from, &to] {
            let _alone = in_force.alone();
            let set = rules_of(sources, &tenant);
            tables.extend(people_in(sources, set.as_ref()));
            secrets = set.map_or(secrets.clone(), |set| secrets.clone().and(&Secrets::of(&set)));
        }
        let body = html! {
            p { a href="/console/changes" { "Back to the changes" } }
            p {
                "From " code title=(from.0.hash) { (short_hash(&from.0.hash)) } ", in force at " (time(from.0.at, &zone)) ", to "
                code title=(to.0.hash) { (short_hash(&to.0.hash)) } ", in force at " (time(to.0.at, &zone)) "."
            }
            (files(&from.1, &to.1, &Seen { people, tables: &tables, clean: Clean { secrets: &secrets, names: &tenant.hooks.secrets } }))
        };
        Ok::<_, String>(body.into_string())
    };
    match console.apart.run(asked, work).await {
        Ok(Ok(body)) => {
            let title = "Difference between two sets of rules".to_owned();
            Answer::Page { screen: Screen::Changes, title, body: PreEscaped(body) }
        }
        Ok(Err(why)) => Answer::not_found(why, "go back to “Changes”, and choose two of those that are kept"),
        Err(late) => {
            let (what, help) = late.told();
            Answer::refused(what, help)
        }
    }
}

fn read(sets: &Sets, hash: &str) -> Result<(KeptSet, Sources), String> {
    let set = sets.find(Some(hash), None).map_err(|why| why.told())?;
    let sources =
        sets.read(&set).map_err(|why| format!("the rules {} cannot be read: {why}", short_hash(&set.hash)))?;
    Ok((set, sources))
}

/// What whoever looks may see.
struct Seen<'s> {
    people: bool,
    /// The tables of either set whose rows may be about people.
    tables: &'s BTreeSet<String>,
    clean: Clean<'s>,
}

/// Every file that differs.
fn files(from: &Sources, to: &Sources, seen: &Seen<'_>) -> Markup {
    let names: BTreeSet<&str> = [from, to]
        .into_iter()
        .flat_map(|sources| sources.files.iter().map(|(_, file)| below(&sources.folder, &file.name)))
        .collect();
    let differing = names.into_iter().filter_map(|name| {
        let [before, after] =
            [from, to].map(|sources| sources.files.iter().find(|(_, file)| below(&sources.folder, &file.name) == name));
        let content = |found: Option<&(Role, Arc<File>)>| found.map(|(_, file)| file.content().to_vec());
        (content(before) != content(after)).then_some((name, before, after))
    });
    let differing: Vec<_> = differing.collect();
    html! {
        @if differing.is_empty() { (empty("they do not differ", "")) }
        @for (name, before, after) in differing.iter().take(FILES_SHOWN) {
            h2 {
                code { (name) }
                @if before.is_none() { " is new" }
                @if after.is_none() { " is gone" }
            }
            (one(name, *before, *after, seen))
        }
        @if differing.len() > FILES_SHOWN { p.help { "and " (differing.len() - FILES_SHOWN) " more files" } }
    }
}

/// One file that differs: its lines, unless they are about people and whoever looks may not see any.
fn one(name: &str, before: Option<&(Role, Arc<File>)>, after: Option<&(Role, Arc<File>)>, seen: &Seen<'_>) -> Markup {
    let [before, after] = [before, after].map(|found| found.map(|(role, file)| (*role, &**file)));
    let files = || [before, after].into_iter().flatten();
    let text = |found: Option<(Role, &File)>| found.map_or_else(String::new, |(_, file)| seen.clean.text(&file.text));
    let is_workbook = files().any(|(role, _)| role == Role::Workbook);
    let is_table = files().any(|(_, file)| seen.tables.contains(&file.name));
    match () {
        () if is_workbook => {
            html! { p { "It is a workbook: open both in your spreadsheet program to see how they differ." } }
        }
        () if files().any(|(_, file)| file.is_hidden) => {
            html! { p { "It holds secrets, so that its lines are shown to nobody." } }
        }
        () if is_table && !seen.people => html! {
            p { (PERSONAL) " " span.help { "It is a table: its rows are shown to whoever has the right `people`. Lines before: " (lines(before)) ", after: " (lines(after)) "." } }
        },
        () => difference(name, &text(before), &text(after)),
    }
}

fn lines(found: Option<(Role, &File)>) -> usize {
    found.map_or(0, |(_, file)| file.text.lines().count())
}
