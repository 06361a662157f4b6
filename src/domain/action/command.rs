//! A command as it will run: every hole filled, nothing split again.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use super::{
    Action, Target, Template, Variable,
    script::{Walk, Within},
    template::Part,
};
use crate::domain::{entry::Subject, op::OpId, text::SafeText};

/// A program with its arguments, exactly as they reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The program first.
    pub argv: Vec<String>,
    /// Set beside what is inherited.
    pub env: Vec<(String, String)>,
    /// Names that are not inherited: they hold secrets of ours.
    pub hidden_env: Vec<String>,
    pub cwd: Option<PathBuf>,
    pub timeout: chrono::Duration,
    /// Bytes of output that are kept.
    pub output_max: usize,
    /// What a reader should look at twice.
    pub doubts: Vec<String>,
}

/// A command that somebody confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub op: OpId,
    /// The action's name, or what the runbook's step says.
    pub name: SafeText,
    pub subject: Subject,
    pub title: Option<SafeText>,
    pub command: Command,
}

/// Why a command cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfilled {
    /// Nothing stands for this on that target.
    Missing(Variable),
    /// An input that is empty or not as it must be.
    Input(String),
    /// A value that no argument can hold, or that the action refuses.
    Refused(String),
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(Variable::Label(name)) => write!(f, "it has no label `{name}`"),
            Self::Missing(Variable::Annotation(name)) => write!(f, "it has no annotation `{name}`"),
            Self::Missing(variable) => write!(f, "it has no `{variable}`"),
            Self::Input(why) | Self::Refused(why) => f.write_str(why),
        }
    }
}

impl Action {
    /// Fills every hole.
    ///
    /// # Errors
    /// The first one that cannot be.
    pub fn fill(&self, target: &Target, inputs: &BTreeMap<String, String>) -> Result<Command, Unfilled> {
        for input in &self.inputs {
            input.judge(inputs.get(&input.name).map_or("", String::as_str)).map_err(Unfilled::Input)?;
        }
        let mut filler = Filler { target, inputs, refuses_dashes: self.refuses_dashes, doubts: Vec::new() };
        let argv = match (&self.run[..], self.shell) {
            ([script], true) => filler.script("sh", script)?,
            (run, _) => run.iter().map(|t| filler.argument(t)).collect::<Result<_, _>>()?,
        };
        let env = self.env.iter().map(|(name, t)| Ok((name.clone(), filler.text(t)?))).collect::<Result<_, _>>()?;
        Ok(Command {
            argv,
            env,
            hidden_env: Vec::new(),
            cwd: self.cwd.clone(),
            timeout: self.timeout,
            output_max: self.output_max,
            doubts: filler.doubts,
        })
    }
}

/// A script of a runbook for a shell.
///
/// # Errors
/// Where a hole in it cannot be filled.
pub fn script(shell: &str, text: &str, target: &Target) -> Result<Vec<String>, Unfilled> {
    let inputs = BTreeMap::new();
    let mut filler = Filler { target, inputs: &inputs, refuses_dashes: false, doubts: Vec::new() };
    filler.script(shell, &Template::lenient(text))
}

struct Filler<'a> {
    target: &'a Target,
    inputs: &'a BTreeMap<String, String>,
    refuses_dashes: bool,
    doubts: Vec<String>,
}

impl Filler<'_> {
    fn value(&self, variable: &Variable) -> Result<String, Unfilled> {
        let value = self.target.value(variable, self.inputs).ok_or_else(|| Unfilled::Missing(variable.clone()))?;
        match value.contains('\0') {
            true => Err(Unfilled::Refused(format!("`{variable}` holds a NUL byte, which no argument can"))),
            false => Ok(value),
        }
    }

    fn text(&self, template: &Template) -> Result<String, Unfilled> {
        let mut out = String::new();
        for part in template.parts() {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Hole(variable) => out.push_str(&self.value(variable)?),
            }
        }
        Ok(out)
    }

    /// One argument. A value that makes it begin with a dash may be taken for an option.
    fn argument(&mut self, template: &Template) -> Result<String, Unfilled> {
        let text = self.text(template)?;
        let Some(Part::Hole(first)) = template.parts().first() else { return Ok(text) };
        if text.starts_with('-') {
            let what = format!("`{first}` begins with a dash: the program may take it for an option");
            if self.refuses_dashes {
                return Err(Unfilled::Refused(format!("{what}, and this action refuses that")));
            }
            self.doubts.push(what);
        }
        Ok(text)
    }

    /// A shell's arguments: values never become part of the script. They are its positional parameters, and stand in it as
    /// `"${1}"` (between double quotes as `${1}`), so that no value can end a quote, whatever it holds and wherever it stands.
    fn script(&mut self, shell: &str, template: &Template) -> Result<Vec<String>, Unfilled> {
        let mut script = String::new();
        let mut values = Vec::new();
        let mut walk = Walk::default();
        for part in template.parts() {
            match part {
                Part::Text(text) => {
                    walk.text(text);
                    script.push_str(text);
                }
                Part::Hole(variable) => {
                    values.push(self.value(variable)?);
                    let n = values.len();
                    let in_quotes = walk.within() == Within::Double;
                    script.push_str(&if in_quotes { format!("${{{n}}}") } else { format!("\"${{{n}}}\"") });
                    walk.hole();
                }
            }
        }
        let mut argv = vec![shell.to_owned(), "-c".to_owned(), script];
        if !values.is_empty() {
            argv.push(shell.to_owned());
            argv.extend(values);
        }
        Ok(argv)
    }
}

