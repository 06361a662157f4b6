//! The account of a budget in words: one pair of name and text a line, the same on a screen and on paper.

use super::{
    BudgetRow, Part, Slo,
    account::{Account, TierSight},
    assess::{Assessment, TierStatus},
    attribution::Share,
    composite::Combine,
    meter::Meter,
    policy::Stance,
};
use crate::domain::{Time, duration};

/// Most causes that are named.
const NAMED: usize = 6;
/// Coverage below which a number says so.
const COVERED: f64 = 0.95;

/// A name and what is said of it.
pub type Pair = (String, String);

/// `18.3 %`; infinite where a single failure spends everything.
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return if share < 0.0 { "-inf %".into() } else { "more than any %".into() };
    }
    let p = share * 100.0;
    if p != 0.0 && p.abs() < 0.1 { format!("{p:.2} %") } else { format!("{p:.1} %") }
}

/// `14.2x`; `--` where it is not known.
pub fn rate(burn: Option<f64>) -> String {
    match burn {
        None => "--".into(),
        Some(b) if !b.is_finite() => "infx".into(),
        Some(b) => format!("{b:.1}x"),
    }
}

/// `~9 min`, as far as a pace can be trusted.
pub fn about(seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    let s = seconds.clamp(0.0, 1e10) as i64;
    match s {
        0..60 => "less than a minute".into(),
        60..5_400 => format!("~{} min", (s + 30) / 60),
        5_400..172_800 => format!("~{} h", (s + 1_800) / 3_600),
        _ => format!("~{} d", (s + 43_200) / 86_400),
    }
}

fn at(time: Time, now: Time) -> String {
    let far = (time - now).num_hours().abs() >= 20;
    time.format(if far { "%a %d.%m. %H:%M" } else { "%H:%M" }).to_string()
}

/// The name of a tier: `page 1h/5m`.
pub fn tier_name(tier: &TierStatus) -> String {
    let windows = (duration::prometheus(tier.long_s), duration::prometheus(tier.short_s));
    format!("{} {}/{}", tier.severity.as_str(), windows.0, windows.1)
}

/// One line a tier: its state, both burns, its factor, how far it is from firing, when it is quiet again.
pub fn tiers(account: &Account) -> Vec<Pair> {
    account.tiers.iter().map(|t| (tier_name(&t.status), tier(t))).collect()
}

fn tier(t: &TierSight) -> String {
    let s = &t.status;
    let state = match (s.firing, s.unreachable) {
        (true, _) => "FIRING",
        (_, true) => "can never fire at this objective",
        _ => "quiet",
    };
    let seen = format!("{} and {} against {:.1}x", rate(s.long_burn), rate(s.short_burn), s.factor);
    let reset = t.distance.resets_in.filter(|r| *r > 0.0);
    let reset = reset.map(|r| format!("; quiet {} after the errors stop", about(r)));
    let next = match (s.firing, s.unreachable, t.distance.fires_in) {
        (false, false, Some(fires)) if fires > 0.0 => format!("; fires in {} at this rate", about(fires)),
        (false, false, None) => "; does not fire at this rate".into(),
        _ => String::new(),
    };
    format!("{state}: {seen}{next}{}", reset.unwrap_or_default())
}

/// The causes by what they took, and the rest, of which the sum is what was consumed.
pub fn burned(account: &Account, now: Time) -> Vec<Pair> {
    let b = &account.burned;
    let mut out: Vec<Pair> = b.shares.iter().take(NAMED).map(|s| (percent(s.net), share(s, now))).collect();
    if b.shares.len() > NAMED {
        let rest = &b.shares[NAMED..];
        out.push((percent(rest.iter().map(|s| s.net).sum()), format!("{} more", rest.len())));
    }
    let named: f64 = b.shares.iter().map(|s| s.net).sum();
    let rest = b.consumed - named;
    if b.consumed > 0.0 {
        out.push((percent(rest), "unattributed: the usual errors, and what nobody gave a name".into()));
        out.push((percent(b.consumed), "consumed in all".into()));
    }
    out
}

fn share(s: &Share, now: Time) -> String {
    let from = Time::from_timestamp(s.cause.from, 0).unwrap_or(now);
    let lasted = duration::short(chrono::Duration::seconds(s.cause.to - s.cause.from));
    let (kind, name) = (s.cause.kind.as_str(), s.cause.name.line());
    format!("{kind} {name}, {} for {lasted}: {:.0} bad", at(from, now), s.bad)
}

