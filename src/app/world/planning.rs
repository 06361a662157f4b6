//! What sources say that they would do before they are asked to do it: of one alert, or of each of many.
//!
//! Many are asked in parts, one part of a source at a time: an answer that takes long shows how far it is. Nothing is
//! confirmed that a source has not planned. Knows no vendor and no form.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    app::effect::{Effect, Effects},
    domain::{
        Time,
        alert::AlertId,
        held::{Request, RequestPlan, Verb},
        source::{SourceError, SourceName},
        text::SafeText,
    },
};

/// How many of one source are asked with one effect.
pub const PART: usize = 50;
/// Plans that are kept beside those that are wanted.
const KEPT: usize = 32;

/// What a source says of a request that is not sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// It is being asked.
    Asking,
    Would(RequestPlan),
    Cannot(SafeText),
}

/// A request and what its source answered.
pub type Answer = (Request, Result<RequestPlan, SourceError>);

/// What sources said lately that they would do.
#[derive(Debug, Default)]
pub struct Plans {
    said: HashMap<Asked, Said>,
}

/// What a plan is a plan of: what a person says with it changes nothing that is done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    verb: Verb,
    alert: AlertId,
    began: Time,
    until: Option<Time>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        Self { verb: request.verb, alert: request.alert.clone(), began: request.began, until: request.until }
    }
}

/// How far the plans of one source are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub said: usize,
    pub of: usize,
}

impl Plans {
    /// None where it was never asked.
    pub fn of(&self, request: &Request) -> Option<&Said> {
        self.said.get(&Asked::of(request))
    }

    /// Why its source cannot do it, where it said so.
    pub fn cannot(&self, request: &Request) -> Option<&SafeText> {
        match self.of(request) {
            Some(Said::Cannot(why)) => Some(why),
            _ => None,
        }
    }

    pub fn waits(&self, request: &Request) -> bool {
        matches!(self.of(request), None | Some(Said::Asking))
    }

    pub fn progress<'a>(&self, wanted: impl Iterator<Item = &'a Request>) -> Progress {
        wanted.fold(Progress::default(), |sum, request| Progress {
            said: sum.said + usize::from(!self.waits(request)),
            of: sum.of + 1,
        })
    }

    /// Whether a person has read what would be done.
    ///
    /// # Errors
    /// Why it cannot be confirmed.
    pub fn confirm(&self, request: &Request) -> Result<(), String> {
        let source = &request.alert.source;
        match self.of(request) {
            Some(Said::Would(_)) => Ok(()),
            Some(Said::Cannot(why)) => Err(format!("{source} cannot: {}", why.line())),
            Some(Said::Asking) | None => Err(format!("{source} has not said yet what it will do; nothing was sent")),
        }
    }

    /// Asks what is not known yet: one part of each source, and the next when that has answered.
    pub(crate) fn ask(&mut self, wanted: &[Request]) -> Effects {
        self.drop_others(wanted);
        let busy: HashSet<&SourceName> =
            self.said.iter().filter(|(_, said)| **said == Said::Asking).map(|(asked, _)| &asked.alert.source).collect();
        let mut due: BTreeMap<&SourceName, Vec<Request>> = BTreeMap::new();
        for request in wanted.iter().filter(|r| self.of(r).is_none() && !busy.contains(&r.alert.source)) {
            let part = due.entry(&request.alert.source).or_default();
            if part.len() < PART {
                part.push(request.clone());
            }
        }
        for request in due.values().flatten() {
            self.said.insert(Asked::of(request), Said::Asking);
        }
        due.into_values().map(Effect::PlanRequests).collect()
    }

    /// While an end is being written, one plan follows another.
    fn drop_others(&mut self, wanted: &[Request]) {
        if self.said.len() > wanted.len() + KEPT {
            let wanted: HashSet<Asked> = wanted.iter().map(Asked::of).collect();
            self.said.retain(|asked, said| *said == Said::Asking || wanted.contains(asked));
        }
    }

    /// A source answered; where nobody waits any more nothing is kept.
    pub fn told(&mut self, answers: Vec<Answer>) {
        for (request, answer) in answers {
            let Some(said) = self.said.get_mut(&Asked::of(&request)) else { continue };
            *said = match answer {
                Ok(plan) => Said::Would(plan),
                Err(SourceError::Rejected { why }) => Said::Cannot(why),
                Err(error) => Said::Cannot(SafeText::new(&error.to_string())),
            };
        }
    }

    /// Whatever is opened next is asked anew.
    pub(crate) fn forget(&mut self) {
        self.said.clear();
    }
}

