//! The budgets in sentences, for who cannot or does not look at a graph: what each line of the fleet says, and of one that
//! wants attention all that its graphs say.

use super::{Counted, causes};
use crate::{
    app::world::{
        happened::{About, Event},
        marks::MarkKind,
    },
    cli::ask::Asked,
    domain::{
        Time, duration,
        slo::{
            BudgetRow,
            account::Account,
            assess::{Assessment, RunsOut},
            budget::BudgetState,
            burn::Severity,
            outline::{Outline, outline},
            policy::Policy,
            row::Allowed,
            tale,
            when::{paces, runs_out_words},
        },
    },
    ui::budgets::{burn, left, percent, rate},
};

/// Newest marks that are told.
const MARKS: usize = 8;
/// Longest gaps that are told.
const GAPS: usize = 4;
/// Causes that are told.
const CAUSES: usize = 4;

/// Every budget in a sentence, the worst first; of those that want attention all that an open one shows.
pub async fn in_sentences(asked: &Asked, counted: &Counted) -> String {
    let entries = causes::entries(asked, &counted.budgets.rows).await;
    let mut out = String::new();
    for row in &counted.budgets.rows {
        out.push_str(&format!("{}\n", fleet(row, &asked.config.slo.policy, counted.now)));
        if !wants_attention(row) {
            continue;
        }
        let happened = causes::happened(asked, row, &entries);
        let account = causes::of_happened(asked, row, &happened);
        for (name, text) in graph(row, account.as_ref(), &happened, counted.now) {
            out.push_str(&format!("  {name}: {text}\n"));
        }
    }
    out
}

/// Whether somebody should hear all of it: it alerts, it is spent or on its way there, or it cannot be believed.
fn wants_attention(row: &BudgetRow) -> bool {
    match row.numbers() {
        None => row.trouble.is_some(),
        Some(n) => n.firing().is_some() || matches!(n.runs_out, RunsOut::Exhausted | RunsOut::At(_)),
    }
}

/// One sentence: how it is, what is left, when it runs out, how fast it burns, what the policy says.
pub fn fleet(row: &BudgetRow, policy: &Policy, now: Time) -> String {
    let id = row.slo.id.to_string();
    let goal = format!("{} % over {}", row.slo.objective.as_percent(), row.slo.window.words());
    let Some(n) = row.numbers() else { return format!("{id}: UNKNOWN, {}; {goal}", unknown(row, now)) };
    let mut parts = vec![format!("{} of {goal} left", left(Some(n)))];
    if n.state == BudgetState::NoTraffic {
        parts = vec![format!("idle, no traffic; {goal}")];
    } else {
        let stands_on = n.runs_dry().and_then(|_| paces(n)).map(|p| format!(" {p}")).unwrap_or_default();
        parts.push(format!("{}{stands_on}", runs_out_words(n, now)));
        let burns = ["1h", "6h", "3d"].map(|w| format!("{} over {w}", burn(Some(n), w)));
        parts.push(format!("burns {}", burns.join(", ")));
        parts.push(format!("policy {}", policy.stance(n.remaining).as_str()));
    }
    parts.extend(tale::badges(row).into_iter().map(|(badge, text)| format!("{badge}: {text}")));
    format!("{id}: {}{}", alarm(n), parts.join("; "))
}

fn unknown(row: &BudgetRow, now: Time) -> String {
    let trouble = row.trouble.as_ref().map(|t| t.what.line().into_owned());
    let parts: Vec<String> = said(row, now).into_iter().chain(trouble).collect();
    if parts.is_empty() { "not counted".into() } else { parts.join("; ") }
}

/// What a backend says is left, where nothing is counted here.
pub fn said(row: &BudgetRow, now: Time) -> Option<String> {
    let said = row.said(now)?;
    let left = format!("its backend says ~{} left", percent(said.remaining?));
    let of = |s: &Allowed| format!(" ({:.0} of {:.0} allowed {} were bad)", s.bad, s.allowed, s.unit);
    Some(left + &said.spent.as_ref().map_or_else(String::new, of))
}

