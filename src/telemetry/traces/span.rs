//! A span: one part of what an event goes through, from when it is made to when the last copy of it is dropped.

use std::fmt::Arguments;
use std::sync::Arc;

use super::kind::Kind;
use crate::event::Trace;

#[cfg(feature = "otel")]
use super::otel::Open;

/// A part of a trace. Where nothing is recorded it only knows the trace of the caller, which is passed on.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// What the caller says that it is a part of.
    came: Option<Arc<Trace>>,
    #[cfg(feature = "otel")]
    open: Option<Open>,
}

impl Span {
    /// Nothing is recorded; the caller's trace is passed on.
    #[must_use]
    pub fn unrecorded(came: Option<Arc<Trace>>) -> Self {
        Self {
            came,
            #[cfg(feature = "otel")]
            open: None,
        }
    }

    #[cfg(feature = "otel")]
    pub(super) fn recorded(open: Open) -> Self {
        Self { came: None, open: Some(open) }
    }

    /// A part of this part. Its name is made only where it is recorded, and never from what a caller sends.
    #[must_use]
    pub fn child(&self, kind: Kind, name: Arguments<'_>) -> Self {
        #[cfg(feature = "otel")]
        if let Some(open) = &self.open {
            return Self::recorded(open.child(kind, name.to_string()));
        }
        let _ = (kind, name);
        self.clone()
    }

    /// What is to be passed on: whoever gets it becomes a part of this part.
    #[must_use]
    pub fn trace(&self) -> Option<Arc<Trace>> {
        #[cfg(feature = "otel")]
        if let Some(open) = &self.open {
            return Some(Arc::new(open.trace()));
        }
        self.came.clone()
    }

    /// The trace that is recorded, for the log.
    #[must_use]
    pub fn recorded_id(&self) -> Option<String> {
        #[cfg(feature = "otel")]
        if let Some(open) = &self.open {
            return open.recorded_id();
        }
        None
    }

    /// Says something of it in a word: names and codes, never a value of a body.
    pub fn note(&self, key: &'static str, word: &str) {
        #[cfg(feature = "otel")]
        if let Some(open) = &self.open {
            open.note(key, word.to_owned().into());
        }
        let _ = (key, word);
    }

    /// Says something of it in a number.
    pub fn count(&self, key: &'static str, number: i64) {
        #[cfg(feature = "otel")]
        if let Some(open) = &self.open {
            open.note(key, number.into());
        }
        let _ = (key, number);
    }

    /// It came to nothing, and why, in the words of the log.
    pub fn fail(&self, why: &str) {
        #[cfg(feature = "otel")]
        if let Some(open) = &self.open {
            open.fail(why.to_owned());
        }
        let _ = why;
    }
}