/// What the plans of several say together: what they all say once, what some say with how many, what one alone says by
/// itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// Sentences and how many say them; more than one does. In the order in which they were met.
    pub shared: Vec<(SafeText, usize)>,
    /// For each plan, in their order, what no other says.
    pub own: Vec<Vec<SafeText>>,
}

/// Puts the sentences of plans together.
pub fn together(plans: &[&RequestPlan]) -> Together {
    let mut count: HashMap<&SafeText, usize> = HashMap::new();
    for effect in plans.iter().flat_map(|p| &p.effects) {
        *count.entry(effect).or_default() += 1;
    }
    let mut met: HashSet<&SafeText> = HashSet::new();
    let shared = plans.iter().flat_map(|p| &p.effects).filter(|e| count[e] > 1 && met.insert(e));
    let shared = shared.map(|effect| (effect.clone(), count[effect])).collect();
    let own = plans.iter().map(|p| p.effects.iter().filter(|e| count[e] == 1).cloned().collect()).collect();
    Together { shared, own }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::label::Fingerprint;

    fn request(source: &str, n: usize) -> Request {
        Request {
            verb: Verb::Ack,
            alert: AlertId { source: SourceName::new(source), fingerprint: Fingerprint::new(&format!("{n}")) },
            began: Time::UNIX_EPOCH,
            actor: "ana".into(),
            text: String::new(),
            until: None,
        }
    }

    fn parts(effects: Effects) -> Vec<Vec<Request>> {
        let part = |effect| if let Effect::PlanRequests(part) = effect { part } else { panic!("{effect:?}") };
        effects.into_iter().map(part).collect()
    }

    fn plan(effects: &[&str]) -> RequestPlan {
        RequestPlan { effects: effects.iter().map(|e| SafeText::new(e)).collect(), ..RequestPlan::default() }
    }

    #[test]
    fn each_is_asked_once_and_a_source_gets_one_part_at_a_time() {
        let wanted: Vec<Request> = (0..PART + 3).map(|n| request("pd", n)).chain([request("ic", 0)]).collect();
        let mut plans = Plans::default();
        let first = parts(plans.ask(&wanted));
        assert_eq!(first.iter().map(Vec::len).collect::<Vec<_>>(), [1, PART], "of two sources side by side");
        assert_eq!(plans.ask(&wanted), []);
        plans.told(first[1].iter().map(|r| (r.clone(), Ok(plan(&["acks it"])))).collect());
        let of_pd = || wanted.iter().filter(|r| r.alert.source.as_str() == "pd");
        assert_eq!(plans.progress(of_pd()), Progress { said: PART, of: PART + 3 });
        assert_eq!(parts(plans.ask(&wanted)), [wanted[PART..PART + 3].to_vec()]);
        assert!(plans.confirm(&wanted[0]).is_ok() && plans.confirm(&wanted[PART]).is_err());
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_not_kept() {
        let mut plans = Plans::default();
        plans.told(vec![(request("pd", 0), Ok(plan(&["acks it"])))]);
        assert_eq!(plans.of(&request("pd", 0)), None);
    }

    #[test]
    fn differences_are_told_and_what_all_say_is_told_once() {
        let (ends, bob, carla) = ("the ack ends at 03:41", "takes it from Bob", "takes it from Carla");
        let plans = [plan(&["acks #1", bob, ends]), plan(&["acks #2", bob, ends]), plan(&["acks #3", carla, ends])];
        let told = together(&plans.iter().collect::<Vec<_>>());
        assert_eq!(told.shared, [(bob.into(), 2), (ends.into(), 3)]);
        let own: Vec<Vec<&str>> = told.own.iter().map(|o| o.iter().map(SafeText::raw).collect()).collect();
        assert_eq!(own, [vec!["acks #1"], vec!["acks #2"], vec!["acks #3", carla]]);
    }
}
