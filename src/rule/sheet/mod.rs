//! Reads table files of administrators, CSV and workbooks, into cells that know their places.

mod cells;
mod csv;
mod form;
mod pieces;
mod read;
mod spoilt;
mod value;
mod workbook;

pub use cells::{Cell, Doubts, Sheet, span_of};
pub use form::{Form, Said};
pub use read::read;
pub use spoilt::{Doubtful, rows_named, spoilt, warn_of_spoilt};
