//! The map of the rooms.
//!
//! Watchfire answers four questions on one time axis: what is burning, how much budget is left, what changed, who is on it.
//!
//! ```text
//!         keys, resize, signals                            snapshots, answers
//!   terminal ──────────────┐                             ┌──────────── sources (one task each), journal
//!                          v                             v
//!                ┌──────────────────── runtime (the shell) ─────────────────────┐
//!                │  select! -> Msg ──> app.update(now, msg) ──> Vec<Effect>      │──> tasks, each answers with a Msg
//!                │  dirty?  ──> ui::view(&app, &theme, frame)                    │
//!                └──────────────────────────────────────────────────────────────┘
//! ```
//!
//! | room | holds | may use | must not know |
//! |---|---|---|---|
//! | [`domain`] | nouns and arithmetic on them | std, chrono, serde, arcstr | everything else |
//! | [`config`] | files, layers, keymap, themes; where each mistake is | domain | tokio, drawing |
//! | [`app`] | the heart: what is known (world), what is before you (desk) | domain, config | tokio, drawing, HTTP, clocks, files |
//! | [`ui`] | `&App` to cells | app, domain, config | tokio, sources, journal |
//! | [`sources`] | one file or folder a backend; the vendor's JSON stays in `wire.rs` | domain, config | app, ui, terminal, journal |
//! | [`journal`] | append-only entries, outbox, drafts | domain, config | app, ui, sources, terminal |
//! | [`report`] | entries to documents: handoff, post-mortem, statistics | domain | app, ui, sources, journal, tokio, drawing, HTTP, clocks, files |
//! | [`runtime`] | the only room that spawns, sleeps, draws, reads the clock | all | - |
//! | [`cli`] | one file per subcommand | all | - |
//!
//! `tests/it/tidy.rs` keeps this table.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod journal;
pub mod report;
pub mod runtime;
pub mod sources;
pub mod ui;
