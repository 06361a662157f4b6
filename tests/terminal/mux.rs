//! Inside a real tmux and a real GNU screen, each started by the test on a socket of its own and ended with it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{
    harness::{PATIENCE, SOON, lives, within},
    stop::child_of,
    tokens,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_watchfire");

/// Waits for a key, so that everything that is written can be kept; runs the program, and tells how the line discipline was
/// left.
const SCRIPT: &str = "read -r _; \"$@\"; echo \"left with $?\"; stty -a; read -r _";

/// A command of a multiplexer in an environment that is ours alone.
fn command(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(home).stdin(Stdio::null());
    for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("USER", "ana"), ("SHELL", "/bin/sh")] {
        command.env(name, value);
    }
    command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()));
    for name in ["HOME", "TMPDIR", "WATCHFIRE_DATA_DIR", "SCREENDIR"] {
        command.env(name, home);
    }
    command
}

#[track_caller]
fn run(mut command: Command) -> String {
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{command:?}: {} {said}", String::from_utf8_lossy(&out.stderr));
    said
}

/// What the program wrote itself, before a multiplexer made anything of it.
fn check(raw: &Path) {
    let bytes = std::fs::read(raw).unwrap();
    assert!(bytes.len() > 1_000, "only {} bytes were kept", bytes.len());
    tokens::check(&bytes).unwrap();
    assert_eq!(tokens::modes(&bytes), tokens::Modes::SHELL);
}

struct Tmux {
    home: TempDir,
}

