//! The name that was probably meant.

/// The nearest of `names`, if it is near: few letters apart, or one the start of the other.
pub(crate) fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let word = word.to_ascii_lowercase();
    let far = |name: &str| {
        let start = word.len() >= 3 && (name.starts_with(&word) || word.starts_with(name));
        if start { 1 } else { distance(&word, name) }
    };
    names.map(|n| (far(n), n)).filter(|(d, n)| *d <= 1 + n.len() / 4).min_by_key(|(d, _)| *d).map(|(_, n)| n)
}

/// Insertions, deletions and substitutions of bytes (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let swap = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_nonsense_finds_none() {
        let names = || ["severity", "state", "age", "inhibited_by"].into_iter();
        assert_eq!(nearest("sevrity", names()), Some("severity"));
        assert_eq!(nearest("Stat", names()), Some("state"));
        assert_eq!(nearest("inhibited", names()), Some("inhibited_by"));
        assert_eq!(nearest("quux", names()), None);
        assert_eq!((distance("kitten", "sitting"), distance("", "ab"), distance("ab", "")), (3, 2, 2));
    }
}
