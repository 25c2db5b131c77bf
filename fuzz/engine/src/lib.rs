//! Nothing but a reason to build libFuzzer; `scripts/fuzz` links what its build script makes.
