//! What holds for every source, whatever it reads: the bad answers of the world.
