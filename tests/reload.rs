//! When the reloader looks, what it brings into force and what it tells, by a made-up clock.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use hookgate::diagnostic::File;
use hookgate::gateway::{Change, Origin, Pace, Reloader, Watch, WatchedPaths};
use hookgate::rule::{Role, Sources};

use crate::support::log::logged;
use crate::support::reload::{Accepted, Stepped, folder, save, version};

#[test]
fn a_file_cut_off_at_any_byte_changes_nothing_until_it_is_whole() {
    let mut stepped = Stepped::new();
    for cut in 0..version("next").len() {
        let before = stepped.accepted.all();
        stepped.save(&version("next")[..cut]);
        stepped.hint_and_settle();
        let status = stepped.status();
        assert_eq!(stepped.accepted.all(), before, "cut at {cut}");
        assert!(status.last_failure.unwrap().report.contains("rules.yaml"), "cut at {cut}");
        stepped.save(&version(&format!("after {cut}")));
        stepped.hint_and_settle();
        assert_eq!(stepped.accepted.last(), version(&format!("after {cut}")));
        assert_eq!(stepped.status().last_failure, None);
    }
}

#[test]
fn a_mistake_taken_back_needs_no_load() {
    let mut stepped = Stepped::new();
    stepped.save("broken");
    stepped.hint_and_settle();
    assert!(stepped.status().last_failure.is_some());
    stepped.save(&version("0"));
    stepped.hint_and_settle();
    let status = stepped.status();
    assert_eq!((status.last_failure, status.loads, status.attempts), (None, 1, 2));
}

#[test]
fn a_file_finished_within_two_quiet_times_is_no_failure() {
    let mut stepped = Stepped::new();
    let whole = version("1");
    let log = logged(|| {
        stepped.save(&whole[..12]);
        stepped.hint();
        stepped.advance(300);
        assert_eq!(stepped.status().attempts, 2, "the half was tried");
        stepped.save(&whole);
        stepped.hint_and_settle();
    });
    assert_eq!(stepped.accepted.all(), [version("0"), whole]);
    assert_eq!(stepped.status().failures, 0);
    assert!(!log.contains("ERROR"), "{log}");
    assert!(log.contains("rules loaded"), "{log}");
}

#[test]
fn a_failure_is_told_once_with_its_reason_and_again_on_request() {
    let mut stepped = Stepped::new();
    let log = logged(|| {
        stepped.save("broken");
        stepped.hint_and_settle();
        stepped.hint_and_settle();
        stepped.advance(60_000);
    });
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert!(log.contains("file `rules.yaml` is not whole") && log.contains("the rules before them stay"), "{log}");
    let log = logged(|| {
        stepped.reloader.handle().request();
        stepped.advance(1_000);
    });
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert_eq!((stepped.status().attempts, stepped.status().failures), (3, 2));
}

#[test]
fn failures_that_differ_at_each_look_are_told_too() {
    let mut stepped = Stepped::new();
    for turn in 0..4 {
        stepped.save(&format!("broken {turn}"));
        stepped.hint();
        stepped.advance(240);
    }
    assert!(stepped.status().failures >= 1);
}

#[test]
fn a_request_needs_no_quiet() {
    let mut stepped = Stepped::new();
    stepped.save(&version("1"));
    stepped.reloader.handle().request();
    stepped.reloader.step(stepped.now);
    assert_eq!(stepped.accepted.last(), version("1"));
}

#[test]
fn hundred_files_changed_one_after_the_other_are_one_load() {
    let mut stepped = Stepped::new();
    for number in 0..100 {
        fs::write(stepped.rules.join(format!("{number}.yaml")), "# other rules\n").unwrap();
        stepped.hint();
        stepped.now += Duration::from_millis(2);
    }
    stepped.save(&version("1"));
    stepped.hint_and_settle();
    assert_eq!((stepped.accepted.last(), stepped.status().attempts), (version("1"), 2));
}

#[test]
fn a_file_rewritten_without_end_is_live_within_a_second() {
    let mut stepped = Stepped::new();
    let began = stepped.now;
    let mut turn = 0;
    while stepped.accepted.all().len() == 1 {
        turn += 1;
        stepped.save(&version(&turn.to_string()));
        stepped.hint();
        stepped.now += Duration::from_millis(20);
        assert!(stepped.now - began < Duration::from_secs(1));
    }
}

#[test]
fn an_unannounced_change_counts_when_two_reads_agree() {
    let mut stepped = Stepped::new();
    stepped.save(&version("half of the change"));
    let looks = stepped.status().looks;
    while stepped.status().looks == looks {
        stepped.now = stepped.reloader.step(stepped.now);
    }
    stepped.save(&version("all of the change"));
    stepped.advance(2_000);
    assert_eq!(stepped.accepted.all(), [version("0"), version("all of the change")]);
}

