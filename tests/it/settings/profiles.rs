//! Profiles: what is laid over what, and what they never share.

use std::path::{Path, PathBuf};

use watchfire::config::{self, Config, Origin, profile::Colour};

use super::{load, source};

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    (dir, path)
}

fn text() -> String {
    let base = "[user]\nname = \"ana\"\n[ui]\ntheme = \"night\"\nlow_bandwidth = true\n";
    let prod = "[profile.prod]\nread_only = true\n[profile.prod.ui]\ntheme = \"contrast\"\n";
    let its = source("prod-eu", 2).replace("[[source]]", "[[profile.prod.source]]");
    format!(
        "{base}{}{prod}{its}[profile.stage]\ncolour = \"blue\"\n[profile.stage.user]\nname = \"bo\"\n",
        source("lab", 1)
    )
}

fn names(config: &Config) -> Vec<&str> {
    config.sources.iter().map(|s| s.name.as_str()).collect()
}

#[test]
fn a_profile_is_laid_over_the_file_and_its_sources_take_the_place_of_the_others() {
    let (_dir, path) = file(&text());
    let plain = load(&path, None).unwrap();
    assert_eq!((plain.read_only, names(&plain), plain.profile.is_none()), (false, vec!["lab"], true));
    let prod = load(&path, Some("prod")).unwrap();
    assert_eq!((prod.read_only, names(&prod), prod.ui.theme.as_str()), (true, vec!["prod-eu"], "contrast"));
    assert!(prod.ui.low_bandwidth, "what it does not say is what the file says");
    assert_eq!(prod.profile.as_ref().map(|p| (p.shout(), p.colour)), Some(("PROD".into(), Some(Colour::Red))));
    let stage = load(&path, Some("stage")).unwrap();
    assert_eq!((stage.user.as_str(), names(&stage)), ("bo", vec!["lab"]));
    assert_eq!(stage.profile.unwrap().colour, Some(Colour::Blue));
}

#[test]
fn two_profiles_never_write_into_one_journal_unless_one_of_them_says_so() {
    let (_dir, path) = file(&format!("[journal]\nurl = \"sqlite:/x/shared.db\"\n{}", text()));
    let journal = |profile| load(&path, profile).unwrap().journal.path;
    assert_eq!(journal(None), Path::new("/x/shared.db"));
    assert_eq!(journal(Some("prod")), Path::new("/data/profiles/prod/journal.db"));
    assert_eq!(journal(Some("stage")), Path::new("/data/profiles/stage/journal.db"));
    assert_eq!(load(&path, Some("prod")).unwrap().slo.cache, Some("/cache/profiles/prod/counts".into()));
    let (_dir, path) = file(&format!("{}[profile.prod.journal]\nurl = \"sqlite:/x/prod.db\"\n", text()));
    assert_eq!(load(&path, Some("prod")).unwrap().journal.path, Path::new("/x/prod.db"));
}

#[test]
fn each_value_says_whether_it_is_the_profiles() {
    let (_dir, path) = file(&text());
    let config = load(&path, Some("prod")).unwrap();
    let origin = |key: &str| config::explain(&config).iter().find(|s| s.key == key).unwrap().origin.clone();
    let of_profile = |line| Origin::Profile { name: "prod".into(), path: path.clone(), line };
    assert_eq!(origin("ui.theme"), of_profile(13));
    assert_eq!(origin("source.prod-eu.url"), of_profile(17));
    assert_eq!(origin("user.name"), Origin::File { path: path.clone(), line: 2 });
    assert_eq!(origin("profile"), Origin::Flag("--profile"));
    assert_eq!(origin("slo.policy.warn_at"), Origin::Default);
}

#[test]
fn a_flag_wins_over_what_a_profile_says() {
    let (_dir, path) = file("[profile.lab]\nread_only = false\n");
    let mut request = super::request(&path);
    request.flags.profile = Some("lab".into());
    request.flags.read_only = true;
    assert!(config::load(&request).unwrap().read_only);
}

#[test]
fn an_unknown_profile_is_an_error_with_the_nearest_name() {
    let (_dir, path) = file(&text());
    let said = |profile| load(&path, Some(profile)).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>();
    let file = path.display();
    let prd = format!("{file}: no profile is called `prd`, which --profile names; did you mean `prod`?");
    assert_eq!(said("prd"), [prd]);
    let other = format!("{file}: no profile is called `elsewhere`, which --profile names; known: prod, stage");
    assert_eq!(said("elsewhere"), [other]);
}

#[test]
fn a_mistake_in_any_profile_has_its_place() {
    let (_dir, path) =
        file("[profile.prod.ui]\nthem = \"x\"\n[profile.\"a/b\"]\ncolour = \"pink\"\n[profile]\nx = 1\n");
    let said: Vec<String> =
        load(&path, None).unwrap_err().iter().map(|e| format!("{}:{} {}", e.at.line, e.at.col, e.what)).collect();
    assert_eq!(
        said,
        [
            "2:1 unknown key `them` in [ui]",
            "3:10 `a/b` cannot be the name of a profile",
            "4:10 `colour` cannot be `pink`",
            "6:5 the profile `x` is an integer, expected a table",
        ]
    );
}
