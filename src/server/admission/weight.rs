//! Estimates the memory that reading a body costs, before it is read: the index of its values, its keys while they
//! are compared, and the answer.

/// Copies of the body's bytes while it is answered: the answer, and what it is put together in.
const COPIES: usize = 2;
/// What one sign between values costs, in bytes: an index entry of 16 and half of what looks for equal keys (16 each, and a
/// table of hashes), each in room that grew to twice its size.
const SIGN_BYTES: usize = 48;
/// A member of an object has two signs, `:` and `,`; an item of a list has one.
const SIGNS_OF_A_MEMBER: usize = 2;

/// The bytes that reading and answering this body costs at most. Signs within texts count too: to know better it would have
/// to be read.
pub fn of(body: &[u8], member_limit: usize) -> usize {
    costs(body.len(), signs(body), member_limit)
}

/// Counted a row of bytes at a time, which the processor does side by side: as one sum it took a tenth of the time of a call.
fn signs(body: &[u8]) -> usize {
    const ROW_BYTES: usize = 240;
    // `[` is `{` but for one bit.
    let signs = |byte: u8| u8::from(byte == b',') + u8::from(byte == b':') + u8::from(byte | 0x20 == b'{');
    let rows = body.chunks(ROW_BYTES).map(|row| row.iter().map(|byte| signs(*byte)).sum::<u8>());
    rows.map(usize::from).sum()
}

/// The most that any body of this length costs.
pub fn most(length: usize, member_limit: usize) -> usize {
    costs(length, length, member_limit)
}

/// Beyond the limit of members reading ends, whatever comes.
fn costs(length: usize, signs: usize, member_limit: usize) -> usize {
    let signs = signs.min(member_limit.saturating_mul(SIGNS_OF_A_MEMBER));
    length.saturating_mul(COPIES).saturating_add(signs.saturating_mul(SIGN_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_cost_more_than_text_and_no_body_more_than_the_most() {
        let text = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
        let fields = format!("{{{}}}", (0..10_000).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(","));
        let (text_costs, fields_cost) = (of(text.as_bytes(), 100_000), of(fields.as_bytes(), 100_000));
        assert!(text_costs < 3 * text.len() && fields_cost > 8 * fields.len(), "{text_costs} {fields_cost}");
        assert!(fields_cost <= most(fields.len(), 100_000) && text_costs <= most(text.len(), 100_000));
        assert_eq!(of(&[b','; 1_000], 10), 2_000 + 20 * SIGN_BYTES);
    }

    #[test]
    fn each_sign_counts_once_and_no_other_byte_does() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!((signs(&all), signs(b",:[{"), signs(b"")), (4, 4, 0));
        for length in [1, 239, 240, 241, 480, 10_000] {
            assert_eq!(signs(&vec![b'{'; length]), length);
        }
    }
}
