//! `hookgate healthcheck`: is the gateway of this machine alive? For containers, whose images hold no other program to ask with.

use std::io::{Error, Read as _, Result, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use clap::Args as ClapArgs;

use crate::config::Settings;

use super::exit::{Exit, Failure, Output};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Ask, too, whether it can do all it is there for: one that is not ready is sent nothing, but not restarted
    #[arg(long)]
    pub ready: bool,
}

/// Longest time for connecting, and again for the answer, in milliseconds.
const TIME_LIMIT_MS: u64 = 1_000;
/// An answer begins so: the version, a space, three digits.
const STATUS_LINE_BYTES: usize = "HTTP/1.1 200".len();

/// Asks the admin listener of the gateway that these settings start.
///
/// # Errors
/// When there is none, or the settings do not say on which port.
pub fn run(args: &Args, settings: &Settings) -> std::result::Result<Output, Failure> {
    let Some(listen) = settings.server.admin.listen.filter(|listen| listen.port() != 0) else {
        let failure = Failure::message("without an admin listener at a known port nobody can be asked");
        return Err(failure.help("set `admin.listen` to an address and port, such as 127.0.0.1:8081"));
    };
    let address = SocketAddr::new(reachable(listen.ip()), listen.port());
    let (path, state) = if args.ready { ("/ready", "ready") } else { ("/live", "alive") };
    let (stdout, exit) = match ask(address, path) {
        Ok(200) => (format!("{state} at {address}\n"), Exit::Well),
        Ok(status) => (format!("not {state} at {address}: status {status}\n"), Exit::Found),
        Err(error) => (format!("no answer from {address}: {error}\n"), Exit::Found),
    };
    Ok(Output { stdout, exit })
}

/// Who listens on every address is reached at this machine's own.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        named => named,
    }
}

/// The status of its answer.
fn ask(address: SocketAddr, path: &str) -> Result<u16> {
    let limit = Duration::from_millis(TIME_LIMIT_MS);
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = [0; STATUS_LINE_BYTES];
    stream.read_exact(&mut line)?;
    let status = std::str::from_utf8(&line).ok().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.parse().ok());
    status.ok_or_else(|| Error::other("it speaks no HTTP"))
}
