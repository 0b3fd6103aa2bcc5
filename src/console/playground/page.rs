//! The page of the playground: the form, what came of it beside it.

use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use super::answer::answer;
use super::attempt::{attempt, is_sample, request};
use super::checked::{checked, reader};
use super::edited::{Edited, Reader};
use super::form::Form;
use super::laid_out::laid_out;
use super::others::{COUNTS, NOT_RECORDED};
use super::recorded::record;
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::assets::url;
use crate::console::console::Console;
use crate::console::parts::{State, notice};
use crate::console::screen::Screen;
use crate::console::shown::patch;
use crate::console::used::About;
use crate::console::work::Time;
use crate::event::secret::HIDDEN;
use crate::journal::Record;

/// The page, before anything was tried.
pub(in crate::console) async fn page(console: &Console, asked: &Asked) -> Answer {
    let mut form = Form::of_link(asked);
    let found = match opened(console, asked, &form).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    if let Some(record) = found {
        form.hook = record.hook;
        form.app = record.app.unwrap_or_default();
        form.request = Some(laid_out(record.body.get()));
    }
    if form.hook.is_empty() {
        let live = console.watched.gateway.current();
        let first = live.rules.rules.iter().find_map(|rule| rule.hooks.first());
        form.hook = live.rules.hooks.rows.get(*first.unwrap_or(&0)).map_or(String::new(), |hook| hook.name.clone());
    }
    around(console, asked, form, untried()).await
}

/// What stands in the place of a result.
fn untried() -> Markup {
    html! { p.help { "Press “Try”: the answer, the changes, what would be sent and what each rule did stand here." } }
}

/// The page with what came of a button.
pub(in crate::console) async fn posted(console: &Console, asked: &Asked) -> Answer {
    let mut form = match Form::of_fields(asked) {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    match asked.field("do") {
        Some("sample") => {
            (form.request, form.record) = (None, String::new());
            around(console, asked, form, untried()).await
        }
        Some("file") => {
            form.text = None;
            form.file = asked.field("choose").unwrap_or_default().to_owned();
            around(console, asked, form, untried()).await
        }
        Some("check") => {
            let surroundings = console.surroundings();
            let check = move |reader: &Reader, edited: &Edited, _: &Form, time: &Time| {
                // What was found until then is shown.
                let end = std::time::Instant::now() + std::time::Duration::from_secs(8);
                checked(reader, edited, &surroundings, &time.is_over, &|| std::time::Instant::now() < end)
                    .shown(edited, reader.rights.people)
            };
            shown(console, asked, form, check).await
        }
        _ => tried(console, asked, form).await,
    }
}

async fn tried(console: &Console, asked: &Asked, mut form: Form) -> Answer {
    let record = match opened(console, asked, &form).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    if let Some(record) = &record {
        form.hook.clone_from(&record.hook);
    }
    // Rows of tables tell of people, too.
    if record.is_none() && asked.rights().people {
        let about = if form.hook.is_empty() { About::Nothing } else { About::Thing(&form.hook) };
        if let Err(answer) = console.used.record(asked, "try a request", about) {
            return answer;
        }
    }
    let attempt = move |reader: &Reader, edited: &Edited, form: &Form, time: &Time| {
        answer(&attempt(reader, edited, form, record, time), edited, reader.rights.people)
    };
    shown(console, asked, form, attempt).await
}

/// The recorded request that the form names, once it is recorded who opens it.
async fn opened(console: &Console, asked: &Asked, form: &Form) -> Result<Option<Record>, Answer> {
    if form.record.is_empty() {
        return Ok(None);
    }
    if !asked.rights().people {
        let help = "ask whoever keeps gateway.yaml to write `people` into your `rights` below `admin.login`, or paste a request";
        return Err(Answer::refused(
            "a recorded request is opened with the right `people`, which you do not have",
            help,
        ));
    }
    console.used.record(asked, "open a record in the playground", About::Thing(&form.record))?;
    let (settings, id) = (console.settings.clone(), form.record.clone());
    let found = tokio::task::spawn_blocking(move || record(&settings, &id)).await;
    match found {
        Ok(Ok(record)) => Ok(Some(record)),
        Ok(Err(why)) => {
            Err(Answer::not_found(why, "look for it among the decisions; older ones may not be kept any more"))
        }
        Err(_) => Err(Answer::refused("opening the record broke off", "try again")),
    }
}

/// The whole page, with what came of work that is done apart.
async fn shown(
    console: &Console,
    asked: &Asked,
    form: Form,
    result: impl FnOnce(&Reader, &Edited, &Form, &Time) -> Markup + Send + 'static,
) -> Answer {
    let (reader, of) = (reader(console, asked), form.clone());
    let work = move |time: &Time| {
        let edited = reader.edited(&of)?;
        Ok::<_, String>(result(&reader, &edited, &of, time).into_string())
    };
    match console.apart.run(asked, work).await {
        Ok(Ok(result)) => around(console, asked, form, PreEscaped(result)).await,
        Ok(Err(why)) => not_edited(why),
        Err(late) => {
            let (what, help) = late.told();
            around(console, asked, form, notice(State::Warning, what, help)).await
        }
    }
}

/// The page around a result; it waits for nobody who tries something.
async fn around(console: &Console, asked: &Asked, form: Form, result: Markup) -> Answer {
    let (reader, asked, has_journal) = (reader(console, asked), asked.clone(), console.settings.journal.file.is_some());
    let work = move || Ok::<_, String>(whole(&asked, &form, &reader.edited(&form)?, &result, has_journal));
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(body)) => Answer::page(Screen::Playground, body),
        Ok(Err(why)) => not_edited(why),
        Err(_) => not_edited("the page broke off".to_owned()),
    }
}

