//! The questions that only one kind has, as its form lists them.

use super::{
    credentials::whole,
    draft::{AuthDraft, SourceDraft},
    forms::{self, Field, To},
    talk::{self, Said},
};

/// Which of them are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that most need.
    Usual,
    All,
}

/// Asks for what is not there yet; for everything where all is asked, with what is there as the usual answer.
///
/// # Errors
/// Where the person leaves.
pub fn ask(source: &mut SourceDraft, which: Which) -> Said<()> {
    for field in forms::of(source.kind).fields {
        let given = value(source, field.to);
        let is_wanted = which == Which::All || (!field.late && given.is_none());
        if is_wanted && !field.unless.is_some_and(|key| has(source, key)) {
            one(source, field, given.as_deref().unwrap_or_default())?;
        }
    }
    Ok(())
}

fn one(source: &mut SourceDraft, field: &Field, given: &str) -> Said<()> {
    let hint = field.empty.filter(|_| given.is_empty()).map(|empty| format!(" (Enter: {empty})")).unwrap_or_default();
    loop {
        let text = talk::line(&format!("{}{hint}", field.asks), given)?;
        if text.is_empty() && field.empty.is_some() {
            return Ok(());
        }
        match set(source, field.to, &text) {
            Ok(()) => return Ok(()),
            Err(why) => talk::tell(format!("  {why}.")),
        }
    }
}

/// Takes an answer.
fn set(source: &mut SourceDraft, to: To, text: &str) -> Result<(), String> {
    match to {
        To::Own(key) => source.take(key, text),
        To::Header(name) => {
            source.headers.retain(|(n, _)| n != name);
            source.headers.push((name.to_owned(), text.to_owned()));
            Ok(())
        }
        To::CaFile => {
            let path = whole(text);
            if !path.is_file() {
                return Err(format!("there is no file {}", path.display()));
            }
            source.ca_file = Some(path);
            Ok(())
        }
    }
}

/// What was answered before, as it would be typed.
fn value(source: &SourceDraft, to: To) -> Option<String> {
    match to {
        To::Own(key) => source.own.told().find(|(name, _)| *name == key).map(|(_, worth)| worth.typed()),
        To::Header(name) => source.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()),
        To::CaFile => source.ca_file.as_ref().map(|path| path.to_string_lossy().into_owned()),
    }
}

fn has(source: &SourceDraft, key: &str) -> bool {
    match key {
        "url" => !source.url.is_empty(),
        "username" => matches!(source.auth, AuthDraft::Basic { .. }),
        key => source.own.has(key),
    }
}
