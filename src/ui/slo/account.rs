//! The sections of an open budget beside its numbers: what burns now, its policy, its tiers, what burned it, what comes back.

use crate::{
    config::{keymap::Command, theme::Role},
    domain::slo::{
        BudgetRow,
        account::Account,
        policy::Stance,
        tale::{self, Pair},
    },
    ui::{Canvas, detail::Sheet, look::Look},
};

/// Days of the calendar of returns that are told in words.
const RETURNS: usize = 3;
/// Days that are drawn.
const DAYS: usize = 60;

/// What comes before the numbers: what cannot wait.
pub(super) fn first(sheet: &mut Sheet, account: &Account, c: &Canvas<'_>) {
    let now = c.app.now;
    if let Some((cause, meter)) = &account.burning {
        sheet.text(&format!("burning now, {}: {}", cause.name.line(), tale::meter(meter, now)), Role::Critical);
    }
    let role = match account.standing.stance {
        Stance::Freeze => Role::Critical,
        Stance::Warn => Role::Warning,
        Stance::Unknown => Role::Unknown,
        Stance::Ok => Role::Ok,
    };
    sheet.text(&format!("policy {}", tale::policy(account, now)), role);
}

pub(super) fn rest(sheet: &mut Sheet, account: &Account, row: &BudgetRow, c: &Canvas<'_>) {
    let now = c.app.now;
    section(sheet, "what burned it", &tale::burned(account, now));
    section(sheet, "what comes back", &tale::returns(account, now, RETURNS));
    let gives = account.returns.len() > 1 && account.returns.iter().any(|r| r.share > 0.0);
    if gives && !c.look.frugal {
        sheet.pair("each day", &bars(account, c.look));
    }
    section(sheet, "what to know of these numbers", &tale::badges(row));
}

/// Why it cannot be counted, and the rule that would help, to be pasted.
pub(super) fn trouble(sheet: &mut Sheet, row: &BudgetRow, c: &Canvas<'_>) {
    let Some(trouble) = &row.trouble else { return };
    sheet.text(&format!("cannot be counted: {}", trouble.what.line()), Role::ErrorText);
    let Some(rule) = &trouble.rule else { return };
    let key = c.app.keymap.chords(Command::Copy).into_iter().next().unwrap_or_default();
    sheet.head(&format!("a rule that would help, as YAML to paste ({key} copies it)"));
    rule.shown().lines().for_each(|line| sheet.text(line, Role::Text));
    sheet.gap();
}

pub(super) fn section(sheet: &mut Sheet, title: &str, pairs: &[Pair]) {
    if pairs.is_empty() {
        return;
    }
    sheet.head(title);
    pairs.iter().for_each(|(name, text)| sheet.pair(name, text));
}

/// One sign a day, the next 24 hours first; the highest is the day that gives most back.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
fn bars(account: &Account, look: &Look) -> String {
    const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const SIGNS: [&str; 8] = ["_", "_", ".", ".", ":", ":", "|", "|"];
    let signs = if look.glyph("u", "a") == "u" { EIGHTHS } else { SIGNS };
    let most = account.returns.iter().map(|r| r.share).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let sign =
        |share: f64| if share <= 0.0 { " " } else { signs[(share / most * 7.0).clamp(0.0, 7.0).round() as usize] };
    let days: String = account.returns.iter().take(DAYS).map(|r| sign(r.share)).collect();
    format!("{days}  {} days, today first", account.returns.len())
}
