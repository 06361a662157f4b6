//! Why an alert paged or did not: routes as amtool walks them, and whole answers from real servers.

mod past;
mod routes;
mod walk;
