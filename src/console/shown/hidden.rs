//! Hides secrets that stand in rule files as texts: whoever may read rules is not to read passwords.

use std::collections::HashMap;

use crate::event::SecretNames;
use crate::event::secret::HIDDEN;

/// A text without its secrets, and the lines that had one.
#[derive(Debug)]
pub(in crate::console) struct Hidden {
    pub text: String,
    /// Lines as they are shown, each with what stands there.
    lines: HashMap<String, String>,
}

impl Hidden {
    /// Hides what stands under a secret's name.
    pub fn of(text: &str, names: &SecretNames) -> Self {
        let (mut shown, mut lines) = (String::with_capacity(text.len()), HashMap::new());
        for line in text.split_inclusive('\n') {
            match hidden(line, names) {
                None => shown += line,
                Some(without) => {
                    shown += &without;
                    lines.insert(without.trim_end().to_owned(), line.trim_end().to_owned());
                }
            }
        }
        Self { text: shown, lines }
    }

    /// An edited text with the secrets of those lines that are as they were.
    pub fn restored(&self, edited: &str) -> String {
        if self.lines.is_empty() {
            return edited.to_owned();
        }
        let line = |line: &str| match self.lines.get(line.trim_end()) {
            Some(with) => with.clone() + line.get(line.trim_end().len()..).unwrap_or_default(),
            None => line.to_owned(),
        };
        edited.split_inclusive('\n').map(line).collect()
    }
}

/// The same of words that are shown.
pub(in crate::console) fn without_secrets(text: &str, names: &SecretNames) -> String {
    Hidden::of(text, names).text
}

/// The line without its secrets; none where it has none.
fn hidden(line: &str, names: &SecretNames) -> Option<String> {
    let (mut out, mut rest, mut is_changed) = (String::new(), line, false);
    while let Some(colon) = rest.find(':') {
        let (before, behind) = rest.split_at(colon);
        let behind = behind.get(1..).unwrap_or_default();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | '"' | '\'');
        let name = before.rsplit(|c: char| !is_name(c)).next().unwrap_or_default().trim_matches(['"', '\'']);
        out += before;
        out.push(':');
        rest = behind;
        if !behind.starts_with([' ', '\t']) || name.is_empty() || !(names.has_key(name) || names.has_field(name)) {
            continue;
        }
        let value = behind.trim_start();
        let length = value_length(value);
        let written = value.get(..length).unwrap_or_default();
        if length == 0 || written.contains("${") {
            continue;
        }
        out += behind.get(..behind.len() - value.len()).unwrap_or_default();
        out.push('"');
        out += HIDDEN;
        out.push('"');
        rest = value.get(length..).unwrap_or_default();
        is_changed = true;
    }
    out += rest;
    is_changed.then_some(out)
}

/// How long a text is that stands at the beginning of this one, quotes included; 0 where it is no text.
fn value_length(value: &str) -> usize {
    let first = value.chars().next();
    match first {
        None | Some('{' | '[' | '&' | '*' | '|' | '>' | '#' | '!' | '\n' | '\r') => 0,
        Some(quote @ ('"' | '\'')) => {
            let end = value.char_indices().skip(1).scan(false, |is_escaped, (at, c)| {
                let ends = c == quote && !*is_escaped;
                *is_escaped = quote == '"' && c == '\\' && !*is_escaped;
                Some((at, ends))
            });
            let mut end = end;
            end.find(|(_, ends)| *ends).map_or_else(|| value.trim_end().len(), |(at, _)| at + 1)
        }
        Some(_) => {
            let end = value.find([',', '}', '\n']).unwrap_or(value.len());
            let end = value.get(..end).and_then(|text| text.find(" #")).unwrap_or(end);
            let written = value.get(..end).unwrap_or_default().trim_end();
            if matches!(written, "null" | "~" | "true" | "false") { 0 } else { written.len() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_under_a_secrets_name_is_hidden_and_comes_back_with_its_line() {
        let names = SecretNames::standard();
        let text =
            "rules:\n  - set: {user.password: \"We:l,c\\\"ome 7\", user.login: asha}\n    newPassword: Winter7 # so\n";
        let hidden = Hidden::of(text, names);
        assert_eq!(
            hidden.text,
            "rules:\n  - set: {user.password: \"(hidden)\", user.login: asha}\n    newPassword: \"(hidden)\" # so\n"
        );
        assert_eq!(hidden.restored(&hidden.text), text);
        let edited = hidden.text.replace("rules:", "codes: {}\nrules:").replace("asha}", "ravi}");
        let restored = hidden.restored(&edited);
        assert!(restored.contains("Winter7 # so") && restored.contains("(hidden)\", user.login: ravi"), "{restored}");
    }

    #[test]
    fn what_is_no_text_of_a_secret_stays() {
        for line in [
            "when: { user.password: { length: { min: 8 } } }",
            "user.password: \"${user.newPassword}\"",
            "password:",
            "user.password: null",
            "about: why a password is long",
            "user.login: asha",
            "http://password:x",
        ] {
            assert_eq!(without_secrets(line, SecretNames::standard()), line);
        }
    }
}
