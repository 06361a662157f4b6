//! Small things to draw with. They know nothing of the heart.

pub mod apart;
pub mod frame;
pub mod plot;
pub mod text;
