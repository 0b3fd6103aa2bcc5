//! Hides secrets that stand in rule files as texts: whoever may read rules is not to read passwords.

use std::borrow::Cow;

use crate::event::SecretNames;
use crate::event::secret::HIDDEN;
use crate::report::Secrets;

/// What takes secrets from texts that are shown: by what they are, and whatever stands under the name of one.
#[derive(Clone, Copy, Debug)]
pub(in crate::console) struct Clean<'c> {
    /// Those that the rules have written out.
    pub secrets: &'c Secrets,
    pub names: &'c SecretNames,
}

impl Clean<'_> {
    /// The text without them.
    pub fn text(&self, text: &str) -> String {
        without_secrets(&self.secrets.hide(text), self.names)
    }
}

/// The text without what stands under the name of a secret in its own line, as it is most often written.
pub(in crate::console) fn without_secrets(text: &str, names: &SecretNames) -> String {
    let lines = text.split_inclusive('\n').map(|line| hidden(line, names).map_or(Cow::Borrowed(line), Cow::Owned));
    lines.collect()
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
    fn a_text_under_a_secrets_name_is_hidden() {
        let text =
            "rules:\n  - set: {user.password: \"We:l,c\\\"ome 7\", user.login: asha}\n    newPassword: Winter7 # so\n";
        assert_eq!(
            without_secrets(text, SecretNames::standard()),
            "rules:\n  - set: {user.password: \"(hidden)\", user.login: asha}\n    newPassword: \"(hidden)\" # so\n"
        );
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
