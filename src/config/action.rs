//! `[[action]]` tables: commands with holes. What can never be filled is a mistake now and not in the night.
//!
//! Shapes were checked beside the schema before; a value of a wrong shape is passed over here.

use super::{
    document::{Node, Table},
    fault::{At, Report},
    layers::{self, Layers},
    place::Place,
    schema, view,
};
use crate::domain::{
    action::{
        Action, Input, Pattern, Scope, Template, Variable,
        script::{Walk, Within},
        template::{self, Part},
    },
    duration,
    text::SafeText,
};

/// Every `[[action]]`; less than all of them only where something was reported.
pub(super) fn actions(root: &Table, place: &Place<'_>, report: &mut Report) -> Vec<Action> {
    let items = root.get("action").and_then(|e| e.node.list()).unwrap_or_default();
    let base = layers::example("action", schema::ACTION);
    let mut names: Vec<(At, SafeText)> = Vec::new();
    let mut found = Vec::new();
    for item in items {
        let Some(file) = item.table() else { continue };
        let draft = Draft { at: item.at, file, both: Layers { base: &base, file }, place };
        if let Some((at, name)) = draft.name(report) {
            if let Some((first, _)) = names.iter().find(|(_, n)| *n == name) {
                report.add(at, format!("an action named `{}` is already on line {}", name.line(), first.line));
            }
            names.push((at, name));
        }
        found.extend(draft.read(report));
    }
    found
}

/// The environment variables in which sources find secrets.
pub(super) fn secret_env(root: &Table) -> Vec<String> {
    let sources = root.get("source").and_then(|e| e.node.list()).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for source in sources.iter().filter_map(Node::table) {
        let text = |key: &str| source.get(key).and_then(|e| e.node.text()).map(str::to_owned);
        names.extend(["token_env", "password_env"].iter().filter_map(|key| text(key)));
        let headers = source.get("headers").and_then(|e| e.node.table());
        let from_env = |node: &Node| node.table()?.get("env").and_then(|e| e.node.text()).map(str::to_owned);
        names.extend(headers.iter().flat_map(|h| &h.0).filter_map(|h| from_env(&h.node)));
    }
    names
}

struct Draft<'a> {
    /// The `[[action]]` line.
    at: At,
    file: &'a Table,
    both: Layers<'a>,
    place: &'a Place<'a>,
}

