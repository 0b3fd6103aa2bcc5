//! The page of the login: the ways in that there are, and why the last attempt came to nothing.

use maud::{Markup, html};

use super::answer::Answer;
use super::asked::Asked;
use super::console::Console;
use super::parts::{State, notice};

/// The page of the login.
pub(super) async fn page(_console: &Console, asked: &Asked) -> Answer {
    let ways = &asked.ways;
    let body = html! {
        @if let Some((what, help)) = asked.get("why").and_then(why) { (notice(State::Bad, what, help)) }
        @if let Some(issuer) = &ways.oidc {
            p { a.button href="/console/oidc/start" { "Log in at " (host(issuer)) } }
        }
        @if ways.users { (form(asked.get("to"))) }
        @if ways.key_alone {
            p {
                "Nobody is named in gateway.yaml who may log in, so that a link opens the console. "
                code { "hookgate serve" } " prints it when it is started at a terminal, and it works once."
            }
            p.help {
                "For a new link, start hookgate again. To name people, see " code { "admin.login" }
                " in gateway.yaml; " code { "hookgate console hash" } " prints the line to write."
            }
        }
    };
    Answer::Outside { title: "Log in".to_owned(), body }
}

fn form(to: Option<&str>) -> Markup {
    html! {
        form.login method="post" action="/console/login" {
            label { "Name" input name="name" autocomplete="username" required autofocus; }
            label { "Password" input type="password" name="password" autocomplete="current-password" required; }
            @if let Some(to) = to { input type="hidden" name="to" value=(to); }
            button.main { "Log in" }
        }
    }
}

/// The name of a provider, as people know it: the host of its address.
fn host(issuer: &str) -> &str {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// The sentence for the code that the login sends along, and what to do.
fn why(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "wrong" => ("the name or password is not right", "type both again; capital and small letters count"),
        "limited" => (
            "too many wrong passwords were typed, and nobody is let in for some minutes",
            "wait five minutes, then try again",
        ),
        "ended" => ("the login took too long, or was begun in another window", "begin again"),
        "provider" => (
            "the login of your company does not answer, or its answer cannot be believed",
            "try again; if that does not help, whoever keeps hookgate finds the reason in its log",
        ),
        "rights" => (
            "you are known, but nobody gave you a right here",
            "ask whoever keeps gateway.yaml to add one of your groups to `admin.login.oidc.rights`",
        ),
        "key" => ("this link was used before, or is not the newest", "start hookgate again: it prints a new one"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_called_by_its_host() {
        assert_eq!(host("https://login.corp.example/realms/one"), "login.corp.example");
        assert_eq!(host("login"), "login");
    }
}