#[test]
fn a_change_between_reading_and_compiling_is_not_lost() {
    let (_dir, rules) = folder();
    let accepted = Accepted::default();
    let mut compile = accepted.compiler();
    let changed = rules.clone();
    let slow_compile = move |change: Change| {
        if change.sources.files.iter().any(|(_, file)| file.text == version("0")) {
            save(&changed, &version("1"));
        }
        compile(change)
    };
    // Nobody gives a hint: the second look alone must find it.
    let pace = Pace { poll_ms: 600_000, ..Pace::default() };
    let mut reloader = Reloader::new(&rules, pace, None, slow_compile).watched_by(|_, _| Ok(Box::new(Told(None))));
    let began = Instant::now();
    let mut now = began;
    while now - began < Duration::from_secs(2) {
        now = reloader.step(now);
    }
    assert_eq!(accepted.all(), [version("0"), version("1")]);
}

/// A watch that gives a hint whenever it is set.
struct Told(Option<hookgate::gateway::Hints>);

impl Watch for Told {
    fn watch(&mut self, places: &WatchedPaths) -> Result<(), String> {
        assert!(!places.folders.is_empty());
        if let Some(hints) = &self.0 {
            hints.hint();
        }
        Ok(())
    }
}

#[test]
fn hints_during_each_look_put_it_off_but_not_for_ever() {
    let (_dir, rules) = folder();
    let accepted = Accepted::default();
    let mut reloader = Reloader::new(&rules, Pace::default(), None, accepted.compiler())
        .watched_by(|_, hints| Ok(Box::new(Told(Some(hints)))));
    let began = Instant::now();
    let mut now = reloader.step(began);
    assert!(accepted.all().is_empty(), "what was read may be of two moments");
    while accepted.all().is_empty() {
        now = reloader.step(now);
        assert!(now - began < Duration::from_secs(2));
    }
}

#[test]
fn a_folder_that_vanishes_or_is_emptied_leaves_the_rules_alone() {
    let mut stepped = Stepped::new();
    let away = stepped.rules.with_file_name("away");
    fs::rename(&stepped.rules, &away).unwrap();
    stepped.hint_and_settle();
    assert!(stepped.status().last_failure.unwrap().report.contains("cannot read folder"));
    fs::create_dir(&stepped.rules).unwrap();
    stepped.hint_and_settle();
    assert!(stepped.status().last_failure.unwrap().report.contains("holds no rule file"));
    assert_eq!((stepped.accepted.all().len(), stepped.status().failures), (1, 2));
    stepped.save(&version("1"));
    stepped.hint_and_settle();
    assert_eq!((stepped.accepted.last(), stepped.status().last_failure), (version("1"), None));
}

/// Puts something into the folder that cannot be read.
type Obstacle = (&'static str, fn(&Path));

const OBSTACLES: [Obstacle; 6] = [
    ("dangling.yaml", |path| symlink("nowhere", path).unwrap()),
    ("circle.yaml", |path| symlink("circle.yaml", path).unwrap()),
    ("folders", |path| symlink(".", path).unwrap()),
    ("pipe.yaml", |path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success())),
    ("latin.yaml", |path| fs::write(path, b"text: \xe9\n").unwrap()),
    ("locked.yaml", |path| {
        fs::write(path, "# locked\n").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(path).is_ok() {
            // The superuser reads everything: another file that cannot be opened stands in.
            fs::remove_file(path).unwrap();
            symlink("/proc/self/nothing", path).unwrap();
        }
    }),
];

#[test]
fn what_cannot_be_read_is_named_and_changes_nothing() {
    let (done, finished) = mpsc::channel();
    // Whoever opens a pipe waits for ever: the test must not.
    let worker = thread::spawn(move || {
        let mut stepped = Stepped::new();
        for (name, put) in OBSTACLES {
            refuses(&mut stepped, OsStr::new(name), put);
        }
        refuses(&mut stepped, OsStr::from_bytes(b"\xff.yaml"), |path| fs::write(path, "# rules\n").unwrap());
        done.send(()).unwrap();
    });
    if let Err(mpsc::RecvTimeoutError::Timeout) = finished.recv_timeout(Duration::from_secs(30)) {
        panic!("the reloader waits for something");
    }
    worker.join().unwrap();
}

fn refuses(stepped: &mut Stepped, name: &OsStr, put: fn(&Path)) {
    let before = stepped.accepted.all();
    let path = stepped.rules.join(name);
    put(&path);
    stepped.save(&version(&format!("beside {}", name.display())));
    stepped.hint_and_settle();
    let failure = stepped.status().last_failure.unwrap_or_else(|| panic!("{} passed", name.display()));
    assert!(failure.report.contains(&*name.to_string_lossy()), "{}", failure.report);
    assert_eq!(stepped.accepted.all(), before);
    fs::remove_file(&path).unwrap();
    stepped.hint_and_settle();
    assert_eq!(stepped.accepted.last(), version(&format!("beside {}", name.display())));
}

