//! `log` of gateway.yaml: what is written to the log, and how.

use crate::config::declare::section;
use crate::config::value::put;
use crate::telemetry::{Format, Person};
use crate::yaml::keys::Shape;

section! {
    LOG "`log`", take(draft, value, written) {
        "level" own(Shape::Text) => put(&mut draft.settings.telemetry.level, value.levels()),
            "off, error, warn, info, debug or trace; parts of the program behind it";
        "format" word(Format::ALL) => draft.settings.telemetry.format, "text for people, json for programs";
        "buffer_bytes" size(65_536..=1 << 30) => draft.settings.telemetry.buffer_bytes,
            "most lines that wait to be written, in bytes";
        "person" word(Person::ALL) => draft.settings.telemetry.person, "how the log names the person of an event";
    }
}