impl Draft<'_> {
    fn name(&self, report: &mut Report) -> Option<(At, SafeText)> {
        let Some(entry) = self.file.get("name") else {
            report.add(self.at, "this [[action]] has no `name`");
            return None;
        };
        let name = entry.node.text()?.split_whitespace().collect::<Vec<_>>().join(" ");
        Some((entry.node.at, SafeText::new(&name)))
    }

    /// Reads every part before it gives up on any, so that every mistake is reported.
    fn read(&self, report: &mut Report) -> Option<Action> {
        let inputs = self.inputs(report);
        let run = self.run(report);
        let env = self.env(report);
        let (on, shell) = (self.on(report), self.bool("shell")?);
        self.judge_shell(shell, &run, report);
        let holes = run.iter().map(|(at, t)| (*at, t)).chain(env.iter().map(|(at, _, t)| (*at, t)));
        self.judge_holes(holes.flat_map(|(at, t)| t.variables().map(move |v| (at, v))), (&inputs, &on), report);
        let scope = self.file.get("scope").and_then(|e| view::filter(&e.node, report));
        let text = |key: &str| self.both.get(&[key]).and_then(|(n, _)| n.text());
        Some(Action {
            name: SafeText::new(&text("name")?.split_whitespace().collect::<Vec<_>>().join(" ")),
            description: SafeText::new(text("description").unwrap_or_default()),
            run: run.into_iter().map(|(_, t)| t).collect(),
            shell,
            on,
            scope,
            confirm: self.bool("confirm")?,
            dangerous: self.bool("dangerous")?,
            refuses_dashes: text("dashes") == Some("refuse"),
            inputs,
            timeout: self.both.read(&["timeout"], |n| duration::parse(n.text()?).ok())?,
            env: env.into_iter().map(|(_, name, t)| (name, t)).collect(),
            cwd: self.cwd(report),
            output_max: self.both.read(&["output_max"], |n| usize::try_from(n.integer()?).ok())?,
        })
    }

    fn bool(&self, key: &str) -> Option<bool> {
        self.both.read(&[key], Node::bool)
    }

    fn run(&self, report: &mut Report) -> Vec<(At, Template)> {
        let Some(entry) = self.file.get("run") else {
            report.hint(self.at, "this [[action]] has no `run`", "run = [\"kubectl\", \"get\", \"pods\"]");
            return Vec::new();
        };
        let texts = entry.node.texts();
        if entry.node.list().is_some_and(<[Node]>::is_empty) {
            report.add(entry.node.at, "`run` is empty: its first text is the program");
        }
        let run: Vec<_> = texts.into_iter().filter_map(|(at, text)| Some((at, template(at, text, report)?))).collect();
        if let Some((at, _)) =
            run.first().filter(|(_, t)| t.variables().next().is_some() && self.bool("shell") == Some(false))
        {
            report.hint(*at, "the program itself cannot be filled in", "name the program; fill in its arguments");
        }
        run
    }

    fn env(&self, report: &mut Report) -> Vec<(At, String, Template)> {
        let table = self.file.get("env").and_then(|e| e.node.table());
        let mut found = Vec::new();
        for entry in table.map(|t| &t.0[..]).unwrap_or_default() {
            if entry.key.is_empty() || entry.key.contains(['=', '\0']) {
                report.add(entry.at, format!("`{}` is no name of a variable", entry.key));
                continue;
            }
            let Some(text) = entry.node.text() else { continue };
            found.extend(template(entry.node.at, text, report).map(|t| (entry.node.at, entry.key.clone(), t)));
        }
        found
    }

    fn on(&self, report: &mut Report) -> Vec<Scope> {
        let words = self.both.get(&["on"]).map(|(n, _)| n.texts()).unwrap_or_default();
        let known = Scope::ALL.map(|(_, word)| word);
        let mut found = Vec::new();
        for (at, word) in words {
            match Scope::read(word) {
                Some(scope) => found.push(scope),
                None => report.unknown(at, &format!("`on` cannot be `{word}`"), word, &known),
            }
        }
        found
    }

    fn cwd(&self, report: &mut Report) -> Option<std::path::PathBuf> {
        let node = &self.file.get("cwd")?.node;
        let text = node.text()?;
        let path = if text == "~" { self.place.home?.to_owned() } else { self.place.path(text) };
        if !path.is_dir() {
            report.add(node.at, format!("there is no directory {}", path.display()));
        }
        Some(path)
    }

    fn judge_shell(&self, shell: bool, run: &[(At, Template)], report: &mut Report) {
        if !shell {
            return;
        }
        if let [_, (second, _), ..] = run {
            report.hint(*second, "with `shell = true`, `run` is a single text", "run = [\"first | second\"]");
        }
        for (at, template) in run.iter().filter(|(_, t)| has_quoted_hole(t)) {
            let what = format!("`{}`: nothing is filled in between single quotes", template.as_str());
            report.hint(*at, what, "take the quotes away: what is filled in is quoted by itself");
        }
    }

    fn judge_holes<'v>(
        &self,
        holes: impl Iterator<Item = (At, &'v Variable)>,
        (inputs, on): (&[Input], &[Scope]),
        report: &mut Report,
    ) {
        let names: Vec<&str> = inputs.iter().map(|i| i.name.as_str()).collect();
        let only = |scope: Scope| !on.is_empty() && on.iter().all(|s| *s != scope && *s != Scope::Anywhere);
        for (at, variable) in holes {
            match variable {
                Variable::Input(name) if !names.contains(&name.as_str()) => {
                    let what = format!("no input of this action is called `{name}`");
                    if names.is_empty() {
                        report.hint(at, what, format!("inputs = [{{ name = \"{name}\" }}]"));
                    } else {
                        report.unknown(at, &what, name, &names);
                    }
                }
                v if v.is_of_alerts() && only(Scope::Alert) => {
                    report.hint(
                        at,
                        format!("`{{{{{v}}}}}` is of alerts, and this action is for none"),
                        "on = [\"alert\"]",
                    );
                }
                Variable::SloId if only(Scope::Slo) => {
                    report.hint(at, "`{{slo.id}}` is of budgets, and this action is for none", "on = [\"slo\"]");
                }
                _ => {}
            }
        }
    }

    fn inputs(&self, report: &mut Report) -> Vec<Input> {
        let items = self.file.get("inputs").and_then(|e| e.node.list()).unwrap_or_default();
        let mut found: Vec<Input> = Vec::new();
        for item in items {
            let Some(input) = item.table().and_then(|table| input(item.at, table, report)) else { continue };
            if found.iter().any(|i| i.name == input.name) {
                report.add(item.at, format!("an input named `{}` stands before this one", input.name));
            }
            found.push(input);
        }
        found
    }
}

