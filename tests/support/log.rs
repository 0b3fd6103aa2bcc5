//! What is logged on the test's own thread.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Dispatch;
use tracing::level_filters::LevelFilter;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Somebody who always listens, to nothing: `tracing` keeps for all threads what anybody wants to hear, and works it out
/// anew whenever a listener comes or goes, so that a line of another thread could be lost in between.
static LISTENER: LazyLock<Dispatch> = LazyLock::new(|| {
    let silent = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(io::sink);
    Dispatch::new(silent.finish())
});

/// What `action` logs.
pub fn logged(action: impl FnOnce()) -> String {
    LazyLock::force(&LISTENER);
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, action);
    String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap()
}
