//! Deliveries into a file: one line of JSON each, synced, set aside when it grows too large.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
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

/// A file that takes parcels.
#[derive(Debug)]
pub struct FileReceiver {
    target: FileTarget,
    /// One line after the other.
    open: Arc<Mutex<Option<File>>>,
}

impl FileReceiver {
    /// The file is opened with the first parcel.
    #[must_use]
    pub fn new(target: FileTarget) -> Self {
        Self { target, open: Arc::default() }
    }
}

impl Receiver for FileReceiver {
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt> {
        let line = line(&opened);
        let (target, open) = (self.target.clone(), Arc::clone(&self.open));
        Box::pin(async move {
            let write = move || write(&target, &open, &line);
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

fn write(target: &FileTarget, open: &Mutex<Option<File>>, line: &str) -> std::io::Result<()> {
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    // After trouble the file is opened anew: it may have been moved, or its disk have come back.
    let mut file = match open.take() {
        Some(file) if std::fs::exists(&target.file)? => file,
        _ => OpenOptions::new().create(true).append(true).open(&target.file)?,
    };
    let length = file.metadata()?.len();
    if length > 0 && length + line.len() as u64 > target.rotate_bytes {
        drop(file);
        set_aside(target)?;
        file = OpenOptions::new().create(true).append(true).open(&target.file)?;
    }
    file.write_all(line.as_bytes())?;
    file.sync_data()?;
    *open = Some(file);
    Ok(())
}

/// Gives the full file a name with its time, and removes the oldest of these.
fn set_aside(target: &FileTarget) -> std::io::Result<()> {
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%S%.6f");
    let name = target.file.display().to_string();
    std::fs::rename(&target.file, format!("{name}.{now}"))?;
    let mut old: Vec<PathBuf> = Vec::new();
    let folder = target.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    for entry in std::fs::read_dir(folder.unwrap_or(std::path::Path::new(".")))?.flatten() {
        let path = entry.path();
        let is_old = path
            .display()
            .to_string()
            .trim_start_matches("./")
            .starts_with(&format!("{}.2", name.trim_start_matches("./")));
        if is_old {
            old.push(path);
        }
    }
    old.sort();
    let surplus = old.len().saturating_sub(target.keep_files);
    old.iter().take(surplus).try_for_each(std::fs::remove_file)
}
