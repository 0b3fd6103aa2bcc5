//! Counts the memory of answers while events use them, within the limit of what servers can make hookgate hold.

use std::ops::Deref;
use std::sync::Arc;

use super::source::{Fault, Rows, Trouble};
use crate::event::Value;
use crate::outside::relay::{ANSWER_LIMIT_BYTES, Watch};

/// An answer that somebody uses.
#[derive(Clone, Debug)]
pub(super) struct Held {
    rows: Arc<Rows>,
    /// Its share of what all answers may take; `None` where it is counted among those that are kept.
    _share: Option<Arc<Watch>>,
}

impl Held {
    /// An answer that just came.
    ///
    /// # Errors
    /// When there is no room for it beside the other answers.
    pub(super) fn new(rows: Rows) -> Result<Self, Trouble> {
        let watch = Watch::new(Some(ANSWER_LIMIT_BYTES));
        // Too little room here is no failure of the source.
        let crowded =
            |excess: crate::outside::relay::Excess| Trouble::new(Fault::Answer, excess.to_string()).help(excess.help());
        watch.hold(held_bytes(&rows)).map_err(crowded)?;
        Ok(Self { rows: Arc::new(rows), _share: Some(Arc::new(watch)) })
    }

    /// One that is kept.
    pub(super) fn kept(rows: Arc<Rows>) -> Self {
        Self { rows, _share: None }
    }

    pub(super) fn rows(&self) -> Arc<Rows> {
        Arc::clone(&self.rows)
    }
}

impl Deref for Held {
    type Target = Rows;

    fn deref(&self) -> &Rows {
        &self.rows
    }
}

/// About how much memory rows take, in bytes.
pub(super) fn held_bytes(rows: &Rows) -> usize {
    rows.capacity() * size_of::<Value<'_>>() + rows.iter().map(Value::held_bytes).sum::<usize>()
}
