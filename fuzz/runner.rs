//! The program around a target: its main function is libFuzzer's. `FUZZ_TARGET` names the target.

#![no_main]

use std::{panic, process, slice, sync::LazyLock};

use fuzz::{TARGETS, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    match TARGETS.iter().find(|(known, _)| *known == name) {
        Some((_, target)) => *target,
        None => panic!("FUZZ_TARGET must be one of {:?}", TARGETS.map(|(known, _)| known)),
    }
});

/// Called once. libFuzzer takes an abort for a crash, a panic it would not notice.
#[allow(unsafe_code, reason = "libFuzzer finds it by its name")]
#[unsafe(no_mangle)]
extern "C" fn LLVMFuzzerInitialize(_: *const i32, _: *const *const *const i8) -> i32 {
    LazyLock::force(&TARGET);
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        report(info);
        process::abort();
    }));
    0
}

/// Called for each input.
#[allow(unsafe_code, reason = "libFuzzer finds it by its name and gives a pointer with a length")]
#[unsafe(no_mangle)]
extern "C" fn LLVMFuzzerTestOneInput(data: *const u8, length: usize) -> i32 {
    // SAFETY: libFuzzer passes that many readable bytes and does not change them during the call.
    let input = if length == 0 { &[] } else { unsafe { slice::from_raw_parts(data, length) } };
    TARGET(input);
    0
}
