//! One delivery: its attempts, its body, and what can be done about it.

use std::sync::Arc;

use maud::{Markup, html};

use crate::console::parts::PERSONAL;

use super::row::condition;
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::screen::Screen;
use crate::console::used::About;
use crate::event::secret::HIDDEN;
use crate::event::{Document, View};
use crate::outbox::{Body, Waiting, Wanted};

/// One delivery, as a part or a page.
pub(in crate::console) async fn one(console: &Arc<Console>, asked: &Asked) -> Answer {
    answer(console, asked).await.unwrap_or_else(|refused| refused)
}

async fn answer(console: &Console, asked: &Asked) -> Result<Answer, Answer> {
    let key = asked.get("key").unwrap_or_default();
    let sees_people = asked.rights().people;
    if sees_people {
        console.used.record(asked, "show delivery", About::Thing(key))?;
    }
    let gone =
        || Answer::not_found("no delivery has this key", "it arrived, or was dropped: the list shows what still waits");
    let outbox = console.watched.gateway.outbox().ok_or_else(gone)?;
    let wanted = Wanted { key: Some(key.to_owned()), limit: 1, ..Wanted::default() };
    let found = outbox.find(&wanted).await.map_err(|trouble| Answer::refused(trouble.message, trouble.help))?;
    let waiting = found.first().ok_or_else(gone)?;
    let delivery = &waiting.row.delivery;
    let personal = |text: &str| html! { @if sees_people { bdi { (text) } } @else { span.soft { (PERSONAL) } } };
    let body = html! {
        h2 { "Delivery to " (delivery.to) }
        (condition(waiting, outbox.now_ms(), console.zone(), sees_people))
        dl {
            dt { "Hook" } dd { (delivery.hook) }
            dt { "Person" } dd { (personal(&delivery.person)) }
            dt { "In order of" } dd { (personal(&delivery.ordering_key)) }
        }
        @if asked.rights().act { (actions(asked, waiting)) }
        h3 { "Body" }
        @if sees_people { pre dir="auto" { (shown(&delivery.body)) } } @else { p.soft { (PERSONAL) } }
    };
    Ok(match asked.get("part") {
        Some(_) => Answer::Part(body),
        None => Answer::Page { screen: Screen::Deliveries, title: "One delivery".to_owned(), body },
    })
}

fn actions(asked: &Asked, waiting: &Waiting) -> Markup {
    let key = &waiting.row.delivery.key;
    html! {
        form.actions method="post" action="/console/deliveries/change" {
            input type="hidden" name="csrf" value=(asked.csrf());
            input type="hidden" name="key" value=(key);
            button.main name="does" value="retry" { (if waiting.row.is_dead { "Redrive: send it again" } else { "Send it again now" }) }
        }
        form.search method="post" action="/console/deliveries/change" {
            input type="hidden" name="csrf" value=(asked.csrf());
            input type="hidden" name="key" value=(key);
            label.grow { "Why it is dropped" input name="reason" required maxlength="200" autocomplete="off"; }
            button name="does" value="drop" { "Drop it" }
        }
        p.soft { "What is dropped is not sent any more, and cannot be taken back. The reason is recorded." }
    }
}

/// The body as it is sent, but for fields that are named like secrets; nothing of one that holds a secret.
fn shown(body: &Body) -> String {
    if body.is_sealed {
        return HIDDEN.to_owned();
    }
    match Document::read(body.bytes.clone(), usize::MAX) {
        Ok(document) => View::Node(document.root()).to_json(),
        Err(_) => HIDDEN.to_owned(),
    }
}
