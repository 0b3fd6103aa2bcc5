//! A socket of this process for one connection, for libraries that connect to an address.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;
use uuid::Uuid;

/// How long a library may take to come, in milliseconds. It comes at once.
const COMING_LIMIT_MS: u64 = 5_000;

/// A socket that waits for one connection.
#[derive(Debug)]
pub(super) struct Loopback {
    listener: UnixListener,
    file: PathBuf,
}

impl Loopback {
    /// Opens a socket, and says by which name the library finds it: the library puts `ending` behind it.
    pub(super) fn open(ending: &str) -> io::Result<(Self, PathBuf)> {
        let name = place().join(format!("hookgate-{}", Uuid::now_v7()));
        let mut file = name.clone().into_os_string();
        file.push(ending);
        let file = PathBuf::from(file);
        if let Some(folder) = file.parent().filter(|_| !is_abstract(&file)) {
            std::fs::create_dir_all(folder)?;
        }
        Ok((Self { listener: UnixListener::bind(&file)?, file }, name))
    }

    /// The library's connection; one of another process is turned away.
    pub(super) async fn come(self) -> io::Result<UnixStream> {
        let own = i32::try_from(std::process::id()).ok();
        let coming = async {
            loop {
                let (stream, _) = self.listener.accept().await?;
                if stream.peer_cred()?.pid() == own {
                    return Ok(stream);
                }
            }
        };
        let limit = Duration::from_millis(COMING_LIMIT_MS);
        timeout(limit, coming).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        if !is_abstract(&self.file) {
            let _ = std::fs::remove_file(&self.file);
        }
    }
}

/// On Linux a name without a file, which no folder has to be writable for (unix(7), "Abstract sockets").
fn place() -> PathBuf {
    if cfg!(target_os = "linux") { PathBuf::from("\0") } else { std::env::temp_dir() }
}

fn is_abstract(file: &Path) -> bool {
    file.as_os_str().as_encoded_bytes().starts_with(b"\0")
}
