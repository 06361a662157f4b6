//! Who is on call: the duties that sources tell, put in order by what for and level, and asked for a moment.
//!
//! Refuses to know who asks, and how old the answer is.

use super::{Time, held::Duty, source::SourceName, text::SafeText};

/// Policies and services that are told at most.
const MOST: usize = 500;

/// One level of one policy at one source: who has it, and who comes after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub source: SourceName,
    /// The policy or schedule.
    pub of: SafeText,
    pub services: Vec<SafeText>,
    /// 1 is paged first.
    pub level: u32,
    /// Who is on call at the moment, by name.
    pub now: Vec<Duty>,
    /// Who comes after, in the order of time.
    pub next: Vec<Duty>,
    /// Seconds since its source told this, where that is too long ago to be believed; the caller's to say.
    pub old_s: Option<i64>,
}

impl Post {
    /// Whether it answers for a service: by name, or because it is called so itself.
    pub fn is_for(&self, service: &str) -> bool {
        let is = |name: &SafeText| name.raw().eq_ignore_ascii_case(service);
        self.services.iter().any(is) || is(&self.of)
    }

    /// Who comes first after those who have it now, where it is somebody else.
    pub fn takes_over(&self) -> Option<&Duty> {
        self.next.iter().find(|next| !self.now.iter().any(|now| now.who == next.who))
    }
}

impl Duty {
    fn is_at(&self, at: Time) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// The posts at a moment: by policy, then by level. Nobody on a level that has somebody later is a post without a holder.
pub fn posts(source: &SourceName, duties: &[Duty], at: Time) -> Vec<Post> {
    let mut posts: Vec<Post> = Vec::new();
    for duty in duties {
        let known = posts.iter().position(|p| p.of == duty.of && p.level == duty.level);
        let place = match known {
            Some(place) => place,
            None if posts.len() == MOST => continue,
            None => {
                posts.push(Post {
                    source: source.clone(),
                    of: duty.of.clone(),
                    services: Vec::new(),
                    level: duty.level,
                    now: Vec::new(),
                    next: Vec::new(),
                    old_s: None,
                });
                posts.len() - 1
            }
        };
        put(&mut posts[place], duty, at);
    }
    for post in &mut posts {
        post.now.sort_by(|a, b| a.who.cmp(&b.who));
        post.now.dedup_by(|a, b| a.who == b.who);
        post.next.sort_by(|a, b| (a.from, &a.who).cmp(&(b.from, &b.who)));
        post.next.dedup();
    }
    posts.sort_by(|a, b| (&a.of, a.level).cmp(&(&b.of, b.level)));
    posts
}

fn put(post: &mut Post, duty: &Duty, at: Time) {
    for service in &duty.services {
        if !post.services.contains(service) {
            post.services.push(service.clone());
        }
    }
    if duty.is_at(at) {
        post.now.push(duty.clone());
    } else if duty.from.is_some_and(|from| from > at) {
        post.next.push(duty.clone());
    }
}

/// Under which names somebody may be told: sources tell full names, logins and mail addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Names {
    pub fn has(&self, who: &SafeText) -> bool {
        self.0.iter().any(|name| !name.trim().is_empty() && who.raw().to_lowercase() == name.to_lowercase())
    }
}

/// What somebody has now, the first level before the others: until when, none where it does not end. Shifts that follow
/// each other without a gap are one.
pub fn held_by<'a>(posts: &'a [Post], names: &Names) -> Vec<(&'a Post, Option<Time>)> {
    let mut held: Vec<(&Post, Option<Time>)> = posts
        .iter()
        .filter_map(|post| {
            let own = post.now.iter().find(|d| names.has(&d.who))?;
            Some((post, goes_on(post, own, names)))
        })
        .collect();
    held.sort_by_key(|(post, until)| (post.level, until.is_none(), *until));
    held
}

fn goes_on(post: &Post, own: &Duty, names: &Names) -> Option<Time> {
    let mut until = own.until?;
    for next in post.next.iter().filter(|d| names.has(&d.who)) {
        match (next.from, next.until) {
            (Some(from), None) if from <= until => return None,
            (Some(from), Some(to)) if from <= until => until = until.max(to),
            _ => {}
        }
    }
    Some(until)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn at(hour: i64) -> Time {
        Time::UNIX_EPOCH + Duration::hours(hour)
    }

    fn duty(of: &str, level: u32, who: &str, from: i64, until: i64) -> Duty {
        let services = vec![SafeText::new(&format!("{of}-api"))];
        let (from, until) = (Some(at(from)), (until > 0).then(|| at(until)));
        Duty { of: of.into(), services, level, who: who.into(), from, until }
    }

    fn name() -> SourceName {
        SourceName::new("pd")
    }

    #[test]
    fn each_level_tells_who_has_it_and_who_comes_after() {
        let duties = [
            duty("pay", 2, "carl", 0, 0),
            duty("pay", 1, "bea", 8, 16),
            duty("pay", 1, "ana", 0, 8),
            duty("pay", 1, "ana", 16, 24),
        ];
        let posts = posts(&name(), &duties, at(3));
        let told: Vec<_> = posts.iter().map(|p| (p.level, p.now[0].who.raw(), p.next.len())).collect();
        assert_eq!(told, [(1, "ana", 2), (2, "carl", 0)]);
        assert_eq!(posts[0].takes_over().unwrap().who.raw(), "bea");
        assert!(posts[0].is_for("pay-api") && posts[0].is_for("PAY") && !posts[0].is_for("shop"));
    }

    #[test]
    fn the_one_who_goes_has_gone_at_the_moment_the_next_one_comes() {
        let duties = [duty("pay", 1, "ana", 0, 8), duty("pay", 1, "bea", 8, 16)];
        assert_eq!(posts(&name(), &duties, at(8))[0].now[0].who.raw(), "bea");
        let gap = posts(&name(), &[duty("pay", 1, "bea", 8, 16)], at(3));
        assert!(gap[0].now.is_empty() && gap[0].next.len() == 1, "a level that nobody has is told");
    }

    #[test]
    fn shifts_of_one_person_that_touch_are_one() {
        let names = Names(vec!["Bea Braun".into(), "BEA".into()]);
        let duties = [duty("pay", 1, "bea", 0, 8), duty("pay", 1, "bea", 8, 16), duty("shop", 2, "Bea braun", 0, 0)];
        let posts = posts(&name(), &duties, at(3));
        let held: Vec<_> = held_by(&posts, &names).iter().map(|(p, until)| (p.of.raw(), *until)).collect();
        assert_eq!(held, [("pay", Some(at(16))), ("shop", None)]);
        assert!(held_by(&posts, &Names(vec![String::new()])).is_empty());
    }
}
