//! Limits the memory that all callers together can make the server hold, in bytes.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Who wants no more than this may have the last of it, in bytes: where a few hold much, a usual call is still answered.
const SMALL_BYTES: usize = 64 << 10;
/// How much is left for these: one part of so many.
const LAST_PART: usize = 8;

/// There is not enough.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

/// Memory for one purpose.
#[derive(Debug)]
pub struct Memory {
    limit_bytes: usize,
    taken_bytes: AtomicUsize,
}

/// What one caller has of it; given back when it is dropped.
#[derive(Debug)]
pub struct Share<'a> {
    memory: &'a Memory,
    bytes: usize,
    is_large: bool,
}

impl Memory {
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, taken_bytes: AtomicUsize::new(0) }
    }

    /// Memory in which one share of `largest_bytes` has room, whatever the limit says.
    pub fn with_room_for(limit_bytes: usize, largest_bytes: usize) -> Self {
        Self::new(
            limit_bytes.max(largest_bytes.saturating_add(largest_bytes / (LAST_PART - 1)).saturating_add(LAST_PART)),
        )
    }

    /// The most that is held, in bytes.
    pub fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    /// A share of nothing yet.
    pub fn share(&self) -> Share<'_> {
        Share { memory: self, bytes: 0, is_large: false }
    }
}

impl Share<'_> {
    /// It will want so much: what is known to become large leaves the last of it to others from the beginning.
    pub fn announce(&mut self, bytes: usize) {
        self.is_large |= bytes > SMALL_BYTES;
    }

    /// Takes so many bytes more.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let Memory { limit_bytes, taken_bytes } = self.memory;
        self.announce(self.bytes.saturating_add(bytes));
        let last = if self.is_large { limit_bytes / LAST_PART } else { 0 };
        let taken = taken_bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if taken > limit_bytes - last {
            self.memory.taken_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(Full);
        }
        self.bytes += bytes;
        Ok(())
    }

    /// Takes more, or gives back, until it has so many bytes.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Full> {
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
        let large = Memory::with_room_for(0, 10 << 20);
        let (mut one, mut other, mut small) = (large.share(), large.share(), large.share());
        assert_eq!((one.grow(10 << 20), other.grow(1 << 20), small.grow(1 << 10)), (Ok(()), Err(Full), Ok(())));
        assert_eq!(memory.taken_bytes.load(Ordering::Relaxed), 0);
    }
}
