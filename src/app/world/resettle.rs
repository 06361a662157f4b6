//! Sources come and go while the world goes on. What a source told leaves with it, and nothing of that is a resolution.

use crate::{
    app::effect::Effects,
    config::{Config, change::Sources},
    domain::{
        Time,
        oncall::Names,
        source::{Description, SourceName},
    },
};

use super::{World, sent::Reach, sources::SourceStatus};

impl World {
    /// What the configuration says that is neither a source nor how things look.
    pub fn furnish(&mut self, config: &Config) {
        self.profile.clone_from(&config.profile);
        self.silences_max = config.silences_max;
        self.on_call.names = Names(std::iter::once(&config.user).chain(&config.user_aliases).cloned().collect());
        self.incidents.levels.clone_from(&config.incident_levels);
        self.budgets.policy = config.slo.policy;
        self.actions.configured.clone_from(&config.actions);
        self.actions.secret_env.clone_from(&config.secret_env);
        self.runbooks.rules = config.runbooks.clone();
        self.signals.recipes = config.signals.clone();
        self.budgets.planned.clone_from(&config.slo.planned);
        self.reaches = config.sources.iter().map(|s| (s.name.clone(), Reach::of(s))).collect();
    }

    /// Lets sources go and takes others up; answers who went, each with how many alerts stood on the board.
    pub(crate) fn resettle(
        &mut self,
        now: Time,
        about: &[Description],
        sources: &Sources,
    ) -> (Vec<(SourceName, usize)>, Effects) {
        let leaving: Vec<SourceName> = sources.gone.iter().chain(&sources.moved).cloned().collect();
        let gone = leaving.into_iter().map(|name| (name.clone(), self.board.alive(&name))).collect::<Vec<_>>();
        // What was seen to fire and resolve is written down before its source is forgotten.
        let told = if gone.is_empty() { Vec::new() } else { self.tell_batch() };
        for (name, _) in &gone {
            self.let_go(now, name);
        }
        for about in about.iter().filter(|a| sources.came.contains(&a.name) || sources.moved.contains(&a.name)) {
            self.welcome(about.clone());
        }
        for about in about.iter().filter(|a| sources.altered.contains(&a.name)) {
            if let Some(source) = self.sources.iter_mut().find(|s| s.about.name == about.name) {
                source.about = about.clone();
            }
        }
        (gone, super::observe(told))
    }

    fn let_go(&mut self, now: Time, name: &SourceName) {
        let Some(at) = self.sources.iter().position(|s| &s.about.name == name) else { return };
        self.sources[at].let_go();
        self.refresh(now);
        self.sources.remove(at);
        self.board.close(at);
        self.echoes.close(at);
        self.standing.close(at);
        self.routes.forget(name);
        self.on_call.forget(name);
    }

    fn welcome(&mut self, about: Description) {
        self.board.open(about.name.clone());
        self.echoes.open(self.sources.len(), &about);
        self.sources.push(SourceStatus::new(about));
    }
}
