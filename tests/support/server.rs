//! A gateway that runs in this process, on a port of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use hookgate::diagnostic::File;
use hookgate::event::{Event, Hooks};
use hookgate::gateway::{Answered, Gateway, Live, Reply};
use hookgate::rule::{Role, Sources, Tenant};
use hookgate::server::{Counters, Server, Settings, Stopper, bind, bind_answering};

use super::client::PATIENCE;

/// A running server; stops when dropped.
pub struct Running {
    pub address: SocketAddr,
    pub counters: Arc<Counters>,
    pub stopper: Stopper,
    ended: Receiver<()>,
}

impl Running {
    pub fn start(server: Server) -> Self {
        let (address, counters, stopper) = (server.address(), server.counters(), server.stopper());
        let (end, ended) = channel();
        std::thread::spawn(move || {
            server.run().unwrap();
            let _ = end.send(());
        });
        Self { address, counters, stopper, ended }
    }

    /// Waits until it has ended, after something told it to.
    pub fn wait(&self) {
        self.ended.recv_timeout(PATIENCE).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopper.stop();
    }
}

/// The defaults, on a free port.
pub fn settings() -> Settings {
    Settings { listen: "127.0.0.1:0".parse().unwrap(), workers: 2, ..Settings::default() }
}

/// A gateway with one rule that touches nobody.
pub fn gateway() -> Gateway {
    gateway_of("hook: test\nrules: [{ name: connection-is-tested, stop: true }]\n")
}

/// A gateway with the rules of one file.
pub fn gateway_of(rules: &str) -> Gateway {
    gateway_with(&Tenant::standard(), rules)
}

/// Runs this gateway.
pub fn server(settings: &Settings, gateway: Gateway) -> Running {
    Running::start(bind(settings, Arc::new(gateway)).unwrap())
}

/// Runs a server whose events are answered by `answering`.
pub fn server_answering(settings: &Settings, answering: impl Fn(&Event) -> Reply + Send + Sync + 'static) -> Running {
    let answering = move |event: Event| Answered::Now(answering(&event));
    Running::start(bind_answering(settings, &Hooks::standard(), Arc::new(answering)).unwrap())
}

/// What rules are compiled against by the settings in a gateway.yaml.
pub fn tenant_of(gateway_yaml: &str) -> Tenant {
    let file = File::new("gateway.yaml".to_owned(), gateway_yaml.to_owned());
    let settings = hookgate::config::read(Some(file), [], &[]);
    settings.unwrap_or_else(|report| panic!("{}", report.to_text(false))).tenant
}

/// A gateway with the rules of one file for this tenant.
pub fn gateway_with(tenant: &Tenant, rules: &str) -> Gateway {
    let file = Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned()));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    let built = Live::build(&sources, tenant);
    Gateway::new(built.unwrap_or_else(|report| panic!("{}", report.to_text(false))).0)
}

/// A gateway with the rules of a folder.
pub fn gateway_of_folder(folder: &Path) -> Gateway {
    let read = Live::read(folder, &Tenant::standard());
    Gateway::new(read.unwrap_or_else(|report| panic!("{}", report.to_text(false))).0)
}
