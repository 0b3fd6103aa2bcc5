//! A lookup over HTTP: which call is made, and where its answer has the rows.

use super::filling::{Filling, Part, Shaped};
use super::keys::{AT_ONCE, CACHE, ON_ERROR, TIMEOUT};
use crate::event::{Path, Segment};
use crate::rule::script::Lowered;
use crate::yaml::keys::{Keys, Shape, TEXT_OR_TEXTS, optional, required};

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

impl Call {
    /// Every part that the key fills, in any of its texts.
    #[must_use]
    pub fn parts(&self) -> Vec<&Part> {
        let texts = self.query.iter().chain(&self.headers).map(|(_, filling)| filling);
        let texts = texts.chain([&self.path]).chain(self.matching.iter().map(|(_, filling)| filling));
        texts.flat_map(|filling| &filling.parts).chain(self.body.iter().flat_map(Shaped::parts)).collect()
    }

    /// The call in a line, with the places of the key as they are written.
    #[must_use]
    pub fn shown(&self) -> String {
        let method = match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        format!("{method} {}", self.path.shown())
    }
}

/// A lookup over HTTP.
pub static HTTP_LOOKUP: Keys = Keys {
    what: "a lookup over HTTP",
    keys: &[
        required("http", Shape::Text, "a connection of gateway.yaml"),
        optional("get", Shape::Text, "the path that is read: `/users/${key}`"),
        optional("post", Shape::Text, "the path that is posted to"),
        optional("query", Shape::MapOf(&Shape::Text), "parameters behind the `?`"),
        optional("headers", Shape::MapOf(&Shape::Text), "headers beside those of the connection"),
        optional("body", Shape::Any, "what is posted, as JSON"),
        optional(
            "rows",
            TEXT_OR_TEXTS,
            "where the rows stand in the answer: `data.elements`; of a list the first that is there",
        ),
        optional("where", Shape::MapOf(&Shape::Text), "what a row must be, compared exactly: `mobile: \"${key}\"`"),
        optional("pages", Shape::Mapping(&PAGES), "how further pages are asked for"),
        optional("no_rows_on", Shape::ListOf(&Shape::Whole), "statuses that mean that there is no row: [404]"),
        TIMEOUT,
        CACHE,
        ON_ERROR,
        AT_ONCE,
    ],
};

/// `pages`.
pub static PAGES: Keys = Keys {
    what: "`pages`",
    keys: &[
        required(
            "number",
            Shape::Text,
            "the field of the body (post), or parameter of the query (get), with the page's number",
        ),
        required("size", Shape::Whole, "rows of a full page; a page with fewer is the last"),
        optional("first", Shape::Whole, "the first page's number (left out: 0)"),
        optional("limit", Shape::Whole, "most pages that are asked for (left out: 10); beyond them the lookup fails"),
    ],
};
