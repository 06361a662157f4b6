//! `watchfire notify test`: one notification by each way that is configured, and what became of it.

use std::io::{IsTerminal, Write};

use serde::Serialize;

use crate::{
    config::{Config, request::Env},
    domain::{
        notify::{Notice, Way},
        text::sanitise,
    },
    runtime::{
        clock::Clock,
        notify::{desktop, hook},
        terminal::{
            host::{Host, Manners, Mux},
            notice,
        },
    },
};

use super::{
    answer::say_json,
    args::{Global, Output},
    exit::{self, Exit},
    start,
};

#[derive(clap::Subcommand, Debug)]
pub enum Do {
    /// Send one by each configured way, and say what became of it
    Test,
}

/// What became of one.
#[derive(Serialize)]
struct Told {
    way: &'static str,
    /// sent: nobody says whether it was shown.
    outcome: Outcome,
    said: String,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Sent,
    Shown,
    Off,
    Failed,
}

impl Told {
    fn new(way: Way, outcome: Outcome, said: impl AsRef<str>) -> Self {
        Self { way: way.as_str(), outcome, said: sanitise(said.as_ref()).replace('\n', " ") }
    }
}

pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    let Do::Test = what;
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let notice = Notice::test(Clock::real().now());
    let host = Host::of(&Env::from_process());
    let manners = start::manners(&config);
    let told = [
        bell(&config, &manners),
        terminal(&manners, &notice),
        on_desktop(&config, &host, &notice).await,
        command(&config, &notice).await,
    ];
    match global.output {
        Output::Json | Output::Ndjson => say_json(&told)?,
        _ => told.iter().for_each(|t| exit::say(&format!("{:<9} {:<7} {}\n", t.way, word(t.outcome), t.said))),
    }
    let failed = told.iter().filter(|t| t.outcome == Outcome::Failed).count();
    Ok(if failed > 0 { exit::failed(format_args!("{failed} of 4 ways failed")) } else { Exit::Done })
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Sent => "sent",
        Outcome::Shown => "shown",
        Outcome::Off => "off",
        Outcome::Failed => "FAILED",
    }
}

/// To the terminal, where there is one: it may not be standard output.
fn write(bytes: &[u8]) -> Result<(), String> {
    if std::io::stdout().is_terminal() {
        let mut out = std::io::stdout().lock();
        return out.write_all(bytes).and_then(|()| out.flush()).map_err(|e| e.to_string());
    }
    let tty = std::fs::File::options().write(true).open("/dev/tty");
    tty.and_then(|mut tty| tty.write_all(bytes)).map_err(|_| "there is no terminal here".to_owned())
}

fn bell(config: &Config, manners: &Manners) -> Told {
    if !config.notify.bell || !manners.bell {
        return Told::new(Way::Bell, Outcome::Off, "[notify] bell = false");
    }
    match write(b"\x07") {
        Ok(()) => Told::new(Way::Bell, Outcome::Sent, "to the terminal; tmux marks the window with `monitor-bell on`"),
        Err(why) => Told::new(Way::Bell, Outcome::Failed, why),
    }
}

fn terminal(manners: &Manners, notice: &Notice) -> Told {
    let Some(osc) = manners.notices else {
        let why = "[notify] terminal = \"off\", or this terminal is not known to show any";
        return Told::new(Way::Terminal, Outcome::Off, why);
    };
    let through = match manners.mux {
        Mux::Tmux => " through tmux, which hands it on with `allow-passthrough on`",
        Mux::Screen => " through screen",
        Mux::None | Mux::Some => "",
    };
    match write(&notice::sequence(manners, &notice.title, &notice.body)) {
        Ok(()) => {
            let said = format!("{} to the terminal{through}; [notify] terminal names another", osc.as_str());
            Told::new(Way::Terminal, Outcome::Sent, said)
        }
        Err(why) => Told::new(Way::Terminal, Outcome::Failed, why),
    }
}

async fn on_desktop(config: &Config, host: &Host, notice: &Notice) -> Told {
    if !config.notify.desktop {
        return Told::new(Way::Desktop, Outcome::Off, "[notify] desktop = false");
    }
    if host.ssh {
        return Told::new(Way::Desktop, Outcome::Off, "over SSH it would appear on the wrong machine");
    }
    match desktop::show(notice).await {
        Ok(()) => Told::new(Way::Desktop, Outcome::Shown, "by the desktop's notification service"),
        // A machine without a desktop is no fault: the other ways are for that.
        Err(why) => Told::new(Way::Desktop, Outcome::Off, format!("none was shown: {why}")),
    }
}

async fn command(config: &Config, notice: &Notice) -> Told {
    let Some(hook) = hook(&config.notify, config.secret_env.clone()) else {
        return Told::new(Way::Command, Outcome::Off, "[notify] command names none");
    };
    if config.read_only {
        return Told::new(Way::Command, Outcome::Off, "read-only: no program is run");
    }
    match hook.run(notice).await {
        Ok(()) => Told::new(Way::Command, Outcome::Sent, format!("`{}` ended well", hook.argv.join(" "))),
        Err(why) => Told::new(Way::Command, Outcome::Failed, why),
    }
}
