//! `watchfire snapshot`: one frame on standard output: for a chat, the README, a screen reader.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::{
        App,
        desk::layout::Pane,
        effect::Effect,
        msg::{JournalMsg, Msg},
    },
    config::keymap::Chord,
    domain::{
        alert::AlertId,
        entry::{Entry, NewEntry},
    },
    journal::Journal,
    runtime::{
        Sources,
        budgets::{Counting, Means},
        clock::Clock,
        cockpit::Cockpit,
        explain::Question,
        golden::Reading,
        inquire, once, request, study,
    },
    sources::sim::SimWorld,
    ui::{self, look::Look, still},
};

use super::{
    args::{Format, Global, PaneName, Snapshot},
    demo,
    exit::{self, Exit},
    open, start,
};

/// Entries that a frame shows at most.
const ENTRIES: u32 = 1_000;

pub async fn run(global: &Global, args: &Snapshot) -> Exit {
    if args.demo {
        return of_demo(global, args).await;
    }
    let config = match start::config(global) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    let mut cockpit = open::cockpit(&config, start::clock(&config)).await;
    start::of_picture(&mut cockpit, &config);
    frame(cockpit, args.size, args.format, args.pane).await
}

async fn of_demo(global: &Global, args: &Snapshot) -> Exit {
    let (config, scenario) = match demo::ready(global, &args.scenario) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    // The scenario's own day, so that a picture of the same moment is the same picture.
    let epoch = scenario.start;
    let world = SimWorld::new(scenario, epoch);
    let at = args.at.unwrap_or(world.scenario().opens_at);
    let mut cockpit = demo::cockpit(&config, &world, Clock::from(epoch, 0.01), std::path::PathBuf::new());
    start::of_picture(&mut cockpit, &config);
    live(&mut cockpit, &world, epoch + at).await;
    let (width, height) = args.size;
    drop(cockpit.app.update(cockpit.app.now, Msg::Resized { width, height }));
    if let Err(why) = press(&mut cockpit, args.keys.as_deref().unwrap_or("")).await {
        return exit::misused(why);
    }
    draw(&mut cockpit.app, &cockpit.look, args.size, args.format, args.pane)
}

/// Lives through the scenario up to a moment, so that the timeline has what happened.
async fn live(cockpit: &mut Cockpit, world: &SimWorld, until: crate::domain::Time) {
    let step = chrono::Duration::seconds(15);
    let mut at = world.epoch();
    let mut entries: Vec<Entry> = Vec::new();
    while at < until {
        at = (at + step).min(until);
        let clock = Clock::from(at, 0.01);
        for msg in once::messages(&cockpit.sources, clock).await {
            let mut effects = cockpit.app.update(at, msg);
            // Of many alerts the rest is told once the journal has answered.
            while effects.iter().any(|e| matches!(e, Effect::Observe(_))) {
                effects.into_iter().for_each(|effect| keep(&mut entries, effect, at));
                effects = cockpit.app.update(at, Msg::Journal(JournalMsg::Entries(Vec::new())));
            }
        }
    }
    let sources = cockpit.sources.clone();
    let report = Counting::new(sources, Vec::new(), Vec::new(), Clock::from(until, 0.01)).once().await;
    drop(cockpit.app.update(until, Msg::Budgets(report)));
    drop(cockpit.app.update(until, Msg::Journal(JournalMsg::Entries(entries))));
    // Whoever looks at a picture looks now: not everything since the beginning is new to them.
    drop(cockpit.app.world.say_seen(until));
}

/// An entry without a journal: a frame keeps nothing.
fn keep(entries: &mut Vec<Entry>, effect: Effect, at: crate::domain::Time) {
    let Effect::Observe(new) = effect else { return };
    for NewEntry { at: happened, actor, kind, subject, source, body, once } in new {
        let id = once.unwrap_or_else(|| format!("{kind}{}", entries.len()));
        if entries.iter().any(|e| e.id == id) {
            continue;
        }
        let seq = i64::try_from(entries.len()).unwrap_or(i64::MAX) + 1;
        entries.push(Entry {
            id,
            seq,
            at: happened,
            recorded_at: at,
            actor,
            kind,
            subject,
            body,
            source,
            prev_hash: String::new(),
            hash: String::new(),
        });
    }
}

