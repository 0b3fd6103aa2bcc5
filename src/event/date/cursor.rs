//! A position in a text that is read from left to right.

/// What comes is not what it should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoDate;

/// What is left of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    pub rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes the longest run of characters that are such.
    pub fn run(&mut self, is_such: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !is_such(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    pub fn digits(&mut self) -> &'t str {
        self.run(|c| c.is_ascii_digit())
    }

    pub fn letters(&mut self) -> &'t str {
        self.run(|c| c.is_ascii_alphabetic())
    }

    pub fn spaces(&mut self) {
        self.run(|c| c == ' ');
    }

    /// Takes the character that comes, if it is one of these.
    pub fn one_of(&mut self, chars: &[char]) -> Option<char> {
        let next = self.rest.chars().next().filter(|next| chars.contains(next))?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        Some(next)
    }

    /// Takes exactly `count` digits, as a number.
    pub fn number(&mut self, count: usize) -> Option<i8> {
        let digits = self.rest.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.rest = self.rest.get(count..).unwrap_or_default();
        digits.parse().ok()
    }
}
