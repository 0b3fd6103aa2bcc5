//! Limits how many requests run at once, in all and for each hook. Dropping a place frees it.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::event::Hooks;
use crate::server::request::{Refusal, Shortage};

/// The places of a server.
#[derive(Debug)]
pub struct ConcurrencyLimit {
    all: Room,
    /// In the order of the table of hooks.
    hooks: Box<[Room]>,
}

#[derive(Debug)]
struct Room {
    limit: usize,
    taken: AtomicUsize,
}

/// A request's place.
#[derive(Debug)]
pub struct Permit<'a>(&'a Room, &'a Room);

impl ConcurrencyLimit {
    /// `of_a_hook` is for hooks that say nothing of their own.
    pub fn new(hooks: &Hooks, in_all: usize, of_a_hook: usize) -> Self {
        let room = |limit| Room { limit, taken: AtomicUsize::new(0) };
        Self {
            all: room(in_all),
            hooks: hooks.rows.iter().map(|hook| room(hook.request_limit.unwrap_or(of_a_hook))).collect(),
        }
    }

    /// Whether there would be a place now: who has none need not send a body.
    pub fn look(&self, hook: usize) -> Result<(), Refusal> {
        let of_hook = self.hooks.get(hook).ok_or(Refusal::UnknownHook)?;
        match (self.all.is_full(), of_hook.is_full()) {
            (true, _) => Err(Refusal::Overloaded(Shortage::Requests)),
            (_, true) => Err(Refusal::Overloaded(Shortage::Hook)),
            (false, false) => Ok(()),
        }
    }

    /// Takes a place, if there is one.
    pub fn take(&self, hook: usize) -> Result<Permit<'_>, Refusal> {
        let of_hook = self.hooks.get(hook).ok_or(Refusal::UnknownHook)?;
        if !of_hook.take() {
            return Err(Refusal::Overloaded(Shortage::Hook));
        }
        if !self.all.take() {
            of_hook.give_back();
            return Err(Refusal::Overloaded(Shortage::Requests));
        }
        Ok(Permit(&self.all, of_hook))
    }
}

impl Room {
    fn is_full(&self) -> bool {
        self.taken.load(Ordering::Relaxed) >= self.limit
    }

    fn take(&self) -> bool {
        let is_taken = self.taken.fetch_add(1, Ordering::Relaxed) < self.limit;
        if !is_taken {
            self.give_back();
        }
        is_taken
    }

    fn give_back(&self) {
        self.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.give_back();
        self.1.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hook_cannot_take_the_places_of_the_others() {
        let mut hooks = Hooks::standard();
        hooks.rows[1].request_limit = Some(1);
        let places = ConcurrencyLimit::new(&hooks, 5, 3);
        let taken: Vec<_> = (0..3).map(|_| places.take(0).unwrap()).collect();
        assert_eq!(places.look(0), Err(Refusal::Overloaded(Shortage::Hook)));
        assert_eq!(places.take(0).unwrap_err(), Refusal::Overloaded(Shortage::Hook));
        let one = places.take(1).unwrap();
        assert_eq!(places.take(1).unwrap_err(), Refusal::Overloaded(Shortage::Hook));
        let last = places.take(2).unwrap();
        assert_eq!(places.look(2), Err(Refusal::Overloaded(Shortage::Requests)));
        assert_eq!(places.take(2).unwrap_err(), Refusal::Overloaded(Shortage::Requests));
        drop((taken, one, last));
        assert_eq!(places.all.taken.load(Ordering::Relaxed), 0);
        assert!(places.hooks.iter().all(|room| room.taken.load(Ordering::Relaxed) == 0));
    }
}
