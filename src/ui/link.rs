//! Where on a frame a link stands. The terminal is told beside the cells; the address is read on the screen all the same.

/// Cells of one row that lead to an address, from a column to before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub row: u16,
    pub from: u16,
    pub to: u16,
    pub url: std::sync::Arc<str>,
}
