//! The screen *Now*: what runs at this moment.

mod page;

pub(super) use page::{live, page};
