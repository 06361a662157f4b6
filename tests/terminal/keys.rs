//! Keys as a terminal sends them.

pub fn bytes_of(key: &str) -> Vec<u8> {
    match key {
        "enter" => b"\r".to_vec(),
        // As terminals with the kitty protocol say it: with the next key it is no Alt.
        "esc" => b"\x1b[27u".to_vec(),
        "tab" => b"\t".to_vec(),
        "down" => b"\x1b[B".to_vec(),
        "backspace" => b"\x7f".to_vec(),
        key => match key.strip_prefix("ctrl-").map(str::as_bytes) {
            Some([letter]) => vec![letter & 0x1f],
            _ => key.as_bytes().to_vec(),
        },
    }
}
