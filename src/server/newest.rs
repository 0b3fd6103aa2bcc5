//! Remembers the newest calls of "save & test", and what each method of `auth` found of them. Whoever sets up the
//! platform's screen reads it on the admin listener.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::auth::Verdict;
use super::request::Refusal;

/// Most calls that are remembered.
const CALLS_MOST: usize = 32;

/// A call, without a word of its headers or body.
#[derive(Clone, Debug)]
pub struct NewestCall {
    pub(super) at: Timestamp,
    /// The request id.
    pub(super) id: String,
    pub(super) from: Option<IpAddr>,
    pub(super) hook: String,
    /// Of a call that found no hook: what its path has before the hook's name.
    pub(super) above: Option<String>,
    /// None where it came in.
    pub(super) refusal: Option<Refusal>,
    pub(super) verdicts: Vec<Verdict>,
}

/// The newest calls, the oldest first.
#[derive(Debug, Default)]
pub(super) struct NewestCalls(Mutex<VecDeque<NewestCall>>);

impl NewestCalls {
    pub(super) fn note(&self, call: NewestCall) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() >= CALLS_MOST {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    pub(super) fn all(&self) -> Vec<NewestCall> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
