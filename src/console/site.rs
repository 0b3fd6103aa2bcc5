//! The console as the admin listener calls it.

use std::sync::Arc;

use actix_web::HttpResponse;
use futures_util::future::LocalBoxFuture;

use super::asked::Asked;
use super::console::Console;
use super::{assets, routes};
use crate::server::{Site, Visit};

impl Site for Console {
    fn refused(&self, visit: &Visit) -> Option<HttpResponse> {
        routes::refused(&Asked::of(visit)).map(|answer| answer.into_response(visit.visitor.as_ref()))
    }

    fn answer(self: Arc<Self>, visit: Visit) -> LocalBoxFuture<'static, HttpResponse> {
        Box::pin(async move {
            if let Some(asset) = assets::answer(visit.request.path()) {
                return asset;
            }
            let asked = Asked::of(&visit);
            routes::answer(self, asked).await.into_response(visit.visitor.as_ref())
        })
    }
}
