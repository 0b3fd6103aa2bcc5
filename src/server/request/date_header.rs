//! The `Date` header of answers, formatted once a second instead of once an answer.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

/// The date as it was written last, and the second it is of.
#[derive(Debug, Default)]
pub struct Clock(RefCell<Option<(i64, Rc<str>)>>);

impl Clock {
    /// The moment as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    pub fn date(&self, now: Timestamp) -> Rc<str> {
        let mut last = self.0.borrow_mut();
        match &*last {
            Some((second, date)) if *second == now.as_second() => Rc::clone(date),
            _ => {
                // Only years that no clock has cannot be written.
                let date: Rc<str> = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap_or_default().into();
                *last = Some((now.as_second(), Rc::clone(&date)));
                date
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_written_as_http_wants_it_and_changes_with_the_second() {
        let clock = Clock::default();
        let at = |text: &str| clock.date(text.parse().unwrap());
        assert_eq!(&*at("1994-11-06T08:49:37.999Z"), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(&*at("1994-11-06T08:49:38Z"), "Sun, 06 Nov 1994 08:49:38 GMT");
        assert_eq!(&*at("1994-11-06T08:49:37Z"), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
