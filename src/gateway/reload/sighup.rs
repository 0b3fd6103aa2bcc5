//! Handles SIGHUP: a service manager asks for a look at the rules folder.

use std::io;
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

use super::handle::ReloadHandle;

/// Asks for a look at the rules folder at each SIGHUP, as long as the process runs.
///
/// # Errors
/// When the signal cannot be listened to.
pub fn reload_on_hangup(reload: ReloadHandle) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut hangups = {
        let _inside = runtime.enter();
        signal(SignalKind::hangup())?
    };
    thread::Builder::new().name("hangup".to_owned()).spawn(move || {
        runtime.block_on(async {
            while hangups.recv().await.is_some() {
                tracing::info!("SIGHUP: looking at the rules folder");
                reload.request();
            }
        });
    })?;
    Ok(())
}
