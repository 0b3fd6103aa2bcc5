//! Reads what `before` and `after` compare with: a date, a path, or the event's time, with an offset.

use jiff::Timestamp;

use crate::diagnostic::code;
use crate::event::date::{Offset, Start};
use crate::event::{Calendar, DateOrder, DateStyle, Path, Root, date};
use crate::rule::compile::compiler::Compiler;
use crate::rule::condition::{Base, DateOperand};
use crate::rule::expression::Expression;
use crate::yaml::{Content, Node, Purpose};

impl Compiler<'_> {
    pub(in crate::rule::compile) fn date_operand(&mut self, node: &Node, what: &str) -> Option<DateOperand> {
        let text = self.reader.text(node, what)?.trim();
        let (base, offset) = Offset::split(text);
        if let Some(start) = Start::named(base) {
            return self.within_calendar(node, DateOperand { base: Base::Start(start), offset });
        }
        if base.starts_with("${") && base.ends_with('}') {
            let content = Content::Scalar { text: base.to_owned(), style: crate::yaml::Style::Quoted };
            let value = self.expression(&Node { content, span: node.span.clone() }, Purpose::Body);
            return Some(DateOperand { base: Base::Value(value), offset });
        }
        if text.contains("${") {
            return Some(DateOperand { base: Base::Value(self.expression(node, Purpose::Body)), offset: None });
        }
        if let Ok(Some(written)) = date::written(base, self.tenant.dates) {
            self.warn_of_seconds(node, base);
            return self.within_calendar(node, DateOperand { base: Base::Written(written, base.to_owned()), offset });
        }
        if Path::read(base).is_ok_and(|path| !path.segments.is_empty() || !matches!(path.root, Root::Bound(_))) {
            let read = self.path_at(base, &node.span)?;
            return Some(DateOperand { base: Base::Value(Expression::Read(read)), offset });
        }
        self.no_date(node, text);
        None
    }

    /// A moment before the first or behind the last that there is would be before or after everything.
    fn within_calendar(&mut self, node: &Node, moment: DateOperand) -> Option<DateOperand> {
        let calendar = Calendar { style: self.tenant.dates, ..Calendar::utc() };
        let base = match &moment.base {
            Base::Start(start) => start.moment(Timestamp::UNIX_EPOCH, &calendar),
            Base::Written(written, _) => written.moment(&calendar),
            Base::Value(_) => return Some(moment),
        };
        let at = moment.offset.map(|offset| offset.from(base, &calendar));
        let is_beyond = at.is_some_and(|at| at.begin().is_none_or(|at| at == Timestamp::MIN));
        if is_beyond {
            let message = "this lies beyond the calendar";
            let finding = self.reader.mistake(&code::BAD_DATE, &node.span, message);
            self.reader.push(finding.help("write a nearer date"));
            return None;
        }
        Some(moment)
    }

    /// Nine or ten digits are seconds since 1970 to whoever writes them, and milliseconds here.
    fn warn_of_seconds(&mut self, node: &Node, text: &str) {
        let is_count = matches!(text.len(), 9 | 10) && text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = text.parse::<i64>().ok().and_then(|count| Timestamp::from_second(count).ok());
        if let Some(at) = seconds.filter(|_| is_count) {
            let message = format!("`{text}` counts milliseconds here, and lies in the first months of 1970");
            let finding = self.reader.mistake(&code::OTHER_SPELLING, &node.span, message).warning();
            self.reader.push(finding.help(format!("in seconds it is {at}: write that")));
        }
    }

    fn no_date(&mut self, node: &Node, text: &str) {
        let finding = self.reader.mistake(&code::BAD_DATE, &node.span, format!("`{text}` is not a date"));
        self.reader.push(finding.help(self.cure(text)));
    }

    /// What to write in place of what is no date.
    fn cure(&self, text: &str) -> &'static str {
        let style = self.tenant.dates;
        let is_date = |style| matches!(date::written(text, style), Ok(Some(_)));
        if is_date(DateStyle { two_digit_years: Some(1950), ..style }) {
            return "write the year with four digits";
        }
        if is_date(DateStyle { order: style.order.other(), ..style }) {
            return match style.order {
                DateOrder::DayFirst => "the day stands first; `dates.order: mdy` of gateway.yaml says otherwise",
                DateOrder::MonthFirst => "the month stands first, as `dates.order: mdy` of gateway.yaml says",
            };
        }
        let number = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ');
        if number != text && number.ends_with(|c: char| c.is_ascii_digit()) && number.contains(['+', '-']) {
            return "units are `s`, `min`, `h`, `d`, `wd` (working days), `w`, `mo` and `y`: `today-7d`, `user.endDate+1mo`";
        }
        "write a date (2026-01-31), `now`, `today`, a path such as `user.endDate`, or one of them and how far from it: \
         `today-7d`, `user.endDate+1mo` (units s, min, h, d, wd, w, mo, y)"
    }
}
