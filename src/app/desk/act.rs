//! From a command to what it does: one call an arm. A command acts on the identity captured at key-down.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::DeedsFor,
        settings,
        world::lanes::Of,
    },
    config::keymap::Command,
    domain::{Time, alert::AlertId, entry::Subject, slo::SloId},
};

use super::{
    axis::{self, AxisSight, Graph},
    cursor::Motion,
    filtering, forms,
    layer::{Layer, MenuKind},
    layout::Pane,
    many, marks, menu,
    paper::Paper,
    reading, running,
    shares::{self, Change},
    silence_list, silencing, supposing,
    view::{self, LineKey},
    views,
};

/// Runs a command; one that has its place elsewhere says where.
pub(crate) fn run(app: &mut App, now: Time, command: Command) -> Effects {
    if is_about_selection(command) {
        app.desk.hold();
    }
    if let Some(effects) = on_top(app, now, command) {
        return effects;
    }
    let tables = [of_program, of_panes, moves, of_acts, of_alerts, of_budgets, of_incidents];
    let done = tables.iter().find_map(|table| table(app, now, command));
    done.unwrap_or_else(|| super::here::elsewhere(app, now, command))
}

fn of_program(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    Some(match command {
        Command::Quit => running::quit(app, now),
        Command::Help => menu::open(app, MenuKind::Help),
        Command::Palette => menu::open(app, MenuKind::Palette),
        Command::Tour => super::tour::run(app, now),
        Command::Back => back(app),
        Command::Refresh => refresh(app, now),
        Command::Awake => awake(app, now),
        Command::Reload => settings::panel::reload(app),
        Command::Settings => settings::panel::open(app),
        Command::QuestionYes | Command::QuestionNo => return settings::panel::answer(app, command),
        Command::Theme => super::dress::open(app),
        Command::Times => super::times::next(app, now),
        Command::Mouse => super::touch::turn(app, now),
        Command::Copy => super::copying::copy(app, now),
        Command::OpenLink => super::copying::open_link(app, now),
        _ => return None,
    })
}

fn of_panes(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    Some(match command {
        Command::PaneNext => views::step(app, true),
        Command::PanePrevious => views::step(app, false),
        Command::ViewNext => views::turn(app, now, true),
        Command::ViewPrevious => views::turn(app, now, false),
        Command::PaneAlerts => focus(app, Pane::Alerts),
        Command::PaneBudgets => focus(app, Pane::Budgets),
        Command::PaneTimeline => focus(app, Pane::Timeline),
        Command::Zoom => zoom(app),
        Command::Taller => shares::change(app, now, Change::Taller),
        Command::Shorter => shares::change(app, now, Change::Shorter),
        Command::Wider => shares::change(app, now, Change::Wider),
        Command::Narrower => shares::change(app, now, Change::Narrower),
        Command::Even => shares::even(app, now),
        _ => return None,
    })
}

fn moves(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    let page = app.desk.half_page(&app.world);
    Some(match command {
        Command::Down => go(app, Motion::Down(1)),
        Command::Up => go(app, Motion::Up(1)),
        Command::Top => go(app, Motion::Top),
        Command::Bottom => go(app, Motion::Bottom),
        Command::PageDown => go(app, Motion::Down(page)),
        Command::PageUp => go(app, Motion::Up(page)),
        Command::Open => open(app, now),
        Command::Filter => filtering::open(app),
        Command::Mark if axis::is_open(app) => axis::mark(app, now),
        Command::Mark => marks::toggle(app, now),
        Command::MarkRange => marks::range(app, now),
        Command::MarkAll => marks::all(app, now),
        Command::Related => super::nearby::next(app, now),
        _ => return None,
    })
}

fn of_acts(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    Some(match command {
        Command::Ack => many::ack(app, now),
        Command::Unack => many::unack(app, now),
        Command::TakeGroup => view::act::take_group(app, now),
        Command::Noise => view::keys::noise(app, now),
        Command::Ask => super::requests::open(app, now),
        Command::Actions => running::open(app, now),
        Command::Runbook => reading::open(app, now),
        Command::Batch => many::open_batch(app, now),
        Command::Undo => many::look_back(app, now, DeedsFor::Undo),
        Command::Sent => many::look_back(app, now, DeedsFor::Log),
        Command::Silence => silencing::open(app, now),
        Command::Silences => silence_list::open(app),
        Command::Note => forms::open_note(app, now),
        Command::Editor => forms::open_editor(app, now),
        _ => return None,
    })
}