async fn press(cockpit: &mut Cockpit, keys: &str) -> Result<(), String> {
    let app = &mut cockpit.app;
    for chord in keys.split_whitespace() {
        for key in Chord::parse(chord)?.0 {
            for effect in app.update(app.now, Msg::Key(key)) {
                answer(app, &cockpit.sources, effect).await;
            }
            while app.has_more() {
                drop(app.update(app.now, Msg::Idle));
            }
        }
    }
    Ok(())
}

/// What a key asks of the sources is answered before the frame; nothing else is done.
async fn answer(app: &mut App, sources: &Sources, effect: Effect) {
    match effect {
        Effect::Explain(id) => explained(app, sources, id).await,
        Effect::Recall { id, labels, back } => {
            let clock = Clock::from(app.now, 0.01);
            let question = study::Question::memory_of(id.clone(), labels, sources, clock).back(back);
            drop(app.update(app.now, Msg::Recalled { id, found: question.whole().await }));
        }
        Effect::PlanRequests(requests) => {
            let told = request::plan_all(sources, &requests, Clock::from(app.now, 0.01)).await;
            drop(app.update(app.now, Msg::Planned(requests.into_iter().zip(told).collect())));
        }
        Effect::Inquire { slo, question } => {
            let answer = inquire::ask(sources, &slo, &question, Clock::from(app.now, 0.01)).await;
            drop(app.update(app.now, Msg::Inquired(question, answer)));
        }
        Effect::Look(Some(look)) => {
            let clock = Clock::from(app.now, 0.01);
            let golden = Reading::new(sources.clone(), clock, Default::default()).once(&look).await;
            drop(app.update(app.now, Msg::Signals(Box::new(golden))));
        }
        _ => {}
    }
}

async fn explained(app: &mut App, sources: &Sources, id: AlertId) {
    let clock = Clock::from(app.now, 0.01);
    if let Some(question) = Question::new(app, &id, sources, clock) {
        drop(app.update(app.now, question.whole().await));
    }
    if let Some(question) = study::Question::new(&app.world, &id, sources, clock) {
        let found = question.whole().await;
        drop(app.update(app.now, Msg::Studied { id, found }));
    }
}

/// One frame of a cockpit on real sources: asked once, and the journal as it is.
pub async fn frame(mut cockpit: Cockpit, size: (u16, u16), format: Format, pane: Option<PaneName>) -> Exit {
    let now = cockpit.clock.now();
    for msg in once::messages(&cockpit.sources, cockpit.clock).await {
        // A frame is a question: it leaves no trace in the journal.
        drop(cockpit.app.update(now, msg));
    }
    let counting = Counting::new(cockpit.sources.clone(), cockpit.slos, cockpit.slo_problems, cockpit.clock);
    let means = Means { cache: None, samples_a_minute: 0, ..cockpit.means };
    drop(cockpit.app.update(now, Msg::Budgets(counting.with(means).once().await)));
    if cockpit.journal.exists()
        && let Ok(journal) = Journal::open(&cockpit.journal).await
        && let Ok(entries) = journal.recent(ENTRIES).await
    {
        drop(cockpit.app.update(now, Msg::Journal(JournalMsg::Entries(entries))));
    }
    draw(&mut cockpit.app, &cockpit.look, size, format, pane)
}

fn draw(app: &mut App, look: &Look, (width, height): (u16, u16), format: Format, pane: Option<PaneName>) -> Exit {
    drop(app.update(app.now, Msg::Resized { width, height }));
    if let Some(pane) = pane {
        app.desk.focus = match pane {
            PaneName::Alerts => Pane::Alerts,
            PaneName::Budgets => Pane::Budgets,
            PaneName::Timeline => Pane::Timeline,
        };
        app.desk.zoomed = true;
        drop(app.update(app.now, Msg::Resized { width, height }));
    }
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    ui::view(app, look, &mut buf);
    exit::say(&match format {
        Format::Text => still::text(&buf),
        Format::Ansi => still::ansi(&buf),
        Format::Svg => still::svg(&buf),
    });
    Exit::Done
}
