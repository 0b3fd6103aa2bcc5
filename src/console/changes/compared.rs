//! The page of the difference between two sets of rules.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, html};

use super::history::short;
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{empty, time};
use crate::console::screen::Screen;
use crate::console::shown::{difference, without_secrets};
use crate::console::used::About;
use crate::diagnostic::File;
use crate::event::SecretNames;
use crate::gateway::{KeptSet, Sets};
use crate::rule::{Role, Sources, below};

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
        let both = format!("{} {}", short(&from), short(&to));
        if let Err(answer) = console.used.record(asked, "compare rules and tables", About::Thing(&both)) {
            return answer;
        }
    }
    let (secrets, zone) = (console.watched.gateway.hooks().secrets.clone(), console.zone().clone());
    let work = move |_| {
        let (from, to) = (read(&sets, &from)?, read(&sets, &to)?);
        let body = html! {
            p { a href="/console/changes" { "Back to the changes" } }
            p {
                "From " code title=(from.0.hash) { (short(&from.0.hash)) } ", in force at " (time(from.0.at, &zone)) ", to "
                code title=(to.0.hash) { (short(&to.0.hash)) } ", in force at " (time(to.0.at, &zone)) "."
            }
            (files(&from.1, &to.1, people, &secrets))
        };
        Ok::<_, String>(body.into_string())
    };
    match console.apart.run(work).await {
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
    let sources = sets.read(&set).map_err(|why| format!("the rules {} cannot be read: {why}", short(&set.hash)))?;
    Ok((set, sources))
}

/// Every file that differs.
fn files(from: &Sources, to: &Sources, people: bool, secrets: &SecretNames) -> Markup {
    let names: BTreeSet<&str> = [from, to]
        .into_iter()
        .flat_map(|sources| sources.files.iter().map(|(_, file)| below(&sources.folder, &file.name)))
        .collect();
    let differing = names.into_iter().filter_map(|name| {
        let [before, after] =
            [from, to].map(|sources| sources.files.iter().find(|(_, file)| below(&sources.folder, &file.name) == name));
        let content = |found: Option<&(Role, std::sync::Arc<File>)>| found.map(|(_, file)| file.content().to_vec());
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
            @let role = before.or(*after).map(|(role, _)| *role);
            (one(name, role, before.map(|(_, file)| &**file), after.map(|(_, file)| &**file), people, secrets))
        }
        @if differing.len() > FILES_SHOWN { p.help { "and " (differing.len() - FILES_SHOWN) " more files" } }
    }
}

/// One file that differs: its lines, unless they are about people and whoever looks may not see any.
fn one(
    name: &str,
    role: Option<Role>,
    before: Option<&File>,
    after: Option<&File>,
    people: bool,
    secrets: &SecretNames,
) -> Markup {
    let text = |file: Option<&File>| file.map_or_else(String::new, |file| without_secrets(&file.text, secrets));
    let is_hidden = [before, after].into_iter().flatten().any(|file| file.is_hidden);
    let is_list = |file: &File| {
        file.text
            .lines()
            .find(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .is_some_and(|line| line.starts_with(['-', '[']))
    };
    let is_table = match role {
        Some(Role::Csv | Role::Json | Role::Workbook) => true,
        Some(Role::Yaml) => [before, after].into_iter().flatten().any(is_list),
        Some(Role::Tests | Role::Functions) | None => false,
    };
    match role {
        Some(Role::Workbook) => {
            html! { p { "It is a workbook: open both in your spreadsheet program to see how they differ." } }
        }
        _ if is_hidden => html! { p { "It holds secrets, so that its lines are shown to nobody." } },
        _ if is_table && !people => html! {
            p { "(personal) " span.help { "It is a table: its rows are shown to whoever has the right `people`. Lines before: " (lines(before)) ", after: " (lines(after)) "." } }
        },
        _ => difference(name, &text(before), &text(after)),
    }
}

fn lines(file: Option<&File>) -> usize {
    file.map_or(0, |file| file.text.lines().count())
}
