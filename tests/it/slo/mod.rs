//! Budgets: what follows from counts. The numeric cases and the properties of one window stand in files of their own.

mod answers;
mod calendars;
mod composites;
mod edges;
mod replays;
