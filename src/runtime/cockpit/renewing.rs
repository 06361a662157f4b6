//! Another configuration while the cockpit runs: what of the shell is begun anew, and what goes on as it was.
//!
//! Only a source that is another is connected again. An act that is on its way keeps the connection it has.

use std::{collections::BTreeMap, sync::Arc};

use tokio::{
    sync::{Notify, mpsc, watch},
    task::{AbortHandle, JoinSet},
};

use crate::{
    app::{msg::Msg, settings::Adoption},
    cli::start,
    config::{Config, request::Env},
    domain::source::SourceName,
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
}

/// Sources of one adoption, ready to be asked.
pub(super) struct Connected {
    adoption: Box<Adoption>,
    number: u64,
    sources: Sources,
}

impl Renewal {
    /// With the orders for whoever counts, and where connected sources arrive.
    pub(super) fn begin(signals: AbortHandle, purse: Purse) -> (Self, Ordered, mpsc::UnboundedReceiver<Connected>) {
        let (counting, ordered) = watch::channel(None);
        let (connected, renewed) = mpsc::unbounded_channel();
        let (again, newest) = (Arc::new(Notify::new()), BTreeMap::new());
        (Self { again, connected, counting, signals, purse, newest, count: 0 }, ordered, renewed)
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
        self.postmortem.clone_from(&config.templates.postmortem);
        self.notifier = Notifier::start(&config.notify, config.secret_env.clone(), config.read_only, self.tasks);
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
            let _ = told.send(Connected { adoption, number, sources });
        });
        None
    }

    /// They are asked from now on.
    pub(super) fn connected(&mut self, connected: Connected) {
        let Connected { adoption, number, sources } = connected;
        let anew = !adoption.sources.is_empty();
        for source in sources {
            let name = source.describe().name.clone();
            if self.renewal.newest.get(&name) != Some(&number) {
                continue;
            }
            match self.sources.iter_mut().find(|s| s.describe().name == name) {
                Some(old) => {
                    let old = std::mem::replace(old, source.clone());
                    self.see_off(vec![old]);
                }
                None => self.sources.push(source.clone()),
            }
            self.pollers.begin_again(source, self.clock, &self.inbox, self.tasks);
        }
        if number == self.renewal.count {
            self.count_anew(&adoption);
        }
        if anew {
            self.read_signals_anew();
        }
    }

    /// They are asked no more: what they keep running ends.
    fn see_off(&mut self, sources: Sources) {
        self.begin(async move {
            for source in sources {
                source.leave().await;
            }
        });
    }

    fn count_anew(&self, adoption: &Adoption) {
        let reading = &adoption.reading;
        let means = Means { purse: self.renewal.purse.clone(), ..start::means(&reading.config) };
        self.renewal.counting.send_replace(Some(Arc::new(Orders {
            sources: self.sources.clone(),
            slos: reading.slos.to_vec(),
            problems: reading.slo_problems.clone(),
            means,
        })));
    }

    fn read_signals_anew(&mut self) {
        self.renewal.signals.abort();
        let signals = golden::Reading::new(self.sources.clone(), self.clock, self.renewal.purse.clone());
        self.renewal.signals = self.begin(signals.run(self.opening.subscribe(), self.inbox.clone()));
    }
}

async fn connect(config: &Config, names: &[SourceName]) -> Sources {
    let mut out: Vec<Arc<dyn Source>> = Vec::new();
    for source in config.sources.iter().filter(|s| names.contains(&s.name)) {
        out.push(start::connect(source).await);
    }
    out
}
