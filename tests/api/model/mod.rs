//! Random operations by several people against a model in memory: answers,
//! counts, histories and streams have to agree with it.

mod check;
mod desk;
mod drive;
mod operation;

use chrono::Utc;
use proptest::prelude::prop;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use drive::Drive;
use operation::{Operation, operation};

const CASES: u32 = 12;
const MOST_OPERATIONS: usize = 45;

#[test]
fn whatever_people_do_answers_and_streams_agree_with_the_model() {
    let mut config = Config { failure_persistence: None, max_shrink_iters: 120, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(Utc::now().timestamp_micros().unsigned_abs());
    }
    let seed = config.rng_seed;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let strategy = prop::collection::vec(operation(), 10..MOST_OPERATIONS);
    let outcome = TestRunner::new(config).run(&strategy, |operations| {
        runtime.block_on(play(&operations));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}\nto see it again: PROPTEST_RNG_SEED={seed}");
    }
}

/// One life of a desk: all operations, then everything is compared.
async fn play(operations: &[Operation]) {
    let mut drive = Drive::start().await;
    for operation in operations {
        drive.apply(operation).await;
    }
    drive.compare_everything().await;
}
