//! From what the heart wants done to who does it: one call an arm. Nothing is awaited.

use crate::{
    app::{
        effect::Effect,
        msg::{JournalMsg, Msg},
    },
    domain::text::SafeText,
    runtime::{journal::Ask, terminal::Screen},
};

use super::{Turning, bound};

impl<S: Screen> Turning<'_, S> {
    /// Does one thing; what cannot be asked of the journal comes back as the message that says so.
    pub(super) fn perform(&mut self, effect: Effect) -> Option<Msg> {
        match effect {
            effect if self.bound => match bound::instead(effect) {
                Ok(answer) => answer,
                Err(inside) => self.carry_out(*inside),
            },
            effect => self.carry_out(effect),
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Msg> {
        match effect {
            Effect::Observe(entries) => self.ask(Ask::Observe(entries)),
            Effect::Record { op, entries, clear_draft } => self.ask(Ask::Record { op, entries, clear_draft }),
            Effect::Intend(intent, entries) => self.ask(Ask::Intend(intent, entries)),
            Effect::Settle(op, entries) => self.ask(Ask::Settle(op, entries)),
            Effect::IntendAll { batch, acts, entries } => self.ask(Ask::IntendAll { batch, acts, entries }),
            Effect::SendAll(acts) => self.send_all(acts),
            Effect::Deeds { since, wanted } => self.ask(Ask::Deeds { since, wanted }),
            Effect::Copy(text) => self.copy(&text),
            Effect::OpenLink(url) => self.open_link(url),
            Effect::SaveDraft { key, text } => self.ask(Ask::SaveDraft { key, text }),
            Effect::LoadDraft { key } => self.ask(Ask::LoadDraft { key }),
            Effect::History(subject) => self.ask(Ask::History(subject)),
            Effect::Story(of) => self.ask(Ask::Story(of)),
            Effect::MakeUp(absence) => self.make_up(*absence),
            Effect::Explain(id) => self.explain(id),
            Effect::Recall { id, labels, back } => self.recall(id, labels, back),
            Effect::ReadRoutes(name) => self.read_routes(name),
            Effect::ReadOnCall(name) => self.read_on_call(name),
            Effect::AskBeyond(matchers) => self.ask_beyond(matchers),
            Effect::Inquire { slo, question } => self.inquire(*slo, question),
            Effect::RunAction(order) => self.run_action(*order),
            Effect::StopAction(op) => self.stop_action(&op),
            Effect::ReadRunbook(places) => self.read_runbook(places),
            Effect::PlanRequests(requests) => self.plan_requests(requests),
            Effect::Send(intent) => self.send(*intent),
            Effect::ReadConfig => self.read_config(),
            Effect::Adopt(adoption) => self.adopt(adoption),
            Effect::Refresh(name) => self.refresh(name.as_ref()),
            Effect::Watch(eyes) => self.watch(eyes),
            Effect::Look(look) => self.look_at(look),
            Effect::Edit { text } => self.edit(text),
            Effect::Notify(notice) => self.notify(*notice),
            Effect::Handoff => self.hand_over(),
            Effect::PostMortem(id) => self.post_mortem(&id),
            Effect::Keep(document) => self.keep(document),
            Effect::KeepTheme { file, theme } => self.keep_theme(file, theme),
            Effect::Bell => self.bell(),
            Effect::Quit => self.quit(),
        }
    }

    pub(super) fn ask(&self, ask: Ask) -> Option<Msg> {
        let refused = self.keeper.ask(ask).err()?;
        let why = SafeText::new("the journal is too busy to take it");
        match *refused {
            Ask::Record { op, .. } => Some(Msg::Journal(JournalMsg::NotRecorded { op, why })),
            Ask::Intend(intent, _) => Some(Msg::Journal(JournalMsg::NotIntended { op: intent.op, why })),
            Ask::IntendAll { batch, .. } => Some(Msg::Journal(JournalMsg::NoneIntended { batch, why })),
            Ask::Deeds { wanted, .. } => Some(Msg::Journal(JournalMsg::Deeds { wanted, deeds: Err(why) })),
            other => {
                tracing::error!("the journal did not take {other:?}");
                None
            }
        }
    }
}
