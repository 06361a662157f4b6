//! How fast frames may follow each other: as fast as the terminal says that it has taken them in.
//!
//! After a frame the terminal is asked whether it is well (`CSI 5 n`); it answers once it has read that far. At most two
//! questions stand open, so a slow link never holds more than two frames. A terminal that never answers is sent frames by
//! rate. Pure: the time is told.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The question.
pub const ASK: &[u8] = b"\x1b[5n";

/// Questions that may stand open.
const WINDOW: usize = 2;
/// Bytes that are worth a question: what is less is on its way for no time even on a slow link.
const WORTH: usize = 512;
/// A frame of so many bytes whose answer takes so long fills its link alone.
const HEAVY: usize = 4_096;
const LONG: Duration = Duration::from_millis(400);
/// A terminal that has never answered is given up after this.
const MUTE: Duration = Duration::from_secs(1);
/// One that has answered may have lost a question: then frames go on at a third of the rate.
const LOST: Duration = Duration::from_secs(3);
/// To a terminal that does not answer: one frame after the other.
const TO_MUTE: Rate = Rate { bytes_a_second: 100_000, ahead: Duration::ZERO };
/// To a multiplexer on another machine: it answers for itself, at once, and what it passes on waits in the buffers of the
/// network. So a slow link is taken for granted there, and a little more than what it takes is sent ahead.
const TO_FAR_MULTIPLEXER: Rate = Rate { bytes_a_second: 16_000, ahead: Duration::from_millis(300) };
/// A measure of the link says nothing any more after this.
const STALE: Duration = Duration::from_secs(60);

/// What looks like an answer is one for so long after a question.
const QUARANTINE: Duration = Duration::from_secs(60);

/// How fast bytes are sent where no answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    bytes_a_second: u32,
    /// A frame may be sent while those before it take no longer than this.
    ahead: Duration,
}

impl Rate {
    fn takes(self, bytes: usize) -> Duration {
        Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(self.bytes_a_second) / self.bytes_a_second
    }
}

/// A question that stands open, and the bytes since the one before it.
#[derive(Clone, Copy, Debug)]
struct Asked {
    number: u64,
    at: Instant,
    bytes: usize,
}

/// A question that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Counted from one.
    pub number: u64,
    /// No answer is waited for any longer.
    pub until: Instant,
}

/// What is known of the terminal's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Terminal {
    Unknown,
    Answers,
    Mute,
}

#[derive(Debug)]
pub struct Pace {
    terminal: Terminal,
    asked: VecDeque<Asked>,
    /// The last frame that was answered took long because it was large: one at a time is young, two are not.
    heavy: bool,
    /// How many were asked so far.
    questions: u64,
    /// When the last one was.
    last: Option<Instant>,
    unasked: usize,
    /// A multiplexer answers, which is far from the person.
    far_multiplexer: bool,
    /// Where there is a rate: when the last frame will have passed a link of that rate.
    free_at: Option<Instant>,
    link: Option<(Instant, Duration)>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            terminal: Terminal::Unknown,
            asked: VecDeque::new(),
            heavy: false,
            questions: 0,
            last: None,
            unasked: 0,
            far_multiplexer: false,
            free_at: None,
            link: None,
        }
    }
}

impl Pace {
    /// For a terminal that is a multiplexer at the far end of a network.
    pub fn through_far_multiplexer() -> Self {
        Self { far_multiplexer: true, ..Self::default() }
    }

    fn rate(&self) -> Option<Rate> {
        if self.far_multiplexer {
            return Some(TO_FAR_MULTIPLEXER);
        }
        (self.terminal == Terminal::Mute).then_some(TO_MUTE)
    }

