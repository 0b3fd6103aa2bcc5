//! Reads `deliver`: destination, body, and the key that keeps deliveries in order.

use std::ops::Range;

use super::compiler::Compiler;
use crate::diagnostic::{code, did_you_mean};
use crate::event::Path;
use crate::rule::action::{Action, Deliver};
use crate::rule::case::ExpectedDelivery;
use crate::rule::expression::Expression;
use crate::rule::function::Markup;
use crate::rule::grammar;
use crate::rule::taint::secret_in;
use crate::rule::tenant::Accepts;
use crate::yaml::{Content, Node, Purpose, listed};

impl Compiler<'_> {
    /// One delivery or a list of them.
    pub(super) fn deliveries(&mut self, node: &Node, actions: &mut Vec<Action>) {
        match &node.content {
            Content::List(items) => items.iter().for_each(|item| actions.extend(self.delivery(item))),
            _ => actions.extend(self.delivery(node)),
        }
    }

    fn delivery(&mut self, node: &Node) -> Option<Action> {
        self.reader.fields(node, &grammar::DELIVER)?;
        let to = node.get("to")?;
        let span = &to.span;
        let key = node.get("key").map(|key| {
            let value = self.expression(key, Purpose::Field("id"));
            self.keep_secrets(&value, &key.span, "the key of a delivery");
            value
        });
        let body = node.get("body")?;
        let to = self.reader.text(to, "`to`")?;
        let accepts = self.destination(to, span)?;
        Some(self.delivery_of(to, accepts, body, key))
    }

    /// A delivery of this body. A secret goes to nobody who does not take it.
    pub(super) fn delivery_of(&mut self, to: &str, accepts: Accepts, body: &Node, key: Option<Expression>) -> Action {
        let value = self.expression(body, Purpose::Body);
        match secret_in(&value, &self.bindings, &self.hooks.secrets) {
            Some(path) if !accepts.secrets => self.secret_is_sent(&path, to, &body.span),
            Some(path) => self.must_wait(&path, to, accepts, &body.span),
            None => {}
        }
        let body = match accepts.markup {
            Some(markup) => value.escaped_for(markup),
            None => value,
        };
        Action::Deliver(Deliver { to: to.to_owned(), body, key })
    }

    /// What a destination takes; one that gateway.yaml does not have is a mistake.
    pub(super) fn destination(&mut self, name: &str, span: &Range<usize>) -> Option<Accepts> {
        let destinations = &self.tenant.destinations;
        if let Some(accepts) = destinations.get(name).copied() {
            self.warn_of_markup(name, accepts, span);
            return Some(accepts);
        }
        let names = || destinations.keys().map(String::as_str);
        let help = match did_you_mean(name, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if destinations.is_empty() => {
                format!("declare it in gateway.yaml: `destinations: {{ {name}: {{ http: \"https://…\" }} }}`")
            }
            None => format!("gateway.yaml has {}", listed(names())),
        };
        let message = format!("gateway.yaml has no destination `{name}`");
        let finding = self.reader.mistake(&code::UNKNOWN_DESTINATION, span, message);
        self.reader.push(finding.help(help));
        None
    }

    /// An address that is known as a chat's, of which nobody has said how its texts are escaped.
    fn warn_of_markup(&mut self, to: &str, accepts: Accepts, span: &Range<usize>) {
        let Some((word, _)) = Markup::ALL.iter().find(|(_, markup)| accepts.markup == Some(*markup)) else { return };
        if !accepts.is_markup_guessed {
            return;
        }
        let message = format!(
            "destination `{to}` is a chat by its address, and gateway.yaml does not say how its texts are escaped"
        );
        let finding = self.reader.mistake(&code::MARKUP_IS_GUESSED, span, message).warning();
        let help =
            format!("write `escape: {word}` at `{to}` in gateway.yaml, which is what is done, or `escape: none`");
        self.reader.push(finding.help(help));
    }

    fn secret_is_sent(&mut self, path: &Path, to: &str, span: &Range<usize>) {
        let message = format!("the secret `{path}` would be sent to `{to}`");
        let finding = self.reader.mistake(&code::SECRET_IS_SENT, span, message);
        let help = format!(
            "leave it out; or, if `{to}` must have it, write `accepts: secrets` at this destination in gateway.yaml"
        );
        self.reader.push(finding.help(help));
    }

    /// A secret that is sent must have a place to wait.
    pub(super) fn must_wait(&mut self, path: &Path, to: &str, accepts: Accepts, span: &Range<usize>) {
        if accepts.keeps_secrets {
            return;
        }
        let message =
            format!("the secret `{path}` is sent to `{to}`, and would be lost if hookgate stops before it arrives");
        let finding = self.reader.mistake(&code::SECRET_NOT_KEPT, span, message);
        self.reader.push(finding.help(
            "set a key in gateway.yaml that encrypts it while it waits: `outbox: { encryption_key: \"${env:OUTBOX_KEY}\" \
             }` (`openssl rand -base64 32` makes one); or, if it may be lost, `outbox: { memory_for_secrets: true }`",
        ));
    }

    /// `deliveries` of a test.
    pub(super) fn expected_deliveries(&mut self, node: &Node) -> Option<Vec<ExpectedDelivery>> {
        let items = self.reader.items(node, "`deliveries`")?;
        Some(items.iter().filter_map(|item| self.expected_delivery(item)).collect())
    }

    fn expected_delivery(&mut self, node: &Node) -> Option<ExpectedDelivery> {
        self.reader.fields(node, &grammar::EXPECTED_DELIVERY)?;
        let to = self.reader.text(node.get("to")?, "`to`")?.to_owned();
        let body = node.get("body").map(|body| self.reader.literal(body, Purpose::Body));
        let key = node.get("key").and_then(|key| self.reader.text(key, "`key`")).map(str::to_owned);
        Some(ExpectedDelivery { to, body, key })
    }
}

/// Deliveries come before what ends the event, in whatever order they are written: a rule that refuses still tells. All else
/// keeps its place, so that what is written behind a refusal is still not done.
pub(super) fn in_order(actions: &mut [Action]) {
    let is_end =
        |action: &Action| matches!(action, Action::Reject { .. } | Action::MappedValue(_) | Action::Deprovision(_));
    let Some((_, from_end)) = actions.iter().position(is_end).and_then(|end| actions.split_at_mut_checked(end)) else {
        return;
    };
    from_end.sort_by_key(|action| !matches!(action, Action::Deliver(_)));
}
