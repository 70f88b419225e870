//! Small towns, lived through with every push; `cargo run --release -p simulation` lives through large ones.

use simulation::{Asked, Level, run};

fn asked(orders: u64, seed: u64, faults: Option<u64>) -> Asked {
    Asked {
        orders,
        seed,
        faults,
        level: Level::Memory,
        bug: None,
        only: None,
        stops: false,
        counts: false,
        threads: 2,
    }
}

#[test]
fn a_town_without_faults_delivers_everything_and_breaks_nothing() {
    let report = run(&asked(12, 1, Some(0))).unwrap();

    assert_eq!(report.orders, 12);
    assert!(report.violations.is_empty(), "{:?}", report.violations);
}

#[test]
fn the_same_seed_gives_the_same_trace_and_another_seed_another() {
    let trace = |seed| run(&asked(4, seed, None)).unwrap().trace;

    assert_eq!(trace(7), trace(7));
    assert_ne!(trace(7), trace(8));
}
