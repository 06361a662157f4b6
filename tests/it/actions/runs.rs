//! Real programs: what reaches them, and how each of them ends.

use tokio::sync::watch;
use watchfire::{
    domain::action::{Action, Command, Ended, How},
    runtime::action::{Stop, run},
};

use super::{action, command, target};

/// Label values that somebody may send on purpose.
const HOSTILE: [&str; 10] = [
    "two words",
    "it's \"quoted\"",
    "$(touch /tmp/watchfire-was-here)",
    "`id`; id && id | id",
    "two\nlines\n",
    "-rf",
    "--flag=$HOME",
    "*?[a]~",
    "'\"${1}\"'",
    "\\",
];

async fn ended(command: Command) -> Ended {
    let (_stopper, stop) = watch::channel(None);
    run(command, stop, |_| ()).await
}

fn said(ended: &Ended) -> String {
    ended.output.lines().iter().map(|l| l.raw().to_owned()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_value_reaches_the_program_as_one_argument() {
    for value in HOSTILE {
        let run = action(&["printf", "[%s]\\0", "{{labels.x}}", "--x={{labels.x}}", "end"]);
        let ended = ended(run.fill(&target(&[("x", value)]), &Default::default()).unwrap()).await;
        assert_eq!(ended.how, How::Exited(0), "{}", ended.line());
        assert_eq!(said(&ended), format!("[{value}]\0[--x={value}]\0[end]\0"));
    }
    assert!(!std::path::Path::new("/tmp/watchfire-was-here").exists());
}

#[tokio::test]
async fn a_value_in_a_script_stays_data_wherever_it_stands() {
    let scripts = [
        "printf '[%s]\\0' {{labels.x}}",
        "printf '%s\\0' \"[{{labels.x}}]\"",
        "printf '[%s]\\0' \"$(printf %s {{labels.x}})\"",
        "x={{labels.x}}; printf '[%s]\\0' \"$x\"",
    ];
    for value in HOSTILE.iter().filter(|v| !v.contains('\n')) {
        for script in scripts {
            let shell = Action { shell: true, ..action(&[script]) };
            let ended = ended(shell.fill(&target(&[("x", value)]), &Default::default()).unwrap()).await;
            assert_eq!(said(&ended), format!("[{value}]\0"), "{script}");
        }
    }
    // Even where the author put quotes around it, nothing in it is run.
    let quoted = Action { shell: true, ..action(&["echo \"{{labels.x}}\" # {{labels.x}}\ncat <<E\n{{labels.x}}\nE"]) };
    let value = "$(touch /tmp/watchfire-was-here)'\"; touch /tmp/watchfire-was-here\ntouch /tmp/watchfire-was-here";
    ended(quoted.fill(&target(&[("x", value)]), &Default::default()).unwrap()).await;
    assert!(!std::path::Path::new("/tmp/watchfire-was-here").exists());
}

#[tokio::test]
async fn a_program_that_hangs_is_ended_with_all_that_it_started() {
    let hangs = Command {
        timeout: chrono::Duration::milliseconds(300),
        ..command(&["sh", "-c", "sleep 3600 & echo $!; wait"])
    };
    let ended = ended(hangs).await;
    assert_eq!(ended.how, How::TimedOut);
    assert!(!runs(said(&ended).trim()), "the grandchild of {} still runs", said(&ended));
}

#[tokio::test]
async fn one_that_will_not_end_when_asked_is_made_to() {
    let deaf = command(&["sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.05; done"]);
    let (stopper, stop) = watch::channel(None);
    // It is told to end once it has said that it is deaf.
    let leave = move |_| {
        stopper.send_replace(Some(Stop::Leaving));
    };
    let ended = run(deaf, stop, leave).await;
    assert_eq!(ended.how, How::Left);
    assert!(!runs(said(&ended).trim()), "{} still runs", said(&ended));
}

#[tokio::test]
async fn who_asked_can_stop_it_and_a_lost_cockpit_ends_it() {
    for asked in [Some(Stop::Asked), None] {
        let (stopper, stop) = watch::channel(None);
        let mut stopper = Some(stopper);
        let told = move |_| match asked {
            Some(_) => stopper.iter().for_each(|s| s.send_modify(|why| *why = asked)),
            None => drop(stopper.take()),
        };
        let ended = run(command(&["sh", "-c", "echo begun; exec sleep 3600"]), stop, told).await;
        assert_eq!(ended.how, if asked.is_some() { How::Stopped } else { How::Left });
        assert_eq!(said(&ended), "begun");
    }
}

#[tokio::test]
async fn a_flood_of_a_hundred_megabytes_is_cut_in_the_middle() {
    let flood = "echo first; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last";
    let ended = ended(command(&["sh", "-c", flood])).await;
    assert_eq!((ended.how.clone(), ended.output.total), (How::Exited(0), 100_000_012));
    let kept: usize = ended.output.lines().iter().map(|l| l.raw().len() + 1).sum();
    assert!(kept < 66_000, "{kept} bytes are kept");
    let text = said(&ended);
    assert!(text.starts_with("first\nxxx") && text.ends_with("xxx\nlast") && text.contains("bytes left out]"));
}

#[tokio::test]
async fn every_end_is_told_apart() {
    let cases = [
        (vec!["sh", "-c", "exit 137"], How::Exited(137), "want of memory"),
        (vec!["sh", "-c", "kill -9 $$"], How::Killed(9), "killed by signal 9"),
        (vec!["sh", "-c", "exit 3"], How::Exited(3), "exit 3"),
        (vec!["true"], How::Exited(0), "done"),
    ];
    for (argv, how, words) in cases {
        let ended = ended(command(&argv)).await;
        assert_eq!(ended.how, how);
        assert!(ended.line().contains(words), "{}", ended.line());
    }
    let gone = ended(command(&["watchfire-no-such-program"])).await;
    assert!(gone.line().contains("no program `watchfire-no-such-program`"), "{}", gone.line());
    let nowhere = Command { cwd: Some("/nowhere/at/all".into()), ..command(&["true"]) };
    assert!(ended(nowhere).await.line().contains("no directory /nowhere"));
}

#[tokio::test]
async fn what_asks_for_input_gets_the_end_of_it_and_that_is_said() {
    let ended = ended(command(&["sh", "-c", "printf 'Really? [y/N] '; read answer || exit 1"])).await;
    assert_eq!(ended.how, How::Exited(1));
    assert!(ended.line().contains("asked for input"), "{}", ended.line());
}

#[tokio::test]
async fn what_it_leaves_behind_holds_up_nothing() {
    let ended = ended(command(&["sh", "-c", "sleep 3600 & echo $!"])).await;
    assert_eq!((ended.how.clone(), ended.lingers), (How::Exited(0), true));
    let left = said(&ended);
    assert!(runs(left.trim()), "what a command leaves behind on purpose goes on");
    drop(std::process::Command::new("kill").arg(left.trim()).status());
}

#[tokio::test]
async fn both_outputs_stay_in_order_and_secrets_of_ours_out_of_reach() {
    let script = "echo one; echo two >&2; echo three; echo [$HOME] [$CITY]";
    let mut command = command(&["sh", "-c", script]);
    command.hidden_env = vec!["HOME".into()];
    command.env = vec![("CITY".into(), "a b".into())];
    assert_eq!(said(&ended(command).await), "one\ntwo\nthree\n[] [a b]");
}

/// Whether a process lives; one that only waits to be buried does not.
fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}
