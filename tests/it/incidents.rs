//! Incidents in a cockpit: declared, told of by two people, taken back, joined by new alerts; and how they look.

mod forms;
mod screens;
mod stories;
