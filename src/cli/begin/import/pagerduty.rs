//! PagerDuty's token, as the command-line tools of its users keep it. This version reads no PagerDuty: the token is kept
//! as a secret, and the source as a comment.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::config::Request;

use super::{
    super::draft::{Keep, Later, SecretDraft},
    Found, said, yaml,
};

pub(super) fn places(request: &Request) -> Vec<PathBuf> {
    let names = [".pd.yml", ".pd.yaml", ".config/srepd/srepd.yaml"];
    request.dirs.home.iter().flat_map(|home| names.map(|n| home.join(n))).collect()
}

pub(super) fn read(path: &Path, text: &str, keep: Keep) -> Found {
    let mut found = Found::new("pagerduty", path);
    let Some(values) = yaml(text) else { return found };
    let token = ["authtoken", "auth_token", "api_token", "token"].iter().find_map(|key| said(values.get(*key)));
    if let Some(token) = token {
        let token = SecretDraft::Here(SecretString::from(token), keep);
        found.later.push(Later { name: "pagerduty".to_owned(), kind: "pagerduty", token });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_for_later_and_never_said() {
        let found = read(Path::new(".pd.yml"), "authtoken: s3cret\ndefault_from: a@b\n", Keep::File);
        assert!(found.later.len() == 1 && found.sources.is_empty());
        assert!(found.says().contains("cannot read yet") && !format!("{found:?}{}", found.says()).contains("s3cret"));
        assert!(read(Path::new("x"), "a: b\n", Keep::File).is_empty());
    }
}
