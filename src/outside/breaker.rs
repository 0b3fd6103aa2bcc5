//! A circuit breaker: after several failures a source is left alone for a while, then tried with one question.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many failures in a row open it,
const FAILURES_IN_A_ROW: u32 = 5;
/// or this many
const FAILURES: usize = 10;
/// of the last so many answers.
const OF_THE_LAST: usize = 20;
/// How long nothing is asked, in milliseconds.
const OPEN_MS: u64 = 5_000;
/// So many good answers to single questions close it again.
const GOOD_TO_CLOSE: u32 = 3;

/// The breaker of one connection.
#[derive(Debug, Default)]
pub struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// Questions pass.
    Closed { in_a_row: u32, last: VecDeque<bool> },
    /// Nothing passes until then.
    Open { until: Instant },
    /// One question at a time.
    HalfOpen { good: u32, is_trying: bool },
}

impl Default for State {
    fn default() -> Self {
        State::Closed { in_a_row: 0, last: VecDeque::new() }
    }
}

/// Leave to ask. Says how it went, or, dropped, that nobody knows.
#[derive(Debug)]
pub struct Pass<'b> {
    breaker: &'b Breaker,
    is_told: bool,
}

impl Breaker {
    /// Leave to ask at `now`; `None` while the source is left alone.
    pub fn admit(&self, now: Instant) -> Option<Pass<'_>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Open { until } = &*state {
            if now < *until {
                return None;
            }
            *state = State::HalfOpen { good: 0, is_trying: false };
        }
        if let State::HalfOpen { is_trying, .. } = &mut *state {
            if *is_trying {
                return None;
            }
            *is_trying = true;
        }
        Some(Pass { breaker: self, is_told: false })
    }

    /// Whether nothing is asked at `now`, so that nobody need wait for a place to be told so.
    pub fn is_open(&self, now: Instant) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*state, State::Open { until } if now < *until)
    }

    /// In a word, for logs and `doctor`: `closed`, `open` or `half open`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Closed { .. } => "closed",
            State::Open { .. } => "open",
            State::HalfOpen { .. } => "half open",
        }
    }

    /// Every state as a label of metrics has it, and whether it is the one of this word.
    pub fn states(word: &str) -> impl Iterator<Item = (&'static str, bool)> {
        let states = [("closed", "closed"), ("open", "open"), ("half open", "half_open")];
        states.map(|(known, label)| (label, known == word)).into_iter()
    }

    fn tell(&self, is_good: bool, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let open = State::Open { until: now + Duration::from_millis(OPEN_MS) };
        match &mut *state {
            State::Closed { in_a_row, last } => {
                *in_a_row = if is_good { 0 } else { *in_a_row + 1 };
                last.push_back(is_good);
                if last.len() > OF_THE_LAST {
                    last.pop_front();
                }
                let failures = last.iter().filter(|is_good| !**is_good).count();
                if *in_a_row >= FAILURES_IN_A_ROW || last.len() == OF_THE_LAST && failures >= FAILURES {
                    *state = open;
                }
            }
            // A question of before: how it went says nothing new.
            State::Open { .. } => {}
            State::HalfOpen { good, is_trying } => {
                *is_trying = false;
                *good += 1;
                if !is_good {
                    *state = open;
                } else if *good >= GOOD_TO_CLOSE {
                    *state = State::default();
                }
            }
        }
    }
}

impl Pass<'_> {
    /// How it went.
    pub fn tell(mut self, is_good: bool, now: Instant) {
        self.is_told = true;
        self.breaker.tell(is_good, now);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.breaker.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let (false, State::HalfOpen { is_trying, .. }) = (self.is_told, &mut *state) {
            *is_trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(breaker: &Breaker, now: Instant, is_good: bool) -> bool {
        breaker.admit(now).map(|pass| pass.tell(is_good, now)).is_some()
    }

    #[test]
    fn opens_after_five_failures_in_a_row_and_closes_after_three_good_answers() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        for _ in 0..5 {
            assert!(ask(&breaker, start, false));
        }
        assert_eq!(breaker.word(), "open");
        let later = start + Duration::from_secs(5);
        assert!(breaker.is_open(later - Duration::from_millis(1)) && !breaker.is_open(later));
        assert!(!ask(&breaker, start + Duration::from_millis(4_999), true));
        let first = breaker.admit(later).unwrap();
        assert!(breaker.admit(later).is_none(), "one question at a time");
        first.tell(true, later);
        assert!(ask(&breaker, later, true));
        assert_eq!(breaker.word(), "half open");
        assert!(ask(&breaker, later, true));
        assert_eq!(breaker.word(), "closed");
    }

    #[test]
    fn opens_when_half_of_the_last_twenty_failed_and_again_when_the_trial_fails() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        for n in 0..20 {
            assert!(ask(&breaker, start, n % 2 == 0), "{n}");
        }
        assert_eq!(breaker.word(), "open");
        let later = start + Duration::from_secs(6);
        assert!(ask(&breaker, later, false));
        assert!(!ask(&breaker, later + Duration::from_secs(4), true), "left alone once more");
    }

    #[test]
    fn a_question_that_is_dropped_gives_its_turn_back() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        assert!((0..5).all(|_| ask(&breaker, start, false)));
        let later = start + Duration::from_secs(6);
        drop(breaker.admit(later));
        assert!(ask(&breaker, later, true));
    }
}
