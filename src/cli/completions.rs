//! `watchfire completions SHELL`: written from the same tree that reads the command line. The names of profiles are asked
//! for when they are completed: they stand in the configuration.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::{
    args::Args,
    exit::{self, Exit},
};

pub fn run(shell: Shell) -> Exit {
    exit::say(&script(shell));
    Exit::Done
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "watchfire", &mut script);
    with_profiles(&String::from_utf8_lossy(&script), shell)
}

fn with_profiles(script: &str, shell: Shell) -> String {
    const FILES: &str = "--profile)\n                    COMPREPLY=($(compgen -f \"${cur}\"))";
    const NAMES: &str = "--profile)\n                    COMPREPLY=($(compgen -W \"$(watchfire config profiles 2>/dev/null)\" -- \"${cur}\"))";
    match shell {
        Shell::Bash => script.replace(FILES, NAMES),
        Shell::Fish => {
            let asks = |line: &str| {
                line.replace(" -l profile ", " -l profile -f -a '(watchfire config profiles 2>/dev/null)' ")
            };
            script.lines().map(|line| format!("{}\n", asks(line))).collect()
        }
        Shell::Zsh => {
            let asks = |line: &str| match line.contains("--profile=[") {
                true => line.replace(":NAME:_default", ":NAME:($(watchfire config profiles 2>/dev/null))"),
                false => line.to_owned(),
            };
            script.lines().map(|line| format!("{}\n", asks(line))).collect()
        }
        _ => script.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_profiles_are_asked_for_when_they_are_completed() {
        for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
            assert!(script(shell).contains("watchfire config profiles"), "{shell}");
        }
    }
}
