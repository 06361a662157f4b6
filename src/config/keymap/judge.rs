//! What is wrong with a map, and what is only strange: two commands on one key, a key that begins a chord, a command that
//! no key reaches, keys that others take before we see them.

use super::{Binding, BoundBy, Chord, Command, Context, Key, KeyCode, Keymap, Match, read::has_built_in};
use crate::config::fault::{At, Report};

impl Keymap {
    pub(super) fn judge(&self, report: &mut Report) {
        for (i, a) in self.bindings.iter().enumerate() {
            for b in &self.bindings[i + 1..] {
                if let (true, Some((at, what, hint))) = (self.meet(a, b), a.clash(b)) {
                    report.hint(at, what, hint);
                }
            }
        }
        self.judge_unfinished(report);
        if report.errors.is_empty() {
            self.warn(report);
        }
    }

    /// A key that takes a chord back, or leaves it, cannot be part of one.
    fn judge_unfinished(&self, report: &mut Report) {
        let ends = |key: &Key| {
            let its = |b: &&Binding| self.reach(b, Context::Chord).is_some_and(|r| r == super::Reach::Here);
            self.bindings.iter().filter(its).find(|b| b.chord.0 == [*key])
        };
        for chord in &self.bindings {
            let Some(end) = chord.chord.0.iter().skip(1).find_map(ends) else { continue };
            if let BoundBy::User(at) = chord.from.max(end.from) {
                let (key, command) = (&end.chord, end.command.name());
                let what = format!("`{key}` is `{command}` in a chord, so `{}` can never be finished", chord.chord);
                report.hint(at, what, format!("bind `{command}` anew, or take another chord"));
            }
        }
    }

    /// Whether two bindings are in force at one place with the same right to the key.
    pub(super) fn meet(&self, a: &Binding, b: &Binding) -> bool {
        Context::ALL.iter().any(|here| {
            let (a, b) = (self.reach(a, *here), self.reach(b, *here));
            a == b && matches!(a, Some(super::Reach::Here | super::Reach::Anywhere))
        })
    }

    fn warn(&self, report: &mut Report) {
        for binding in &self.bindings {
            let BoundBy::User(at) = binding.from else { continue };
            if let Some(why) = binding.chord.0.iter().find_map(|k| taken(*k)) {
                report.warn(at, format!("`{}`: {why}", binding.chord), "take a plain key");
            }
            self.warn_of_shadow(binding, at, report);
        }
        for command in Command::ALL.iter().copied().filter(|c| has_built_in(*c) && !self.is_reached(*c)) {
            let at = self.taken.iter().find(|(c, _)| *c == command).map_or_else(At::default, |(_, at)| *at);
            let hint = if command.is_beside_text() { "bind it anew" } else { "bind it anew, or run it with `:`" };
            report.warn(at, format!("no key asks for `{}` now", command.name()), hint);
        }
    }

    /// A key for everywhere that means something else where its command works as well.
    fn warn_of_shadow(&self, binding: &Binding, at: At, report: &mut Report) {
        if binding.context.is_some() {
            return;
        }
        for here in Context::ALL.iter().filter(|c| binding.command.works_in(**c)) {
            if self.own.contains(&(binding.command, *here)) {
                continue;
            }
            let other = match self.lookup(*here, &binding.chord.0) {
                Match::Command(other) if other != binding.command => other.name().to_owned(),
                Match::Prefix(next) => next.first().map_or_else(String::new, |(_, c)| format!("{} and more", c.name())),
                _ => continue,
            };
            let what = format!("`{}` is `{other}` in {}", binding.chord, here.words());
            let hint = format!(
                "give `{}` another key there: [keys.in.{}] \"{}\" = ..",
                binding.command.name(),
                here.name(),
                binding.command.name()
            );
            report.warn(at, what, hint);
        }
    }

    /// Whether some key asks for a command in some place where it works.
    fn is_reached(&self, command: Command) -> bool {
        Context::ALL.iter().any(|here| command.works_in(*here) && !self.chords_in(command, *here).is_empty())
    }
}

impl Binding {
    fn clash(&self, other: &Self) -> Option<(At, String, String)> {
        // The later one in the file is the mistake; what is built in was there first.
        let (first, second) = if self.from <= other.from { (self, other) } else { (other, self) };
        let BoundBy::User(at) = second.from else { return None };
        let whose = match first.from {
            BoundBy::BuiltIn => " by default".to_owned(),
            BoundBy::Preset(name) => format!(" by the preset {name}"),
            BoundBy::User(_) => String::new(),
        };
        let place = second.context.or(first.context).map_or_else(String::new, |c| format!(" in {}", c.words()));
        let bound = format!("`{}` is `{}`{whose}{place}", first.chord, first.command.name());
        let what = overlap(&first.chord, &second.chord, &bound)?;
        Some((at, what, format!("bind `{}` anew too, or take another key", first.command.name())))
    }
}

fn overlap(first: &Chord, second: &Chord, bound: &str) -> Option<String> {
    if first == second {
        Some(format!("{bound} already"))
    } else if second.0.starts_with(&first.0) {
        Some(format!("{bound}, so `{second}` can never be finished"))
    } else if first.0.starts_with(&second.0) {
        Some(format!("{bound}, which begins with `{second}`"))
    } else {
        None
    }
}

/// Who takes a key before we see it.
pub(super) fn taken(key: Key) -> Option<&'static str> {
    let KeyCode::Char(c) = key.code else { return None };
    match (key.ctrl, key.alt, c) {
        (true, _, 'a') => Some("screen takes Ctrl-a for itself"),
        (true, _, 'b') => Some("tmux takes Ctrl-b for itself"),
        (true, _, 's') => Some("Ctrl-s stops the output of many terminals (flow control)"),
        (true, _, 'q') => Some("Ctrl-q goes on with the output of many terminals (flow control)"),
        (false, true, _) => Some("Alt and a letter is Esc and that letter to many terminals"),
        _ => None,
    }
}
