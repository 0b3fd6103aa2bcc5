//! Escapes texts within a chat message, so that what a person typed makes no mention, link or markup.

use crate::diagnostic::escaped;
use crate::event::{Shape, Value, View};
use crate::rule::function::clock::Clock;
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::at;

pub static FUNCTIONS: &[&Function] = &[&SLACK_TEXT, &MARKDOWN_TEXT, &HTML_TEXT];

/// How a message is marked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Slack's mrkdwn: `<!channel>`, `<https://host|words>` (docs.slack.dev, "Formatting message text").
    Slack,
    /// Markdown, as in adaptive cards: `[words](https://host)` (learn.microsoft.com, "Text features" of adaptive cards).
    Markdown,
    Html,
}

impl Markup {
    /// Every kind with the word that gateway.yaml uses for it.
    pub const ALL: [(&'static str, Markup); 3] =
        [("slack", Markup::Slack), ("markdown", Markup::Markdown), ("html", Markup::Html)];

    /// The function that escapes a value for it.
    #[must_use]
    pub fn function(self) -> &'static Function {
        match self {
            Markup::Slack => &SLACK_TEXT,
            Markup::Markdown => &MARKDOWN_TEXT,
            Markup::Html => &HTML_TEXT,
        }
    }

    /// Whether a function is one of these.
    #[must_use]
    pub fn is_of(function: &Function) -> bool {
        Self::ALL.iter().any(|(_, markup)| markup.function() == function)
    }

    fn of_letter(self, letter: char, out: &mut String) {
        let entity = match (self, letter) {
            (Markup::Slack | Markup::Html, '&') => "&amp;",
            (Markup::Slack | Markup::Html, '<') => "&lt;",
            (Markup::Slack | Markup::Html, '>') => "&gt;",
            (Markup::Html, '"') => "&quot;",
            (Markup::Html, '\'') => "&#39;",
            (Markup::Markdown, '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '#' | '!' | '|') => "\\",
            (Markup::Slack | Markup::Markdown | Markup::Html, _) => "",
        };
        out.push_str(entity);
        if !entity.starts_with('&') {
            out.push(letter);
        }
    }

    /// A text on one line, in which nothing is markup or unseen; joiners stay, which some scripts are written with.
    fn of_text(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 8);
        for letter in text.chars() {
            match letter {
                '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
                '\u{200c}' | '\u{200d}' => out.push(letter),
                _ => escaped(letter.encode_utf8(&mut [0; 4])).chars().for_each(|c| self.of_letter(c, &mut out)),
            }
        }
        out
    }

    /// A value with all texts in it escaped.
    fn of_value(self, value: View<'_>) -> Value<'static> {
        match value.shape() {
            Shape::Text(text) => Value::text(self.of_text(&text)),
            Shape::List(list) => Value::List(list.iter().map(|item| self.of_value(item)).collect()),
            Shape::Map(map) => {
                let field = |(key, value): (std::borrow::Cow<'_, str>, View<'_>)| {
                    (self.of_text(&key).into(), self.of_value(value))
                };
                Value::Map(map.iter().map(field).collect())
            }
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Secret(_) => value.to_value().into_static(),
        }
    }
}

static SLACK_TEXT: Function = Function::new(
    "slack_text(x)",
    "slack_text",
    (1, 1),
    "the value as plain words of a Slack message: no mention, no link. Templates of a `deliver` to Slack do this by themselves",
    slack_text,
)
.examples(&[("slack_text(\"<!channel> R&D\")", "&lt;!channel&gt; R&amp;D")]);

fn slack_text(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Markup::Slack.of_value(at(values, 0)))
}

static MARKDOWN_TEXT: Function = Function::new(
    "markdown_text(x)",
    "markdown_text",
    (1, 1),
    "the value as plain words of Markdown, as Teams reads it: no link, no sign of its own. Templates of a `deliver` to Teams do this by themselves",
    markdown_text,
)
.examples(&[("markdown_text(\"[pay](https://x.example)\")", "\\[pay\\](https://x.example)")]);

fn markdown_text(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Markup::Markdown.of_value(at(values, 0)))
}

static HTML_TEXT: Function = Function::new(
    "html_text(x)",
    "html_text",
    (1, 1),
    "the value as plain words of HTML. Templates of a `deliver` with `escape: html` do this by themselves",
    html_text,
)
.examples(&[("html_text(\"<b>Asha</b>\")", "&lt;b&gt;Asha&lt;/b&gt;")]);

fn html_text(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Markup::Html.of_value(at(values, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_brought_in_is_no_markup() {
        for (markup, text, wanted) in [
            (
                Markup::Slack,
                "<!channel> <@U1> <https://evil.example|pay> a&b",
                "&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|pay&gt; a&amp;b",
            ),
            (Markup::Slack, "Asha\nAlert: \u{202e}x", "Asha Alert: \\u202ex"),
            (
                Markup::Markdown,
                "[pay](https://evil.example) *x* _y_ `z`\\",
                "\\[pay\\](https://evil.example) \\*x\\* \\_y\\_ \\`z\\`\\\\",
            ),
            (Markup::Markdown, "a\u{1b}b", "a\\\\u001bb"),
            (Markup::Html, "<img src=x onerror='y'>", "&lt;img src=x onerror=&#39;y&#39;&gt;"),
            (Markup::Slack, "क्\u{200d}ष ❤\u{fe0f}", "क्\u{200d}ष ❤\u{fe0f}"),
        ] {
            assert_eq!(markup.of_text(text), wanted);
        }
        let value = Value::from(serde_json::json!({ "<a>": ["<b>", 1, null, { "x": "<c>" }] }));
        assert_eq!(
            Markup::Slack.of_value(value.view()).to_json(),
            r#"{"&lt;a&gt;":["&lt;b&gt;",1,null,{"x":"&lt;c&gt;"}]}"#
        );
    }
}
