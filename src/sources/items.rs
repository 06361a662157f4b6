//! A list read item by item, so that one that is malformed never hides the others.
//!
//! Knows no vendor: what an item is, and what is wrong with it, its reader says.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::domain::source::Problem;

/// The items that could be read, and one problem for each that could not; `at` names the list.
pub(crate) fn each<W: DeserializeOwned, T>(
    raw: &[&RawValue],
    at: &str,
    convert: impl Fn(W) -> Result<T, String>,
) -> (Vec<T>, Vec<Problem>) {
    let (mut good, mut problems) = (Vec::with_capacity(raw.len()), Vec::new());
    for (index, item) in raw.iter().enumerate() {
        match read::<W>(item.get().as_bytes()).and_then(&convert) {
            Ok(item) => good.push(item),
            Err(why) => problems.push(Problem { at: format!("{at}[{index}]").into(), why: why.into() }),
        }
    }
    (good, problems)
}

/// # Errors
/// What is wrong with this one item.
pub(crate) fn read<'a, W: Deserialize<'a>>(item: &'a [u8]) -> Result<W, String> {
    serde_json::from_slice(item).map_err(|e| without_place(&e.to_string()))
}

/// Line and column within one item help nobody.
pub(crate) fn without_place(text: &str) -> String {
    text.rsplit_once(" at line ").map_or(text, |(why, _)| why).to_owned()
}
