//! Deliveries into a file: one line of JSON each, synced, set aside when it grows too large.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;
use serde_json::value::RawValue;

use super::appendable::appendable;
use super::receiver::{Opened, Receiver};
use super::retry::{Attempt, Failed};
use super::settings::FileTarget;
use super::store::Trouble;

/// How the time of a file that was set aside is written behind its name, and where digits stand in that.
const ASIDE: &str = "%Y%m%dT%H%M%S%.6f";
const ASIDE_SHAPE: &str = "00000000T000000.000000";

/// A file that takes parcels.
#[derive(Debug)]
pub struct FileReceiver {
    target: FileTarget,
    /// One line after the other.
    turn: Arc<Mutex<()>>,
}

impl FileReceiver {
    /// The file is opened with each parcel.
    #[must_use]
    pub fn new(target: FileTarget) -> Self {
        Self { target, turn: Arc::default() }
    }
}

impl Receiver for FileReceiver {
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt> {
        let line = line(&opened);
        let (target, turn) = (self.target.clone(), Arc::clone(&self.turn));
        Box::pin(async move {
            let write = move || {
                let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
                write(&target, &line)
            };
            match tokio::task::spawn_blocking(write).await {
                Ok(Ok(())) => Attempt::Arrived,
                Ok(Err(error)) => Attempt::Failed(Failed::of_receiver(format!("the file cannot be written: {error}"))),
                Err(_) => Attempt::Failed(Failed::of_receiver("writing the file broke down")),
            }
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<String, Trouble>> {
        let file = self.target.file.clone();
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || appendable(&file)).await {
                Ok(Ok(true)) => Ok("can be appended to; nothing was written".to_owned()),
                Ok(Ok(false)) => Ok("not there yet; its folder can be written".to_owned()),
                Ok(Err(error)) => Err(unwritable(&error)),
                Err(_) => Err(unwritable(&"looking at it broke down")),
            }
        })
    }
}

fn unwritable(why: &dyn std::fmt::Display) -> Trouble {
    Trouble {
        message: format!("the file cannot be written: {why}"),
        help: "see that its folder is there and that hookgate's user may write it".to_owned(),
    }
}

/// The parcel as one line: when, which, about whom, and what.
fn line(opened: &Opened<'_>) -> String {
    let parcel = opened.parcel;
    let time = Timestamp::from_millisecond(parcel.created_ms).map_or(String::new(), |time| time.to_string());
    let body = RawValue::from_string(opened.body.replace(['\n', '\r'], " ")).ok();
    let head = json!({ "time": time, "key": parcel.key, "hook": parcel.hook, "person": parcel.person }).to_string();
    let body = body.as_ref().map_or("null", |body| body.get());
    format!("{},\"body\":{body}}}\n", head.trim_end_matches('}'))
}

/// The file is opened for each line: under its name there may be another one by now, and what is written to a file that
/// `logrotate` has moved away may be gone with it.
fn write(target: &FileTarget, line: &str) -> io::Result<()> {
    let (mut file, mut length) = open(target)?;
    if length > 0 && length + line.len() as u64 > target.rotate_bytes {
        drop(file);
        set_aside(target)?;
        (file, length) = open(target)?;
    }
    let is_broken_off = length > 0 && last(target).is_ok_and(|byte| byte != b'\n');
    let written = if is_broken_off { append(&mut file, &format!("\n{line}")) } else { append(&mut file, line) };
    if written.is_err() {
        // A disk that is full takes half a line: the next one is not to stand behind it.
        let _ = file.set_len(length);
    }
    written
}

fn append(file: &mut File, line: &str) -> io::Result<()> {
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

/// The file and its length, in bytes; an empty one is made where there is none.
fn open(target: &FileTarget) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).open(&target.file)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

/// The last byte, if we may read. It ends a line, unless the machine broke down while it was written.
fn last(target: &FileTarget) -> io::Result<u8> {
    let mut file = File::open(&target.file)?;
    let mut byte = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    let [byte] = byte;
    Ok(byte)
}

/// Gives the full file a name with its time, and removes the oldest of these.
fn set_aside(target: &FileTarget) -> io::Result<()> {
    let name = target.file.display().to_string();
    std::fs::rename(&target.file, format!("{name}.{}", Timestamp::now().strftime(ASIDE)))?;
    let folder = target.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut old: Vec<PathBuf> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    old.retain(|path| is_aside(path, target));
    old.sort();
    let surplus = old.len().saturating_sub(target.keep_files);
    old.iter().take(surplus).try_for_each(std::fs::remove_file)
}

/// Whether we gave a file its name: others beside it, such as those of `logrotate`, are not ours to remove.
fn is_aside(path: &Path, target: &FileTarget) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (full, base) = (name(path), name(&target.file));
    let time = full.strip_prefix(&base).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    time.replace(|c: char| c.is_ascii_digit(), "0") == ASIDE_SHAPE
}
