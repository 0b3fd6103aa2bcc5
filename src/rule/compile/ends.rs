//! Warns of white space at the ends of values, which nobody sees and nothing is equal to.
//!
//! Spaces within quotes, and line breaks that `|` leaves behind.

use super::compiler::Compiler;
use crate::diagnostic::code;
use crate::event::is_blank;
use crate::yaml::{Content, Node, Style};

/// What a value is for, which decides what may stand at its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A field must be equal to it.
    Equal,
    /// A field holds, begins or ends with it: a space may be meant.
    Part,
    /// A regular expression.
    Pattern,
    /// A field, an application or a lookup gets it.
    Given,
    /// `let` names it: it may become anything, a body of several lines too.
    Named,
}

impl Compiler<'_> {
    /// Warns of white space at the ends of a value, or of the elements of a list.
    pub(super) fn warn_of_ends(&mut self, node: &Node, used: Use) {
        match &node.content {
            Content::List(items) => items.iter().for_each(|item| self.warn_of_ends(item, used)),
            Content::Scalar { text, style: Style::Block } => self.warn_of_a_block(node, text, used),
            Content::Scalar { text, style: Style::Quoted | Style::Plain } if used == Use::Equal => {
                self.warn_of_spaces(node, text);
            }
            Content::Scalar { .. } | Content::Map(_) => {}
        }
    }

    fn warn_of_a_block(&mut self, node: &Node, text: &str, used: Use) {
        let is_meant = match used {
            Use::Equal | Use::Part | Use::Given => false,
            // `(?x)` leaves white space out of the pattern.
            Use::Pattern => text.starts_with("(?") && text.split(')').next().is_some_and(|flags| flags.contains('x')),
            Use::Named => text.trim_end().contains('\n'),
        };
        if is_meant || !text.ends_with('\n') {
            return;
        }
        let goes = match used {
            Use::Equal => "and no field does",
            Use::Part | Use::Pattern => "and few fields have one there",
            Use::Given | Use::Named => "which goes wherever the value goes",
        };
        let message = format!("this value ends with a line break, {goes}");
        let file = &self.reader.file.text;
        let (before, written) = (file.get(..node.span.start), file.get(node.span.clone()).unwrap_or_default());
        let sign = before.and_then(|before| before.chars().rev().find(|c| matches!(c, '|' | '>'))).unwrap_or('|');
        let span = node.span.start..node.span.start + written.trim_end().len();
        let finding = self.reader.mistake(&code::WHITE_SPACE_AT_ENDS, &span, message).warning();
        self.reader.push(finding.help(format!("write `{sign}-` in place of `{sign}`, or the text in one line")));
    }

    fn warn_of_spaces(&mut self, node: &Node, text: &str) {
        let shows_nothing = |letter: Option<char>| letter.filter(|letter| is_blank(letter.encode_utf8(&mut [0; 4])));
        let (first, last) = (shows_nothing(text.chars().next()), shows_nothing(text.chars().next_back()));
        let (Some(letter), false) = (last.or(first), is_blank(text)) else { return };
        let end = if last.is_some() { "ends" } else { "begins" };
        let message = format!("this value {end} with {}, so it never equals a field without it", called(letter));
        let finding = self.reader.mistake(&code::WHITE_SPACE_AT_ENDS, &node.span, message).warning();
        self.reader.push(finding.help("take it out; `trim(…)` takes white space off the ends of a field"));
    }
}

/// What a character that nobody sees is called.
fn called(letter: char) -> String {
    match letter {
        ' ' => "a space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\n' | '\r' => "a line break".to_owned(),
        '\u{a0}' => "a no-break space".to_owned(),
        other => format!("a character that is not seen (U+{:04X})", u32::from(other)),
    }
}
