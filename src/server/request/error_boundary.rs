//! Turns a panic while answering one request into a 500 for that request alone.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::task::Poll;

use futures_util::future::LocalBoxFuture;

thread_local! {
    static IS_ANSWERING: Cell<bool> = const { Cell::new(false) };
}

/// The request could not be answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Panicked;

/// Runs `answer`; a panic in it ends here.
///
/// What `answer` shares with other requests is read-only or behind locks that recover from poisoning,
/// so nothing half-changed is seen afterwards.
pub fn catch<T>(answer: impl FnOnce() -> T) -> Result<T, Panicked> {
    let was_answering = IS_ANSWERING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(answer));
    IS_ANSWERING.set(was_answering);
    result.map_err(|_| Panicked)
}

/// The same for an answer that takes its time: a panic at any step of it ends here.
pub async fn catch_later<T>(mut answer: LocalBoxFuture<'static, T>) -> Result<T, Panicked> {
    poll_fn(|cx| match catch(|| answer.as_mut().poll(cx)) {
        Ok(Poll::Ready(answer)) => Poll::Ready(Ok(answer)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

/// From now on a panic while answering is logged with its place only. The message of a panic often quotes
/// the text it stumbled over, and that is a body, which may hold a password.
pub fn hide_panic_messages() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| if IS_ANSWERING.get() { log_place(panic) } else { usual(panic) }));
    });
}

fn log_place(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic.location().map_or(("", 0), |place| (place.file(), place.line()));
    tracing::error!(target: "hookgate::panic", file, line, "answering a request panicked");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_the_next_call_works() {
        hide_panic_messages();
        assert_eq!(catch(|| panic!("a secret")), Err::<(), _>(Panicked));
        assert!(!IS_ANSWERING.get());
        assert_eq!(catch(|| 1), Ok(1));
    }
}
