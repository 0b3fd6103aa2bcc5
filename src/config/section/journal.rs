//! `journal` of gateway.yaml: what is recorded of each decision, and where.

use std::path::PathBuf;

use crate::config::declare::section;
use crate::config::value::put;
use crate::diagnostic::code;
use crate::setting::Rows;
use crate::yaml::keys::{Shape, TEXT_OR_TEXTS};

section! {
    JOURNAL "`journal`", take(draft, value, written) {
        // A variable of the environment is a text: there the word says it.
        "file" own(Shape::Text) => if value.node.is_null() || value.node.scalar() == Some("null") {
            draft.settings.journal.file = None;
        } else if let Some(file) = value.folder() {
            draft.settings.journal.file = Some(PathBuf::from(file));
        }, "the file of records; null: nothing is recorded";
        "mode" own(Shape::Text) => put(&mut draft.settings.journal.mode, value.mode()),
            "who may read it: \"600\" its user alone, \"640\" its group too";
        "key" own(TEXT_OR_TEXTS) => draft.settings.journal.keys = if value.node.is_null() {
            Vec::new()
        } else {
            Rows::new(&written.file, value.reader.report, &code::BAD_SETTING).credentials(value.node)
        }, "32 bytes in Base64, or a list of such keys: `${env:NAME}` or `${file:PATH}`";
        "durable" switch => draft.settings.journal.is_durable,
            "true: a record is on the disk before the reply leaves";
        "queue_records" size(1..=1_000_000) => draft.settings.journal.queue_limit_records,
            "most records that wait to be written";
        "queue_bytes" size(1 << 20..=1 << 40) => draft.settings.journal.queue_limit_bytes,
            "most memory that records take which wait to be written, in bytes";
        "rotate_bytes" whole(1_024..=1 << 40) => draft.settings.journal.rotate_bytes,
            "size at which a new file is begun, in bytes";
        "rotate_hours" whole(1..=87_600) => draft.settings.journal.rotate_hours,
            "age at which a new file is begun, in hours";
        "keep_files" size(0..=10_000) => draft.settings.journal.keep_files, "full files that are kept";
        "show_facts" switch => draft.settings.journal.shows_facts,
            "false: commands do not show the rows that lookups found";
        "total_bytes" whole(4_096..=1 << 50) => draft.settings.journal.total_bytes,
            "most that all files together take, in bytes";
        "spare_bytes" whole(0..=1 << 50) => draft.settings.journal.spare_bytes,
            "what is left free of a disk that the outbox is on too, in bytes";
    }
}
