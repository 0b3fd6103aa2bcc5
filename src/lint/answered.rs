//! What is known of the answer of a call: which values it never is, and which parts it never has.

use crate::event::{Shape, Value, View};
use crate::rule::{Answering, At, Comparator, Expression, Function, Never, Operator};
use crate::yaml::scalar;

/// What is wrong, and what to write.
type Wrong = (String, String);

/// The answer of a call.
#[derive(Clone, Debug)]
pub struct Answered {
    function: &'static Function,
    /// The values behind the first, where they are written out.
    further: Option<Vec<Value<'static>>>,
}

impl Answered {
    pub fn new(function: &'static Function, values: &[Expression]) -> Self {
        let further = values.iter().skip(1).map(|value| value.constant().cloned()).collect();
        Self { function, further }
    }

    /// Whether it is a text wherever it is there.
    pub fn is_text(&self) -> bool {
        !matches!(self.function.answers(), Answering::Truths | Answering::Numbers)
    }

    /// Why the name of the answer is never this value, and what to write.
    pub fn never(&self, name: &str, value: View<'_>, ignore_case: bool) -> Option<Wrong> {
        let answers = self.function.answers();
        match (answers, value.shape()) {
            (Answering::Truths, Shape::Bool(_))
            | (Answering::Numbers, Shape::Number(_))
            | (_, Shape::Null | Shape::List(_) | Shape::Map(_) | Shape::Secret(_)) => None,
            (_, Shape::Text(text)) => {
                let never = self.never_has(&text, None, ignore_case)?;
                Some((format!("`{name}` is never `{text}`"), self.help(&text, never)))
            }
            (_, Shape::Number(_) | Shape::Bool(_)) => {
                let (text, kind) = (value.as_text(), value.kind_name());
                let message = format!("`{text}` without quotes is {kind}, and `{name}` is never that");
                let help = match answers {
                    Answering::Kept | Answering::KeptWhole(..) | Answering::Texts(..) => format!("write \"{text}\""),
                    _ => self.about(),
                };
                Some((message, help))
            }
        }
    }

    /// What to write where no answer has the part of a text that an operator asks for.
    pub fn no_part(&self, operator: &Operator, ignore_case: bool) -> Option<String> {
        if !self.is_text() && matches!(operator.comparator, Comparator::Pattern(_)) {
            return Some(self.about());
        }
        let at = operator.relation()?.part()?;
        let Shape::Text(text) = operator.operand()?.constant()?.view().shape() else { return None };
        let never = self.never_has(&text, Some(at), ignore_case)?;
        Some(self.help(&text, never))
    }

    fn never_has(&self, text: &str, at: Option<At>, ignore_case: bool) -> Option<Never> {
        self.function.never_answers(text, at, self.further.as_deref(), ignore_case)
    }

    fn help(&self, text: &str, never: Never) -> String {
        match (never, self.function.answers()) {
            (Never::But(answer), _) => format!("`{}` makes `{answer}` of it: write {}", self.name(), scalar(&answer)),
            (Never::AtAll, Answering::Truths) if ["true", "false"].contains(&text.to_lowercase().as_str()) => {
                format!("write `{}`, without quotes", text.to_lowercase())
            }
            (Never::AtAll, Answering::Numbers) if crate::event::number::is_written(text) => {
                format!("write {text}, without quotes")
            }
            (Never::AtAll, _) => self.about(),
        }
    }

    fn about(&self) -> String {
        format!("`{}` answers {}", self.name(), self.function.answers().kind())
    }

    fn name(&self) -> &'static str {
        self.function.name
    }
}