fn of_alerts(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    Some(match command {
        Command::GroupBy => view::pick::open(app),
        Command::Fold => view::act::fold(app, now),
        Command::FoldAll => view::act::fold_all(app, now),
        Command::Apart => view::act::apart(app, now),
        Command::ApartAll => view::act::apart_all(app, now),
        Command::Sort => view::act::sort(app, now),
        Command::Facets => view::facets::open(app),
        Command::Seen => view::act::seen(app, now),
        Command::Returned => view::queue::open(app, now),
        Command::Storm => view::storm::turn(app, now),
        _ => return None,
    })
}

fn of_budgets(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    Some(match command {
        Command::AxisLeft => axis::step(app, now, -1),
        Command::AxisRight => axis::step(app, now, 1),
        Command::AxisBefore => axis::event(app, now, false),
        Command::AxisAfter => axis::event(app, now, true),
        Command::AxisCloser => axis::zoom(app, now, true),
        Command::AxisFarther => axis::zoom(app, now, false),
        Command::Graph => axis::graph(app, now),
        Command::Rolling => axis::turn(app, now, Graph::Rolling),
        Command::Month => axis::turn(app, now, Graph::Month),
        Command::Tier => axis::tier(app, now),
        Command::WhatIf => supposing::open(app, now),
        Command::Explain => supposing::explain(app, now),
        Command::Drill => supposing::drill(app, now),
        _ => return None,
    })
}

fn of_incidents(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    Some(match command {
        Command::Incident => super::incidents::declare(app, now),
        Command::Incidents => super::incidents::open_list(app),
        Command::OnCall => on_call(app, now),
        Command::Handoff => super::paper::handoff(app),
        Command::FoldMachines => super::telling::fold(app),
        Command::TimelineKinds => super::kinds::next(app),
        _ => return None,
    })
}

/// What lies on top may know a command better than the panes below it.
fn on_top(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    if let Some(effects) = super::strokes::ask(app, now, command) {
        return Some(effects);
    }
    match app.desk.top_layer()? {
        Layer::Silences(_) | Layer::SilenceDetail { .. } => silence_list::run(app, now, command),
        Layer::Incidents(_) | Layer::Incident(_) => super::incidents::run(app, now, command),
        Layer::Runbook(_) => reading::run(app, now, command),
        Layer::Paper(_) => super::paper::run(app, command),
        _ => None,
    }
}

/// Opens the list, and asks at once.
fn on_call(app: &mut App, now: Time) -> Effects {
    if !matches!(app.desk.layers.last(), Some(Layer::OnCall { .. })) {
        app.desk.layers.push(Layer::OnCall { scroll: 0 });
    }
    app.world.ask_on_call(now, true)
}

fn awake(app: &mut App, now: Time) -> Effects {
    match app.world.paging.turn_awake(now) {
        Ok(said) => app.desk.say_good(now, said),
        Err(why) => app.desk.say_bad(now, why),
    }
    app.world.keep_paging()
}

fn is_about_selection(command: Command) -> bool {
    matches!(
        command,
        Command::Open
            | Command::Ack
            | Command::Unack
            | Command::Ask
            | Command::Silence
            | Command::Note
            | Command::Editor
    )
}

fn back(app: &mut App) -> Effects {
    if let Some(left) = app.desk.layers.pop() {
        return if matches!(left, Layer::Alert { .. }) { super::nearby::come_back(app, app.now) } else { Vec::new() };
    }
    if app.desk.marks.clear() {
        return Vec::new();
    }
    if app.desk.filter.holds.is_some() {
        filtering::set(app, "");
    } else if app.desk.views.leave() {
        app.desk.follow(&app.world, app.now);
    } else if app.desk.zoomed {
        app.desk.zoomed = false;
        app.desk.scroll(&app.world);
    } else {
        super::tour::leave(app, app.now);
    }
    Vec::new()
}

fn refresh(app: &mut App, now: Time) -> Effects {
    app.desk.say_good(now, "asking every source now");
    in_order_again(app);
    app.desk.sort_again(&app.world);
    let mut effects = app.world.ask_on_call(now, true);
    effects.push(Effect::Refresh(None));
    effects
}

/// Alerts that were acted on go where they belong.
fn in_order_again(app: &mut App) {
    if app.world.let_places_go() {
        app.desk.follow(&app.world, app.now);
    }
}