    /// A frame of so many bytes is sent now; answers with the question that goes with it. One that `must` be known to have
    /// been taken in is worth a question however small it is.
    pub fn sends(&mut self, bytes: usize, must: bool, now: Instant) -> Option<Question> {
        self.unasked += bytes;
        if let Some(rate) = self.rate() {
            self.free_at = Some(self.free_at.map_or(now, |at| at.max(now)) + rate.takes(bytes));
        }
        if self.terminal == Terminal::Mute {
            return None;
        }
        if !(must || self.unasked >= WORTH) || self.asked.len() >= WINDOW {
            return None;
        }
        self.questions += 1;
        self.last = Some(now);
        self.asked.push_back(Asked { number: self.questions, at: now, bytes: std::mem::take(&mut self.unasked) });
        Some(Question { number: self.questions, until: now + self.patience() })
    }

    /// How long an answer is waited for.
    fn patience(&self) -> Duration {
        if self.terminal == Terminal::Answers { LOST } else { MUTE }
    }

    /// The terminal has answered: which question.
    pub fn answered(&mut self, now: Instant) -> Option<u64> {
        if self.terminal == Terminal::Mute {
            self.free_at = None;
        }
        self.terminal = Terminal::Answers;
        let Asked { number, at, bytes } = self.asked.pop_front()?;
        let took = now.saturating_duration_since(at);
        self.heavy = bytes >= HEAVY && took >= LONG;
        // One slow answer is no slow link.
        let smooth = self.link.map_or(took, |(_, before)| (before * 3 + took) / 4);
        self.link = Some((now, smooth));
        Some(number)
    }

    /// Whether it was asked so lately that an answer, or half of one, may still come on a bad link.
    pub fn was_asked(&self, now: Instant) -> bool {
        self.last.is_some_and(|last| now.saturating_duration_since(last) < QUARANTINE)
    }

    /// Whether an answer may still come.
    pub fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Somebody else has the terminal: no answer comes to us.
    pub fn forget(&mut self) {
        self.asked.clear();
        self.unasked = 0;
    }

    /// Whether a frame may be sent now.
    ///
    /// # Errors
    /// The latest moment at which that may have changed, if no answer comes before.
    pub fn allows(&mut self, now: Instant) -> Result<(), Instant> {
        let ahead = self.rate().map_or(Duration::ZERO, |rate| rate.ahead);
        if let Some(at) = self.free_at.filter(|at| *at > now + ahead) {
            return Err(at - ahead);
        }
        let Some(first) = self.asked.front() else { return Ok(()) };
        let given_up = first.at + self.patience();
        if now >= given_up {
            if self.terminal == Terminal::Answers {
                self.asked.pop_front();
            } else {
                self.terminal = Terminal::Mute;
                self.asked.clear();
            }
            return Ok(());
        }
        if self.asked.len() < if self.heavy { 1 } else { WINDOW } { Ok(()) } else { Err(given_up) }
    }

