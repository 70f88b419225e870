//! What random sequences meet too rarely: the same put again, pages at 1 MB, transactions at 4 MB.

use futures::FutureExt;
use store::{Condition, Item, Query, Range, Write};

use crate::{
    plan::{Step, text},
    same_answers::{Answer, Level},
};

fn item(sk: usize, size: usize) -> Item {
    Item::from([
        ("pk".to_owned(), text("P")),
        ("sk".to_owned(), text(format!("{sk:02}"))),
        ("x".to_owned(), text("x".repeat(size))),
    ])
}

/// Plays the steps on both levels and gives the answers, which must be the same.
fn play(steps: Vec<Step>) -> Vec<Answer> {
    let (memory, dynoxide) = (Level::memory(), Level::dynoxide());
    let answers = steps.into_iter().map(|step| {
        let one = memory.play(step.clone()).now_or_never().unwrap();
        let other = dynoxide.play(step).now_or_never().unwrap();
        assert!(one == other, "the levels differ");
        one
    });
    answers.collect()
}

#[test]
fn the_very_same_item_in_the_way_of_a_put_is_a_repeat() {
    let put = |size| Step::Put(item(1, size), Condition::Absent);

    let answers = play(vec![put(1), put(1), put(2)]);

    assert_eq!(answers[1], Answer::Written);
    assert_eq!(answers[2], Answer::InTheWay(vec![Some(item(1, 1))]));
}

#[test]
fn a_page_ends_before_it_would_be_over_one_megabyte() {
    // 2 + 1 + 2 + 2 + 1 bytes beside the text: four of the first kind are 1 MB to the byte, four of the second a little more.
    for (size, pages) in [(256 * 1024 - 8, 2), (256 * 1024 - 7, 3)] {
        let mut steps: Vec<Step> = (0..8)
            .map(|number| Step::Put(item(number, size), Condition::Always))
            .collect();
        steps.push(Step::Walk(Query::of("P", Range::All)));

        let answers = play(steps);

        let Some(Answer::Pages(found)) = answers.last() else {
            panic!("no pages");
        };
        assert_eq!(found.len(), pages);
    }
}

#[test]
fn a_transaction_takes_four_megabytes_and_no_more() {
    let writes = |size| {
        let puts = (0..16).map(|number| Write::Put(item(number, size), Condition::Always));
        Step::Transact(puts.collect())
    };

    let answers = play(vec![writes(256 * 1024 - 7), writes(256 * 1024 - 8)]);

    assert_eq!(answers, [Answer::Defect, Answer::Written]);
}
