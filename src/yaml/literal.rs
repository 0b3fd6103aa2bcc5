//! What a plain scalar of YAML means, and the traps of numbers, `NO` and long ids.

use std::borrow::Cow;

use super::plain_word::{EXACT_DIGITS, has_exponent, is_ambiguous_word, is_json_number, is_odd_number};
use super::read::Reader;
use super::tree::{Content, Node, Style};
use crate::diagnostic::code;
use crate::event::Value;

/// Whole numbers of at least this many digits are ids or telephone numbers, and those are text.
const ID_DIGITS: usize = 8;

/// User fields that are text even if they consist of digits.
const TEXT_FIELDS: [&str; 13] = [
    "id",
    "login",
    "mobile",
    "countryCode",
    "landline",
    "employeeId",
    "managerId",
    "orgUnitId",
    "associatedPartner",
    "email",
    "uid",
    "appId",
    "applicationId",
];

/// What a literal is for, which decides what an unquoted number may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// A value compared with or written to this field.
    Field(&'a str),
    /// A number is wanted: a comparison, a length.
    Number,
    /// A body in a test: whatever the platform may send.
    Body,
}

impl Reader<'_> {
    /// A row of a YAML table: an unquoted id or mobile number is a mistake there too.
    pub fn row(&mut self, node: &Node) -> Value<'static> {
        self.literal(node, Purpose::Field(""))
    }

    /// A value as written, templates not read.
    pub fn literal(&mut self, node: &Node, purpose: Purpose<'_>) -> Value<'static> {
        match &node.content {
            Content::Scalar { text, style: Style::Plain } => self.plain(node, text, purpose),
            Content::Scalar { text, .. } => Value::text(text.clone()),
            Content::List(items) => Value::List(items.iter().map(|item| self.literal(item, purpose)).collect()),
            Content::Map(entries) => {
                let mut fields = Vec::with_capacity(entries.len());
                for entry in entries {
                    let purpose = match purpose {
                        Purpose::Field(_) => Purpose::Field(&entry.key),
                        other => other,
                    };
                    fields.push((Cow::Owned(entry.key.clone()), self.literal(&entry.value, purpose)));
                }
                Value::Map(fields)
            }
        }
    }

    fn plain(&mut self, node: &Node, text: &str, purpose: Purpose<'_>) -> Value<'static> {
        match text {
            "" | "~" | "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if is_ambiguous_word(text) => {
                let message =
                    format!("`{text}` without quotes is false or true to some YAML readers and text to others");
                let finding = self.mistake(&code::AMBIGUOUS_WORD, &node.span, message);
                let help = format!("write \"{text}\" for the text, or `true` or `false`");
                self.push(finding.help(help));
                Value::text(text)
            }
            _ if is_json_number(text) && (purpose == Purpose::Number || !has_exponent(text)) => {
                self.number(node, text, purpose)
            }
            _ if is_odd_number(text) || is_json_number(text) => {
                let message = format!("YAML readers disagree on whether `{text}` is a number");
                let finding = self.mistake(&code::ODD_NUMBER, &node.span, message);
                self.push(
                    finding.help(format!("write \"{text}\" for the text, or the number in plain decimal digits")),
                );
                Value::text(text)
            }
            _ => Value::text(text),
        }
    }

    fn number(&mut self, node: &Node, text: &str, purpose: Purpose<'_>) -> Value<'static> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_whole = !text.contains('.');
        let quoted = format!("write \"{text}\", in quotes: ids, mobile numbers and codes are text to hookgate");
        if digits > EXACT_DIGITS {
            let message =
                format!("the number `{text}` has {digits} digits, and many programs keep only {EXACT_DIGITS}");
            self.push(self.mistake(&code::NUMBER_TOO_LONG, &node.span, message).help(quoted));
            return Value::text(text);
        }
        let field = match purpose {
            Purpose::Field(field) if is_whole => Some(field),
            _ => None,
        };
        if let Some(field) = field.filter(|field| digits >= ID_DIGITS || TEXT_FIELDS.contains(field)) {
            let message = match TEXT_FIELDS.contains(&field) {
                true => format!("`{text}` without quotes is a number, and `{field}` is text"),
                false => format!("`{text}` without quotes is a number, but looks like an id or a telephone number"),
            };
            self.push(self.mistake(&code::UNQUOTED_NUMBER, &node.span, message).help(quoted));
            return Value::text(text);
        }
        Value::Number(Cow::Owned(text.to_owned()))
    }
}
