//! What a person may have run beside an alert: a program with its arguments, and what is filled in. Runs nothing.

pub mod command;
pub mod ended;
pub mod lost;
pub mod output;
pub mod script;
pub mod target;
pub mod template;

use std::path::PathBuf;

use regex::Regex;

pub use self::{
    command::{Command, Order},
    ended::{Ended, How},
    output::{Output, Tape},
    target::{Scope, Target},
    template::{Template, Variable},
};
use super::{filter::Filter, text::SafeText};

/// One `[[action]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub name: SafeText,
    pub description: SafeText,
    /// The program and its arguments, one template each; with `shell` the one script.
    pub run: Vec<Template>,
    pub shell: bool,
    /// On what it can be run.
    pub on: Vec<Scope>,
    /// Which alerts it is for; every one where it does not say.
    pub scope: Option<Filter>,
    pub confirm: bool,
    /// Its name must be typed before it runs.
    pub dangerous: bool,
    /// A value that would begin an argument with a dash is refused.
    pub refuses_dashes: bool,
    pub inputs: Vec<Input>,
    pub timeout: chrono::Duration,
    pub env: Vec<(String, Template)>,
    pub cwd: Option<PathBuf>,
    /// Bytes of output that are kept.
    pub output_max: usize,
}

impl Action {
    /// Whether it is for what a target is, whatever that says.
    pub fn is_for(&self, target: &Target) -> bool {
        self.on.contains(&target.scope()) || self.on.contains(&Scope::Anywhere)
    }

    /// Every variable that is filled in, in the order in which they stand.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.run.iter().chain(self.env.iter().map(|(_, t)| t)).flat_map(Template::variables)
    }
}

/// One thing a person fills in.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub name: String,
    pub prompt: SafeText,
    /// What stands there at first; with a default of nothing it may be left empty.
    pub default: Option<String>,
    /// If there are any, one of these.
    pub choices: Vec<String>,
    pub pattern: Option<Pattern>,
}

impl Input {
    /// # Errors
    /// Why this cannot be taken.
    pub fn judge(&self, value: &str) -> Result<(), String> {
        if value.is_empty() {
            let may = self.default.as_deref() == Some("");
            return if may { Ok(()) } else { Err(format!("`{}` is empty", self.name)) };
        }
        if !self.choices.is_empty() && !self.choices.iter().any(|c| c == value) {
            return Err(format!("`{}` is one of {}", self.name, self.choices.join(", ")));
        }
        match &self.pattern {
            Some(pattern) if !pattern.matches(value) => {
                Err(format!("`{}` must look like {}", self.name, pattern.as_str()))
            }
            _ => Ok(()),
        }
    }
}

/// A regular expression that the whole of a text must match, as Alertmanager's are.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// # Errors
    /// Where it is none.
    pub fn new(text: &str) -> Result<Self, String> {
        let regex = super::matcher::anchored(text)?;
        Ok(Self { text: text.to_owned(), regex })
    }

    pub fn matches(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_one_of_its_choices_and_looks_as_it_must() {
        let mut input = Input {
            name: "replicas".into(),
            prompt: SafeText::new("how many"),
            default: None,
            choices: Vec::new(),
            pattern: Some(Pattern::new("[0-9]+").unwrap()),
        };
        assert_eq!(input.judge("12"), Ok(()));
        assert!(input.judge("12; rm").unwrap_err().contains("[0-9]+"));
        assert!(input.judge("").unwrap_err().contains("empty"));
        input.choices = vec!["1".into(), "2".into()];
        assert!(input.judge("12").unwrap_err().contains("one of 1, 2"));
        input = Input { default: Some(String::new()), pattern: None, choices: Vec::new(), ..input };
        assert_eq!(input.judge(""), Ok(()));
    }
}
