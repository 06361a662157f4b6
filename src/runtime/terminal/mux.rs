//! What a multiplexer must be told so that a sequence reaches the terminal behind it.

use super::host::Mux;

/// Bytes of one string that GNU screen hands on: what it takes is 256 in its oldest versions.
const SCREEN_PIECE: usize = 200;

/// A sequence that ends with BEL, as the terminal behind the multiplexer gets it.
///
/// tmux unwraps it only where `allow-passthrough` is on; else it is dropped without a trace.
pub fn through(mux: Mux, sequence: &[u8]) -> Vec<u8> {
    match mux {
        Mux::None | Mux::Some => sequence.to_vec(),
        Mux::Tmux => {
            let mut out = b"\x1bPtmux;".to_vec();
            for byte in sequence {
                out.extend_from_slice(if *byte == 0x1b { b"\x1b\x1b" } else { std::slice::from_ref(byte) });
            }
            out.extend_from_slice(b"\x1b\\");
            out
        }
        Mux::Screen => {
            let pieces = sequence.chunks(SCREEN_PIECE);
            pieces.flat_map(|piece| [b"\x1bP".as_slice(), piece, b"\x1b\\"].concat()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_multiplexer_gets_its_own_envelope() {
        let sequence = b"\x1b]9;x\x07";
        assert_eq!(through(Mux::None, sequence), sequence);
        assert_eq!(through(Mux::Tmux, sequence), b"\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\");
        assert_eq!(through(Mux::Screen, sequence), b"\x1bP\x1b]9;x\x07\x1b\\");
        let long = [b"\x1b]52;c;".as_slice(), &[b'A'; 500], b"\x07"].concat();
        let wrapped = through(Mux::Screen, &long);
        let pieces = wrapped.split(|b| *b == b'P').filter(|p| !p.is_empty() && *p != b"\x1b").count();
        assert_eq!(pieces, 3);
    }
}
