//! Prints what to type, then waits for the platform's "save & test" on the gateway that these settings run.

use std::collections::HashSet;
use std::io::{ErrorKind, Write as _, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use jiff::SignedDuration;

use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::service::admin_call::{Called, call_if_there};
use crate::cli::service::running;
use crate::config::Settings;
use crate::diagnostic::escaped_page;
use crate::report::connect::{Call, Reply, Screen};
use crate::server::AdminSettings;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The address by which the platform reaches hookgate: `https://hooks.corp.example`
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// How long to wait for the platform's "save & test", for example 5m or 90s; 0 does not wait
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = wait)]
    pub wait: Duration,
}

/// How often it is asked for new calls.
const LOOK: Duration = Duration::from_millis(500);
/// Longest time for an answer, in milliseconds.
const ANSWER_LIMIT_MS: u64 = 5_000;

fn wait(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time such as 5m or 90s, or 0".to_owned();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let time: SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(time).map_err(|_| wrong())
}

/// Prints the fields of the screen, then each call of "save & test" until one is accepted.
///
/// # Errors
/// When the server's name is none, or the gateway does not answer.
pub fn run(args: &Args, settings: &Settings, config: Option<&Path>) -> Result<Output, Failure> {
    let screen = Screen::of(settings, args.server.as_deref());
    let screen = screen.map_err(|wrong| Failure::message(format!("`--server`: {}", wrong.message)).help(wrong.help))?;
    let exit = if screen.wrong.is_empty() { Exit::Well } else { Exit::Found };
    if args.wait.is_zero() {
        return Ok(Output { stdout: screen.to_text(), exit });
    }
    print(&screen.to_text())?;
    let admin = admin(settings, config);
    let Some(before) = newest(&admin)? else { return nobody(&admin) };
    let mut seen: HashSet<String> = before.iter().map(|call| call.request_id.clone()).collect();
    let minutes = SignedDuration::try_from(args.wait).unwrap_or_default();
    print(&format!("\nnow press \"save & test\" on the platform's screen; waiting for {minutes:#}\n"))?;
    let began = Instant::now();
    let mut last = None;
    while began.elapsed() < args.wait {
        let Some(calls) = newest(&admin)? else { return nobody(&admin) };
        for call in calls.into_iter().filter(|call| seen.insert(call.request_id.clone())) {
            print(&call.to_text(&settings.server.prefixes))?;
            if call.accepted {
                return Ok(Output::well(
                    "the call was accepted: what it was sent with is right for the platform's screen\n",
                ));
            }
            last = Some(call);
        }
        std::thread::park_timeout(LOOK.min(args.wait.saturating_sub(began.elapsed())));
    }
    Ok(Output { stdout: ended(last.is_some(), settings), exit: Exit::Found })
}

/// The admin listener of the gateway that runs with these settings: at port 0 only the gateway knows its port.
fn admin(settings: &Settings, config: Option<&Path>) -> AdminSettings {
    let mut admin = settings.server.admin.clone();
    if admin.listen.is_some_and(|listen| listen.port() == 0) {
        admin.listen = running::place(settings, config).map(|(address, _)| address).or(admin.listen);
    }
    admin
}

/// The newest calls; none where no gateway runs.
fn newest(admin: &AdminSettings) -> Result<Option<Vec<Call>>, Failure> {
    let answer = match call_if_there("GET", "/callers", ANSWER_LIMIT_MS, admin)? {
        Called::Answered(answer) => answer,
        Called::Nobody(_) => return Ok(None),
    };
    match serde_json::from_str::<Reply>(&answer.body) {
        Ok(reply) if answer.status == 200 => Ok(Some(reply.calls)),
        Ok(_) | Err(_) => {
            let token = "`admin.token` must be what the running gateway was started with";
            let (message, _) = answer.otherwise(None, token)?;
            Err(Failure::message(message.trim_end().to_owned()))
        }
    }
}

fn nobody(admin: &AdminSettings) -> Result<Output, Failure> {
    let why = match admin.listen.filter(|listen| listen.port() != 0) {
        Some(listen) => format!("no gateway listens at {listen} (`admin.listen`)"),
        None => "`admin.listen` names no port, so that no gateway can be asked: give it one, such as 127.0.0.1:8081"
            .to_owned(),
    };
    let help =
        "start one with these settings, `hookgate serve`, and keep it running; then type `hookgate connect` again";
    Ok(Output { stdout: format!("\n{why}\n  help: {help}\n"), exit: Exit::Found })
}

/// What to look at when no call was accepted.
fn ended(has_come: bool, settings: &Settings) -> String {
    if has_come {
        return "no call was accepted: follow the advice above, and press \"save & test\" again\n".to_owned();
    }
    let port = settings.server.listen.port();
    let secret = settings.server.auth.jwt.as_ref().and_then(|jwt| jwt.what.secrets.first());
    let secret = secret.map_or(String::new(), |written| format!(" --secret '{}'", written.secret.place()));
    format!(
        "no call of \"save & test\" has come. Look at these, in this order:\n\
         \x20 1. Server on the screen: name and port, a firewall between, port {port} of this machine or of the proxy\n\
         \x20 2. the certificate: the platform must trust who issued it, and it must have the server's name;\n\
         \x20    if a caller fails on it, hookgate's log has a line `no TLS connection` with the cause\n\
         \x20 3. from another machine: `hookgate send test --to SERVER/CONTEXT-PATH{secret}`\n"
    )
}

/// What is told while it waits. A reader that has seen enough is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match write!(out, "{}", escaped_page(text)).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::message(format!("cannot write: {error}"))),
        Ok(()) | Err(_) => Ok(()),
    }
}
