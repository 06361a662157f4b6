//! Ctrl-Z under a shell's job control, and back.

use super::harness::{PATIENCE, Start, send};

/// The only child of a process, and the letter of its state.
pub fn child_of(parent: u32) -> Option<(u32, char)> {
    std::fs::read_dir("/proc").unwrap().find_map(|entry| {
        let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut words = stat.rsplit(')').next()?.split_whitespace();
        let state = words.next()?.chars().next()?;
        (words.next()?.parse() == Ok(parent)).then_some((pid, state))
    })
}

#[test]
fn ctrl_z_gives_the_shell_its_terminal_and_fg_paints_anew() {
    let script = "set -m; \"$@\"; echo \"stopped with $?\"; read -r _; fg >/dev/null; echo \"ended with $?\"";
    let mut terminal = Start::demo("quiet").through(&["bash", "--norc", "-c", script, "bash"]).open();
    terminal.sees("CALM");
    terminal.type_keys("ctrl-z");
    // 128 and the number of SIGTSTP.
    terminal.sees("stopped with 148");
    assert_eq!(child_of(terminal.pid()).map(|(_, state)| state), Some('T'));
    terminal.is_given_back();
    terminal.type_keys("enter");
    terminal.sees("CALM");
    assert!(terminal.modes().alternate_screen && !terminal.is_cooked());
    terminal.type_keys("?");
    terminal.sees("Leave Watchfire.");
    terminal.type_keys("ctrl-c");
    terminal.sees("ended with 0");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}

#[test]
fn ctrl_z_without_a_shell_to_go_back_to_stops_nothing() {
    let mut terminal = Start::demo("quiet").open();
    terminal.sees("CALM");
    terminal.type_keys("ctrl-z");
    terminal.type_keys("?");
    terminal.sees("Leave Watchfire.");
}

/// Stopped from outside nothing can be tidied up; whoever goes on takes the terminal from the beginning.
#[test]
fn a_stop_from_outside_is_painted_over_when_it_goes_on() {
    // What a person types blindly then.
    let tidy = "code=$?; stty sane; printf '\\033[?1049l\\033[?25h'; echo \"stopped with $code\"";
    let script = format!("set -m; \"$@\"; {tidy}; read -r _; fg >/dev/null; echo \"ended with $?\"");
    let mut terminal = Start::demo("quiet").through(&["bash", "--norc", "-c", &script, "bash"]).open();
    terminal.sees("CALM");
    let (pid, _) = child_of(terminal.pid()).unwrap();
    terminal.is_shared();
    assert!(send(pid, "TSTP"));
    terminal.sees("stopped with 148");
    assert!(terminal.is_cooked());
    terminal.type_keys("enter");
    terminal.shows("the cockpit alone", |s| s.contains("CALM") && !s.contains("stopped with"));
    assert!(terminal.modes().alternate_screen && !terminal.is_cooked());
    terminal.type_keys("q");
    terminal.sees("ended with 0");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
}