fn input(at: At, table: &Table, report: &mut Report) -> Option<Input> {
    let text = |key: &str| table.get(key).and_then(|e| Some((e.node.at, e.node.text()?)));
    let Some((_, name)) = text("name") else {
        report.add(at, "this input has no `name`");
        return None;
    };
    let pattern = text("pattern").and_then(|(at, p)| Pattern::new(p).map_err(|why| report.add(at, why)).ok());
    let choices = table.get("choices").map(|e| e.node.texts()).unwrap_or_default();
    let input = Input {
        name: name.to_owned(),
        prompt: SafeText::new(text("prompt").map_or(name, |(_, p)| p)),
        default: text("default").map(|(_, d)| d.to_owned()),
        choices: choices.into_iter().map(|(_, c)| c.to_owned()).collect(),
        pattern,
    };
    if let Some((at, default)) = text("default")
        && let Err(why) = input.judge(default)
    {
        report.add(at, format!("its default cannot be taken: {why}"));
    }
    Some(input)
}

/// Reads one text with holes; a mistake is placed in the text where it is written as it is.
fn template(at: At, text: &str, report: &mut Report) -> Option<Template> {
    let error = match Template::parse(text) {
        Ok(template) => return Some(template),
        Err(error) => error,
    };
    let at = view::inside(at, text, error.at);
    match &error.word {
        None => report.hint(at, error.what, "write `{{\"{{\"}}` for braces of your own"),
        Some(word) => {
            let known = template::KNOWN;
            match nearest_hole(word) {
                Some(meant) => report.hint(at, error.what, format!("did you mean `{{{{{meant}}}}}`?")),
                None => {
                    report.hint(at, error.what, format!("known: {}; {{{{\"…\"}}}} is its own text", known.join(", ")))
                }
            }
        }
    }
    None
}

/// `label.namespace` probably means `labels.namespace`.
fn nearest_hole(word: &str) -> Option<String> {
    let nearest = super::fault::nearest;
    let Some((group, name)) = word.split_once('.') else { return nearest(word, &template::KNOWN).map(str::to_owned) };
    let whole = || nearest(word, &template::KNOWN).map(str::to_owned);
    let group = nearest(group, &["labels", "annotations", "input"]);
    group.filter(|_| !name.is_empty()).map(|group| format!("{group}.{name}")).or_else(whole)
}

/// Whether a hole stands between single quotes, where a shell fills in nothing.
fn has_quoted_hole(template: &Template) -> bool {
    let mut walk = Walk::default();
    template.parts().iter().any(|part| match part {
        Part::Hole(_) if walk.within() == Within::Single => true,
        Part::Hole(_) => {
            walk.hole();
            false
        }
        Part::Text(text) => {
            walk.text(text);
            false
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_between_single_quotes_is_seen_and_no_other() {
        for (script, quoted) in [
            ("echo '{{user}}'", true),
            ("echo 'a'{{user}}", false),
            ("echo \"it's {{user}}\"", false),
            ("echo it\\'s {{user}}", false),
            ("# it's\necho {{user}}", false),
            ("# it's\necho '{{user}}'", true),
        ] {
            assert_eq!(has_quoted_hole(&Template::parse(script).unwrap()), quoted, "{script}");
        }
    }
}
