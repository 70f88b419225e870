//! Load, decide, commit, send: the walk of every change of an order, begun again when somebody else was faster.

use domain::{
    Failure, Timestamp,
    id::OrderId,
    order::{Actor, Draft, Order},
};

use crate::{orders::Orders, queue::Queues};

/// How often a decision is begun again on a newer version of the order.
const TRIES: u32 = 5;

impl Orders {
    /// Loads an order, lets `decide` move it, commits what was decided and sends its messages. On a conflict the decision is made again on
    /// the order as it then is, so `decide` must be pure: an answer from outside is brought along, never asked for in it.
    ///
    /// # Errors
    /// What `decide` refuses; `Conflict` when others were faster every time.
    pub async fn decide<T>(
        &self,
        queues: &Queues,
        id: &OrderId,
        actor: Actor,
        now: Timestamp,
        mut decide: impl FnMut(&mut Draft) -> Result<T, Failure>,
    ) -> Result<(T, Order), Failure> {
        for _ in 0..TRIES {
            let mut draft = Draft::of(self.load(id).await?, actor.clone(), now);
            let result = decide(&mut draft)?;
            if draft.is_empty() {
                return Ok((result, draft.order().clone()));
            }
            let change = draft.finish();
            let order = change.order.clone();
            match self.commit(change, now).await {
                Ok(outgoing) => {
                    queues.send(outgoing).await;
                    return Ok((result, order));
                }
                Err(Failure::Conflict) => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::Conflict)
    }
}
