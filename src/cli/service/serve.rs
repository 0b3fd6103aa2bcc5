//! `hookgate serve`: runs the gateway until it is stopped; rules are replaced while it runs.

use std::io::{IsTerminal as _, Write as _, stdout};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use clap::Args as ClapArgs;
use jiff::Timestamp;
use tracing::{error, info, warn};

use super::running::Running;
use super::{core_dump, memory};
use crate::cli::exit::{Failure, Output};
use crate::cli::setup::explained;
use crate::config::{Flag, Settings};
use crate::console::Console;
use crate::diagnostic::Report;
use crate::gateway::{Gateway, Loader, Outside, Pace, ReloadHandle, Reloader, Sets, Started, reload_on_hangup};
use crate::journal::{Journal, NotBegun};
use crate::lookup::Connections;
use crate::outbox::{Outbox, StoreAt};
use crate::server::{Admin, Server, Watched};
use crate::telemetry::metrics::{History, Measured, Process};
use crate::telemetry::traces::{NoTracer, Tracer};
use crate::{journal, server, telemetry};

#[derive(ClapArgs, Debug, Default)]
pub struct Args {
    /// Address and port to listen on; port 0 takes a free one, which is logged (setting `listen`)
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Listen on an address that other machines reach, although everybody is admitted (setting `insecure`)
    #[arg(long)]
    pub insecure: bool,
}

impl Args {
    /// The command's own flags, as settings.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let listen = self.listen.clone().map(|value| Flag { name: "--listen", path: "listen", value });
        let insecure = Flag { name: "--insecure", path: "insecure", value: "true".to_owned() };
        listen.into_iter().chain(self.insecure.then_some(insecure)).collect()
    }
}

/// Binds first, then runs until SIGTERM or SIGINT.
///
/// # Errors
/// When the rules do not compile: there is no earlier set to fall back to, and an empty one would accept everybody;
/// when the address cannot be listened on.
pub fn run(settings: &Settings, config: Option<&Path>) -> Result<Output, Failure> {
    let process = Process::started_now();
    let log = telemetry::start(&settings.telemetry).map_err(|error| no_thread(&error))?;
    core_dump::switch_off();
    settings.overridden.iter().for_each(|overridden| info!("{overridden}"));
    let folder = settings.gateway.rules.clone();
    let mut loader = Loader::open(&settings.gateway, &settings.tenant, settings.state_folder().as_deref());
    let (live, started) = loader.start().map_err(|report| Failure::rules(explained(report, &folder)).at_start())?;
    live.warnings.tell();
    let (rules, warnings) = (live.rules.rules.len(), live.warnings.count);
    let connections = Connections::open(&settings.lookup).map_err(|report| Failure::settings(report).at_start())?;
    let tracer = Tracer::open(&settings.telemetry.traces).map_err(|why| not_traced(&why))?;
    let outbox = outbox(settings, &connections, &tracer).map_err(|report| Failure::settings(report).at_start())?;
    let journal = journal(settings)?;
    if let Some(journal) = &journal {
        let _ = log.name_people_with(journal.people());
    }
    let outside = Outside {
        connections: Some(connections),
        round_limit: settings.lookup.round_limit,
        outbox: outbox.clone(),
        journal: journal.clone(),
        tracer: tracer.clone(),
        instance: settings.instance.clone(),
    };
    let gateway = Arc::new(Gateway::with(live, outside));
    let server = server::bind(&settings.server, Arc::clone(&gateway)).map_err(|error| cannot_serve(&error))?;

    loader.started(&gateway.current(), &started);
    let sets = loader.sets().cloned();
    let reloader = reloader(settings, &gateway, loader, started);
    let handle = reloader.handle();
    let _reloading = reloader.start().map_err(|error| no_thread(&error))?;
    listen_to_hangup(&handle);
    let watched = watched(settings, &server, process, gateway, handle, sets);
    let admin = admin(settings, watched, server.address())?;
    let _running = admin.as_ref().and_then(|admin| running(settings, config, admin.address()));
    info!(address = %server.address(), scheme = server.scheme(), rules, warnings, folder = %folder.display(), "listening");
    memory::tell(settings);
    show_link(admin.as_ref());
    let served = server.run().map_err(|error| cannot_serve(&error));
    if let Some(outbox) = outbox {
        outbox.runtime().block_on(outbox.stop());
    }
    if let Some(journal) = journal {
        journal.stop();
    }
    tracer.stop();
    served?;
    info!("stopped");
    Ok(Output::well(""))
}

fn listen_to_hangup(handle: &ReloadHandle) {
    if let Err(error) = reload_on_hangup(handle.clone()) {
        warn!(%error, "cannot listen to SIGHUP; rules are still replaced on `hookgate reload`, and when their files change");
    }
}

