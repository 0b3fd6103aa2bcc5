//! `journal:` of gateway.yaml: what is remembered of each decision, and where.

use std::path::PathBuf;

use crate::config::value::{Value, put};
use crate::diagnostic::code;
use crate::journal::Settings;
use crate::setting::Rows;
use crate::yaml::keys::{Keys, Shape, TEXT_OR_TEXTS, optional};

/// The keys of `journal`.
pub static JOURNAL: Keys = Keys {
    what: "`journal`",
    keys: &[
        optional("file", Shape::Text, "the file of records; null: nothing is recorded"),
        optional("mode", Shape::Text, "who may read it: \"600\" its user alone, \"640\" its group too"),
        optional("key", TEXT_OR_TEXTS, "32 bytes in Base64, or a list of such keys: `${env:NAME}` or `${file:PATH}`"),
        optional("durable", Shape::Boolean, "true: a record is on the disk before the reply leaves"),
        optional("queue_records", Shape::Whole, "most records that wait to be written"),
        optional("queue_bytes", Shape::Whole, "most memory that records take which wait to be written, in bytes"),
        optional("rotate_bytes", Shape::Whole, "size at which a new file is begun, in bytes"),
        optional("rotate_hours", Shape::Whole, "age at which a new file is begun, in hours"),
        optional("keep_files", Shape::Whole, "full files that are kept"),
        optional("show_facts", Shape::Boolean, "false: commands do not show the rows that lookups found"),
        optional("total_bytes", Shape::Whole, "most that all files together take, in bytes"),
        optional("spare_bytes", Shape::Whole, "what is left free of a disk that the outbox is on too, in bytes"),
    ],
};

/// Takes in one of them.
pub fn journal(settings: &mut Settings, key: &str, value: &mut Value<'_, '_>) {
    match key {
        // A variable of the environment is a text: there the word says it.
        "file" if value.node.is_null() || value.node.scalar() == Some("null") => settings.file = None,
        "file" => settings.file = value.folder().map(PathBuf::from).or(settings.file.take()),
        "mode" => put(&mut settings.mode, value.mode()),
        "key" if value.node.is_null() => settings.keys = Vec::new(),
        "key" => {
            let mut rows = Rows::new(&value.reader.file, value.reader.report, &code::BAD_SETTING);
            settings.keys = rows.credentials(value.node);
        }
        "durable" => settings.is_durable = value.reader.boolean(value.node, "`journal.durable`").unwrap_or(false),
        "queue_records" => put(&mut settings.queue_limit_records, value.size(1..=1_000_000)),
        "queue_bytes" => put(&mut settings.queue_limit_bytes, value.size(1 << 20..=1 << 40)),
        "rotate_bytes" => put(&mut settings.rotate_bytes, value.whole(1_024..=1 << 40)),
        "rotate_hours" => put(&mut settings.rotate_hours, value.whole(1..=87_600)),
        "keep_files" => put(&mut settings.keep_files, value.size(0..=10_000)),
        "show_facts" => settings.shows_facts = value.reader.boolean(value.node, "`journal.show_facts`").unwrap_or(true),
        "total_bytes" => put(&mut settings.total_bytes, value.whole(4_096..=1 << 50)),
        "spare_bytes" => put(&mut settings.spare_bytes, value.whole(0..=1 << 50)),
        _ => {}
    }
}
