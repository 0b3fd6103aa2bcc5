//! Replaces texts inside a JSON text; everything else stays as it is written, every digit of numbers included.

/// The JSON text with each text replaced for which `new` has another; `None` where it has none. Keys are texts too, but for
/// those of letters alone, which are names of fields.
pub fn replaced(json: &str, new: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(start) = json.get(at..)?.find('"').map(|found| at + found) {
        let end = end_of(json, start)?;
        at = end;
        let Ok(text) = serde_json::from_str::<String>(json.get(start..end)?) else { continue };
        let is_key = json.get(end..)?.trim_start().starts_with(':');
        let is_field = is_key && text.chars().all(char::is_alphabetic);
        if let Some(new) = new(&text).filter(|_| !is_field) {
            out.push_str(json.get(copied..start)?);
            out.push_str(&serde_json::to_string(&new).ok()?);
            copied = end;
        }
    }
    if copied == 0 {
        return None;
    }
    out.push_str(json.get(copied..)?);
    Some(out)
}

/// The place behind the text that begins here.
fn end_of(json: &str, start: usize) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_replaced_and_all_else_stays_to_the_letter() {
        let new = |text: &str| (text == "asha" || text == "a.b").then(|| "(erased) \"".to_owned());
        let json =
            r#"{ "asha" : "asha", "x":["\u0061sha", 1.000000000000000000000000000001e3,"a\"sha", "\\"], "a.b": 7}"#;
        let expected = r#"{ "asha" : "(erased) \"", "x":["(erased) \"", 1.000000000000000000000000000001e3,"a\"sha", "\\"], "(erased) \"": 7}"#;
        assert_eq!(replaced(json, &new).as_deref(), Some(expected));
        assert_eq!(replaced(r#"{"x":"y"}"#, &new), None);
    }
}