/// What brings changes into force from now on.
fn reloader(settings: &Settings, gateway: &Arc<Gateway>, mut loader: Loader, started: Started) -> Reloader {
    let pace = Pace { quiet_ms: settings.gateway.quiet_ms, poll_ms: settings.gateway.poll_ms };
    let (in_force, gateway) = (Some(gateway.current().rules.hash.clone()), Arc::clone(gateway));
    let load = move |change| loader.change(&gateway, &change);
    Reloader::new(settings.gateway.rules.clone(), pace, in_force, load)
        .set(&settings.gateway)
        .within(settings.tenant.memory_bytes)
        .started(started)
}

/// What the admin listener and the console look at.
fn watched(
    settings: &Settings,
    server: &Server,
    process: Process,
    gateway: Arc<Gateway>,
    reload: ReloadHandle,
    sets: Option<Sets>,
) -> Watched {
    let mut measured: Vec<Arc<dyn Measured>> = server.measured().into();
    if settings.journal.file.is_some() && !gateway.has_journal() {
        measured.push(Arc::new(NotBegun));
    }
    measured.extend([Arc::clone(&gateway) as _, Arc::new(reload.clone()) as _, Arc::new(process) as _]);
    let history = Arc::new(History::new(measured.clone()));
    // Before the first call: what came before a snapshot is in no minute.
    history.take(Timestamp::now());
    Watched { gateway, reload, sets, counters: server.counters(), measured, history }
}

/// The admin listener with the console; none where the settings want none.
fn admin(settings: &Settings, watched: Watched, listens: SocketAddr) -> Result<Option<Admin>, Failure> {
    // At port 0 only the server knows where it listens.
    let mut of_console = settings.clone();
    of_console.server.listen = listens;
    let console = Console::new(watched.clone(), of_console);
    let (admin, proxies) = (&settings.server.admin, &settings.server.auth.trusted_proxies);
    let admin = server::start_admin(admin, proxies, watched, Arc::new(console)).map_err(|error| {
        let failure = Failure::message(error.to_string()).help(error.help());
        if error.is_setting() { failure.at_start() } else { failure }
    })?;
    if let Some(admin) = &admin {
        info!(address = %admin.address(), scheme = admin.scheme(), "the admin listener is there");
    }
    Ok(admin)
}

/// Shows who sits at the terminal the link that opens the console once. Where nobody does it would stand in a log.
fn show_link(admin: Option<&Admin>) {
    if let Some(link) = admin.filter(|_| stdout().is_terminal()).and_then(Admin::link) {
        let _ = writeln!(stdout(), "\nthe console, for one browser of this machine:\n  {link}\n");
    }
}

/// Where the admin listener is, written down for `healthcheck`, which else goes by the settings as they are then.
fn running(settings: &Settings, config: Option<&Path>, address: SocketAddr) -> Option<Running> {
    Running::write(settings, config, address).unwrap_or_else(|cause| {
        info!(%cause, "where the admin listener is cannot be written down: `hookgate healthcheck` goes by gateway.yaml alone");
        None
    })
}

/// The outbox with its couriers under way; none where nothing can be sent.
fn outbox(settings: &Settings, connections: &Connections, tracer: &Tracer) -> Result<Option<Arc<Outbox>>, Report> {
    if settings.outbox.destinations.is_empty() {
        return Ok(None);
    }
    let outbox = Arc::new(Outbox::open(&settings.outbox, connections.runtime(), tracer)?);
    outbox.runtime().block_on(outbox.start());
    Ok(Some(outbox))
}

/// The journal with its writer under way; none where nothing is recorded. One that cannot be begun keeps hookgate from
/// starting only where each answer must have its record, or where another process writes it.
fn journal(settings: &Settings) -> Result<Option<Arc<Journal>>, Failure> {
    let Some(file) = &settings.journal.file else { return Ok(None) };
    let outbox = match &settings.outbox.store {
        StoreAt::File(file) => Some(file.clone()),
        StoreAt::Postgres(_) => None,
    };
    let instance = settings.instance.clone();
    let settings = &journal::Settings { instance, outbox, ..settings.journal.clone() };
    match Journal::open(file, settings) {
        Ok(journal) => Ok(Some(Arc::new(journal))),
        Err(trouble) if trouble.is_taken || settings.is_durable || !settings.keys.is_empty() => {
            Err(Failure::message(trouble.message).help(trouble.help).at_start())
        }
        Err(trouble) => {
            error!(cause = trouble.message, "decisions are not recorded: {}", trouble.help);
            Ok(None)
        }
    }
}

fn not_traced(why: &NoTracer) -> Failure {
    Failure::message(format!("`traces` cannot be used: {}", why.message)).help(why.help.clone()).at_start()
}

fn no_thread(error: &std::io::Error) -> Failure {
    Failure::message(format!("cannot start a thread: {error}"))
}

fn cannot_serve(error: &server::Error) -> Failure {
    let failure = Failure::message(error.to_string());
    let failure = if error.is_setting() { failure.at_start() } else { failure };
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}
