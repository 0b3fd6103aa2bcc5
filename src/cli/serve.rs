//! `hookgate serve`: answers the hooks until it is told to stop; rules are replaced while it runs.

use std::sync::Arc;

use clap::Args as ClapArgs;
use tracing::{info, warn};

use crate::config::{Flag, Settings};
use crate::diagnostic::Report;
use crate::gateway::{Gateway, Keeper, Live, Loaded, Outside, Pace, ReloadHandle, Reloader, StateAt, reload_on_hangup};
use crate::journal::{self, Journal};
use crate::lookup::Connections;
use crate::outbox::Outbox;
use crate::rule::{Occasion, Sources};
use crate::server::{Admin, Server, Watched};
use crate::telemetry::metrics::{Measured, Process};
use crate::telemetry::traces::{NoTracer, Tracer};
use crate::{server, telemetry};

use super::core_dump;
use super::exit::{Failure, Output};
use super::memory;

#[derive(ClapArgs, Debug, Default)]
pub struct Args {
    /// Address and port to listen on; port 0 takes a free one, which is logged (setting `listen`)
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Listen where other machines reach it although everybody would be let in (setting `insecure`)
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
pub fn run(settings: &Settings) -> Result<Output, Failure> {
    let process = Process::started_now();
    let _log = telemetry::start(&settings.telemetry).map_err(|error| no_thread(&error))?;
    core_dump::switch_off();
    let folder = settings.gateway.rules.clone();
    let mut keeper = Keeper::open(&settings.gateway, settings.state_folder().as_deref());
    let live = first(settings, &mut keeper)?;
    live.warnings.tell();
    let (rules, warnings, hash) = (live.rules.rules.len(), live.warnings.count, live.rules.hash.clone());
    let connections = Connections::open(&settings.lookup).map_err(|report| Failure::settings(report).at_start())?;
    let tracer = Tracer::open(&settings.telemetry.traces).map_err(|why| not_traced(&why))?;
    let outbox = outbox(settings, &connections, &tracer).map_err(|report| Failure::settings(report).at_start())?;
    let journal = journal(&settings.journal)?;
    let outside = Outside {
        connections: Some(connections),
        round_limit: settings.lookup.round_limit,
        outbox: outbox.clone(),
        journal: journal.clone(),
        tracer: tracer.clone(),
    };
    let gateway = Arc::new(Gateway::with(live, outside));
    let server = server::bind(&settings.server, Arc::clone(&gateway)).map_err(|error| cannot_serve(&error))?;

    keeper.commit(&gateway.current(), &[]);
    if settings.gateway.state != StateAt::Nowhere {
        keeper.warn_of_no_state();
    }
    let (tenant, in_force) = (settings.tenant.clone(), Some(hash));
    let pace = Pace { quiet_ms: settings.gateway.quiet_ms, poll_ms: settings.gateway.poll_ms };
    let replaced = Arc::clone(&gateway);
    let reloader = Reloader::new(folder.clone(), pace, in_force, move |change| {
        let before = replaced.current();
        let occasion = Occasion::Change { in_force: before.warnings.misspelt_in() };
        let live = keeper.build(&change.sources, &tenant, occasion, &change.accept)?;
        live.warnings.tell();
        let warnings = live.warnings.count;
        replaced.replace(live);
        keeper.commit(&replaced.current(), &change.accept);
        Ok(Loaded { warnings })
    });
    let handle = reloader.handle();
    let _reloading = reloader.within(settings.tenant.memory_bytes).start().map_err(|error| no_thread(&error))?;
    listen_to_hangup(&handle);
    let _admin = admin(settings, &server, process, gateway, handle)?;
    info!(address = %server.address(), scheme = server.scheme(), rules, warnings, folder = %folder.display(), "listening");
    memory::tell(settings);
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
        warn!(%error, "cannot listen to SIGHUP; rules are still replaced when their files change");
    }
}

/// The rules that a start finds.
fn first(settings: &Settings, keeper: &mut Keeper) -> Result<Live, Failure> {
    let found = Sources::read_within(&settings.gateway.rules, settings.tenant.memory_bytes);
    let built = found.and_then(|found| keeper.build(&found, &settings.tenant, Occasion::Start, &[]));
    built.map_err(|report| Failure::rules(report).at_start())
}

/// The admin listener, which looks at all of it; none where the settings want none.
fn admin(
    settings: &Settings,
    server: &Server,
    process: Process,
    gateway: Arc<Gateway>,
    reload: ReloadHandle,
) -> Result<Option<Admin>, Failure> {
    let mut measured: Vec<Arc<dyn Measured>> = server.measured().into();
    measured.extend([Arc::clone(&gateway) as _, Arc::new(reload.clone()) as _, Arc::new(process) as _]);
    let watched = Watched { gateway, reload, counters: server.counters(), measured };
    let admin = server::start_admin(&settings.server.admin, watched).map_err(|error| {
        let failure = Failure::message(error.to_string()).help(error.help());
        if error.is_setting() { failure.at_start() } else { failure }
    })?;
    if let Some(admin) = &admin {
        info!(address = %admin.address(), "the admin listener is there");
    }
    Ok(admin)
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
fn journal(settings: &journal::Settings) -> Result<Option<Arc<Journal>>, Failure> {
    let Some(file) = &settings.file else { return Ok(None) };
    match Journal::open(file, settings) {
        Ok(journal) => Ok(Some(Arc::new(journal))),
        Err(trouble) if trouble.is_taken || settings.is_durable || settings.key.is_some() => {
            Err(Failure::message(trouble.message).help(trouble.help).at_start())
        }
        Err(trouble) => {
            warn!(cause = trouble.message, "decisions are not recorded: {}", trouble.help);
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
