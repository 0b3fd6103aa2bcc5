//! `outbox`: where deliveries wait until they have arrived.

use std::path::PathBuf;

use super::destinations::{encryption_keys, outbox_name, postgres};
use crate::config::declare::section;
use crate::config::value::put;
use crate::outbox::StoreAt;
use crate::yaml::keys::{Shape, TEXT_OR_TEXTS};

/// The keys of the database are read where it is; a variable of the environment has them as one text.
const NULL_OR_POSTGRES: Shape = Shape::Either(&[Shape::Text, Shape::MapOf(&Shape::Any)]);

section! {
    OUTBOX "`outbox`", take(draft, value, written) {
        "name" own(Shape::Text) => put(&mut draft.settings.outbox.name, outbox_name(value)),
            "what gateways that bring each other's deliveries have in common";
        "file" own(Shape::Text) =>
            put(&mut draft.settings.outbox.store, value.folder().map(|file| StoreAt::File(PathBuf::from(file)))),
            "the file in which deliveries wait";
        "mode" own(Shape::Text) => put(&mut draft.settings.outbox.mode, value.mode()),
            "who may read it: \"600\" its user alone, \"640\" its group too";
        "postgres" own(NULL_OR_POSTGRES) => if !value.node.is_null() {
            put(&mut draft.settings.outbox.store, postgres(written, value.reader.report));
        }, "a database in its place, that several gateways share";
        "window_ms" whole(0..=86_400_000) => draft.settings.outbox.window_ms,
            "how long the same event is known again and sends nothing, in milliseconds";
        "stop_ms" whole(0..=600_000) => draft.settings.outbox.stop_limit_ms,
            "how long deliveries on their way may take when hookgate stops, in milliseconds";
        "encryption_key" own(TEXT_OR_TEXTS) => if !value.node.is_null() {
            put(&mut draft.settings.outbox.encryption_keys, encryption_keys(written, value.reader.report));
        }, "32 bytes in Base64 that encrypt bodies with secrets: `${env:NAME}`; in a list the first encrypts, all decrypt";
        "memory_for_secrets" switch => draft.settings.outbox.memory_for_secrets,
            "true: without a key bodies with secrets wait in memory, and are lost when hookgate stops";
    }
}
