//! Who is told of what, how often and when not; and what the desktop and a program of one's own get.

mod copying;
mod desktop;
mod hooks;
mod standing;
mod stories;
