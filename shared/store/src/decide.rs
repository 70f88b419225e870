//! Load, decide, commit, send: the walk of every change of an order, begun again when somebody else was faster.

use domain::{
    Failure, RequestKey, Timestamp,
    audit::Entry,
    id::OrderId,
    order::{Actor, Draft, Order},
    progress::progress,
};
use sha2::{Digest, Sha256};

use crate::{
    audit::entry_write,
    error::Error,
    inbox::OnceApplied,
    item::Write,
    orders::{Committed, Orders},
    proposals::decided,
    queue::Queues,
};

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
        decide: impl FnMut(&mut Draft) -> Result<T, Failure>,
    ) -> Result<(T, Order), Failure> {
        self.decide_from(queues, self.load(id).await?, actor, now, decide).await
    }

    /// The same from an order as it was just read or written: it is read again only when somebody else was faster.
    ///
    /// # Errors
    /// As [`Orders::decide`].
    pub async fn decide_from<T>(
        &self,
        queues: &Queues,
        order: Order,
        actor: Actor,
        now: Timestamp,
        decide: impl FnMut(&mut Draft) -> Result<T, Failure>,
    ) -> Result<(T, Order), Failure> {
        let decided = self.decide_applying(queues, (order, None), actor, now, decide).await?;
        Ok((decided.result, decided.order))
    }

    /// The same, and in the same transaction the mark that the webhook it was about is applied. Where nothing changes nothing is written,
    /// and the mark is left to the caller.
    ///
    /// # Errors
    /// As [`Orders::decide`].
    pub async fn decide_applying<T>(
        &self,
        queues: &Queues,
        (order, mark): (Order, Option<&OnceApplied>),
        actor: Actor,
        now: Timestamp,
        mut decide: impl FnMut(&mut Draft) -> Result<T, Failure>,
    ) -> Result<Decided<T>, Failure> {
        let id = order.id.clone();
        let mut known = Some(order);
        for _ in 0..TRIES {
            let order = match known.take() {
                Some(order) => order,
                None => self.load(&id).await?,
            };
            let mut draft = Draft::of(order, actor.clone(), now);
            let result = decide(&mut draft)?;
            if draft.is_empty() {
                return Ok(Decided {
                    result,
                    order: draft.order().clone(),
                    is_written: false,
                });
            }
            let change = draft.finish();
            let order = change.order.clone();
            let beside = mark.map(|OnceApplied(mark)| mark.clone()).into_iter().collect();
            match self.commit_with(&change, beside, now).await {
                Ok(outgoing) => {
                    queues.send(outgoing).await;
                    return Ok(Decided {
                        result,
                        order,
                        is_written: true,
                    });
                }
                Err(Failure::Conflict) => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::Conflict)
    }

    /// The same for a request with an idempotency key: the key is written with the change, and a repeat is answered from the first time.
    /// `decide` gives the result that is kept for repeats. A refusal is answered only after looking whether this is a repeat.
    ///
    /// # Errors
    /// What `decide` refuses; `Refused(KeyReused)` when the key came with another request.
    pub async fn decide_once(
        &self,
        queues: &Queues,
        request: Request<'_>,
        decide: impl FnMut(&mut Draft) -> Result<String, Failure>,
    ) -> Result<Once, Failure> {
        self.decide_on_record(queues, request, &OnRecord::default(), decide)
            .await
    }

    /// The same with what is written beside the order in one transaction: the entry of the audit, which is told what changed, and the end of
    /// a proposal.
    ///
    /// # Errors
    /// As [`Orders::decide_once`]; `Conflict` when somebody else decided the proposal.
    pub async fn decide_on_record(
        &self,
        queues: &Queues,
        request: Request<'_>,
        record: &OnRecord,
        mut decide: impl FnMut(&mut Draft) -> Result<String, Failure>,
    ) -> Result<Once, Failure> {
        let Request { id, actor, key, now } = request;
        for _ in 0..TRIES {
            let mut draft = Draft::of(self.load(id).await?, actor.clone(), now);
            let before = progress(draft.order()).word();
            let result = match decide(&mut draft) {
                Ok(result) => result,
                Err(refusal) => {
                    let known = self.repeated(key).await?;
                    return known.map(Once::repeat).ok_or(refusal);
                }
            };
            let after = format!("{}: {result}", progress(draft.order()).word());
            let writes = record.writes(key, &before, &after)?;
            match self
                .commit_on_record(&draft.finish(), (key, &result), writes, now)
                .await
            {
                Ok(Committed::Written(outgoing)) => {
                    queues.send(outgoing).await;
                    return Ok(Once {
                        result,
                        is_repeat: false,
                    });
                }
                Ok(Committed::Repeated(result)) => return Ok(Once::repeat(result)),
                Err(Failure::Conflict) => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::Conflict)
    }
}

/// What a decision came to.
#[derive(Debug)]
pub struct Decided<T> {
    /// What `decide` gave.
    pub result: T,
    /// The order afterwards.
    pub order: Order,
    /// True when something was written, and what went with it too.
    pub is_written: bool,
}

/// A request under an idempotency key about one order.
#[derive(Debug)]
pub struct Request<'a> {
    /// Which order.
    pub id: &'a OrderId,
    /// Who asks.
    pub actor: Actor,
    /// The key.
    pub key: &'a RequestKey,
    /// When.
    pub now: Timestamp,
}

/// What is written in one transaction with an order.
#[derive(Clone, Debug, Default)]
pub struct OnRecord {
    /// The deed, for the audit; what changed is filled in.
    pub audit: Option<Entry>,
    /// The subject of a proposal that is approved by it.
    pub proposal: Option<String>,
}

impl OnRecord {
    /// Only an entry of the audit; its id comes from the request.
    #[must_use]
    pub fn of(entry: Entry) -> Self {
        Self {
            audit: Some(entry),
            proposal: None,
        }
    }

    fn writes(&self, key: &RequestKey, before: &str, after: &str) -> Result<Vec<Write>, Error> {
        // One request, one deed: its key names the entry.
        let id = Sha256::digest(format!("{} {}", key.scope, key.key).as_bytes());
        let id: String = format!("{id:x}").chars().take(26).collect();
        let entry = self.audit.clone().map(|entry| Entry {
            id,
            ..entry.changing(before, after)
        });
        let mut writes: Vec<Write> = entry.iter().map(entry_write).collect::<Result<_, _>>()?;
        writes.extend(self.proposal.as_deref().map(decided));
        Ok(writes)
    }
}

/// What a request under an idempotency key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// What it was answered from, the first time and every time.
    pub result: String,
    /// True for a repeat.
    pub is_repeat: bool,
}

impl Once {
    fn repeat(result: String) -> Self {
        Self {
            result,
            is_repeat: true,
        }
    }
}
