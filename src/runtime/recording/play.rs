//! What is played: events at their moments instead of a terminal's, an end at its moment, and a screen that nobody sees.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use crossterm::event::{Event, KeyCode, MouseEvent};
use futures_util::{StreamExt, stream};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::{App, desk::touch::Touch},
    config::keymap::Key,
    domain::Time,
    runtime::{
        clock::Clock,
        cockpit::{Events, Hands, OpenEvents},
        terminal::{Screen, mouse::Mouse},
    },
    ui::{self, look::Look},
};

use super::{Came, Move, Recorder, keys};

/// The terminal's events, each written down where something records them; none come after `until`.
pub fn live(recorder: Option<Arc<Recorder>>, clock: Clock, until: Option<Time>) -> Hands {
    Box::new(move |mut terminal| {
        Box::new(move || {
            let recorder = recorder.clone();
            let events = terminal().inspect(move |event| {
                if let (Some(recorder), Ok(event)) = (&recorder, event) {
                    recorder.event(event);
                }
            });
            match until {
                Some(until) => events.take_until(Box::pin(reaches(clock, until))).boxed(),
                None => events.boxed(),
            }
        })
    })
}

/// The moves at their moments since `began`, and an end at `until`.
pub fn scripted(moves: Vec<Move>, clock: Clock, (began, until): (Time, Time)) -> OpenEvents {
    let mut moves = Some(VecDeque::from(moves));
    Box::new(move || script(moves.take().unwrap_or_default(), clock, (began, until)))
}

/// As [`scripted`], before a person who may only leave.
pub fn watched(moves: Vec<Move>, clock: Clock, span: (Time, Time)) -> Hands {
    let mut moves = Some(VecDeque::from(moves));
    Box::new(move |mut terminal| {
        Box::new(move || {
            let script = script(moves.take().unwrap_or_default(), clock, span);
            script.take_until(Box::pin(left(terminal()))).boxed()
        })
    })
}

/// Ends when the person asks to leave, or is gone.
async fn left(mut hand: Events) {
    while let Some(event) = hand.next().await {
        let key = match event {
            Ok(Event::Key(key)) => key.code,
            Ok(_) => continue,
            Err(_) => return,
        };
        if matches!(key, KeyCode::Char('q' | 'c') | KeyCode::Esc) {
            return;
        }
    }
}

fn script(mut moves: VecDeque<Move>, clock: Clock, (began, until): (Time, Time)) -> Events {
    // Whoever only watches is not sent to the background.
    moves.retain(|m| m.what != Came::Key(Key::ctrl('z')));
    stream::unfold(moves, move |mut moves| async move {
        let Some(next) = moves.pop_front().filter(|m| began + m.at <= until) else {
            reaches(clock, until).await;
            return None;
        };
        reaches(clock, began + next.at).await;
        Some((Ok(keys::event(next.what)), moves))
    })
    .boxed()
}

async fn reaches(clock: Clock, at: Time) {
    while clock.now() < at {
        clock.sleep(at - clock.now()).await;
    }
}

/// The last frame of a cockpit that nobody sees.
#[derive(Clone, Debug, Default)]
pub struct Glass(Arc<Mutex<Option<Buffer>>>);

impl Glass {
    /// None where nothing was drawn.
    pub fn last(&self) -> Option<Buffer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A screen in memory. Frames before `from` are not drawn: nobody would ever see them.
#[derive(Debug)]
pub struct Stage {
    glass: Glass,
    from: Time,
    /// What it is drawn with.
    look: Option<Look>,
    mouse: Mouse,
}

impl Stage {
    pub fn new(glass: Glass, from: Time) -> Self {
        Self { glass, from, look: None, mouse: Mouse::default() }
    }
}

impl Screen for Stage {
    fn draw(&mut self, app: &App, look: &Look) -> io::Result<()> {
        if self.look.is_none() {
            self.look = Some(look.clone());
        }
        let mut last = self.glass.0.lock().unwrap_or_else(PoisonError::into_inner);
        if app.now >= self.from || last.is_none() {
            let mut frame = Buffer::empty(Rect::new(0, 0, app.desk.width, app.desk.height));
            ui::view(app, look, &mut frame);
            *last = Some(frame);
        }
        Ok(())
    }

    /// The mouse falls on the frame that would stand there now.
    fn touch(&mut self, event: MouseEvent, app: &App) -> Option<Touch> {
        let look = self.look.as_ref()?;
        let mut frame = Buffer::empty(Rect::new(0, 0, app.desk.width, app.desk.height));
        self.mouse.see(ui::seen(app, look, &mut frame).hits);
        self.mouse.read(event)
    }

    async fn ready(&self) -> io::Result<()> {
        Ok(())
    }

    fn bell(&mut self) {}

    fn suspend(&mut self) {}

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// As large as the recording says.
    fn size(&self) -> Option<(u16, u16)> {
        None
    }
}
