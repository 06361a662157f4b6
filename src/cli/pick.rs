//! Which alerts a command means: FILTER words against the board.

use crate::{app::world::board::Row, domain::filter::Filter};

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

/// The rows that pass, in the order of the board.
pub fn rows<'a>(asked: &'a Asked, filter: &'a Filter) -> Vec<&'a Row> {
    let world = &asked.world;
    let mut sieve = filter.sieve();
    let passes = |row: &&'a Row| sieve.passes(&row.facts(world.silence_authors(row), asked.now));
    world.board.rows.iter().filter(passes).collect()
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
