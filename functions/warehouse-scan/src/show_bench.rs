//! What is expected at the bench and what lies there.

use domain::Failure;
use store::OrderSummary;

use crate::Deps;

/// As many orders of one column as fit a page; the scanner finds the others.
const MOST: i32 = 30;

/// The bench.
#[derive(Default)]
pub(crate) struct Bench {
    /// Parcels of these are still to come; the newest first.
    pub(crate) expected: Vec<OrderSummary>,
    /// All of these is here, to be packed or to be handed over.
    pub(crate) here: Vec<OrderSummary>,
}

pub(crate) async fn run(deps: &Deps) -> Result<Bench, Failure> {
    let column = |word| Box::pin(deps.orders.on_board(word, MOST));
    let (ordered, part_ordered, part_received, part_shipped, here) = tokio::try_join!(
        column("ordered"),
        column("partially_ordered"),
        column("partially_received"),
        column("partially_shipped"),
        column("received"),
    )?;
    let mut expected = [ordered, part_ordered, part_received, part_shipped].concat();
    expected.sort_by_key(|order| std::cmp::Reverse(order.changed_at));
    Ok(Bench { expected, here })
}
