//! What the operating system tells the reloader: each way of changing files on a real disk, while it runs.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use crate::support::reload::{Running, SETTLED, folder, save, version};
use crate::support::wait::{during, until};

#[test]
fn a_save_in_place_in_two_halves() {
    let running = Running::new();
    let whole = version("1");
    let mut file = File::create(running.rules.join("rules.yaml")).unwrap();
    file.write_all(&whole.as_bytes()[..9]).unwrap();
    during(Duration::from_millis(20), || {});
    file.write_all(&whole.as_bytes()[9..]).unwrap();
    drop(file);
    running.until_live(&whole);
    assert_eq!(running.accepted.all(), [version("0"), whole]);
}

#[test]
fn a_file_renamed_over() {
    let running = Running::new();
    for turn in 1..4 {
        let text = version(&turn.to_string());
        fs::write(running.rules.join(".new"), &text).unwrap();
        fs::rename(running.rules.join(".new"), running.rules.join("rules.yaml")).unwrap();
        running.until_live(&text);
    }
}

#[test]
fn the_ways_of_editors() {
    let running = Running::new();
    let rules = running.rules.join("rules.yaml");
    let beside = |name: &str| running.rules.join(name);
    // vim: a swap file, a trial file, the old file renamed to a backup, a new one written, the rest cleared away.
    fs::write(beside(".rules.yaml.swp"), "swap").unwrap();
    fs::write(beside("4913"), "").unwrap();
    fs::remove_file(beside("4913")).unwrap();
    fs::rename(&rules, beside("rules.yaml~")).unwrap();
    fs::write(&rules, version("vim")).unwrap();
    fs::remove_file(beside("rules.yaml~")).unwrap();
    fs::remove_file(beside(".rules.yaml.swp")).unwrap();
    running.until_live(&version("vim"));
    // emacs: a lock that is a link to nowhere, an autosave, a backup that stays.
    symlink("user@host.1:2", beside(".#rules.yaml")).unwrap();
    fs::write(beside("#rules.yaml#"), "broken").unwrap();
    fs::rename(&rules, beside("rules.yaml~")).unwrap();
    fs::write(&rules, version("emacs")).unwrap();
    fs::remove_file(beside("#rules.yaml#")).unwrap();
    fs::remove_file(beside(".#rules.yaml")).unwrap();
    running.until_live(&version("emacs"));
    running.until_settled(SETTLED);
    assert_eq!(running.handle.status().last_failure, None);
}

#[test]
fn a_file_deleted_and_created_again() {
    let running = Running::new();
    fs::remove_file(running.rules.join("rules.yaml")).unwrap();
    until("the failure is told", || running.handle.status().last_failure.is_some());
    save(&running.rules, &version("1"));
    running.until_live(&version("1"));
    until("the failure is over", || running.handle.status().last_failure.is_none());
}

#[test]
fn a_checkout_of_hundred_files() {
    let running = Running::new();
    for turn in ["1", "2"] {
        for number in 0..100 {
            let folder = running.rules.join(format!("team {}", number % 7));
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{turn} {number}.yaml"));
            fs::write(&file, "# other rules\n").unwrap();
        }
        fs::remove_dir_all(running.rules.join("team 3")).unwrap();
        save(&running.rules, &version(turn));
        running.until_live(&version(turn));
        running.until_settled(SETTLED);
    }
    // A folder that came while the reloader ran is watched like the others.
    let attempts = running.handle.status().attempts;
    fs::write(running.rules.join("team 1/late.yaml"), "# late rules\n").unwrap();
    until("the late file is noticed", || running.handle.status().attempts > attempts);
}

/// Writes a version the way Kubernetes brings a `ConfigMap` into a pod.
fn swap_data(rules: &Path, name: &str) {
    let data = rules.join(format!("..2026_{name}"));
    fs::create_dir_all(data.join("more")).unwrap();
    save(&data, &version(name));
    fs::write(data.join("more/team.yaml"), "# team rules\n").unwrap();
    symlink(format!("..2026_{name}"), rules.join("..data_tmp")).unwrap();
    fs::rename(rules.join("..data_tmp"), rules.join("..data")).unwrap();
}

