//! What a collector of OpenTelemetry is brought, read as far as tests look at it: field numbers of opentelemetry/proto/trace/v1/trace.proto.

use std::collections::BTreeMap;

use super::receiver::HttpReceiver;

/// A span as it was brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    pub trace: String,
    pub id: String,
    /// Empty where it has none.
    pub parent: String,
    pub name: String,
    /// 1 internal, 2 server, 3 client.
    pub kind: u64,
    pub began_ns: u64,
    pub ended_ns: u64,
    pub notes: BTreeMap<String, String>,
    /// Where it came to nothing.
    pub failed: Option<String>,
    /// Attributes of the process it comes from.
    pub resource: BTreeMap<String, String>,
}

/// All spans that a collector has got so far.
pub fn brought(collector: &HttpReceiver) -> Vec<Brought> {
    let got = collector.got.lock().unwrap().clone();
    got.iter().flat_map(|got| spans(&got.body)).collect()
}

fn spans(request: &[u8]) -> Vec<Brought> {
    let mut found = Vec::new();
    for resource_spans in parts(request, 1) {
        let resource = parts(resource_spans, 1).into_iter().flat_map(|resource| attributes(resource, 1)).collect();
        for scope in parts(resource_spans, 2) {
            found.extend(
                parts(scope, 2).into_iter().map(|span| Brought { resource: BTreeMap::clone(&resource), ..read(span) }),
            );
        }
    }
    found
}

fn read(span: &[u8]) -> Brought {
    let bytes = |number| parts(span, number).first().copied().unwrap_or_default();
    let hex = |number| bytes(number).iter().map(|byte| format!("{byte:02x}")).collect();
    let whole =
        |number| fields(span).into_iter().find(|(known, _)| *known == number).map_or(0, |(_, field)| field.whole());
    let failed = parts(span, 15)
        .first()
        .copied()
        .filter(|status| fields(status).iter().any(|(number, field)| (*number, field.whole()) == (3, 2)));
    Brought {
        trace: hex(1),
        id: hex(2),
        parent: hex(4),
        name: text(bytes(5)),
        kind: whole(6),
        began_ns: whole(7),
        ended_ns: whole(8),
        notes: attributes(span, 9),
        failed: failed.map(|status| text(parts(status, 2).first().copied().unwrap_or_default())),
        resource: BTreeMap::new(),
    }
}

/// Texts and numbers by their keys.
fn attributes(message: &[u8], number: u64) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for pair in parts(message, number) {
        let key = text(parts(pair, 1).first().copied().unwrap_or_default());
        let value = parts(pair, 2).first().copied().unwrap_or_default();
        let value = fields(value).first().map(|(kind, field)| match (kind, field) {
            (1, Field::Bytes(bytes)) => text(bytes),
            (_, field) => field.whole().to_string(),
        });
        found.insert(key, value.unwrap_or_default());
    }
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A field of a message, by how it is written (protobuf's encoding).
enum Field<'m> {
    Whole(u64),
    Bytes(&'m [u8]),
}

impl Field<'_> {
    fn whole(&self) -> u64 {
        match self {
            Field::Whole(number) => *number,
            Field::Bytes(_) => 0,
        }
    }
}

/// The fields of this number that are bytes.
fn parts(message: &[u8], number: u64) -> Vec<&[u8]> {
    let bytes = |(known, field)| match field {
        Field::Bytes(bytes) if known == number => Some(bytes),
        _ => None,
    };
    fields(message).into_iter().filter_map(bytes).collect()
}

fn fields(mut message: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message);
        let field = match key & 7 {
            0 => Field::Whole(varint(&mut message)),
            1 => Field::Whole(u64::from_le_bytes(take(&mut message, 8).try_into().unwrap())),
            2 => {
                let length = usize::try_from(varint(&mut message)).unwrap();
                Field::Bytes(take(&mut message, length))
            }
            5 => Field::Whole(u32::from_le_bytes(take(&mut message, 4).try_into().unwrap()).into()),
            other => panic!("no kind of field: {other}"),
        };
        found.push((key >> 3, field));
    }
    found
}

fn take<'m>(message: &mut &'m [u8], length: usize) -> &'m [u8] {
    let (taken, rest) = message.split_at(length);
    *message = rest;
    taken
}

fn varint(message: &mut &[u8]) -> u64 {
    let mut number = 0;
    for place in 0.. {
        let byte = take(message, 1)[0];
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}
