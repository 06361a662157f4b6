//! PagerDuty's token, as the command-line tools of its users keep it. They name no address, so nothing is asked here.

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
        let from = ["default_from", "from", "email"].iter().find_map(|key| said(values.get(*key)));
        let from = from.filter(|address| address.contains('@'));
        found.later.push(Later { name: "pagerduty".to_owned(), kind: "pagerduty", token, from });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_over_with_its_name_and_never_said() {
        let found = read(Path::new(".pd.yml"), "authtoken: s3cret\ndefault_from: a@b\n", Keep::File);
        assert!(found.later.len() == 1 && found.sources.is_empty());
        assert_eq!((found.says().as_str(), found.later[0].from.as_deref()), ("a token for pagerduty", Some("a@b")));
        assert!(!format!("{found:?}{}", found.says()).contains("s3cret"));
        assert!(read(Path::new("x"), "a: b\n", Keep::File).is_empty());
    }
}
