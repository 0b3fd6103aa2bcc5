//! Reads `admin.external_url`: scheme, host and port by which browsers reach the admin listener.

use url::{Position, Url};

use crate::config::value::Value;
use crate::diagnostic::code;

/// The address as browsers write an origin: `https://hookgate.example.com:8081`; null is none.
pub fn put_origin(there: &mut Option<String>, value: &mut Value<'_, '_>) {
    if value.node.is_null() {
        *there = None;
        return;
    }
    let Some(text) = value.text() else { return };
    match origin(text) {
        Some(origin) => *there = Some(origin),
        None => {
            let message = format!("`{}` is an address such as `https://hookgate.example.com:8081`", value.path);
            let help =
                "write `https://` or `http://`, the host, and the port where it is not the usual one; no path, no user";
            let finding = value.reader.mistake(&code::BAD_SETTING, &value.node.span, message);
            value.reader.push(finding.help(help));
        }
    }
}

fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_bare = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.host_str().is_some_and(|host| !host.is_empty())
        && matches!(&url[Position::BeforePath..], "" | "/");
    is_bare.then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_read_as_browsers_write_it_and_nothing_more_is_taken() {
        for (written, read) in [
            ("https://Hookgate.Example.com:8081/", "https://hookgate.example.com:8081"),
            ("https://hookgate.example.com:443", "https://hookgate.example.com"),
            ("http://[::1]:8081", "http://[::1]:8081"),
        ] {
            assert_eq!(origin(written).as_deref(), Some(read));
        }
        for wrong in [
            "",
            "hookgate.example.com",
            "https://",
            "ftp://a.example",
            "https://a.example/console",
            "https://a.example?x",
            "https://a.example#x",
            "https://me@a.example",
            "https://me:secret@a.example",
        ] {
            assert_eq!(origin(wrong), None, "{wrong}");
        }
    }
}