#[test]
fn a_config_map() {
    let (dir, rules) = folder();
    fs::remove_file(rules.join("rules.yaml")).unwrap();
    swap_data(&rules, "0");
    symlink("..data/rules.yaml", rules.join("rules.yaml")).unwrap();
    symlink("..data/more", rules.join("more")).unwrap();
    let running = Running::on(dir, rules);
    for turn in 1..4 {
        swap_data(&running.rules, &turn.to_string());
        running.until_live(&version(&turn.to_string()));
        fs::remove_dir_all(running.rules.join(format!("..2026_{}", turn - 1))).unwrap();
    }
    running.until_settled(SETTLED);
    let attempts = running.handle.status().attempts;
    fs::write(running.rules.join("more/team.yaml"), "# other team rules\n").unwrap();
    until("the folder behind the link is watched", || running.handle.status().attempts > attempts);
}

#[test]
fn the_folder_replaced_by_another() {
    let running = Running::new();
    for turn in 1..4 {
        let fresh = running.dir.path().join("fresh");
        fs::create_dir(&fresh).unwrap();
        save(&fresh, &version(&format!("{turn} a")));
        fs::rename(&running.rules, running.dir.path().join(format!("old {turn}"))).unwrap();
        fs::rename(&fresh, &running.rules).unwrap();
        running.until_live(&version(&format!("{turn} a")));
        save(&running.rules, &version(&format!("{turn} b")));
        running.until_live(&version(&format!("{turn} b")));
        // A folder made anew may get the number of the old one.
        fs::remove_dir_all(&running.rules).unwrap();
        fs::create_dir(&running.rules).unwrap();
        save(&running.rules, &version(&format!("{turn} c")));
        running.until_live(&version(&format!("{turn} c")));
    }
}

#[test]
fn the_folder_as_a_link_that_is_turned() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["0", "1"] {
        fs::create_dir_all(dir.path().join("releases").join(name)).unwrap();
        save(&dir.path().join("releases").join(name), &version(name));
    }
    let rules = dir.path().join("rules");
    symlink("releases/0", &rules).unwrap();
    let running = Running::on(dir, rules);
    symlink("releases/1", running.dir.path().join("next")).unwrap();
    fs::rename(running.dir.path().join("next"), &running.rules).unwrap();
    running.until_live(&version("1"));
    save(&running.rules, &version("1 edited"));
    running.until_live(&version("1 edited"));
}

#[test]
fn reading_the_files_and_life_beside_them_is_no_change() {
    let running = Running::new();
    save(&running.rules, &version("1"));
    running.until_live(&version("1"));
    running.until_settled(SETTLED);
    let before = running.handle.status();
    during(Duration::from_millis(1_500), || {
        fs::read(running.rules.join("rules.yaml")).unwrap();
        fs::read_dir(&running.rules).unwrap().for_each(drop);
        fs::write(running.dir.path().join("neighbour"), "busy").unwrap();
    });
    assert_eq!(running.handle.status(), before);
}

#[test]
fn ten_thousand_files_come_to_rest() {
    let (dir, rules) = folder();
    for number in 0..10_000 {
        fs::write(rules.join(format!("{number}.yaml")), "# other rules\n").unwrap();
    }
    let running = Running::on(dir, rules);
    save(&running.rules, &version("1"));
    running.until_live(&version("1"));
    running.until_settled(Duration::from_secs(3));
}

#[test]
fn the_thread_ends_with_its_guard() {
    let running = Running::new();
    assert!(running.accepted.holders() > 1);
    drop(running.guard);
    until("the thread has let go of everything", || running.accepted.holders() == 1);
}

#[test]
fn a_request_wakes_the_thread() {
    let running = Running::new();
    let looks = running.handle.status().looks;
    running.handle.request();
    until("it looks", || running.handle.status().looks > looks);
}
