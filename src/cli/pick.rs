//! Which alerts a command means: FILTER words against the board.

use crate::{
    app::world::board::Row,
    config::Config,
    domain::{filter::Filter, text::sanitise},
};

use super::{
    ask::Asked,
    exit::{self, Exit},
};

/// Reads FILTER words.
///
/// # Errors
/// After showing where the mistake is.
pub fn filter(words: &[String]) -> Result<Filter, Exit> {
    Filter::from_words(words).map_err(|error| {
        exit::tell(error.caret(&words.join(" ")));
        exit::misused("that is no filter; such as: severity=critical team=~\"web|api\" @age>15m")
    })
}

/// Reads the FILTER of an act, which never means everything.
///
/// # Errors
/// After saying why it is none.
pub fn narrow(words: &[String]) -> Result<Filter, Exit> {
    let filter = filter(words)?;
    if filter.is_everything() {
        return Err(exit::misused("this filter means every alert; name those you mean, such as alertname=NAME"));
    }
    Ok(filter)
}

/// The filter of a saved view; every alert where none is named.
///
/// # Errors
/// Where no view has this name.
pub fn view(config: &Config, name: Option<&str>) -> Result<Filter, Exit> {
    let Some(name) = name else { return Ok(Filter::default()) };
    if let Some(view) = config.views.iter().find(|v| v.name == *name) {
        return Ok(view.filter.clone());
    }
    let names: Vec<&str> = config.views.iter().map(|v| v.name.shown()).collect();
    let there = match &names[..] {
        [] => "the configuration has no [[view]]".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    Err(exit::misused(format_args!("no view is called `{}`; {there}", sanitise(name))))
}

/// The rows that pass, in the order of the board.
pub fn rows<'a>(asked: &'a Asked, filter: &'a Filter) -> Vec<&'a Row> {
    among(asked, [filter])
}

/// The rows that pass each filter, and of those that passed the ones before.
pub fn among<'a, const N: usize>(asked: &'a Asked, filters: [&'a Filter; N]) -> Vec<&'a Row> {
    if filters.iter().all(|filter| filter.lets_all_pass()) {
        return asked.world.board.iter().collect();
    }
    let mut sieves = filters.map(Filter::sieve);
    let mut passes = |row: &'a Row| {
        let facts = asked.world.facts(row, asked.now);
        sieves.iter_mut().all(|sieve| sieve.passes(&facts))
    };
    asked.world.board.iter().filter(|row| passes(row)).collect()
}

/// How a command ends that found nothing to act on.
pub fn nothing(asked: &Asked, what: &str) -> Exit {
    match asked.conclude(false) {
        Exit::Incomplete => {
            exit::tell(format_args!("watchfire: {what} among what could be read"));
            Exit::Incomplete
        }
        _ => exit::failed(what),
    }
}
