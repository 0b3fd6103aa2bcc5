//! Lays JSON out in lines, with every number and text as it is written.

/// The same JSON, a member or item a line. What is no JSON comes back as it is, more or less.
pub(super) fn laid_out(json: &str) -> String {
    let (mut out, mut level, mut is_text, mut is_escaped) =
        (String::with_capacity(json.len() * 2), 0_usize, false, false);
    let mut letters = json.chars().peekable();
    while let Some(c) = letters.next() {
        if is_text {
            out.push(c);
            is_text = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '"' => {
                out.push(c);
                is_text = true;
            }
            '{' | '[' => {
                out.push(c);
                while letters.next_if(char::is_ascii_whitespace).is_some() {}
                if letters.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    out.extend(letters.next());
                } else {
                    level += 1;
                    new_line(&mut out, level);
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                new_line(&mut out, level);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, level);
            }
            ':' => out += ": ",
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn new_line(out: &mut String, level: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level.min(64)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_stay_as_they_are_written() {
        let json = r#"{"a":[1.50,"x, {y}\"z"],"b":{},"c": [ ]}"#;
        let shown = "{\n  \"a\": [\n    1.50,\n    \"x, {y}\\\"z\"\n  ],\n  \"b\": {},\n  \"c\": []\n}";
        assert_eq!(laid_out(json), shown);
        assert_eq!(laid_out(shown), shown);
    }
}
