//! Computes how much memory callers and asked servers can make this process use, and logs it at the start.

use std::fs;
use std::path::{Path, PathBuf};

use tracing::{info, warn};

use crate::config::Settings;
use crate::lookup::KEPT_LIMIT_BYTES;
use crate::outside::relay::NEIGHBOURS_LIMIT_BYTES;
use crate::server::FORMS_LIMIT_BYTES;

/// What one part is, how many bytes it can take, and which setting lowers it; none where there is no such setting.
type Part = (&'static str, usize, Option<&'static str>);

/// Tells the sum and its parts, and whether it fits.
pub fn tell(settings: &Settings) {
    let parts = parts(settings);
    let sum: usize = parts.iter().map(|(_, bytes, _)| bytes).sum();
    let of = |name: &str| mib(parts.iter().filter(|(part, ..)| *part == name).map(|(_, bytes, _)| bytes).sum());
    let limit = limit_bytes();
    info!(
        sum_mib = mib(sum),
        heads_mib = of("heads"),
        bodies_mib = of("bodies"),
        connections_mib = of("connections"),
        records_mib = of("records"),
        log_mib = of("log"),
        answers_mib = of("answers"),
        forms_mib = of("forms"),
        limit_mib = limit.map(mib),
        "memory that callers can make hookgate hold"
    );
    let own = held_bytes().unwrap_or_default();
    if let Some(limit) = limit.filter(|limit| sum.saturating_add(own) > *limit) {
        let settable = parts.iter().filter_map(|(part, bytes, setting)| Some((*part, *bytes, (*setting)?)));
        let (largest, bytes, setting) = settable.max_by_key(|(_, bytes, _)| *bytes).unwrap_or_default();
        let help = format!("lower `{setting}` ({largest} take {} MiB of it), or give hookgate more memory", mib(bytes));
        warn!(
            help,
            "callers can make hookgate hold {} MiB beside the {} MiB it has, and it may have {} MiB",
            mib(sum),
            mib(own),
            mib(limit)
        );
    }
}

fn parts(settings: &Settings) -> Vec<Part> {
    let of_callers = settings.server.held_for_callers().into_iter();
    let mut parts: Vec<Part> = of_callers.map(|(part, bytes, setting)| (part, bytes, Some(setting))).collect();
    if settings.journal.file.is_some() {
        let record = settings.journal.record_bytes(settings.server.body_limit_bytes);
        parts.push(("records", settings.journal.queue_limit_bytes.saturating_add(record), Some("journal.queue_bytes")));
    }
    parts.push(("log", settings.telemetry.most_buffered_bytes(), Some("log.buffer_bytes")));
    if !settings.lookup.connections.is_empty() {
        parts.push(("answers", NEIGHBOURS_LIMIT_BYTES + KEPT_LIMIT_BYTES, None));
    }
    let admin = &settings.server.admin;
    if admin.listen.is_some() && admin.console {
        parts.push(("forms", FORMS_LIMIT_BYTES, None));
    }
    parts
}

/// Whole MiB, rounded up.
fn mib(bytes: usize) -> usize {
    bytes.div_ceil(1 << 20)
}

/// The memory this process may have by its control group, in bytes; none where there is no limit.
fn limit_bytes() -> Option<usize> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let read = |file: PathBuf| fs::read_to_string(file).ok()?.trim().parse::<usize>().ok();
    let limits = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, own) = (parts.next()?, parts.next()?.trim_start_matches('/'));
        let (root, name) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            all if all.split(',').any(|one| one == "memory") => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            _ => return None,
        };
        // Within a container its own group is the root of what it sees.
        let own = Path::new(root).join(own);
        read(own.join(name)).or_else(|| read(Path::new(root).join(name)))
    });
    // Version 1 writes "no limit" as nearly all that a number can be.
    limits.min().filter(|limit| *limit < 1 << 50)
}

/// What this process holds now, in bytes.
fn held_bytes() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: usize = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes << 10)
}
