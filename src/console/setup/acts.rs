//! The buttons of *Set up*: "save & test" as the platform plays it, and doctor. Both run beside the page.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::screen::Screen;
use crate::console::used::About;
use crate::lookup::Connections;
use crate::report::connect;
use crate::report::doctor::{Wrong, trials};

/// How long doctor waits for each, as the command does.
const DOCTOR_LIMIT: Duration = Duration::from_secs(5);
/// How long the answer waits for what is played: it mostly takes a moment.
const PATIENCE: Duration = Duration::from_millis(500);

/// Plays "save & test" against this gateway's own listener.
pub(in crate::console) async fn play(console: &Arc<Console>, asked: &Asked) -> Answer {
    if let Err(refused) = console.used.record(asked, "save and test", About::Nothing) {
        return refused;
    }
    let Some(runtime) = console.watched.gateway.connections().map(Connections::runtime) else {
        return Answer::refused("nothing can be called from here", "type `hookgate send test` where hookgate runs");
    };
    let server = asked.field("server").map(str::trim).filter(|server| !server.is_empty()).map(str::to_owned);
    let back = back(server.as_deref());
    if !console.setup.begin_play() {
        return back;
    }
    let console = Arc::clone(console);
    let playing = runtime.spawn(async move {
        let settings = &console.settings;
        let played = connect::play(settings, settings.server.listen, server.as_deref());
        let broken = || connect::Wrong { message: BROKEN.to_owned(), help: LOG.to_owned() };
        let played = AssertUnwindSafe(played).catch_unwind().await.unwrap_or_else(|_| Err(broken()));
        console.setup.end_play(played);
    });
    let _ = tokio::time::timeout(PATIENCE, playing).await;
    back
}

/// Has doctor look at everything that gateway.yaml connects to, on a thread of its own.
pub(in crate::console) async fn examine(console: &Arc<Console>, asked: &Asked) -> Answer {
    if let Err(refused) = console.used.record(asked, "doctor", About::Nothing) {
        return refused;
    }
    let back = back(asked.field("server"));
    if !console.setup.begin_trials() {
        return back;
    }
    let shared = Arc::clone(console);
    let look = move || {
        let found = catch_unwind(AssertUnwindSafe(|| trials(&shared.settings, None, DOCTOR_LIMIT)));
        let broken = || Wrong { message: BROKEN.to_owned(), help: Some(LOG.to_owned()) };
        shared.setup.end_trials(found.unwrap_or_else(|_| Err(broken())));
    };
    if let Err(error) = std::thread::Builder::new().name("doctor".to_owned()).spawn(look) {
        let message = format!("the operating system gives no thread: {error}");
        console.setup.end_trials(Err(Wrong { message, help: Some("try again later".to_owned()) }));
    }
    back
}

const BROKEN: &str = "it broke down";
const LOG: &str = "see the log of hookgate";

/// The screen, with the server as it was typed.
fn back(server: Option<&str>) -> Answer {
    let path = Screen::SetUp.path();
    Answer::Moved(match server.filter(|server| !server.is_empty()) {
        None => path.to_owned(),
        Some(server) => {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("server", server).finish();
            format!("{path}?{query}")
        }
    })
}
