//! The page of the screen *Set up*, and its live parts.

use std::sync::Arc;
use std::time::Duration;

use maud::{Markup, html};

use super::state::{OfPlay, Work};
use super::{calls, trials};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::frame::sentence;
use crate::console::live::{Event, Events};
use crate::console::parts::{State, notice, time, wide};
use crate::console::screen::{Need, Screen};
use crate::report::connect::{Call, Played, Screen as Fields, Wrong};

/// How often the parts are looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// What to type, the buttons, and what came of them.
pub(in crate::console) async fn page(console: &Arc<Console>, asked: &Asked) -> Answer {
    let server = asked.get("server");
    // A secret may stand in a file, which takes a moment to read.
    let (shared, named) = (Arc::clone(console), server.map(str::to_owned));
    let fields = tokio::task::spawn_blocking(move || fields(&shared, named.as_deref()));
    let fields = match fields.await {
        Ok(Ok(fields)) => fields,
        Ok(Err(wrong)) => return Answer::refused(wrong.message, wrong.help),
        Err(_) => return Answer::refused("what to type could not be found out", "see the log of hookgate"),
    };
    let may_act = Need::Act.is_met(asked.rights());
    let body = html! {
        (to_type(&fields, server))
        div data-live="/console/setup/live" {
            h2 { "Play save & test" }
            (play_form(asked, server, may_act))
            div #played { (played(console)) }
            div #calls { (calls::part(console)) }
            h2 { "Doctor" }
            (doctor_form(asked, server, may_act))
            div #trials { (trials::part(console, &console.setup.trials())) }
        }
    };
    Answer::page(Screen::SetUp, body)
}

/// The fields; where the name is none that can be typed, those without it, and beside them what is wrong with it.
fn fields(console: &Console, server: Option<&str>) -> Result<Fields, Wrong> {
    Fields::of(&console.settings, server).or_else(|wrong| {
        let mut fields = Fields::of(&console.settings, None)?;
        fields.wrong.insert(0, wrong);
        Ok(fields)
    })
}

/// The parts of the page as they change.
pub(in crate::console) async fn live(console: &Arc<Console>, asked: &Asked) -> Answer {
    let console = Arc::clone(console);
    let mut before = [String::new(), String::new(), String::new()];
    Answer::Events(Events::every(PERIOD, asked, move || {
        let parts = [
            Event { part: "played", body: played(&console) },
            Event { part: "calls", body: calls::part(&console) },
            Event { part: "trials", body: trials::part(&console, &console.setup.trials()) },
        ];
        let is_new = |(event, before): &mut (Event, &mut String)| {
            let is_new = **before != event.body.0;
            before.clone_from(&event.body.0);
            is_new
        };
        parts.into_iter().zip(&mut before).filter_map(|mut pair| is_new(&mut pair).then_some(pair.0)).collect()
    }))
}

fn to_type(fields: &Fields, server: Option<&str>) -> Markup {
    html! {
        h2 { "What to type into the platform's Webhooks Configuration" }
        form.search method="get" {
            label.grow {
                "The name by which the platform reaches hookgate"
                input name="server" value=[server] placeholder="https://hooks.corp.example" dir="auto";
            }
            button { "Show with this name" }
        }
        (wide("Fields of the platform's screen", &html! {
            table {
                thead { tr { th scope="col" { "Field" } th scope="col" { "Type" } } }
                tbody {
                    @for (field, value) in fields.fields() {
                        tr { th scope="row" { (field) } td { span.mono dir="auto" { (value) } } }
                    }
                }
            }
        }))
        p.soft { "The secret itself is shown nowhere: it stands where the table says." }
        @for Wrong { message, help } in &fields.wrong { (notice(State::Warning, message, help)) }
        details {
            summary { "Hooks that are answered (" (fields.hooks.len()) ")" }
            p { (fields.hooks.join(", ")) }
        }
    }
}

fn play_form(asked: &Asked, server: Option<&str>, may_act: bool) -> Markup {
    html! {
        p {
            "Calls the hook " code { "test" } " of this gateway as the platform does: with a token signed by the first secret of "
            code { "auth.jwt" } " and the claims that are asked for. The call stays on this machine: firewalls and proxies on the \
            platform's way are not tried."
        }
        (button(asked, server, "/console/setup/play", "Play save & test", may_act))
    }
}

fn doctor_form(asked: &Asked, server: Option<&str>, may_act: bool) -> Markup {
    html! {
        p {
            "Connects to everything that gateway.yaml names, logs in, and sends nothing: connections, destinations, the outbox, \
            published keys, the collector of traces; and says what would keep " code { "hookgate serve" } " from starting."
        }
        (button(asked, server, "/console/setup/doctor", "Ask doctor", may_act))
    }
}

fn button(asked: &Asked, server: Option<&str>, action: &str, name: &str, may_act: bool) -> Markup {
    html! {
        div.actions {
            form method="post" action=(action) {
                input type="hidden" name="csrf" value=(asked.csrf());
                @if let Some(server) = server { input type="hidden" name="server" value=(server); }
                button.main disabled[!may_act] { (name) }
            }
            @if !may_act { span.soft { "This needs the right " code { "act" } "." } }
        }
    }
}

fn played(console: &Console) -> Markup {
    match console.setup.played() {
        Work::Never => Markup::default(),
        Work::Since(at) => html! { p role="status" { "Calling since " (time(at, console.zone())) "." } },
        Work::Done { at, what } => html! {
            p.soft { "Played at " (time(at, console.zone())) "." }
            (outcome(console, &what))
        },
    }
}

fn outcome(console: &Console, what: &OfPlay) -> Markup {
    let Played { address, has_token, answer } = match what {
        Err(Wrong { message, help }) => return notice(State::Bad, message, help),
        Ok(played) => played,
    };
    let is_well = answer.status == 200;
    let noted =
        calls::newest(console).into_iter().find(|call: &Call| answer.request_id.as_ref() == Some(&call.request_id));
    let class = if is_well { "notice state well" } else { "notice state bad" };
    html! {
        div class=(class) role="status" {
            p {
                "Status " (answer.status) " in " (answer.took.as_millis()) " ms from " code dir="auto" { (address) } ": "
                @if let Ok(played) = what { (sentence(played.meaning())) }
            }
            @if !has_token { p.help { "The call had no token, since " code { "auth.jwt" } " names no shared secret to sign one with." } }
        }
        @if let Some(call) = noted { ul.calls { li { (calls::one(console, &call)) } } }
    }
}
