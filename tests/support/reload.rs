//! A rules folder on a real disk with a reloader on it, and what the reloader brought into force.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::wait::{during, until};
use hookgate::diagnostic::{Diagnostic, Report, code};
use hookgate::gateway::{
    Change, Hints, Loaded, Pace, ReloadGuard, ReloadHandle, Reloader, Status, Watch, WatchedPaths,
};
use tempfile::TempDir;

/// Long enough without a look for a small folder.
pub const SETTLED: Duration = Duration::from_millis(600);

/// The rule text that a compiler takes: it begins and ends as it must.
pub fn version(name: &str) -> String {
    format!("# rules\nversion: {name}\n# end\n")
}

/// Saves `rules.yaml` in a folder.
pub fn save(folder: &Path, text: &str) {
    fs::write(folder.join("rules.yaml"), text).unwrap();
}

/// The texts of `rules.yaml` that were brought into force, in order.
#[derive(Clone, Default)]
pub struct Accepted(Arc<Mutex<Vec<String>>>);

impl Accepted {
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub fn last(&self) -> String {
        self.all().last().cloned().unwrap_or_default()
    }

    /// Who else holds on to this.
    pub fn holders(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// Takes whole rule texts, as a compiler would.
    pub fn compiler(&self) -> impl FnMut(Change) -> Result<Loaded, Report> + Send + 'static {
        let accepted = self.clone();
        move |change| {
            let rules = change.sources.files.iter().find(|(_, file)| file.name.ends_with("/rules.yaml"));
            let text = rules.map_or("", |(_, file)| &file.text);
            assert!(!text.contains("panic"), "the compiler breaks off, as the test wants");
            if text.starts_with("# rules\n") && text.ends_with("# end\n") && !text.contains("broken") {
                accepted.0.lock().unwrap().push(text.to_owned());
                return Ok(Loaded::default());
            }
            let mut report = Report::default();
            report.push(Diagnostic::nowhere(&code::NOT_YAML, "file `rules.yaml` is not whole"));
            Err(report)
        }
    }
}

/// A new temporary folder with a rules folder in it that holds version `0`.
pub fn folder() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let rules = dir.path().join("rules");
    fs::create_dir(&rules).unwrap();
    save(&rules, &version("0"));
    (dir, rules)
}

/// A watch that only the test gives hints for.
struct Deaf;

impl Watch for Deaf {
    fn watch(&mut self, _: &WatchedPaths) -> Result<(), String> {
        Ok(())
    }
}

/// A reloader that moves by steps of a made-up clock.
pub struct Stepped {
    pub rules: PathBuf,
    pub accepted: Accepted,
    pub reloader: Reloader,
    pub now: Instant,
    hints: Arc<Mutex<Option<Hints>>>,
    _dir: TempDir,
}

impl Stepped {
    /// Version `0` is in force and all is quiet.
    pub fn new() -> Self {
        let (dir, rules) = folder();
        let accepted = Accepted::default();
        let hints: Arc<Mutex<Option<Hints>>> = Arc::default();
        let keep = Arc::clone(&hints);
        let reloader = Reloader::new(&rules, Pace::default(), None, accepted.compiler()).watched_by(move |_, hints| {
            *keep.lock().unwrap() = Some(hints);
            Ok(Box::new(Deaf))
        });
        let mut stepped = Self { rules, accepted, reloader, now: Instant::now(), hints, _dir: dir };
        stepped.advance(1_000);
        assert_eq!(stepped.accepted.last(), version("0"));
        stepped
    }

    /// Lets made-up time pass, with a step whenever one is due.
    pub fn advance(&mut self, milliseconds: u64) {
        let end = self.now + Duration::from_millis(milliseconds);
        loop {
            let due = self.reloader.step(self.now).max(self.now + Duration::from_millis(1));
            if due > end {
                self.now = end;
                return;
            }
            self.now = due;
        }
    }

    /// Gives a hint and takes note of it.
    pub fn hint(&mut self) {
        self.hints.lock().unwrap().as_ref().unwrap().hint();
        self.reloader.step(self.now);
    }

    /// Gives a hint and lets two seconds pass.
    pub fn hint_and_settle(&mut self) {
        self.hint();
        self.advance(2_000);
    }

    pub fn save(&self, text: &str) {
        save(&self.rules, text);
    }

    pub fn status(&self) -> Status {
        self.reloader.handle().status()
    }
}

/// A reloader that runs, with what the operating system tells as its only hints: the poll is too slow to help.
pub struct Running {
    pub dir: TempDir,
    pub rules: PathBuf,
    pub accepted: Accepted,
    pub handle: ReloadHandle,
    pub guard: ReloadGuard,
}

impl Running {
    /// Version `0` is in force and all is quiet.
    pub fn new() -> Self {
        let (dir, rules) = folder();
        Self::on(dir, rules)
    }

    /// The same on a folder that is there already.
    pub fn on(dir: TempDir, rules: PathBuf) -> Self {
        let accepted = Accepted::default();
        let pace = Pace { quiet_ms: 60, poll_ms: 600_000 };
        let reloader = Reloader::new(&rules, pace, None, accepted.compiler());
        let handle = reloader.handle();
        let guard = reloader.start().unwrap();
        let running = Self { dir, rules, accepted, handle, guard };
        running.until_live(&version("0"));
        running.until_settled(SETTLED);
        assert!(running.handle.status().watching);
        running
    }

    pub fn until_live(&self, text: &str) {
        until(&format!("live: {text}"), || self.accepted.last() == text);
    }

    /// Waits until the folder has not been looked at for so long, which must be longer than a look takes.
    pub fn until_settled(&self, window: Duration) {
        let mut before = u64::MAX;
        until("no more looks", || {
            let looks = self.handle.status().looks;
            let is_settled = looks == before;
            before = looks;
            during(window, || {});
            is_settled
        });
    }
}
