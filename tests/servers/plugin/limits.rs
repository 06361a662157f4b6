//! A plugin that takes more memory or time than it may is ended, and its row says so.

use chrono::Duration;
use watchfire::{config::SourceConfig, domain::source::SourceError, sources::connect};

use super::{noon, odd};

fn limited(habit: &str, limits: &[(&'static str, i64)]) -> SourceConfig {
    let config = odd(habit);
    let own = limits.iter().fold(config.own.clone(), |own, (name, number)| own.with_number(name, *number));
    SourceConfig { timeout: Duration::seconds(60), own, ..config }
}

async fn refused(config: &SourceConfig) -> String {
    match connect(config).await.unwrap().poll(noon()).await {
        Err(SourceError::Unreachable { why }) => why.raw().to_owned(),
        other => panic!("it is not ended: {other:?}"),
    }
}

#[tokio::test]
async fn one_that_eats_memory_is_ended_whether_it_does_so_itself_or_by_a_child() {
    for habit in ["eats", "brood"] {
        let why = refused(&limited(habit, &[("memory_mb", 64)])).await;
        assert!(why.starts_with("used more than 64 MB of memory (") && why.ends_with("it was ended"), "{habit}: {why}");
    }
}

#[tokio::test]
async fn one_that_takes_more_at_once_than_can_be_watched_is_refused_it_by_the_kernel() {
    let why = refused(&limited("gulps", &[("memory_mb", 64)])).await;
    assert!(why.contains("MemoryError") || why.contains("used more than 64 MB"), "{why}");
}

#[tokio::test]
async fn one_that_spins_is_ended() {
    let mut config = limited("spins", &[("cpu_percent", 5)]);
    config.own = config.own.with_duration("cpu_over", Duration::seconds(2));
    let why = refused(&config).await;
    assert!(why.contains("% of a processor for") && why.contains("at most 5 %"), "{why}");
}

#[tokio::test]
async fn the_next_look_starts_it_again_and_one_within_its_limits_is_left_alone() {
    let source = connect(&limited("eats", &[("memory_mb", 64)])).await.unwrap();
    for second in [0, 30] {
        let why = source.poll(noon() + Duration::seconds(second)).await.unwrap_err().to_string();
        assert!(why.contains("used more than 64 MB"), "{why}");
    }
    let good = connect(&limited("good", &[("memory_mb", 64), ("cpu_percent", 5)])).await.unwrap();
    for second in 0..20 {
        assert!(good.poll(noon() + Duration::seconds(second)).await.is_ok());
    }
}
