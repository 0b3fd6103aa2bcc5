//! Every page with its method, what is needed to ask for it, and what answers.

use std::sync::Arc;

use actix_web::http::StatusCode;
use futures_util::future::LocalBoxFuture;

use super::answer::Answer;
use super::asked::Asked;
use super::console::Console;
use super::screen::Need;
use super::{changes, decisions, deliveries, login, now, person, playground, rules, setup};

/// A page, or a form that is sent.
pub(super) struct Route {
    pub path: &'static str,
    pub is_post: bool,
    pub need: Need,
    pub answer: fn(Arc<Console>, Asked) -> LocalBoxFuture<'static, Answer>,
}

/// A page that is asked for.
macro_rules! get {
    ($path:expr, $need:ident, $answer:path) => {
        Route {
            path: $path,
            is_post: false,
            need: Need::$need,
            answer: |console, asked| Box::pin(async move { $answer(&console, &asked).await }),
        }
    };
}

/// A form that is sent.
macro_rules! post {
    ($path:expr, $need:ident, $answer:path) => {
        Route {
            path: $path,
            is_post: true,
            need: Need::$need,
            answer: |console, asked| Box::pin(async move { $answer(&console, &asked).await }),
        }
    };
}

/// Every page, screen by screen.
const ROUTES: &[Route] = &[
    get!("/console", Nothing, now::page),
    get!("/console/now/live", Nothing, now::live),
    get!("/console/playground", Look, playground::page),
    post!("/console/playground", Look, playground::posted),
    post!("/console/playground/check", Look, playground::check),
    post!("/console/playground/patch", Look, playground::download),
    get!("/console/playground/others", People, playground::others),
    post!("/console/playground/others", People, playground::begin),
    get!("/console/playground/others/live", People, playground::live),
    post!("/console/playground/others/cancel", People, playground::cancel),
    get!("/console/rules", Look, rules::page),
    get!("/console/rules/rule", Look, rules::rule),
    get!("/console/changes", Look, changes::page),
    get!("/console/changes/diff", Look, changes::compared),
    post!("/console/changes/reload", Act, changes::reload),
    post!("/console/changes/rollback", Act, changes::roll_back),
    post!("/console/changes/accept", Act, changes::accept),
    get!("/console/setup", Look, setup::page),
    get!("/console/setup/live", Look, setup::live),
    post!("/console/setup/play", Act, setup::play),
    post!("/console/setup/doctor", Act, setup::examine),
    get!("/console/login", Nothing, login::page),
    get!("/console/person", People, person::page),
    get!("/console/decisions", Look, decisions::page),
    get!("/console/decisions/live", Look, decisions::live),
    get!("/console/decisions/one", Look, decisions::one),
    get!("/console/decisions/test", People, decisions::test),
    get!("/console/deliveries", Look, deliveries::page),
    get!("/console/deliveries/one", Look, deliveries::one),
    post!("/console/deliveries/change", Act, deliveries::change),
    post!("/console/deliveries/pause", Act, deliveries::pause),
];

/// Answers a request, whatever it is.
pub(super) async fn answer(console: Arc<Console>, asked: Asked) -> Answer {
    match found(&asked) {
        Ok(route) => (route.answer)(console, asked).await,
        Err(refused) => refused,
    }
}

/// The answer to what no page takes from this visitor.
pub(super) fn refused(asked: &Asked) -> Option<Answer> {
    found(asked).err()
}

/// The page that is meant, if the visitor may ask for it.
fn found(asked: &Asked) -> Result<&'static Route, Answer> {
    let path = if asked.path == "/console/" { "/console" } else { asked.path.as_str() };
    let mut routes = ROUTES.iter().filter(|route| route.path == path);
    let Some(route) = routes.clone().find(|route| route.is_post == asked.is_post) else {
        return Err(match routes.next() {
            Some(_) => Answer::Refused {
                status: StatusCode::METHOD_NOT_ALLOWED,
                what: "this page is not asked for like that".to_owned(),
                help: "go back, and use the buttons of the page".to_owned(),
            },
            None => Answer::not_found("there is no such page", "choose a screen above"),
        });
    };
    if route.need.is_met(asked.rights()) { Ok(route) } else { Err(lacking(route.need, asked)) }
}

/// The visitor lacks a right, or is none.
fn lacking(need: Need, asked: &Asked) -> Answer {
    match (&asked.visitor, asked.is_post) {
        (None, false) => return Answer::Moved(format!("/console/login?{}", asked.way_back())),
        (None, true) => {
            return Answer::Refused {
                status: StatusCode::FORBIDDEN,
                what: "your login has ended, and nothing was done".to_owned(),
                help: "go back in the browser and copy what you have typed; then log in again".to_owned(),
            };
        }
        (Some(_), _) => {}
    }
    let right = need.word();
    Answer::Refused {
        status: StatusCode::FORBIDDEN,
        what: format!("this needs the right `{right}`, which you do not have"),
        help: format!(
            "ask whoever keeps gateway.yaml: `admin.login` there says who has `{right}`, by name or by group"
        ),
    }
}
