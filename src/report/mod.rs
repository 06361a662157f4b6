//! What the journal, the budgets and the board come to on paper: the handoff at the end of a shift, the post-mortem of an
//! incident, statistics over many. Data first: each document is a value, which a template turns into Markdown and an
//! answer into JSON.
//!
//! ```text
//! entries, incidents, budgets, what fires ──> Handoff | PostMortem | Stats ──> template ──> Markdown
//!                                                                        └──> JSON
//! ```
//!
//! Pure: everything comes as an argument. Refuses to know where entries are kept, who shows a document and what time it
//! is. What could not be read stands in a document as UNKNOWN with its age; it is never left out.

pub mod blind;
pub mod graph;
pub mod handoff;
pub mod markdown;
pub mod noise;
pub mod postmortem;
pub mod rehearsal;
#[cfg(test)]
pub(crate) mod sample;
pub mod spend;
pub mod stats;
pub mod template;
