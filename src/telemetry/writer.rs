//! The thread that writes the log, so that nobody who logs waits for a disk, a pipe or a terminal.

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

use super::queue::Queue;

/// Memory that is kept for the next lines, in bytes.
const KEPT_BYTES: usize = 64 << 10;
/// Time between two attempts where whoever reads takes nothing just now and lets nobody wait.
const PAUSE: Duration = Duration::from_millis(10);

/// Where an event's line goes.
#[derive(Clone, Debug)]
pub(super) struct Lines(pub(super) Arc<Queue>);

/// One line, written in one piece by the layer that formats it.
#[derive(Debug)]
pub(super) struct Entry<'q> {
    queue: &'q Queue,
    is_urgent: bool,
}

impl<'q> MakeWriter<'q> for Lines {
    type Writer = Entry<'q>;

    fn make_writer(&'q self) -> Entry<'q> {
        Entry { queue: &self.0, is_urgent: true }
    }

    fn make_writer_for(&'q self, metadata: &Metadata<'_>) -> Entry<'q> {
        Entry { queue: &self.0, is_urgent: *metadata.level() <= Level::WARN }
    }
}

impl Write for Entry<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.queue.push(line, self.is_urgent);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to write what is in the queue. `missing` makes the line that stands where lines were dropped, from their number.
///
/// # Errors
/// When there can be no further thread.
pub(super) fn start(
    queue: Arc<Queue>,
    sink: impl Write + Send + 'static,
    missing: impl Fn(u64) -> String + Send + 'static,
) -> io::Result<()> {
    let mut out = Out { sink, is_torn: false };
    let write = move || {
        let (mut batch, mut untold) = (Vec::new(), 0);
        loop {
            untold += queue.take(&mut batch);
            let lost = out.write(&batch);
            queue.count_dropped(lost);
            untold += lost;
            if untold > 0 && out.write(missing(untold).as_bytes()) == 0 {
                untold = 0;
            }
            queue.note_written();
            batch.clear();
            batch.shrink_to(KEPT_BYTES);
        }
    };
    thread::Builder::new().name("log".to_owned()).spawn(write).map(drop)
}

struct Out<W> {
    sink: W,
    /// The last line was not written to its end.
    is_torn: bool,
}

impl<W: Write> Out<W> {
    /// Writes whole lines; how many of them the sink did not take to their end.
    fn write(&mut self, lines: &[u8]) -> u64 {
        let is_mended = !self.is_torn || self.put(b"\n").is_empty();
        let rest = if is_mended { self.put(lines) } else { lines };
        if is_mended {
            let written = lines.get(..lines.len() - rest.len()).unwrap_or_default();
            self.is_torn = written.last().is_some_and(|byte| *byte != b'\n');
        }
        rest.split_inclusive(|byte| *byte == b'\n').count() as u64
    }

    /// What is left when the sink takes no more.
    fn put<'b>(&mut self, mut bytes: &'b [u8]) -> &'b [u8] {
        while !bytes.is_empty() {
            match self.sink.write(bytes) {
                Ok(0) => break,
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::park_timeout(PAUSE),
                Err(_) => break,
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Takes what it is allowed to: each number received is how many bytes it takes at the next call, 0 being an error.
    struct Reluctant {
        allowed: Receiver<usize>,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let allowed = self.allowed.recv().unwrap_or(usize::MAX).min(bytes.len());
            self.taken.lock().unwrap().extend_from_slice(&bytes[..allowed]);
            if allowed == 0 { Err(ErrorKind::BrokenPipe.into()) } else { Ok(allowed) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A log whose sink takes nothing until it is allowed to, or is let go.
    fn reluctant(limit_bytes: usize) -> (Arc<Queue>, Sender<usize>, Arc<Mutex<Vec<u8>>>) {
        let (queue, taken) = (Arc::new(Queue::new(limit_bytes)), Arc::default());
        let (allow, allowed) = channel();
        let sink = Reluctant { allowed, taken: Arc::clone(&taken) };
        start(Arc::clone(&queue), sink, |lines| format!("{lines} dropped\n")).unwrap();
        (queue, allow, taken)
    }

    fn text(taken: &Mutex<Vec<u8>>) -> String {
        String::from_utf8(taken.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn what_finds_no_room_is_told_where_it_is_missing_and_warnings_have_room_longer() {
        let (queue, allow, taken) = reluctant(400);
        // The writer takes the first line, and is kept.
        queue.push(b"0\n", false);
        assert!(!queue.flush(Duration::from_millis(100)), "nothing is written yet");
        // Ten bytes each: forty find room, and ten warnings behind them.
        (1..=45).for_each(|n| queue.push(format!("line {n:04}\n").as_bytes(), false));
        (1..=12).for_each(|n| queue.push(format!("warn {n:04}\n").as_bytes(), true));
        assert_eq!(queue.dropped(), 7);
        drop(allow);
        assert!(queue.flush(PATIENCE));
        queue.push(b"last\n", false);
        assert!(queue.flush(PATIENCE));
        let lines: String = (1..=40).map(|n| format!("line {n:04}\n")).collect::<Vec<_>>().concat();
        let warnings: String = (1..=10).map(|n| format!("warn {n:04}\n")).collect::<Vec<_>>().concat();
        assert_eq!(text(&taken), format!("0\n{lines}{warnings}7 dropped\nlast\n"));
    }

    #[test]
    fn lines_that_the_sink_does_not_take_are_told_and_spoil_none_behind_them() {
        let (queue, allow, taken) = reluctant(400);
        // Two bytes of the first line, then nothing, for its notice neither.
        [2, 0, 0].into_iter().for_each(|bytes| allow.send(bytes).unwrap());
        queue.push(b"first\n", false);
        assert!(queue.flush(PATIENCE));
        assert_eq!((queue.dropped(), text(&taken)), (1, "fi".to_owned()));
        drop(allow);
        queue.push(b"second\n", false);
        assert!(queue.flush(PATIENCE));
        assert_eq!(text(&taken), "fi\nsecond\n1 dropped\n");
        assert_eq!(queue.dropped(), 1);
    }
}
