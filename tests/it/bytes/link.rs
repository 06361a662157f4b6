//! A slow link with a deep buffer in it: frames that are paced by the terminal's answers stay young, and a key is answered.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use watchfire::runtime::terminal::pace::Pace;

/// A frame that comes thirty times a second.
const TURN: u64 = 33;
const LENGTH: u64 = 30_000;

/// Bytes a millisecond, and the milliseconds each way.
#[derive(Clone, Copy)]
struct Link {
    rate: usize,
    delay: u64,
    answers: bool,
}

struct Sent {
    born: u64,
    left: usize,
    asks: bool,
}

/// For each moment how old what is on the screen is, in milliseconds.
fn ages(link: Link, bytes: usize) -> Vec<u64> {
    #[allow(clippy::disallowed_methods, reason = "some moment to count from")]
    let start = Instant::now();
    let at = |t: u64| start + Duration::from_millis(t);
    let (mut pace, mut buffer, mut answers) = (Pace::default(), VecDeque::<Sent>::new(), VecDeque::<u64>::new());
    let (mut arriving, mut shown, mut ages) = (VecDeque::<(u64, u64)>::new(), None, Vec::new());
    for t in 0..LENGTH {
        while answers.pop_front_if(|due| *due <= t).is_some() {
            pace.answered(at(t));
        }
        if t % TURN == 0 && pace.allows(at(t)).is_ok() {
            let asks = pace.sends(bytes, false, at(t)).is_some();
            buffer.push_back(Sent { born: t, left: bytes, asks });
        }
        let mut room = link.rate;
        while let Some(first) = buffer.front_mut() {
            let taken = room.min(first.left);
            (first.left, room) = (first.left - taken, room - taken);
            if first.left > 0 {
                break;
            }
            arriving.push_back((t + link.delay, first.born));
            if first.asks && link.answers {
                answers.push_back(t + 2 * link.delay);
            }
            buffer.pop_front();
        }
        while let Some((_, born)) = arriving.pop_front_if(|(due, _)| *due <= t) {
            shown = Some(born);
        }
        ages.extend(shown.map(|born| t - born));
    }
    ages.sort_unstable();
    ages
}

fn p95(ages: &[u64]) -> u64 {
    ages[ages.len() * 95 / 100]
}

#[test]
fn over_20_kb_a_second_what_is_on_the_screen_is_a_second_old_at_most() {
    for bytes in [300, 2_000, 6_000] {
        let ages = ages(Link { rate: 20, delay: 50, answers: true }, bytes);
        assert!(p95(&ages) <= 1_000, "{bytes} bytes a frame: {} ms, at most {:?} ms", p95(&ages), ages.last());
    }
}

#[test]
fn a_far_and_faster_link_is_used() {
    let ages = ages(Link { rate: 200, delay: 150, answers: true }, 6_000);
    assert!(p95(&ages) <= 700, "{} ms", p95(&ages));
}

#[test]
fn a_mute_terminal_on_a_link_of_100_kb_a_second_is_not_flooded() {
    let ages = ages(Link { rate: 100, delay: 50, answers: false }, 6_000);
    assert!(p95(&ages) <= 1_000, "{} ms", p95(&ages));
}