impl Command {
    /// As it could be pasted into a shell.
    pub fn line(&self) -> String {
        line(&self.argv)
    }
}

/// Arguments as they could be pasted into a shell.
pub fn line(argv: &[String]) -> String {
    argv.iter().map(|a| quoted(a)).collect::<Vec<_>>().join(" ")
}

/// One word for a POSIX shell.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::{Scope, target::AlertFacts};
    use crate::domain::{
        alert::AlertId,
        label::{Fingerprint, Labels},
        source::SourceName,
    };

    fn target(labels: &[(&str, &str)]) -> Target {
        let id = AlertId { source: SourceName::new("prod"), fingerprint: Fingerprint::new("3f0a") };
        let labels: Labels = labels.iter().map(|(n, v)| (SafeText::new(n), SafeText::new(v))).collect();
        let alert = AlertFacts { id, labels, annotations: Labels::default() };
        Target { alert: Some(alert), ..Target::of_watch("ana") }
    }

    fn action(run: &[&str]) -> Action {
        Action {
            name: SafeText::new("a"),
            description: SafeText::default(),
            run: run.iter().map(|t| Template::parse(t).unwrap()).collect(),
            shell: false,
            on: vec![Scope::Alert],
            scope: None,
            confirm: true,
            dangerous: false,
            refuses_dashes: false,
            inputs: Vec::new(),
            timeout: chrono::Duration::minutes(1),
            env: Vec::new(),
            cwd: None,
            output_max: 1024,
        }
    }

    #[test]
    fn a_value_stays_one_argument_whatever_it_holds() {
        for value in ["a b", "$(id)", "`id`", "'; rm -rf /", "two\nlines", "\"", "-rf", "*"] {
            let command = action(&["echo", "{{labels.x}}"]).fill(&target(&[("x", value)]), &BTreeMap::new()).unwrap();
            assert_eq!(command.argv, ["echo", value]);
            assert_eq!(command.doubts.len(), usize::from(value.starts_with('-')), "{value}");
        }
    }

    #[test]
    fn a_missing_variable_is_an_error_and_no_empty_argument() {
        let missing = Err(Unfilled::Missing(Variable::Label("y".into())));
        let run = action(&["echo", "{{labels.y}}"]);
        assert_eq!(run.fill(&target(&[("x", "1")]), &BTreeMap::new()), missing);
        assert_eq!(run.fill(&target(&[("y", "")]), &BTreeMap::new()), missing);
    }

    #[test]
    fn a_dash_is_refused_where_the_action_says_so() {
        let careful = Action { refuses_dashes: true, ..action(&["echo", "{{labels.x}}", "--n={{labels.x}}"]) };
        assert!(matches!(careful.fill(&target(&[("x", "-n")]), &BTreeMap::new()), Err(Unfilled::Refused(_))));
        assert!(careful.fill(&target(&[("x", "n-")]), &BTreeMap::new()).is_ok());
    }

    #[test]
    fn no_value_becomes_part_of_a_script() {
        let shell = Action { shell: true, ..action(&["echo {{labels.x}} | cat {{user}}"]) };
        let command = shell.fill(&target(&[("x", "$(id)'")]), &BTreeMap::new()).unwrap();
        assert_eq!(command.argv, ["sh", "-c", "echo \"${1}\" | cat \"${2}\"", "sh", "$(id)'", "ana"]);
    }

    #[test]
    fn the_line_can_be_pasted() {
        assert_eq!(line(&["a".into(), "b c".into(), "it's".into(), String::new()]), r"a 'b c' 'it'\''s' ''");
    }
}
