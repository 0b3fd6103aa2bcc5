//! Counters for many threads: each thread counts in a cache line of its own, and a reader adds them up.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that stand together: as many as a cache line holds.
pub const CELLS: usize = 8;
/// Lines of one counter. Threads that share one are still counted right, only slower.
pub(super) const LINES: usize = 8;

/// A cache line.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(super) struct Line(pub(super) [AtomicU64; CELLS]);

/// Eight counters.
#[derive(Debug, Default)]
pub struct Cells([Line; LINES]);

impl Cells {
    /// One more in a cell; a cell that is not there counts nothing.
    pub fn count(&self, cell: usize) {
        if let Some(cell) = self.0.get(line()).and_then(|line| line.0.get(cell)) {
            cell.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What each cell has come to.
    #[must_use]
    pub fn read(&self) -> [u64; CELLS] {
        let mut sums = [0; CELLS];
        for line in &self.0 {
            for (sum, cell) in sums.iter_mut().zip(&line.0) {
                *sum += cell.load(Ordering::Relaxed);
            }
        }
        sums
    }
}

/// The line of the thread that asks, by the address of something each thread has for itself.
pub(super) fn line() -> usize {
    thread_local!(static HERE: u8 = const { 0 });
    let address = HERE.with(|here| std::ptr::from_ref(here).addr());
    // Fibonacci hashing: addresses of threads differ in few bits, and the product's highest depend on all of them.
    address.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (usize::BITS - LINES.ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_between_threads() {
        let cells = Cells::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let cells = &cells;
                scope.spawn(move || (0..10_000).for_each(|_| cells.count(thread % 2)));
            }
        });
        cells.count(CELLS);
        assert_eq!(cells.read(), [20_000, 20_000, 0, 0, 0, 0, 0, 0]);
    }
}
