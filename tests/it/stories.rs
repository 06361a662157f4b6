//! Whole days at the cockpit: the runtime, the heart, the eyes, the journal and a simulated backend, on paused time.

mod absence;
mod acks;
mod across;
mod ahead;
mod changes;
mod contracts;
mod golden;
mod handoff;
mod many;
mod memory;
mod places;
mod seeing;
mod shares;
mod sources;
mod sparing;
mod tour;
mod twins;
mod words;