#[test]
fn without_a_watch_the_folder_is_polled_with_one_warning() {
    let (_dir, rules) = folder();
    let accepted = Accepted::default();
    let (starts, is_well) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (count, well) = (Arc::clone(&starts), Arc::clone(&is_well));
    let pace = Pace { poll_ms: 60_000, ..Pace::default() };
    let mut reloader = Reloader::new(&rules, pace, None, accepted.compiler()).watched_by(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        if well.load(Ordering::Relaxed) == 0 { Err("no watches left".to_owned()) } else { Ok(Box::new(Told(None))) }
    });
    let handle = reloader.handle();
    let began = Instant::now();
    let mut now = began;
    let log = logged(|| {
        while now - began < Duration::from_mins(2) {
            now = reloader.step(now);
        }
        save(&rules, &version("1"));
        let saved = now;
        while accepted.last() != version("1") {
            assert!(now - saved < Duration::from_secs(10));
            now = reloader.step(now);
        }
    });
    assert_eq!(log.matches("WARN").count(), 1, "{log}");
    assert!(log.contains("no watches left"), "{log}");
    assert!(!handle.status().watching);
    assert!((2..=6).contains(&starts.load(Ordering::Relaxed)), "tried to watch {starts:?} times");
    is_well.store(1, Ordering::Relaxed);
    let began = now;
    let log = logged(|| {
        while !handle.status().watching {
            assert!(now - began < Duration::from_mins(1));
            now = reloader.step(now);
        }
        let looks = handle.status().looks;
        while handle.status().looks < looks + 3 {
            now = reloader.step(now);
        }
    });
    assert_eq!(log.matches("the rules folder is watched again").count(), 1, "{log}");
}

#[test]
fn a_hint_is_dated_to_a_part_of_the_quiet_time_and_a_folder_that_stays_wrong_is_read_once_a_poll() {
    let mut stepped = Stepped::new();
    stepped.save("broken");
    stepped.hint();
    for (after_ms, next_ms) in [(0, 50), (100, 50), (180, 20)] {
        let now = stepped.now + Duration::from_millis(after_ms);
        assert_eq!(stepped.reloader.step(now) - now, Duration::from_millis(next_ms), "{after_ms}");
    }
    stepped.advance(2_000);
    let before = stepped.status();
    assert_eq!(before.failures, 1);
    stepped.advance(60_000);
    let looks = stepped.status().looks - before.looks;
    // Every 5 s, or 8 s where reading takes long.
    assert!((7..=12).contains(&looks), "{looks}");
}

#[test]
fn rules_that_cannot_be_rolled_back_to_change_nothing() {
    let mut stepped = Stepped::new();
    let sources = |text: String| {
        let file = Arc::new(File::new(stepped.rules.join("rules.yaml").display().to_string(), text));
        Sources::from_files(&stepped.rules, vec![(Role::Yaml, file)])
    };
    let (broken, whole) = (sources(version("broken")), sources(version("before")));
    let mut roll_back = |sources: Sources| {
        stepped.reloader.roll_back = Some(sources);
        stepped.reloader.handle().request();
        stepped.advance(60_000);
        let status = stepped.status();
        (stepped.accepted.last(), status.origin, status.rollback_failure.is_some(), status.failures)
    };
    assert_eq!(roll_back(broken.clone()), (version("0"), Origin::Folder, true, 0));
    assert_eq!(roll_back(whole), (version("before"), Origin::RolledBack, false, 0));
    assert_eq!(roll_back(broken), (version("before"), Origin::RolledBack, true, 0));
    stepped.save(&version("1"));
    stepped.hint_and_settle();
    let status = stepped.status();
    assert_eq!((stepped.accepted.last(), status.origin), (version("1"), Origin::Folder));
}

#[test]
fn what_is_in_force_already_is_not_loaded_again() {
    let (_dir, rules) = folder();
    let accepted = Accepted::default();
    let in_force = Sources::read(&rules).unwrap().hash;
    let mut reloader = Reloader::new(&rules, Pace::default(), Some(in_force.clone()), accepted.compiler());
    reloader.step(Instant::now());
    let status = reloader.handle().status();
    assert_eq!((status.looks, status.attempts, status.hash), (1, 0, Some(in_force)));
    assert!(accepted.all().is_empty());
}

#[test]
fn a_compiler_that_breaks_off_leaves_the_rules_alone() {
    let mut stepped = Stepped::new();
    stepped.save(&version("panic"));
    stepped.hint_and_settle();
    assert!(stepped.status().last_failure.unwrap().report.contains("broke off"));
    stepped.save(&version("1"));
    stepped.hint_and_settle();
    assert_eq!(stepped.accepted.last(), version("1"));
}
