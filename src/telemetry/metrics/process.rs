//! Metrics of the process, named as every Prometheus exporter names them; of the build, and of lost log lines.

use std::fs;

use jiff::Timestamp;

use super::super::build::BUILD;
use super::super::start::dropped_lines;
use super::catalogue::{
    BUILD_INFO, LOG_LINES_DROPPED, PROCESS_CPU, PROCESS_FDS, PROCESS_MAX_FDS, PROCESS_RESIDENT, PROCESS_START,
};
use super::page::{Measured, Page};

/// Ticks of processor time a second in /proc: the same on every Linux, whatever the kernel counts by itself (proc(5), `USER_HZ`).
const TICKS_A_SECOND: f64 = 100.0;

/// This process.
#[derive(Debug)]
pub struct Process {
    started: Timestamp,
}

impl Process {
    /// The process, which has just started.
    #[must_use]
    pub fn started_now() -> Self {
        Self { started: Timestamp::now() }
    }
}

impl Measured for Process {
    /// Where the operating system does not tell a number, it is left out.
    fn tell(&self, page: &mut Page<'_>) {
        let built = [BUILD.version, BUILD.commit.unwrap_or_default(), &BUILD.features.join(",")];
        page.numbers(&BUILD_INFO, [(built, 1_u64)]);
        page.number(&LOG_LINES_DROPPED, dropped_lines());
        page.number(&PROCESS_START, self.started.as_duration().as_secs_f64());
        let numbers = [
            (&PROCESS_CPU, processor_seconds()),
            (&PROCESS_RESIDENT, resident_bytes()),
            (&PROCESS_FDS, open_files()),
            (&PROCESS_MAX_FDS, most_open_files()),
        ];
        for (metric, number) in numbers {
            number.into_iter().for_each(|number| page.number(metric, number));
        }
    }
}

fn processor_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_A_SECOND)
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0)
}

fn open_files() -> Option<f64> {
    u32::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok().map(f64::from)
}

fn most_open_files() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