pub fn alarm(n: &Assessment) -> &'static str {
    match (n.firing(), n.state) {
        (Some(Severity::Page), _) => "PAGE, ",
        (Some(Severity::Ticket), _) => "TICKET, ",
        (None, BudgetState::Exhausted) => "SPENT, ",
        (None, BudgetState::NoData | BudgetState::Invalid) => "UNKNOWN, ",
        (None, BudgetState::Ok | BudgetState::NoTraffic) => "",
    }
}

/// All that the graphs say, a name and a text a line: the line, its gaps, the rates against the tiers, what burned it, what
/// happened.
pub fn graph(row: &BudgetRow, account: Option<&Account>, happened: &[Event], now: Time) -> Vec<tale::Pair> {
    let mut out = line_and_marks(row, happened, now);
    let mut say = |name: &str, text: String| out.push((name.to_owned(), text));
    let Some(n) = row.numbers() else { return out };
    let rates: Vec<String> = n.burn.iter().map(|(w, b)| format!("{w} {}", rate(*b))).collect();
    say("burn rate", rates.join(", "));
    if let Some(account) = account {
        if let Some((cause, meter)) = &account.burning {
            say("burning now", format!("{}: {}", cause.name.line(), tale::meter(meter, now)));
        }
        tale::tiers(account).into_iter().for_each(|(name, text)| say(&name, text));
        tale::burned(account, now).into_iter().take(CAUSES).for_each(|(share, text)| say(&share, text));
    }
    out
}

/// The line of the burn-down, its gaps, and what stands under it.
pub fn line_and_marks(row: &BudgetRow, happened: &[Event], now: Time) -> Vec<tale::Pair> {
    let Some(n) = row.numbers() else { return Vec::new() };
    let told = outline(n);
    let pair = |name: &str, text: String| (name.to_owned(), text);
    vec![pair("line", line(&told, now)), pair("not counted", gaps(&told)), pair("happened", marks(n, happened))]
}

fn day(at: Time) -> String {
    at.format("%d.%m. %H:%M").to_string()
}

fn line(told: &Outline, now: Time) -> String {
    let level = |(at, left): &(Time, Option<f64>)| {
        let left = left.map_or_else(|| "not counted".into(), percent);
        if *at + chrono::Duration::hours(1) >= now { format!("{left} now") } else { format!("{left} on {}", day(*at)) }
    };
    let levels: Vec<String> = told.levels.iter().map(level).collect();
    let even = told.even.map(|left| format!("; an even spend would have left {}", percent(left))).unwrap_or_default();
    format!("{}{even}", levels.join(", "))
}

fn gaps(told: &Outline) -> String {
    let mut longest = told.gaps.clone();
    longest.sort_by_key(|(from, to)| *from - *to);
    let more = longest.len().saturating_sub(GAPS);
    longest.truncate(GAPS);
    longest.sort_unstable();
    let gap = |(from, to): &(Time, Time)| format!("{} to {} ({})", day(*from), day(*to), duration::short(*to - *from));
    let named: Vec<String> = longest.iter().map(gap).collect();
    match (named.is_empty(), more) {
        (true, _) => "nothing: the line has no gap".into(),
        (false, 0) => named.join(", "),
        (false, more) => format!("{}, and {more} shorter ones", named.join(", ")),
    }
}

/// The newest of what happened in the window; alerts elsewhere are left to the alerts.
fn marks(n: &Assessment, happened: &[Event]) -> String {
    let ours = |e: &&Event| e.kind != MarkKind::Alert || e.about > About::Elsewhere;
    let inside: Vec<&Event> =
        happened.iter().filter(|e| e.from.timestamp() >= n.period.begin && e.from <= n.as_of).filter(ours).collect();
    let first = inside.len().saturating_sub(MARKS);
    let mut named: Vec<String> =
        inside[first..].iter().map(|e| format!("{} {} at {}", e.kind.word(), e.text.line(), day(e.from))).collect();
    if first > 0 {
        named.insert(0, format!("{first} earlier"));
    }
    if named.is_empty() { "nothing that is known".into() } else { named.join("; ") }
}