fn not_edited(why: String) -> Answer {
    Answer::refused(why, "choose a file of the rules in force, or load the page again")
}

fn whole(asked: &Asked, form: &Form, edited: &Edited, result: &Markup, has_journal: bool) -> Markup {
    html! {
        p.help { "What you write here is tried in memory: nothing is sent, saved or asked outside, and the rules in force stay as they are." }
        @if is_sample(form) {
            (notice(State::Warning, "this is a sample about an invented person, not a request that came",
                "paste a request in its place, or open a recorded one from the decisions"))
        }
        @if !form.record.is_empty() {
            (notice(State::Plain, &format!("this is the recorded request {}, with the answers of lookups and the rows of tables of then", form.record),
                "passwords were not recorded; what depends on one is known only as far as it came out then"))
        }
        @if !edited.are_in_force() {
            (notice(State::Warning, "the rules below are those of the folder, which are not in force",
                "those in force were not kept: `reload.state` and `reload.keep` in gateway.yaml say where and how many are"))
        }
        @if edited.lacks_rows() {
            (notice(State::Plain, "tables count as blank here, for their rows tell of people",
                "ask for the right `people`, or write rows into “Answers of lookups”"))
        }
        @if edited.text.contains(HIDDEN) {
            (notice(State::Plain, &format!("passwords that rules have written out count as “{HIDDEN}” here, for everybody"),
                "the rules in force keep them; write one of your own to try it"))
        }
        script type="module" src=(url("playground.js")) {}
        form.playground method="post" action="/console/playground" data-check="/console/playground/check" {
            input type="hidden" name="csrf" value=(asked.csrf());
            input type="hidden" name="record" value=(form.record);
            input type="hidden" name="file" value=(edited.name());
            div.pair {
                div { (request_fields(form, edited)) (rules_fields(edited)) (buttons(asked, edited, has_journal)) }
                section aria-label="What came of it" {
                    h2 { "Result" }
                    div #result { (result) }
                }
            }
        }
    }
}

