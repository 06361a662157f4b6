//! Another configuration while the cockpit runs: what of the shell is begun anew, and what goes on as it was.
//!
//! Only a source that is another is connected again. An act that is on its way keeps the connection it has.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{
    StreamExt,
    future::{BoxFuture, join_all},
    stream::FuturesUnordered,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::{AbortHandle, JoinSet},
};

use crate::{
    app::{
        msg::{Msg, SourceMsg},
        settings::Adoption,
    },
    cli::start,
    config::{Config, request::Env},
    domain::{slo::Slo, source::SourceName, text::SafeText},
    runtime::{
        Inbox, Sources,
        budgets::{
            Means,
            orders::{Ordered, Orders},
        },
        clock::Clock,
        golden::{self, Purse},
        notify::Notifier,
        reload::Home,
        terminal::Screen,
    },
    sources::Source,
};

use super::Turning;

/// What the loop holds to begin things anew.
pub(super) struct Renewal {
    /// Asks the one who reads files to read them now.
    pub(super) again: Arc<Notify>,
    /// Sources that were connected, for the loop.
    pub(super) connected: mpsc::UnboundedSender<Connected>,
    pub(super) counting: watch::Sender<Option<Arc<Orders>>>,
    pub(super) signals: AbortHandle,
    pub(super) purse: Purse,
    /// Which adoption a source belongs to: what an earlier one connected late is dropped.
    pub(super) newest: BTreeMap<SourceName, u64>,
    pub(super) count: u64,
    /// What is counted, whatever the sources.
    pub(super) recipe: Recipe,
    /// Sources that were not connected when the cockpit opened, and are not yet.
    pub(super) late: usize,
}

/// Sources that are being connected while the cockpit is open.
pub type Late = FuturesUnordered<BoxFuture<'static, Arc<dyn Source>>>;

/// What is counted, and what that may cost.
pub(super) struct Recipe {
    pub(super) slos: Vec<Slo>,
    pub(super) problems: Vec<SafeText>,
    pub(super) means: Means,
}

/// Sources of one adoption, or one that was late at the beginning, ready to be asked.
pub(super) struct Connected {
    adoption: Option<Box<Adoption>>,
    number: u64,
    sources: Sources,
}

impl Renewal {
    /// With the orders for whoever counts, and where connected sources arrive.
    pub(super) fn begin(
        signals: AbortHandle,
        purse: Purse,
        recipe: Recipe,
        late: usize,
    ) -> (Self, Ordered, mpsc::UnboundedReceiver<Connected>) {
        let (counting, ordered) = watch::channel(None);
        let (connected, renewed) = mpsc::unbounded_channel();
        let (again, newest) = (Arc::new(Notify::new()), BTreeMap::new());
        (Self { again, connected, counting, signals, purse, newest, count: 0, recipe, late }, ordered, renewed)
    }

    /// Hands on each that is late as soon as it is connected.
    pub(super) fn await_late(&self, mut late: Late, tasks: &mut JoinSet<()>) {
        if late.is_empty() {
            return;
        }
        let told = self.connected.clone();
        tasks.spawn(async move {
            while let Some(source) = late.next().await {
                // A loop that has gone needs no sources.
                let _ = told.send(Connected { adoption: None, number: 0, sources: vec![source] });
            }
        });
    }

    /// Looks after the files, where there are any.
    pub(super) fn watch(&self, home: Option<Home>, clock: Clock, inbox: &Inbox, tasks: &mut JoinSet<()>) {
        if let Some(home) = home {
            tasks.spawn(home.run(clock, self.again.clone(), inbox.clone()));
        }
    }
}

