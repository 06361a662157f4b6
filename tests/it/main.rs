//! One binary for every test that needs no terminal and no server of its own.

mod openslo;
mod sim;
mod slo_properties;
mod slo_vectors;
mod tidy;
