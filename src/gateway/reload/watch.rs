//! Hints from the operating system that the folder may have changed; wraps the library notify.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::handle::Hints;
use crate::rule::{Role, is_folder_for_rules};

/// Most folders that are watched; a deeper or wider tree is polled.
const WATCH_LIMIT_FOLDERS: usize = 4096;
/// How long after a failure it is tried again to watch, in seconds.
const RETRY_AFTER_S: u64 = 30;

/// The places where a change concerns a folder. Folders only: a watched file goes deaf when it is replaced.
#[derive(Debug)]
pub struct WatchedPaths {
    /// Where the folder itself will come, or a link to it is replaced. A folder that is there tells of its own end, and beside
    /// it often lies a journal, which grows with every call.
    pub parent: Option<PathBuf>,
    /// The folder and the folders in it, each once, however many links lead to it.
    pub folders: Vec<PathBuf>,
}

impl WatchedPaths {
    /// The places of a folder as it is now; it need not exist.
    ///
    /// # Errors
    /// Says so when they are too many to be watched.
    pub fn of(folder: &Path) -> Result<Self, String> {
        let is_itself = fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir());
        let parent = folder.parent().filter(|_| !is_itself).map(Path::to_owned);
        // The parent is watched already: a link to it must not be watched under a second name.
        let mut known: HashSet<PathBuf> = parent.iter().filter_map(|parent| fs::canonicalize(parent).ok()).collect();
        let mut folders = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            if fs::canonicalize(&next).is_ok_and(|real| !known.insert(real)) {
                continue;
            }
            if folders.len() == WATCH_LIMIT_FOLDERS {
                return Err(format!("there are more than {WATCH_LIMIT_FOLDERS} folders"));
            }
            open.extend(folders_in(&next));
            folders.push(next);
        }
        Ok(Self { parent, folders })
    }
}

/// The folders that `Sources::read` would enter from this one.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let is_folder = |entry: &fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_symlink() => entry.path().is_dir(),
        Ok(kind) => kind.is_dir(),
        Err(_) => false,
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| is_folder_for_rules(&entry.file_name()) && is_folder(entry))
        .map(|entry| entry.path())
        .collect()
}

/// Something that gives hints when a place changes.
pub trait Watch: Send {
    /// Watches exactly these places from now on, each afresh: a path may have become another folder.
    ///
    /// # Errors
    /// Says why changes may go unnoticed. A place that is not there is none: its parent will tell.
    fn watch(&mut self, places: &WatchedPaths) -> Result<(), String>;
}

pub type StartWatch = Box<dyn FnMut(&Path, Hints) -> Result<Box<dyn Watch>, String> + Send>;

/// A watch that may fail, and is then tried again now and then.
pub struct Watching {
    start: StartWatch,
    watch: Option<Box<dyn Watch>>,
    /// Whether it was said that changes are not told by the system.
    is_failure_told: bool,
    retry_at: Option<Instant>,
}

impl Watching {
    pub fn by(start: StartWatch) -> Self {
        Self { start, watch: None, is_failure_told: false, retry_at: None }
    }

    /// Sets all watches afresh: folders come, go and change places. Returns whether changes will be told.
    /// The first failure in a row is logged, and so is its end.
    pub fn arm(&mut self, folder: &Path, hints: &Hints, now: Instant) -> bool {
        if self.retry_at.is_some_and(|at| now < at) {
            return false;
        }
        let failed = self.try_arm(folder, hints).err();
        self.retry_at = failed.is_some().then(|| now + Duration::from_secs(RETRY_AFTER_S));
        match failed {
            Some(why) if !std::mem::replace(&mut self.is_failure_told, true) => {
                tracing::warn!("the rules folder cannot be watched, so it is read every few seconds: {why}");
                false
            }
            Some(_) => false,
            None if std::mem::take(&mut self.is_failure_told) => {
                tracing::info!("the rules folder is watched again");
                true
            }
            None => true,
        }
    }

    fn try_arm(&mut self, folder: &Path, hints: &Hints) -> Result<(), String> {
        let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
        // After a failure it starts from nothing.
        let watch = self.watch.take();
        let places = WatchedPaths::of(&folder)?;
        let mut watch = match watch {
            Some(watch) => watch,
            None => (self.start)(&folder, hints.clone())?,
        };
        watch.watch(&places)?;
        self.watch = Some(watch);
        Ok(())
    }
}

/// Watches by what the operating system offers.
struct Notified {
    watcher: RecommendedWatcher,
    watched: Vec<PathBuf>,
}

/// Starts watching for changes of `folder`, an absolute path.
pub fn start(folder: &Path, hints: Hints) -> Result<Box<dyn Watch>, String> {
    let folder = folder.to_owned();
    let on_event = move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| !concerns(&event, &folder)) {
            return;
        }
        hints.hint();
    };
    let watcher = notify::recommended_watcher(on_event).map_err(|error| error.to_string())?;
    Ok(Box::new(Notified { watcher, watched: Vec::new() }))
}