/// The days that give most back, in the order of time.
pub fn returns(account: &Account, now: Time, most: usize) -> Vec<Pair> {
    let mut best = account.returns.clone();
    best.sort_by(|a, b| b.share.total_cmp(&a.share));
    best.retain(|r| r.share > 0.0);
    best.truncate(most);
    best.sort_by_key(|r| r.from);
    let word = |from: Time, to: Time| {
        let last = if to > from { to } else { from };
        format!("until {}", at(last, now))
    };
    best.iter()
        .map(|r| (word(r.from, r.to), format!("+{} ({:.0} bad events leave)", percent(r.share), r.bad)))
        .collect()
}

/// `18.3 % of the budget so far, +0.4 %/min, page in ~9 min, gone at 14:52; if fixed now 21 % stay`
pub fn meter(m: &Meter, now: Time) -> String {
    let mut parts = Vec::new();
    parts.extend(m.spent.share.map(|s| format!("{} of the budget so far", percent(s))));
    parts.extend(m.per_minute.map(|p| format!("+{}/min", percent(p))));
    parts.extend(m.next.map(|n| format!("{} in {}", n.severity.as_str(), about(n.fires_in))));
    parts.extend(m.gone.map(|g| {
        let give = if g.give_or_take_s >= 60.0 {
            format!(" give or take {:.0} min", g.give_or_take_s / 60.0)
        } else {
            String::new()
        };
        let pace = duration::prometheus(g.pace_s / 60 * 60);
        format!("gone at {}{give} at the pace of the last {pace}", at(g.at, now))
    }));
    let fixed = m.if_fixed_now.map(|left| format!("; if fixed now {} stay", percent(left)));
    format!("{}{}", parts.join(", "), fixed.unwrap_or_default())
}

/// `FREEZE since Mon 02.11. 14:00 until Thu 06:40`
pub fn policy(account: &Account, now: Time) -> String {
    let s = &account.standing;
    let mut out = s.stance.as_str().to_owned();
    if s.stance == Stance::Unknown {
        out.push_str(": nothing is known");
    }
    out.push_str(&s.since.map(|t| format!(" since {}", at(t, now))).unwrap_or_default());
    out.push_str(&s.until.map(|t| format!(" until {}", at(t, now))).unwrap_or_default());
    if !account.postmortems.is_empty() {
        out.push_str(&format!("; a postmortem is due: {}", account.postmortems.join(", ")));
    }
    out
}

/// What a reader must know of the numbers; a number without a badge is exact.
pub fn badges(row: &BudgetRow) -> Vec<Pair> {
    let mut out: Vec<Pair> = Vec::new();
    let mut say = |badge: &str, text: String| out.push((badge.to_owned(), text));
    definition(&row.slo, &mut say);
    if let Some(n) = row.numbers() {
        counted(&row.slo, n, &mut say);
    }
    if let Some(a) = &row.adjusted {
        let left = a.adjusted.remaining.map_or_else(|| "--".into(), percent);
        let (bad, total, why) = (a.bad, a.total, a.because());
        say("adjusted", format!("{left} left without {why}: {bad:.0} bad of {total:.0} events are left out"));
    }
    if let Some(stale) = row.recorded.as_ref().and_then(|r| r.stale_s).filter(|s| *s > 300) {
        let ago = duration::short(chrono::Duration::seconds(stale));
        say("stale", format!("the rules that record it were last evaluated {ago} ago"));
    }
    out
}

fn definition(slo: &Slo, say: &mut impl FnMut(&str, String)) {
    if slo.indicator.estimate {
        say("estimate", "its threshold lies between two bounds of the histogram".into());
    }
    if slo.indicator.is_time_weighted() {
        say("by time", "every moment weighs the same, whatever its traffic".into());
    }
    if slo.is_composite() {
        let part = |p: &Part| match p.weight {
            w if (w - 1.0).abs() < 1e-9 => p.id.to_string(),
            w => format!("{} (weight {w})", p.id),
        };
        let parts: Vec<String> = slo.parts.iter().map(part).collect();
        say("composite", format!("{}: {}", Combine::of(&slo.method).words(), parts.join(", ")));
    } else if slo.method.slice_s().is_some() {
        let slice = duration::prometheus(slo.method.slice_s().unwrap_or(0));
        say(slo.method.as_str(), format!("counts slices of {slice}, not events"));
    }
}

fn counted(slo: &Slo, n: &Assessment, say: &mut impl FnMut(&str, String)) {
    if let Some(coverage) = n.coverage.filter(|c| *c < COVERED) {
        say("coverage", format!("{} of the window was counted: numbers stand on what there is", percent(coverage)));
    }
    if let Some(young) = n.young() {
        say("young", format!("{young}: judged on what there is"));
    }
    if let Some(quantum) = n.quantum.filter(|_| n.one_event_pages()) {
        say("quantum", format!("one failure takes {}: one event may page", percent(quantum)));
    }
    if !slo.window.is_rolling() {
        say("calendar", format!("the budget is {}", n.basis.words()));
    }
}
