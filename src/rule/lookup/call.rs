//! A lookup over HTTP: which call is made, and where its answer has the rows.

use super::filling::{Filling, Shaped};
use crate::event::{Path, Segment};
use crate::rule::script::Lowered;

/// A call of an HTTP connection.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// Below the connection's address; begins with `/`.
    pub path: Filling,
    /// Parameters behind the `?`.
    pub query: Vec<(String, Filling)>,
    pub headers: Vec<(String, Filling)>,
    /// Sent as JSON.
    pub body: Option<Shaped>,
    /// Where the rows stand in the answer; the first that is there counts. Empty: the answer itself.
    pub rows: Vec<Vec<Segment>>,
    /// What a row must be, each by a field or a function of fields: compared exactly, whatever the server matched.
    pub matching: Vec<(Lowered, Filling)>,
    pub pages: Option<Pages>,
    /// Statuses that mean: no row.
    pub no_rows_on: Vec<u16>,
}

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// Answers that come page by page.
#[derive(Clone, Debug)]
pub struct Pages {
    /// What carries the page's number: a field of the body for `post`, a parameter of the query for `get`.
    pub number: Path,
    /// The first page's number.
    pub first: u64,
    /// Rows of a full page: a page with fewer is the last.
    pub size: u64,
    /// Most pages that are asked for; where the last of them is full, the lookup fails rather than miss a row.
    pub limit: u64,
}