    /// How long the terminal takes to answer, where that was measured lately.
    pub fn link(&self, now: Instant) -> Option<Duration> {
        self.link.filter(|(at, _)| now.saturating_duration_since(*at) < STALE).map(|(_, took)| took)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "some moment to count from")]

    use super::*;

    const FRAME: usize = 4_000;

    fn sends(pace: &mut Pace, bytes: usize, now: Instant) -> bool {
        pace.sends(bytes, false, now).is_some()
    }

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn two_frames_may_be_on_their_way_and_an_answer_lets_the_third_go() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        assert!(sends(&mut pace, FRAME, t) && pace.allows(t).is_ok());
        assert!(sends(&mut pace, FRAME, t));
        assert_eq!(pace.allows(t + ms(200)), Err(t + MUTE));
        pace.answered(t + ms(240));
        assert!(pace.allows(t + ms(240)).is_ok());
        assert_eq!(pace.link(t + ms(240)), Some(ms(240)));
    }

    #[test]
    fn large_frames_on_a_slow_link_go_one_at_a_time_and_small_ones_on_a_long_link_do_not() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        sends(&mut pace, 10_000, t);
        pace.answered(t + ms(600));
        let t = t + ms(600);
        sends(&mut pace, 10_000, t);
        assert!(pace.allows(t + ms(100)).is_err());
        pace.answered(t + ms(600));
        assert!(pace.allows(t + ms(600)).is_ok());
        sends(&mut pace, 600, t + ms(600));
        pace.answered(t + ms(1_200));
        sends(&mut pace, 600, t + ms(1_200));
        assert!(pace.allows(t + ms(1_200)).is_ok(), "the way is long, and not narrow");
    }

    #[test]
    fn what_is_small_is_not_asked_about() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        assert!(!sends(&mut pace, 40, t) && !sends(&mut pace, 40, t));
        assert!(sends(&mut pace, 500, t), "together they are worth a question");
    }

    #[test]
    fn a_question_to_a_person_is_worth_one_to_the_terminal() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        assert_eq!(pace.sends(40, true, t), Some(Question { number: 1, until: t + MUTE }));
        assert_eq!(pace.answered(t + ms(20)), Some(1));
        assert_eq!(pace.sends(40, true, t), Some(Question { number: 2, until: t + LOST }));
        assert_eq!(pace.answered(t + ms(40)), Some(2));
        assert_eq!(pace.answered(t + ms(60)), None, "nothing was asked");
        assert!(pace.was_asked(t + ms(59_000)) && !pace.was_asked(t + ms(61_000)));
    }

    #[test]
    fn a_terminal_that_never_answers_is_sent_frames_by_rate_and_asked_no_more() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        sends(&mut pace, FRAME, t);
        sends(&mut pace, FRAME, t);
        let late = t + MUTE;
        assert!(pace.allows(late).is_ok());
        assert!(!sends(&mut pace, FRAME, late));
        assert_eq!(pace.allows(late), Err(late + ms(40)));
        assert!(pace.allows(late + ms(40)).is_ok());
        assert_eq!(pace.link(late), None);
    }

    #[test]
    fn a_multiplexer_that_answers_at_once_is_sent_no_more_than_a_slow_link_takes() {
        let (mut pace, t) = (Pace::through_far_multiplexer(), Instant::now());
        let (mut at, mut bytes) = (t, 0);
        while at < t + ms(10_000) {
            match pace.allows(at) {
                Ok(()) => {
                    pace.sends(FRAME, false, at);
                    pace.answered(at);
                    bytes += FRAME;
                }
                Err(until) => at = until,
            }
        }
        assert!((150_000..180_000).contains(&bytes), "{bytes} bytes in ten seconds");
        assert_eq!(pace.allows(at + ms(1_000)), Ok(()), "a frame alone goes at once");
    }

    #[test]
    fn one_that_answers_after_all_is_asked_again() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        sends(&mut pace, FRAME, t);
        sends(&mut pace, FRAME, t);
        assert!(pace.allows(t + MUTE).is_ok());
        pace.answered(t + ms(1_500));
        assert!(sends(&mut pace, FRAME, t + ms(1_500)));
    }

    #[test]
    fn a_lost_answer_holds_frames_back_for_a_while_and_not_for_ever() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        sends(&mut pace, FRAME, t);
        pace.answered(t + ms(50));
        let t = t + ms(100);
        sends(&mut pace, FRAME, t);
        sends(&mut pace, FRAME, t + ms(10));
        assert_eq!(pace.allows(t + ms(2_000)), Err(t + LOST));
        assert!(pace.allows(t + LOST).is_ok());
        assert!(sends(&mut pace, FRAME, t + LOST), "it is asked all the same");
    }

    #[test]
    fn for_a_minute_after_a_question_what_looks_like_an_answer_is_one() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        assert!(!pace.was_asked(t), "nothing was asked");
        assert!(sends(&mut pace, FRAME, t));
        // Neither an answer nor the end of the waiting for one ends it: each may come twice, late or in pieces.
        pace.answered(t + ms(20));
        pace.forget();
        assert!(pace.was_asked(t + ms(59_999)) && !pace.was_asked(t + ms(60_000)));
    }

    #[test]
    fn a_measure_of_the_link_is_forgotten_after_a_minute() {
        let (mut pace, t) = (Pace::default(), Instant::now());
        sends(&mut pace, FRAME, t);
        pace.answered(t + ms(300));
        assert!(pace.link(t + ms(59_000)).is_some());
        assert_eq!(pace.link(t + ms(61_000)), None);
    }
}
