//! A server of the same HTTP library that does nothing: start.py prints hookgate's start and memory beside its own.

use actix_web::{App, HttpServer, rt::System, web};

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap();
    let serve = || App::new().default_service(web::to(|| async { "{}" }));
    System::new().block_on(async { HttpServer::new(serve).bind(address)?.run().await })
}
