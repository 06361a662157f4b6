//! Paths as a configuration means them, and the patterns that name several files.
//!
//! Looks at directories; never reads what is in a file.

use std::path::{Path, PathBuf};

/// Where relative paths start.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// The directory of the configuration file.
    pub(super) dir: PathBuf,
    pub(super) home: Option<&'a Path>,
}

impl Place<'_> {
    pub(super) fn path(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.dir.join(text),
        }
    }

    /// The files a pattern names, sorted. `*` stands for any part of the last name; names that begin with a dot must
    /// be asked for by that dot.
    ///
    /// # Errors
    /// Says why where it names no file.
    pub(super) fn files(&self, pattern: &str) -> Result<Vec<PathBuf>, String> {
        let path = self.path(pattern);
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let dir = path.parent().unwrap_or(Path::new("")).to_owned();
        if dir.to_string_lossy().contains('*') {
            return Err(format!("`{pattern}`: `*` is only understood in the name of the file, not of a directory"));
        }
        if !name.contains('*') {
            return if path.is_file() { Ok(vec![path]) } else { Err(format!("`{pattern}`: there is no such file")) };
        }
        let entries = std::fs::read_dir(&dir).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => format!("`{pattern}`: there is no directory {}", dir.display()),
            _ => format!("`{pattern}`: {} cannot be read: {e}", dir.display()),
        })?;
        let fits = |p: &PathBuf| p.is_file() && p.file_name().is_some_and(|n| fits(&name, &n.to_string_lossy()));
        let mut found: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).filter(fits).collect();
        found.sort();
        if found.is_empty() { Err(format!("`{pattern}` matches no file")) } else { Ok(found) }
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let parts: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = &parts[..] else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    for part in middle {
        match rest.find(part) {
            Some(i) => rest = &rest[i + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part_of_a_name() {
        for (pattern, name) in [("*.yaml", "a.yaml"), ("a*b*c", "abc"), ("a*b*c", "a-bb-c"), ("*", "x"), ("x", "x")] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.yaml", "a.yml"), ("*.yaml", ".a.yaml"), ("a*a", "a"), ("a*b", "ab.c"), ("x", "xy")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
