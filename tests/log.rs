//! The log: whatever a value holds, one event is one line.

mod colours;
mod reasons;
mod writing;

use std::io;
use std::sync::{Arc, Mutex};

use hookgate::telemetry::{self, Levels, Settings};
use tracing::{debug, info, info_span, warn};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Kept {
    type Writer = Kept;

    fn make_writer(&'w self) -> Kept {
        self.clone()
    }
}

fn written(level: &str, is_json: bool, colours: bool, act: impl FnOnce()) -> String {
    let kept = Kept::default();
    let settings = Settings { level: Levels::read(level).unwrap(), ..Settings::default() };
    tracing::subscriber::with_default(telemetry::subscriber(&settings, is_json, colours, kept.clone()), act);
    let bytes = kept.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

const HOSTILE: [&str; 8] = [
    "a\r\nlevel=error b",
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "x\u{2028}y\u{2029}z\u{85}",
    "\" level=error x=\"",
    "\\n",
    "{}{0}%s",
    "\u{202e}drowssap",
    "\0",
];

#[test]
fn hostile_values_stay_on_their_line() {
    for value in HOSTILE {
        let act = || {
            let span = info_span!("request", who = value);
            let _inside = span.enter();
            warn!(login = value, debugged = ?value, shown = %value, "told: {value}");
        };
        for colours in [false, true] {
            let text = written("info", false, colours, act);
            assert!(text.ends_with('\n'));
            let line = text.trim_end_matches('\n');
            let plain = line.replace("\u{1b}[2m", "").replace("\u{1b}[33m", "").replace("\u{1b}[0m", "");
            assert!(!plain.chars().any(|c| c.is_control() || "\u{2028}\u{2029}\u{202e}".contains(c)), "{line:?}");
        }
        let json = written("info", true, false, act);
        assert_eq!(json.matches('\n').count(), 1);
        assert!(!json.contains(['\u{2028}', '\u{2029}', '\u{202e}', '\u{1b}']), "{json:?}");
        let line: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(line["login"], value);
        assert_eq!(line["shown"], value);
        assert_eq!(line["message"], format!("told: {value}"));
        assert_eq!(line["spans"][0]["who"], value);
        assert_eq!(line["level"], "warn");
    }
}

/// Findings keep their lines in text, none of which looks like an event of its own; JSON has them in its message.
#[test]
fn what_is_laid_out_keeps_its_lines_in_text() {
    for value in HOSTILE {
        let act =
            || warn!(login = value, laid_out = true, "warning[H1]: {value}\n --> a.yaml:1\n2026-01-01T00:00:00Z x\n");
        let text = written("info", false, false, act);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("warning[H1]: ") && lines[1..].iter().all(|line| line.starts_with("    ")), "{text}");
        assert!(lines.contains(&"     --> a.yaml:1") && text.ends_with('\n') && !text.contains("laid_out"), "{text}");
        assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || "\u{2028}\u{202e}".contains(c))), "{text:?}");
        let json = written("info", true, false, act);
        let line: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((json.matches('\n').count(), &line["laid_out"]), (1, &serde_json::Value::Null));
        assert!(line["message"].as_str().unwrap().contains("\n --> a.yaml:1\n"), "{json}");
    }
}

#[test]
fn long_values_are_cut() {
    let long = "ü".repeat(500_000);
    let act = || info!(login = long, shown = %long, debugged = ?long, "{long}");
    let json = written("info", true, false, act);
    assert!(json.len() < 5 * telemetry::VALUE_LIMIT_BYTES, "{}", json.len());
    let line: serde_json::Value = serde_json::from_str(&json).unwrap();
    for key in ["login", "shown", "debugged", "message"] {
        let text = line[key].as_str().unwrap();
        assert!(text.ends_with("ü…") && text.len() <= telemetry::VALUE_LIMIT_BYTES + "…".len(), "{key}");
    }
    assert!(written("info", false, false, act).len() < 5 * telemetry::VALUE_LIMIT_BYTES);
}

#[test]
fn numbers_and_words_keep_their_kind() {
    let act = || info!(count = 3, ratio = 0.5, bad = f64::NAN, ok = true, hook = "validateUser", level = "x", "done");
    let line: serde_json::Value = serde_json::from_str(&written("info", true, false, act)).unwrap();
    let expected = serde_json::json!({ "count": 3, "ratio": 0.5, "bad": "NaN", "ok": true, "hook": "validateUser" });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&line[key], value);
    }
    assert_eq!((&line["level"], &line["_level"]), (&"info".into(), &"x".into()));
    let text = written("info", false, false, act);
    assert!(
        text.contains(" INFO main::log: done count=3 ratio=0.5 bad=NaN ok=true hook=validateUser level=x\n"),
        "{text}"
    );
}

#[test]
fn levels_filter_by_part_of_the_program() {
    let act = || {
        debug!(target: "hookgate::gateway", "seen");
        debug!(target: "hookgate::server", "not seen");
    };
    let text = written("info,hookgate::gateway=debug", false, false, act);
    assert!(text.contains("seen") && !text.contains("not seen"), "{text}");
    assert_eq!(written("off", false, false, || warn!("x")), "");
}

#[test]
fn words_that_are_no_levels_are_refused() {
    for wrong in ["", "inof", "info,", "hookgate", "hookgate=", "=info", "a b=info", "[span]=info"] {
        assert!(Levels::read(wrong).is_err(), "{wrong}");
    }
    assert!(Levels::read("INFO, hookgate::rule = warn").is_ok());
}
