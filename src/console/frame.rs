//! The frame around each page: head, navigation, who is logged in.

use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::screen::Screen;
use crate::server::{Rights, Visitor};

/// A whole page.
pub(super) fn page(visitor: Option<&Visitor>, current: Option<Screen>, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · hookgate" }
                link rel="icon" href=(assets::url("icon.svg"));
                link rel="stylesheet" href=(assets::url("console.css"));
                @for module in assets::MODULES {
                    script type="module" src=(assets::url(module)) {}
                }
            }
            body {
                a.skip href="#main" { "Skip to the page" }
                header.top {
                    a.brand href="/console" { "hookgate" }
                    nav aria-label="Screens" { (navigation(visitor, current)) }
                    (who(visitor))
                }
                main #main tabindex="-1" {
                    h1 { (title) }
                    (body)
                }
            }
        }
    }
}

fn navigation(visitor: Option<&Visitor>, current: Option<Screen>) -> Markup {
    let rights = visitor.map_or_else(Rights::default, |visitor| visitor.rights);
    html! {
        ul {
            @for screen in Screen::ALL.into_iter().filter(|screen| screen.need().is_met(rights)) {
                li {
                    a href=(screen.path()) aria-current=[(current == Some(screen)).then_some("page")] {
                        (screen.name())
                    }
                }
            }
        }
    }
}

/// Who is logged in, with the way out; or the way in.
fn who(visitor: Option<&Visitor>) -> Markup {
    match visitor {
        None => html! { div.visitor { a href="/console/login" { "Log in" } } },
        Some(visitor) => html! {
            div.visitor {
                span title=(visitor.name) { (visitor.name) }
                form method="post" action="/console/logout" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    button.link { "Log out" }
                }
            }
        },
    }
}

/// Why nothing was done, and what the reader can do.
pub(super) fn refusal(visitor: Option<&Visitor>, what: &str, help: &str) -> Markup {
    let body = html! {
        div.refusal role="alert" { p { (sentence(what)) } p.help { (sentence(help)) } }
    };
    page(visitor, None, "That did not work", &body)
}

/// A message as a sentence, with what stands in backticks as code.
pub(super) fn sentence(text: &str) -> Markup {
    with_code(&capitalized(text))
}

/// Words of a message, with what stands in backticks as code.
pub(super) fn with_code(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Messages begin with a small letter and have no full stop; the program's name stays small.
fn capitalized(text: &str) -> String {
    let text = text.trim_end();
    let stop = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    if text.starts_with("hookgate") || text.starts_with("gateway.yaml") {
        return format!("{text}{stop}");
    }
    capital(text) + stop
}

/// The text with a capital letter at its start.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence_with_code() {
        assert_eq!(sentence("set `a<b` to \"x\"").0, "Set <code>a&lt;b</code> to &quot;x&quot;.");
        assert_eq!(sentence("hookgate ended!").0, "hookgate ended!");
    }
}
