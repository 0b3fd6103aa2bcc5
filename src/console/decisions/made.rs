//! A test made of a decision.

use std::sync::Arc;

use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;

/// The test, with made-up values in place of personal ones.
pub(in crate::console) async fn test(console: &Arc<Console>, asked: &Asked) -> Answer {
    let _ = (console, asked);
    Answer::refused("not yet", "")
}