pub(super) fn focus(app: &mut App, pane: Pane) -> Effects {
    app.desk.layers.retain(|l| !l.covers());
    app.desk.focus = pane;
    app.desk.scroll(&app.world);
    Vec::new()
}

fn zoom(app: &mut App) -> Effects {
    app.desk.zoomed = !app.desk.zoomed;
    app.desk.scroll(&app.world);
    Vec::new()
}

/// Motions scroll an open detail, else move the selection.
pub(super) fn go(app: &mut App, motion: Motion) -> Effects {
    match app.desk.layers.last_mut() {
        Some(Layer::Silences(_)) => silence_list::go(app, motion),
        Some(Layer::Runbook(_)) => reading::go_by(app, motion),
        Some(Layer::Settings { .. }) => settings::panel::go(app, motion),
        Some(Layer::Incidents(_) | Layer::Incident(_)) => super::incidents::go(app, motion),
        Some(
            Layer::Alert { scroll, .. }
            | Layer::Slo { scroll, .. }
            | Layer::Inquiry { scroll, .. }
            | Layer::Entry { scroll, .. }
            | Layer::SilenceDetail { scroll, .. }
            | Layer::OnCall { scroll }
            | Layer::Paper(Paper { scroll, .. }),
        ) => {
            *scroll = match motion {
                Motion::Down(n) => scroll.saturating_add(n).min(10_000),
                Motion::Up(n) => scroll.saturating_sub(n),
                Motion::Top => 0,
                Motion::Bottom => 10_000,
            };
        }
        Some(_) => {}
        None => {
            if matches!(motion, Motion::Top | Motion::Bottom) {
                in_order_again(app);
            }
            app.desk.go(&app.world, motion);
        }
    }
    Vec::new()
}

pub(super) fn open(app: &mut App, now: Time) -> Effects {
    if !app.desk.layers.is_empty() {
        return super::nearby::open(app, now);
    }
    match app.desk.focus {
        Pane::Alerts => open_alert(app, now),
        Pane::Budgets => open_slo(app, now),
        Pane::Timeline => open_entry(app, now),
    }
}

fn open_alert(app: &mut App, now: Time) -> Effects {
    match app.desk.alerts.selected().cloned() {
        Some(LineKey::Group(_)) => view::act::fold(app, now),
        _ => match app.desk.selected_alert().cloned() {
            Some(id) => show_alert(app, now, id),
            None => nothing_selected(app, now),
        },
    }
}

pub(super) fn show_alert(app: &mut App, now: Time, id: AlertId) -> Effects {
    let subject = Subject::alert(&id);
    app.world.study(now, &id);
    app.world.opened(&id);
    let explain = app.world.explain(id.clone());
    let began = app.world.board.get(&id).map_or(now, |row| row.alert.starts_at);
    let mut effects = vec![Effect::History(subject), explain];
    effects.extend(app.world.recall_lanes(&Of::Alert(id.clone()), now));
    let sight = AxisSight::since(began, now);
    app.desk.layers.push(Layer::Alert { id, scroll: 0, related: None, sight });
    effects
}

fn open_slo(app: &mut App, now: Time) -> Effects {
    let Some(id) = app.desk.budgets.selected().cloned() else { return nothing_selected(app, now) };
    show_slo(app, now, id)
}

pub(super) fn show_slo(app: &mut App, now: Time, id: SloId) -> Effects {
    let mut effects = vec![Effect::History(Subject::slo(id.as_str()))];
    effects.extend(app.world.recall_lanes(&Of::Slo(id.clone()), now));
    app.desk.layers.push(Layer::Slo { id, scroll: 0, sight: AxisSight::default() });
    effects
}

/// An entry about an alert on the board opens the alert; any other opens itself.
fn open_entry(app: &mut App, now: Time) -> Effects {
    let Some(id) = app.desk.timeline.selected().cloned() else { return nothing_selected(app, now) };
    app.desk.layers.push(Layer::Entry { id, scroll: 0 });
    Vec::new()
}

fn nothing_selected(app: &mut App, now: Time) -> Effects {
    let gone = match app.desk.focus {
        Pane::Alerts => app.desk.alerts.is_lost(),
        Pane::Budgets => app.desk.budgets.is_lost(),
        Pane::Timeline => app.desk.timeline.is_lost(),
    };
    let text = if gone { "what was selected has gone; move to select again" } else { "nothing is selected" };
    app.desk.say_bad(now, text);
    Vec::new()
}
