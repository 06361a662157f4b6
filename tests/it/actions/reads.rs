//! Runbooks from files and servers: what can be read, what cannot, and why.

use std::{fs, path::PathBuf};

use watchfire::{
    config::RunbooksConfig,
    domain::runbook::{Place, Runbook},
    runtime::runbook::read,
};

use crate::support::server::{Reply, Server};

async fn from(place: Place) -> Result<Runbook, String> {
    read(&[place]).await.map(|(_, book)| book).map_err(|why| why.shown().to_owned())
}

fn markdown(text: &str) -> Reply {
    Reply::with(200, "content-type: text/plain; charset=utf-8\r\n", text)
}

#[tokio::test]
async fn an_address_is_read_and_no_credential_of_ours_goes_there() {
    let server = Server::always(markdown("# Disk\n\n- [ ] look\n")).await;
    let book = from(Place::Url(format!("{}/disk.md", server.url()))).await.unwrap();
    assert_eq!(book.title().unwrap().shown(), "Disk");
    let asked = &server.seen()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/disk.md"));
    assert!(!asked.headers.contains_key("authorization") && !asked.headers.contains_key("cookie"));
}

#[tokio::test]
async fn what_is_no_markdown_says_what_it_is() {
    for (reply, words) in [
        (Reply::page("<html>wiki</html>"), "web page"),
        (markdown("<!DOCTYPE html><title>x"), "web page"),
        (Reply::status(404, "no"), "404"),
        (Reply::json("{}"), "application/json"),
    ] {
        let server = Server::always(reply).await;
        let why = from(Place::Url(server.url())).await.unwrap_err();
        assert!(why.contains(words), "{why}");
    }
    let why = from(Place::Url("http://127.0.0.1:1/x".into())).await.unwrap_err();
    assert!(why.contains("refused"), "{why}");
}

#[tokio::test]
async fn a_huge_answer_is_cut_and_not_read_to_its_end() {
    let server = Server::always(markdown(&"- [ ] step\n".repeat(400_000))).await;
    assert!(from(Place::Url(server.url())).await.unwrap().is_cut);
}

#[tokio::test]
async fn a_file_is_read_below_its_directory_and_nowhere_else() {
    let house = tempfile::tempdir().unwrap();
    let dir = house.path().join("runbooks");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("a.md"), "# A\n").unwrap();
    fs::write(house.path().join("secret.md"), "# secret\n").unwrap();
    std::os::unix::fs::symlink(house.path().join("secret.md"), dir.join("link.md")).unwrap();
    let file = |path: &str| Place::File { dir: dir.clone(), path: PathBuf::from(path) };
    assert!(from(file("a.md")).await.is_ok());
    for (path, words) in
        [("link.md", "leads out"), ("../secret.md", "leads out"), (".", "no file"), ("gone.md", "No such file")]
    {
        let why = from(file(path)).await.unwrap_err();
        assert!(why.contains(words), "{path}: {why}");
    }
    // One that is not there gives way to the next.
    let (name, _) = read(&[file("gone.md"), file("a.md")]).await.unwrap();
    assert_eq!(name, "a.md");
}

#[test]
fn where_a_runbook_may_be_is_told_by_the_configuration_and_the_alert() {
    let rules = RunbooksConfig {
        dir: Some("/r".into()),
        by_alert: vec![("Mapped".into(), "m.md".into())],
        fetch: false,
        built_in: vec![("https://known/x", "# x")],
    };
    let names = |alert: &str, link: Option<&str>| -> Vec<String> {
        rules.places(alert, link).unwrap().iter().map(Place::name).collect()
    };
    assert_eq!(names("Mapped", Some("https://known/x")), ["m.md", "https://known/x", "Mapped.md"]);
    assert_eq!(names("Other", Some("sub/o.md")), ["sub/o.md", "Other.md"]);
    assert_eq!(names("Other", Some("/r/o.md")), ["o.md", "Other.md"]);
    assert_eq!(names("Other", Some("../../etc/passwd")), ["Other.md"]);
    let bare = RunbooksConfig { dir: None, ..rules.clone() };
    assert!(bare.places("Other", Some("https://else/x")).unwrap_err().contains("fetch"));
    assert!(bare.places("a/b", None).unwrap_err().contains("no runbook_url"));
}

#[tokio::test]
async fn a_redirect_takes_no_credential_of_the_link_to_another_host() {
    let other = Server::always(markdown("# Moved\n")).await;
    let first = Server::always(Reply::redirect(302, &format!("{}/moved.md", other.url()))).await;
    let link = first.url().replace("http://", "http://ana:secret@");
    let book = from(Place::Url(format!("{link}/disk.md"))).await.unwrap();
    assert_eq!(book.title().unwrap().shown(), "Moved");
    assert!(first.seen()[0].headers.contains_key("authorization"), "what stands in the link is the link's");
    let asked = &other.seen()[0];
    assert!(!asked.headers.contains_key("authorization") && !asked.headers.contains_key("referer"), "{asked:?}");
}

#[tokio::test]
async fn redirects_in_a_ring_end() {
    let server = Server::always(Reply::redirect(302, "/again.md")).await;
    let why = from(Place::Url(server.url())).await.unwrap_err();
    assert!(why.contains("redirect"), "{why}");
    assert!(server.seen().len() < 10, "{}", server.seen().len());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_or_never_ends_is_given_up_in_time() {
    for reply in [Reply::silence(), Reply::drip()] {
        let server = Server::always(reply).await;
        let why = from(Place::Url(server.url())).await.unwrap_err();
        assert!(why.contains("no full answer within 10s") || why.contains("application/json"), "{why}");
    }
}
