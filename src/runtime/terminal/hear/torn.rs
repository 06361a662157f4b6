//! What comes after an Esc that was taken for the Escape key because a link tore its sequence: whether it is the rest of it.
//!
//! A person does type after Esc, but never a whole sequence at once; and what begins like an answer is one where the
//! terminal was asked something. Anything else is keys.

/// Whether these bytes, the first after such an Esc, belong to it.
pub(super) fn belongs(bytes: &[u8], asked: bool) -> bool {
    match bytes {
        [b'[', rest @ ..] => of_sequence(rest, asked),
        // Colours, a title, a capability.
        [b']', b'0'..=b'9', ..] | [b'P', b'>' | b'|' | b'$' | b'+' | b'!' | b'0'..=b'9', ..] | [b'_', b'G', ..] => {
            asked
        }
        [b']' | b'P'] => asked,
        _ => false,
    }
}

/// What follows `ESC [`.
fn of_sequence(rest: &[u8], asked: bool) -> bool {
    let length =
        rest.iter().take_while(|b| matches!(b, b'0'..=b'9' | b';' | b':' | b'?' | b'<' | b'>' | b'=' | b'$')).count();
    match rest.get(length) {
        // Half of one: only digits can be told from letters that somebody types.
        None => length > 0 || asked,
        Some(b'n' | b'R' | b'c' | b'y' | b'u' | b't' | b'~' | b'M' | b'm') => length > 0,
        Some(b'A'..=b'D' | b'F' | b'H' | b'I' | b'O' | b'Z') => true,
        Some(_) => false,
    }
}
