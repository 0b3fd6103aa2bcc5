//! Memory that callers can make the door hold: so many bytes in all, of which each takes a share.

use std::sync::atomic::{AtomicUsize, Ordering};

/// There is not enough.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// Memory for one purpose.
#[derive(Debug)]
pub(super) struct Memory {
    limit_bytes: usize,
    taken_bytes: AtomicUsize,
}

/// What one caller has of it; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share<'a> {
    memory: &'a Memory,
    bytes: usize,
}

impl Memory {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, taken_bytes: AtomicUsize::new(0) }
    }

    /// A share of nothing yet.
    pub(super) fn share(&self) -> Share<'_> {
        Share { memory: self, bytes: 0 }
    }
}

impl Share<'_> {
    /// Takes so many bytes more.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let taken = self.memory.taken_bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if taken > self.memory.limit_bytes {
            self.memory.taken_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(Full);
        }
        self.bytes += bytes;
        Ok(())
    }

    /// Takes more, or gives back, until it has so many bytes.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Full> {
        match bytes.checked_sub(self.bytes) {
            Some(more) => self.grow(more),
            None => {
                self.memory.taken_bytes.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
                self.bytes = bytes;
                Ok(())
            }
        }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.memory.taken_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_never_more_than_there_is_and_come_back() {
        let memory = Memory::new(100);
        let (mut one, mut other) = (memory.share(), memory.share());
        assert_eq!((one.grow(60), other.grow(41)), (Ok(()), Err(Full)));
        assert_eq!((other.grow(40), one.hold(61)), (Ok(()), Err(Full)));
        assert_eq!((one.hold(10), other.hold(90)), (Ok(()), Ok(())));
        drop((one, other));
        assert_eq!(memory.taken_bytes.load(Ordering::Relaxed), 0);
    }
}
