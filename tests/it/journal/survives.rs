//! What a process cannot do to itself: be killed, run out of room, be another user. The test runs itself again as a child,
//! which finds the journal's path in the environment.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    process::{Command, Stdio},
};

use watchfire::journal::JournalError;

use super::*;

const CHILD: &str = "WATCHFIRE_TEST_JOURNAL";

fn path_for_child() -> Option<PathBuf> {
    env::var_os(CHILD).map(PathBuf::from)
}

/// Arguments that make this binary run the one test `name` alone.
fn only(name: &str) -> [String; 3] {
    ["--exact".to_owned(), format!("journal::survives::{name}"), "--nocapture".to_owned()]
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

#[test]
fn kill_nine_loses_no_entry_that_was_confirmed() {
    match path_for_child() {
        Some(path) => block_on(append_until_killed(&path)),
        None => kill_ten_times(),
    }
}

async fn append_until_killed(path: &Path) {
    let journal = open(path).await;
    for n in 0..100_000 {
        let name = uuid::Uuid::new_v4().to_string();
        journal.intend(&intent(&name), &[intended(&name), note("and more")], at(n)).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "confirmed {name}").and_then(|()| out.flush()).unwrap();
    }
}

fn kill_ten_times() {
    let place = place();
    let mut confirmed = Vec::new();
    for round in 0..10 {
        confirmed.extend(killed_after(&place.path, 1 + round * 7 % 31));
        let journal = block_on(open(&place.path));
        let undone = block_on(journal.undone()).unwrap();
        for name in &confirmed {
            assert!(undone.iter().any(|i| &i.op.0 == name), "round {round} lost {name}");
        }
        let entries = block_on(journal.verify()).unwrap().unwrap().entries;
        assert_eq!(entries, 2 * undone.len() as u64, "round {round}: an act without its entries");
        block_on(journal.check()).unwrap();
        block_on(journal.close()).unwrap();
    }
    assert!(confirmed.len() >= 10);
}

/// The acts that a child confirmed before it was killed, in the middle of whatever it did after the `count`th.
fn killed_after(path: &Path, count: usize) -> Vec<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(only("kill_nine_loses_no_entry_that_was_confirmed"))
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let name = |line: std::io::Result<String>| line.ok()?.strip_prefix("confirmed ").map(str::to_owned);
    let mut confirmed: Vec<_> = lines.by_ref().filter_map(name).take(count).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // A last line may be cut off in the middle: only whole names were confirmed.
    confirmed.extend(lines.filter_map(name).filter(|n| n.len() == 36));
    confirmed
}

#[test]
fn a_full_disk_says_full_leaves_nothing_half_written_and_takes_writes_again_when_there_is_room() {
    match path_for_child() {
        Some(path) => block_on(write_until_full(&path)),
        None => fill_a_small_disk(),
    }
}

fn fill_a_small_disk() {
    let place = place();
    let status = Command::new("sh")
        .args(["-c", r#"trap "" XFSZ; ulimit -f 400; exec "$0" "$@""#])
        .arg(env::current_exe().unwrap())
        .args(only("a_full_disk_says_full_leaves_nothing_half_written_and_takes_writes_again_when_there_is_room"))
        .env(CHILD, &place.path)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "the child's own assertions are above");
    block_on(async {
        let journal = open(&place.path).await;
        let before = journal.undone().await.unwrap().len();
        assert!(before > 0);
        journal.intend(&intent("room"), &[intended("room")], at(0)).await.unwrap();
        assert_eq!(journal.undone().await.unwrap().len(), before + 1);
        assert_eq!(journal.verify().await.unwrap().unwrap().entries, before as u64 + 1);
    });
}

async fn write_until_full(path: &Path) {
    let journal = open(path).await;
    let large = "x".repeat(20_000);
    for n in 0..1000 {
        let name = format!("op{n}");
        let saying = entry(Kind::UnackIntended, &Subject::watch(), &large);
        let Err(error) = journal.intend(&intent(&name), &[saying], at(n)).await else { continue };
        assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
        assert!(n > 0, "there was no room at all");
        assert_eq!(journal.undone().await.unwrap().len(), n as usize, "an act without its entry");
        assert_eq!(journal.last_seq().await.unwrap(), n, "an entry without its act");
        return;
    }
    panic!("it was never full");
}

#[test]
fn a_file_that_may_not_be_written_is_read_and_says_why_it_takes_nothing() {
    match path_for_child() {
        Some(path) => block_on(read_what_cannot_be_written(&path)),
        None => be_somebody_without_rights(),
    }
}

fn be_somebody_without_rights() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    block_on(async {
        let journal = open(&path).await;
        journal.append(&[note("read me")], at(0)).await.unwrap();
        journal.close().await.unwrap();
    });
    let exe = dir.path().join("it");
    fs::copy(env::current_exe().unwrap(), &exe).unwrap();
    for (path, mode) in [(&path, 0o444), (&exe, 0o555), (&dir.path().to_owned(), 0o555)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = Command::new(&exe);
    command.args(only("a_file_that_may_not_be_written_is_read_and_says_why_it_takes_nothing"));
    command.env(CHILD, &path).stdout(Stdio::null());
    if fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0) {
        command.uid(65_534).gid(65_534); // root may write everything: nobody may not
    }
    let status = command.status().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(status.success(), "the child's own assertions are above");
}

async fn read_what_cannot_be_written(path: &Path) {
    let journal = open(path).await;
    assert_eq!(texts(&journal.recent(10).await.unwrap()), ["read me"]);
    assert_eq!(journal.verify().await.unwrap().unwrap().entries, 1);
    let error = journal.append(&[note("no")], at(0)).await.unwrap_err();
    assert!(matches!(error, JournalError::ReadOnly { .. }), "{error:?}");
    assert_eq!(journal.refusal(), Some(&error));
    let missing = Journal::open(&path.with_file_name("none.db")).await.map(drop).unwrap_err();
    assert!(matches!(missing, JournalError::ReadOnly { .. }), "{missing:?}");
}
