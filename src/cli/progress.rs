//! The progress of a long command at a terminal: drawn after half a second, removed at the end.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Most commands are done by then, and a bar would only flicker.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// A bar on the standard error output. Where that is not a terminal, or one that cannot move its cursor, nothing is written.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Dropped when the command ends.
    ended: Option<Sender<()>>,
    drawing: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins with what is done first.
    pub(super) fn begin(doing: &'static str) -> Self {
        let hidden = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let bar = hidden.with_style(ProgressStyle::default_spinner()).with_message(doing);
        let target = ProgressDrawTarget::stderr();
        if target.is_hidden() {
            return Self { bar, ended: None, drawing: None };
        }
        let (ended, end) = channel::<()>();
        let drawn = bar.clone();
        let draw = move || {
            if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                drawn.set_draw_target(target);
                drawn.enable_steady_tick(TICK);
            }
        };
        // Without a thread there is no bar, and nothing else is lost.
        let drawing = thread::Builder::new().name("progress".to_owned()).spawn(draw).ok();
        Self { bar, ended: Some(ended), drawing }
    }

    /// What is done now; how long it takes is not known.
    pub(super) fn doing(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// What is done now, in that many steps.
    pub(super) fn steps(&self, what: &'static str, count: usize) {
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len}") {
            self.bar.set_style(style);
        }
        self.bar.set_length(count as u64);
        self.bar.set_message(what);
    }

    /// One more step is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.ended.take());
        if let Some(drawing) = self.drawing.take() {
            // Nothing can be done about a panic there.
            let _ = drawing.join();
        }
        self.bar.finish_and_clear();
    }
}
