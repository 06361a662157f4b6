//! One binary for every test that needs no terminal and no server of its own.

mod tidy;