/// Whether the event may mean that what `Sources::read` finds in the folder has changed.
fn concerns(event: &Event, folder: &Path) -> bool {
    let is_change = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        // Reading the folder raises these: whoever takes them for changes reads for ever.
        EventKind::Access(_) => false,
        // The queue ran over. Reading ten thousand files alone can do that, so this would be the same loop. Nothing
        // is lost: the queue was full of other events, and what they do not lead to, the next poll does.
        EventKind::Other if event.need_rescan() => false,
        _ => true,
    };
    // What is written into a file matters where the file is read: a journal in the folder grows with every call, and
    // would put each look off for as long as it may. A name that comes or goes may be a folder, or a link's.
    let is_content = match event.kind {
        EventKind::Create(CreateKind::File) | EventKind::Modify(ModifyKind::Data(_)) | EventKind::Access(_) => true,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Any | EventKind::Other => false,
    };
    // The parent also tells of the folder's neighbours.
    let concerns = |path: &PathBuf| path.starts_with(folder) && (!is_content || is_read(path) || path == folder);
    is_change && (event.paths.is_empty() || event.paths.iter().any(concerns))
}

/// Whether a file of this name is read. One that is read through a link alone is left to the next poll.
fn is_read(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| Role::of(name).is_some())
}

impl Watch for Notified {
    fn watch(&mut self, places: &WatchedPaths) -> Result<(), String> {
        // All are given up before the first is taken: two paths of one folder share a watch, and giving one path up
        // after taking the other would leave both deaf.
        for path in self.watched.drain(..) {
            // Fails when the folder is gone, and its watch with it.
            let _ = self.watcher.unwatch(&path);
        }
        if let Some(parent) = &places.parent {
            match self.watcher.watch(parent, RecursiveMode::NonRecursive) {
                Ok(()) => self.watched.push(parent.clone()),
                Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => return Err(error.to_string()),
                // It may well be closed to us: then a replaced folder is noticed by the next poll.
                Err(_) => {}
            }
        }
        for folder in &places.folders {
            match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => self.watched.push(folder.clone()),
                Err(error) if is_absence(&error) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(())
    }
}

fn is_absence(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{DataChange, Flag, MetadataKind, RemoveKind, RenameMode};

    use super::*;

    #[test]
    fn only_what_may_change_the_folder_is_a_hint() {
        let about = |kind, path: &str| Event::new(kind).add_path(PathBuf::from(path));
        let renamed = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let was_read = EventKind::Access(AccessKind::Close(AccessMode::Read));
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        let concerns = |event: Event| concerns(&event, Path::new("/etc/rules"));
        assert!(concerns(about(renamed, "/etc/rules")));
        assert!(concerns(about(renamed, "/etc/rules/..data")));
        assert!(concerns(about(written, "/etc/rules/team/a.yaml")));
        assert!(!concerns(about(written, "/etc/rules.yaml")));
        let grown = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let made = EventKind::Create(CreateKind::File);
        for kind in [written, grown, made] {
            for read in ["a.yaml", "team/a.yml", "people.csv", "people.xlsx", "own.rhai", "a.test.yaml"] {
                assert!(concerns(about(kind, &format!("/etc/rules/{read}"))), "{kind:?} {read}");
            }
            for other in ["hookgate-journal.jsonl", "hookgate-outbox.db", "notes.txt", ".a.yaml.swp", "~$people.xlsx"] {
                assert!(!concerns(about(kind, &format!("/etc/rules/{other}"))), "{kind:?} {other}");
            }
        }
        let closed = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        for kind in [renamed, closed, EventKind::Create(CreateKind::Folder), EventKind::Remove(RemoveKind::Any)] {
            assert!(concerns(about(kind, "/etc/rules/team")), "{kind:?}: a folder, or a link");
        }
        assert!(!concerns(about(was_read, "/etc/rules/a.yaml")));
        assert!(!concerns(about(opened, "/etc/rules/a.yaml")));
        assert!(!concerns(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert!(concerns(Event::new(EventKind::Other)) && concerns(Event::new(EventKind::Any).set_flag(Flag::Rescan)));
    }

    #[test]
    fn only_a_folder_that_is_not_there_is_no_failure() {
        use std::io::{Error, ErrorKind as Kind};
        for (error, is_none) in [
            (notify::Error::path_not_found(), true),
            (notify::Error::io(Error::from(Kind::NotFound)), true),
            (notify::Error::io(Error::from(Kind::PermissionDenied)), false),
            (notify::Error::new(ErrorKind::MaxFilesWatch), false),
            (notify::Error::generic("x"), false),
        ] {
            assert_eq!(is_absence(&error), is_none, "{error}");
        }
    }
}