impl Tmux {
    /// At 120x40 with this in it.
    fn open(arguments: &[&str]) -> Self {
        let tmux = Self { home: tempfile::tempdir().unwrap() };
        std::fs::write(tmux.file("conf"), "set -g default-terminal tmux-256color\nset -g focus-events on\n").unwrap();
        let mut start = vec!["new-session", "-d", "-x", "120", "-y", "40", "sh", "-c", SCRIPT, "sh", PROGRAM];
        start.extend(arguments);
        tmux.say(&start);
        let raw = format!("cat >> {}", tmux.file("raw").display());
        tmux.say(&["pipe-pane", "-o", &raw]);
        tmux.say(&["send-keys", "Enter"]);
        tmux
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    #[track_caller]
    fn say(&self, words: &[&str]) -> String {
        let mut tmux = command("tmux", self.home.path());
        tmux.arg("-S").arg(self.file("socket")).arg("-f").arg(self.file("conf")).args(words);
        run(tmux)
    }

    fn screen(&self) -> String {
        self.say(&["capture-pane", "-p"])
    }

    /// Whether it is on the alternate screen, shows its cursor, takes the mouse.
    fn state(&self) -> String {
        self.say(&["display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}"])
    }

    #[track_caller]
    fn shows(&self, what: &str, wanted: impl Fn(&str) -> bool) {
        let shown = within(PATIENCE, || wanted(&self.screen()));
        assert!(shown, "never saw {what} in tmux:\n{}", self.screen());
    }

    #[track_caller]
    fn sees(&self, text: &str) {
        self.shows(text, |screen| screen.contains(text));
    }

    fn keys(&self, keys: &str) {
        self.say(&[&["send-keys"][..], &keys.split(' ').collect::<Vec<_>>()].concat());
    }

    fn types(&self, text: &str) {
        self.say(&["send-keys", "-l", text]);
    }

    fn pid(&self) -> u32 {
        let shell = self.say(&["display-message", "-p", "#{pane_pid}"]);
        child_of(shell.trim().parse().unwrap()).unwrap().0
    }

    /// As a machine that goes down ends it.
    fn is_killed(&self) {
        self.say(&["kill-server"]);
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // It may have ended with its last window.
        let mut end = command("tmux", self.home.path());
        let _ = end.arg("-S").arg(self.file("socket")).arg("kill-server").stderr(Stdio::null()).status();
    }
}

#[test]
fn the_walk_in_a_real_tmux_and_the_terminal_is_given_back() {
    let tmux = Tmux::open(&["demo", "--scenario", "payment-outage"]);
    tmux.sees("DiskWillFill");
    assert_eq!(tmux.state().trim(), "1 0 0");
    tmux.keys("j k /");
    tmux.types("DiskWill");
    tmux.keys("Enter");
    tmux.shows("what passes the filter", |s| !s.split("3 timeline").next().unwrap_or_default().contains("Ratio"));
    tmux.keys("Enter");
    tmux.sees("Esc back");
    tmux.keys("Escape");
    tmux.shows("the board", |s| !s.contains("Esc back"));
    tmux.keys("n");
    tmux.sees("note on");
    tmux.types("seen in tmux");
    tmux.sees("seen in tmux");
    tmux.keys("Enter");
    tmux.shows("the note on the timeline", |s| !s.contains("note on") && s.contains("seen in tmux"));
    tmux.say(&["resize-window", "-x", "80", "-y", "24"]);
    tmux.shows("the footer of 24 rows", |s| s.lines().nth(23).is_some_and(|l| l.contains("help")));
    tmux.keys("q");
    tmux.sees("left with 0");
    tmux.shows("a shell's line discipline", |s| s.contains(" icanon") && s.contains(" echo "));
    assert_eq!(tmux.state().trim(), "0 1 0");
    check(&tmux.file("raw"));
}

#[test]
fn a_tmux_that_is_killed_ends_what_runs_in_it() {
    let tmux = Tmux::open(&["demo", "--scenario", "quiet"]);
    tmux.sees("CALM");
    let pid = tmux.pid();
    tmux.is_killed();
    assert!(within(SOON, || !lives(pid)), "it runs on without a terminal");
}

struct GnuScreen {
    home: TempDir,
}

impl GnuScreen {
    fn open(arguments: &[&str]) -> Self {
        // It keeps its socket only where nobody else can look.
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        let screen = Self { home: tempfile::Builder::new().permissions(private).tempdir().unwrap() };
        let conf = format!(
            "term screen-256color\ndefutf8 on\nlogfile {}\nlogfile flush 0\naltscreen on\n",
            screen.file("raw").display()
        );
        std::fs::write(screen.file("conf"), conf).unwrap();
        let mut start = command("screen", screen.home.path());
        start
            .arg("-c")
            .arg(screen.file("conf"))
            .args(["-U", "-L", "-d", "-m", "-S", "watch", "sh", "-c", SCRIPT, "sh"]);
        run({
            start.arg(PROGRAM).args(arguments);
            start
        });
        assert!(within(PATIENCE, || screen.may_say(&["select", "0"])), "screen does not answer");
        screen.say(&["stuff", "\n"]);
        screen
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn may_say(&self, words: &[&str]) -> bool {
        let mut say = command("screen", self.home.path());
        say.args(["-S", "watch", "-p", "0", "-X"]).args(words);
        say.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    #[track_caller]
    fn say(&self, words: &[&str]) {
        assert!(self.may_say(words), "screen refuses {words:?}");
    }

    fn screen(&self) -> String {
        let copy = self.file("copy");
        self.say(&["hardcopy", copy.to_str().unwrap()]);
        // Written by the other process; half of it is looked at again.
        String::from_utf8_lossy(&std::fs::read(copy).unwrap_or_default()).into_owned()
    }

    #[track_caller]
    fn shows(&self, what: &str, wanted: impl Fn(&str) -> bool) {
        let shown = within(PATIENCE, || wanted(&self.screen()));
        assert!(shown, "never saw {what} in screen:\n{}", self.screen());
    }

    #[track_caller]
    fn sees(&self, text: &str) {
        self.shows(text, |screen| screen.contains(text));
    }
}

impl Drop for GnuScreen {
    fn drop(&mut self) {
        self.may_say(&["quit"]);
    }
}

#[test]
fn the_walk_in_a_real_gnu_screen() {
    let screen = GnuScreen::open(&["demo", "--scenario", "payment-outage"]);
    screen.sees("DiskWillFill");
    screen.say(&["stuff", "jkn"]);
    screen.sees("note on");
    screen.say(&["stuff", "seen in screen\r"]);
    screen.shows("the note on the timeline", |s| !s.contains("note on") && s.contains("seen in screen"));
    screen.say(&["stuff", "q"]);
    screen.sees("left with 0");
    screen.sees(" icanon");
    check(&screen.file("raw"));
}
