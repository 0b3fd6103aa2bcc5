//! The pages of the console, as the admin listener sees them: a room above answers them.

use std::fmt::Debug;
use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use super::listener::CONNECTION_LIMIT;
use super::login::{Visitor, Ways};

/// What every path of the console begins with.
pub const CONSOLE: &str = "/console";

/// Event streams at once, of all visitors: with the forms that are read, at most two thirds of the connections. The rest is for
/// probes and pages.
pub const STREAM_LIMIT: usize = CONNECTION_LIMIT / 2;

/// Pages below [`CONSOLE`].
pub trait Site: Debug + Send + Sync {
    /// The answer to a form that no page takes from this visitor, whatever it holds; its body is not read yet.
    fn refused(&self, visit: &Visit) -> Option<HttpResponse>;

    /// Answers a request that the listener has let in: its host is known, and what it changes was asked for by the visitor.
    fn answer(self: Arc<Self>, visit: Visit) -> LocalBoxFuture<'static, HttpResponse>;
}

/// A request for a page.
#[derive(Debug)]
pub struct Visit {
    pub request: HttpRequest,
    /// Blank unless it is a POST.
    pub body: Bytes,
    /// Who asks; none without a session.
    pub visitor: Option<Visitor>,
    /// How one gets in.
    pub ways: Ways,
}