fn request_fields(form: &Form, edited: &Edited) -> Markup {
    let hooks = &edited.live().rules.hooks;
    html! {
        h2 { "Request" }
        div.search {
            label { "Hook"
                select name="hook" {
                    @for hook in &hooks.rows { option selected[hook.name == form.hook] { (hook.name) } }
                }
            }
            label { "Application" input name="app" value=(form.app); }
            label { "Clock" input name="now" value=(form.now) placeholder=(Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ")); }
            label { "Called from" input name="caller" value=(form.caller) placeholder="10.20.1.2"; }
            button name="do" value="sample" { "Sample of this hook" }
        }
        label { "Body, as the platform sends it"
            textarea name="request" rows="12" spellcheck="false" dir="auto" { "\n" (request(form).unwrap_or_default()) }
        }
        details open[!form.given.trim().is_empty()] {
            summary { "Answers of lookups" }
            label { "YAML, as for " code { "hookgate dry-run --given" } ": " code { "LOOKUP: { \"KEY\": { column: value } }" }
                textarea name="given" rows="5" spellcheck="false" { "\n" (form.given) }
            }
        }
    }
}

fn rules_fields(edited: &Edited) -> Markup {
    html! {
        h2 { "Rules" }
        div.search {
            label.grow { "File"
                select name="choose" {
                    @for (_, file) in edited.files() { option selected[file.name == edited.name()] { (file.name) } }
                }
            }
            button name="do" value="file" { "Show this file" }
        }
        @if edited.is_edited() { p.help { "You have changed this file: showing another one takes the changes back." } }
        label for="rules" { @if edited.name().is_empty() { "The rules in force have no file that could be edited" } @else { "Text of " code { (edited.name()) } } }
        div.editor {
            div.gutter aria-hidden="true" {}
            textarea #rules name="text" rows="24" spellcheck="false" wrap="off" autocapitalize="off" autocomplete="off" disabled[edited.name().is_empty()] { "\n" (edited.text) }
        }
        h3 { "Findings" }
        div #findings aria-live="polite" { p.help { "What is wrong with the rules stands here as you type, or after “Check”." } }
    }
}

fn buttons(asked: &Asked, edited: &Edited, has_journal: bool) -> Markup {
    html! {
        div.actions {
            button.main name="do" value="try" { "Try" }
            button name="do" value="check" { "Check" }
            button formaction="/console/playground/patch" disabled[edited.name().is_empty()] { "Download as patch" }
        }
        h2 { "Who else would change?" }
        @if !asked.rights().people {
            p.help { "This decides recorded requests again, which needs the right `people`." }
        } @else if !has_journal {
            p.help { (NOT_RECORDED.0) ": " (NOT_RECORDED.1) "." }
        } @else {
            div.actions {
                label { "The last"
                    select name="count" { @for count in COUNTS { option value=(count) { (count) " requests" } } }
                }
                button formaction="/console/playground/others" formtarget="_blank" { "Decide them again with these rules" }
                span.help { "It opens beside this page, which keeps your text." }
                a href="/console/playground/others" { "What came of it last" }
            }
        }
    }
}

/// The edited text as a patch of the file.
pub(in crate::console) async fn download(console: &Console, asked: &Asked) -> Answer {
    let form = match Form::of_fields(asked) {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let reader = reader(console, asked);
    let work = move || {
        let edited = reader.edited(&form)?;
        let text = patch(edited.path(), edited.original(), &edited.text);
        let name = edited.path().rsplit('/').next().unwrap_or_default();
        let name: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
        Ok::<_, String>((name, text))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok((_, text))) if text.is_empty() => {
            Answer::refused("there is no difference to write down", "go back, and change the text of the rules first")
        }
        Ok(Ok((name, text))) => Answer::File { name: format!("{name}.patch"), text },
        Ok(Err(why)) => Answer::refused(why, "go back, and choose a file of the rules in force"),
        Err(_) => Answer::refused("writing the patch broke off", "try again"),
    }
}
