//! Where a test asks for a defect, with `WATCHFIRE_FAIL=task|loop|hang`. A release has no such door.

#[cfg(debug_assertions)]
pub(super) use armed::{in_a_task, in_the_loop};
#[cfg(not(debug_assertions))]
pub(super) use unarmed::{in_a_task, in_the_loop};

#[cfg(debug_assertions)]
mod armed {
    use std::time::Duration;

    use tokio::task::JoinSet;

    use crate::app::App;

    /// After the first frames, so that there is a screen to lose.
    const AFTER: Duration = Duration::from_millis(700);

    fn is_asked(place: &str) -> bool {
        std::env::var("WATCHFIRE_FAIL").is_ok_and(|asked| asked == place)
    }

    pub(crate) fn in_a_task(tasks: &mut JoinSet<()>) {
        if is_asked("task") {
            tasks.spawn(async {
                tokio::time::sleep(AFTER).await;
                panic!("a task failed on purpose");
            });
        }
    }

    pub(crate) fn in_the_loop(app: &App) {
        if (app.now - app.world.started_at()).to_std().is_ok_and(|age| age > AFTER) {
            assert!(!is_asked("loop"), "the loop failed on purpose");
            if is_asked("hang") {
                std::thread::sleep(Duration::from_secs(3_600));
            }
        }
    }
}

#[cfg(not(debug_assertions))]
mod unarmed {
    pub(crate) fn in_a_task(_: &mut tokio::task::JoinSet<()>) {}

    pub(crate) fn in_the_loop(_: &crate::app::App) {}
}
