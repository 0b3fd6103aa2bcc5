//! Finds the application id of a call: after the hook's name in the path, or `appId` in the query.

use std::borrow::Cow;

/// The application id, decoded. The path's goes before the query's.
pub fn id(in_path: Option<String>, query: Option<&str>) -> Option<String> {
    match in_path {
        Some(id) => Some(decoded(&id, false).into_owned()),
        None => in_query(query?),
    }
}

fn in_query(query: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, id) = pairs.find(|(name, id)| *name == "appId" && !id.is_empty())?;
    Some(decoded(id, true).into_owned())
}

/// The text with its percent escapes resolved (and plus signs, as forms write spaces). One that
/// has a broken escape, or does not become UTF-8, stays as it stands: it is then an id nobody has.
fn decoded(text: &str, is_form: bool) -> Cow<'_, str> {
    let is_escape = |c: char| c == '%' || (is_form && c == '+');
    if !text.contains(is_escape) {
        return Cow::Borrowed(text);
    }
    let bytes = unescape(text.bytes(), is_form).and_then(|bytes| String::from_utf8(bytes).ok());
    bytes.map_or(Cow::Borrowed(text), Cow::Owned)
}

fn unescape(mut text: impl Iterator<Item = u8>, is_form: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(byte) = text.next() {
        bytes.push(match byte {
            b'%' => hex(text.next()?)? << 4 | hex(text.next()?)?,
            b'+' if is_form => b' ',
            other => other,
        });
    }
    Some(bytes)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_id_is_decoded_and_goes_first() {
        assert_eq!(id(Some("a%20b+c%2F%c3%a9".to_owned()), Some("appId=x")).as_deref(), Some("a b+c/é"));
        assert_eq!(id(None, Some("x=1&appId=hr+%26+pay&appId=other")).as_deref(), Some("hr & pay"));
        assert_eq!(id(None, Some("appId=")), None);
        assert_eq!(id(None, Some("appid=x")), None);
        assert_eq!(id(None, None), None);
    }

    #[test]
    fn a_broken_escape_stays_as_it_stands() {
        for text in ["%", "%4", "%zz", "%ff", "a%+1b", "%é9"] {
            assert_eq!(id(Some(text.to_owned()), None).as_deref(), Some(text));
        }
    }
}
