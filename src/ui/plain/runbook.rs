//! A runbook as lines: what may be ticked or run has its number, in the order in which `Tab` goes over them on the screen.

use crate::{
    app::App,
    domain::runbook::{Block, Item, Tick},
};

/// All of it, or why it cannot be read.
pub fn lines(app: &App) -> Vec<String> {
    let Some(opened) = &app.world.runbooks.opened else { return Vec::new() };
    let title = format!("runbook of {}", opened.title.line());
    let read = match &opened.told {
        None => return vec![title, "it is being read".into()],
        Some(Err(why)) => {
            let link = opened.link.as_ref().map(|link| format!("it is at {}", link.line()));
            return [Some(title), Some(format!("it cannot be read: {}", why.line())), link]
                .into_iter()
                .flatten()
                .collect();
        }
        Some(Ok(read)) => read,
    };
    let ticks = app.world.ticks(opened);
    let mut out = vec![format!("{title}, from {}", read.place)];
    let mut number = 0;
    for block in &read.runbook.blocks {
        match block {
            Block::Item(item) if item.is_step() => {
                number += 1;
                out.push(step(number, item, ticks.get(&item.key)));
            }
            Block::Item(item) => out.push(item.text.line().into_owned()),
            Block::Code(code) => {
                if code.script.is_some() {
                    number += 1;
                    out.push(format!("step {number}, a command:"));
                }
                out.extend(code.text.shown().lines().map(str::to_owned));
            }
            Block::Heading { text, .. } => out.push(format!("heading: {}", text.line())),
            Block::Text { text, .. } => out.extend(text.shown().lines().map(str::to_owned)),
            Block::Rule => {}
        }
    }
    out
}

fn step(number: usize, item: &Item, tick: Option<&Tick>) -> String {
    let done = tick.map_or_else(String::new, |t| format!(", done by {} at {}", t.by.line(), t.at.format("%H:%M")));
    format!("step {number}{done}: {}", item.text.line())
}
