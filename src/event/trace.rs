//! The trace of a call (W3C Trace Context): read from its headers, passed on to what is asked or sent for it.

use std::fmt;

/// Longest `tracestate` that is passed on, in bytes: the least that everybody must pass on (W3C Trace Context, 3.3.1.5).
const STATE_LIMIT_BYTES: usize = 512;
/// Length of a `traceparent` of version 00, the only one there is.
const PARENT_BYTES: usize = 55;

/// A place in a trace: what comes of it names it as its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The trace, 32 hexadecimal digits.
    pub id: String,
    /// The part of it that is the parent, 16 hexadecimal digits.
    pub parent: String,
    /// Whether who came before records it.
    pub is_sampled: bool,
    /// `tracestate` as it came, for the systems that wrote it; often empty.
    pub state: String,
}

impl Trace {
    /// Reads the two headers; none where `traceparent` is not valid, as the recommendation says (4.3): then a trace begins here.
    #[must_use]
    pub fn read(parent: &str, state: &str) -> Option<Self> {
        let parent = parent.trim();
        let mut parts = parent.splitn(4, '-');
        let (version, id, span, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // A later version may have more behind the flags, and never less.
        let (flags, more) = rest.split_at_checked(2)?;
        let is_of_length = if version == "00" { parent.len() == PARENT_BYTES } else { parent.len() >= PARENT_BYTES };
        let is_whole = is_hex(version, 2) && is_hex(id, 32) && is_hex(span, 16) && is_hex(flags, 2);
        let is_zero = |digits: &str| digits.bytes().all(|digit| digit == b'0');
        if !is_of_length || !is_whole || version == "ff" || is_zero(id) || is_zero(span) {
            return None;
        }
        if !more.is_empty() && !more.starts_with('-') {
            return None;
        }
        let is_sampled = u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1);
        let can_be_sent = state.len() <= STATE_LIMIT_BYTES && state.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let state = if can_be_sent { state.trim() } else { "" };
        Some(Self { id: id.to_owned(), parent: span.to_owned(), is_sampled, state: state.to_owned() })
    }

    /// Reads what [`Trace`] was written as.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let (parent, state) = text.split_once(' ').unwrap_or((text, ""));
        Self::read(parent, state)
    }

    /// The headers with which it is passed on.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        let state = (!self.state.is_empty()).then(|| ("tracestate", self.state.clone()));
        [("traceparent", self.traceparent())].into_iter().chain(state)
    }

    fn traceparent(&self) -> String {
        format!("00-{}-{}-{:02x}", self.id, self.parent, u8::from(self.is_sampled))
    }
}

impl fmt::Display for Trace {
    /// The headers as one text: `traceparent`, and `tracestate` behind a space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.traceparent())?;
        if self.state.is_empty() { Ok(()) } else { write!(f, " {}", self.state) }
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_is_read_is_passed_on_as_it_came() {
        let trace = Trace::read(PARENT, "vendor=a b,other=1").unwrap();
        assert_eq!(trace.to_string(), format!("{PARENT} vendor=a b,other=1"));
        assert_eq!(Trace::of_text(&trace.to_string()), Some(trace.clone()));
        let headers: Vec<_> = trace.headers().collect();
        assert_eq!(headers[0], ("traceparent", PARENT.to_owned()));
        assert_eq!(headers[1], ("tracestate", "vendor=a b,other=1".to_owned()));
        let bare = Trace::read(PARENT, "").unwrap();
        assert_eq!(bare.headers().count(), 1);
        assert_eq!(Trace::of_text(&bare.to_string()), Some(bare));
    }

    #[test]
    fn flags_but_the_first_are_not_ours_to_pass_on() {
        assert!(!Trace::read(&PARENT.replace("-01", "-00"), "").unwrap().is_sampled);
        let unknown = Trace::read(&PARENT.replace("-01", "-ff"), "").unwrap();
        assert_eq!(unknown.to_string(), PARENT);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = format!("cc{}-more", &PARENT[2..]);
        assert_eq!(Trace::read(&later, "").unwrap().to_string(), PARENT);
        assert!(Trace::read(&format!("cc{}x", &PARENT[2..]), "").is_none());
    }

    #[test]
    fn what_is_no_trace_begins_none() {
        let wrong = [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-zz",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-é",
        ];
        wrong.iter().for_each(|parent| assert_eq!(Trace::read(parent, "a=1"), None, "{parent}"));
    }

    #[test]
    fn a_state_that_is_too_long_or_cannot_be_sent_is_left_out() {
        let long = format!("a={}", "x".repeat(STATE_LIMIT_BYTES));
        for state in [long.as_str(), "a=1\r\nx: y", "a=é"] {
            assert_eq!(Trace::read(PARENT, state).unwrap().state, "", "{state}");
        }
    }
}
