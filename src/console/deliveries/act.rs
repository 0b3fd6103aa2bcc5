//! What an operator does: sends again, drops with a reason, pauses and resumes a destination. Each is recorded before.

use std::sync::Arc;

use super::page::encoded;
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::used::About;
use crate::outbox::{Change, Outbox, Wanted};

/// Longest reason that is recorded, in characters.
const REASON_LIMIT: usize = 200;

/// Sends a delivery again, or all dead ones of a destination; or drops one.
pub(in crate::console) async fn change(console: &Arc<Console>, asked: &Asked) -> Answer {
    changed(console, asked).await.unwrap_or_else(|refused| refused)
}

async fn changed(console: &Console, asked: &Asked) -> Result<Answer, Answer> {
    let outbox = outbox(console)?;
    let named = |name| asked.field(name).map(str::trim).filter(|value| !value.is_empty());
    let (wanted, named) = match (named("key"), named("to"), asked.field("does")) {
        (Some(key), ..) => (Wanted { key: Some(key.to_owned()), ..Wanted::default() }, key),
        (None, Some(to), Some("retry")) => {
            (Wanted { to: Some(to.to_owned()), is_dead: Some(true), ..Wanted::default() }, to)
        }
        _ => return Err(Answer::refused("no delivery is named", "choose one in the list")),
    };
    let reason = asked.field("reason").unwrap_or_default().trim();
    let (does, change) = match asked.field("does") {
        Some("retry") => ("retry", Change::Retry),
        Some("drop") if reason.is_empty() => {
            return Err(Answer::refused(
                "nothing was dropped: no reason is written",
                "say in a few words why it is dropped",
            ));
        }
        Some("drop") => ("drop", Change::Drop),
        _ => return Err(Answer::refused("nothing was done", "use the buttons of the page")),
    };
    let reason: String = reason.chars().take(REASON_LIMIT).collect();
    let told = match change {
        Change::Retry if wanted.key.is_none() => "redrive all dead letters of".to_owned(),
        Change::Retry => "redrive delivery".to_owned(),
        Change::Drop => format!("drop delivery: {reason}"),
    };
    console.used.record(asked, &told, About::Thing(named))?;
    let count = outbox.change(&wanted, change).await;
    let count = count.map_err(|trouble| Answer::refused(trouble.message, trouble.help))?;
    Ok(Answer::Moved(format!("/console/deliveries?done={does}&count={count}")))
}

/// Pauses a destination, or lets it go on.
pub(in crate::console) async fn pause(console: &Arc<Console>, asked: &Asked) -> Answer {
    paused(console, asked).unwrap_or_else(|refused| refused)
}

fn paused(console: &Console, asked: &Asked) -> Result<Answer, Answer> {
    let outbox = outbox(console)?;
    let to = asked.field("to").unwrap_or_default();
    let (does, is_paused) = match asked.field("does") {
        Some("pause") => ("pause", true),
        Some("resume") => ("resume", false),
        _ => return Err(Answer::refused("nothing was done", "use the buttons of the page")),
    };
    if !outbox.destinations().iter().any(|(known, _)| *known == to) {
        return Err(Answer::not_found(
            format!("there is no destination `{to}`"),
            "the page lists those that there are",
        ));
    }
    console.used.record(asked, &format!("{does} destination"), About::Thing(to))?;
    outbox.pause(to, is_paused);
    Ok(Answer::Moved(format!("/console/deliveries?done={does}&to={}", encoded(to))))
}

fn outbox(console: &Console) -> Result<&Outbox, Answer> {
    let outbox = console.watched.gateway.outbox().map(|outbox| &**outbox);
    outbox.ok_or_else(|| {
        Answer::refused("nothing is sent: gateway.yaml has no destinations", "write one into `destinations`")
    })
}
