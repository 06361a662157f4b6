//! "I am awake": quiet hours are lifted for a while, and the header says so.

use crate::domain::Time;

use super::Paging;

impl Paging {
    pub(super) fn is_awake(&self, now: Time) -> bool {
        self.awake_until.is_some_and(|until| now < until)
    }

    /// Lifts quiet hours, or puts them back; says what holds now.
    ///
    /// # Errors
    /// Where there are none.
    pub(crate) fn turn_awake(&mut self, now: Time) -> Result<String, String> {
        let Some(quiet) = self.rules.quiet else {
            return Err("there are no quiet hours; [notify] quiet = \"22:00-07:00\" sets them".into());
        };
        self.changed();
        if self.is_awake(now) {
            self.awake_until = None;
            return Ok("quiet hours hold again".into());
        }
        let until = now + self.rules.awake;
        self.awake_until = Some(until);
        Ok(format!("you are awake: quiet hours are lifted until {} ({})", quiet.wall.clock(until), quiet.wall.words()))
    }

    /// For the header: whether it is quiet, or would be.
    pub fn word(&self, now: Time) -> Option<String> {
        let quiet = self.rules.quiet.as_ref()?;
        match self.awake_until.filter(|until| now < *until) {
            Some(until) => Some(format!("awake until {}", quiet.wall.clock(until))),
            None if quiet.is_on(now) => Some(format!("quiet until {}", quiet.wall.clock(quiet.ends(now)))),
            None => None,
        }
    }
}