impl<S: Screen> Turning<'_, S> {
    pub(super) fn read_config(&self) -> Option<Msg> {
        self.renewal.again.notify_one();
        None
    }

    /// Runs on another configuration from now on; sources that are others are connected beside the loop.
    pub(super) fn adopt(&mut self, adoption: Box<Adoption>) -> Option<Msg> {
        let config = adoption.reading.config.clone();
        let env = Env::from_process();
        self.look = start::look(&config, &env);
        self.app.desk.dress = start::dress(&config, &env).after(&self.app.desk.dress);
        self.app.world.paging.rules = start::paging_rules(&config);
        self.drawn = None;
        self.bell = config.notify.bell;
        self.handoff = start::handover(&config);
        self.app.world.on_call.wall = start::rota(&config).wall;
        self.papers.postmortem.clone_from(&config.templates.postmortem);
        self.notifier = {
            let (hidden, inbox) = (config.secret_env.clone(), &self.inbox);
            Notifier::start(&config.notify, hidden, config.read_only, inbox, self.tasks)
        };
        self.renewal.count += 1;
        let (number, changed) = (self.renewal.count, &adoption.sources);
        for name in changed.gone.iter().chain(changed.anew()) {
            self.renewal.newest.insert(name.clone(), number);
            self.pollers.stop(name);
        }
        // One that is asked in another way answers as it did until it is connected.
        let leaves = |name: &SourceName| changed.gone.contains(name) || changed.moved.contains(name);
        let (left, stay) = std::mem::take(&mut self.sources).into_iter().partition(|s| leaves(&s.describe().name));
        self.sources = stay;
        self.see_off(left);
        let (told, anew) = (self.renewal.connected.clone(), changed.anew().cloned().collect::<Vec<_>>());
        self.begin(async move {
            let sources = connect(&config, &anew).await;
            // A loop that has gone needs no sources.
            let _ = told.send(Connected { adoption: Some(adoption), number, sources });
        });
        None
    }

    /// They are asked from now on.
    pub(super) fn connected(&mut self, connected: Connected) {
        let Connected { adoption, number, sources } = connected;
        let anew = adoption.as_ref().is_none_or(|a| !a.sources.is_empty());
        let mut counts = false;
        if adoption.is_none() {
            self.renewal.late = self.renewal.late.saturating_sub(sources.len());
        }
        for source in sources {
            // An adoption may have named it, or left it out, since.
            if self.renewal.newest.get(&source.describe().name).copied().unwrap_or(0) == number {
                counts |= source.describe().can.counts;
                self.take_up(source);
            }
        }
        match adoption {
            Some(adoption) if number == self.renewal.count => {
                let reading = &adoption.reading;
                let means = Means { purse: self.renewal.purse.clone(), ..start::means(&reading.config) };
                let (slos, problems) = (reading.slos.to_vec(), reading.slo_problems.clone());
                self.renewal.recipe = Recipe { slos, problems, means };
                self.count_anew();
            }
            None if counts => self.count_anew(),
            _ => {}
        }
        if anew {
            self.read_signals_anew();
        }
        if number == 0 {
            self.recover();
        }
    }

    /// It takes the place of the one of its name, and says what it can.
    fn take_up(&mut self, source: Arc<dyn Source>) {
        let about = source.describe().clone();
        match self.sources.iter_mut().find(|s| s.describe().name == about.name) {
            Some(old) => {
                let old = std::mem::replace(old, source.clone());
                self.see_off(vec![old]);
            }
            None => self.sources.push(source.clone()),
        }
        self.update(Msg::Source(about.name.clone(), SourceMsg::Met(Box::new(about))));
        self.pollers.begin_again(source, self.clock, &self.inbox, self.tasks);
    }

    /// They are asked no more: what they keep running ends.
    fn see_off(&mut self, sources: Sources) {
        self.begin(async move {
            for source in sources {
                source.leave().await;
            }
        });
    }

    fn count_anew(&self) {
        let Recipe { slos, problems, means } = &self.renewal.recipe;
        self.renewal.counting.send_replace(Some(Arc::new(Orders {
            sources: self.sources.clone(),
            slos: slos.clone(),
            problems: problems.clone(),
            means: means.clone(),
        })));
    }

    fn read_signals_anew(&mut self) {
        self.renewal.signals.abort();
        let signals = golden::Reading::new(self.sources.clone(), self.clock, self.renewal.purse.clone());
        self.renewal.signals = self.begin(signals.run(self.opening.subscribe(), self.inbox.clone()));
    }
}

async fn connect(config: &Config, names: &[SourceName]) -> Sources {
    // Side by side: one that is slow holds up no other.
    join_all(config.sources.iter().filter(|s| names.contains(&s.name)).map(start::connect)).await
}
