//! One DynamoDB table: the few operations this product uses, with every failure sorted once.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::{put_item::PutItemError, transact_write_items::TransactWriteItemsError},
    types::{
        AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
        builders::UpdateBuilder,
    },
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::ServiceError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::unsaid;
use crate::{
    error::Error,
    item::{Amend, Condition, Count, Item, Key, Page, Query, Range, Write},
};

const WRITING: &str = "write a transaction";

/// An item as the client sends and gets it.
type Sent = HashMap<String, AttributeValue>;

/// A table and the client that reaches it.
#[derive(Clone)]
pub struct Dynamo {
    client: Client,
    table: String,
}

impl Dynamo {
    /// A table by name.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, Error> {
        self.read(key, true).await
    }

    pub(crate) async fn get_eventually(&self, key: &Key) -> Result<Option<Item>, Error> {
        self.read(key, false).await
    }

    async fn read(&self, key: &Key, is_consistent: bool) -> Result<Option<Item>, Error> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_item(key)));
        let answer = request
            .consistent_read(is_consistent)
            .send()
            .await
            .map_err(|e| self.sorted("read an item", &e))?;
        Ok(answer.item.map(received))
    }

    pub(crate) async fn query(&self, query: Query) -> Result<Page, Error> {
        let (pk_name, sk_name) = query.key_names();
        let (condition, value) = match &query.range {
            Range::All => ("#pk = :pk", None),
            Range::BeginsWith(text) => ("#pk = :pk AND begins_with(#sk, :sk)", Some(text)),
            Range::Below(text) => ("#pk = :pk AND #sk < :sk", Some(text)),
            Range::UpTo(text) => ("#pk = :pk AND #sk <= :sk", Some(text)),
        };
        let mut request = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(query.index.map(str::to_owned))
            .key_condition_expression(condition)
            .expression_attribute_names("#pk", pk_name)
            .expression_attribute_values(":pk", AttributeValue::S(query.pk))
            .consistent_read(query.index.is_none())
            .scan_index_forward(!query.is_backward)
            .set_limit(query.limit)
            .set_exclusive_start_key(query.after.map(sent));
        if let Some(text) = value {
            request = request
                .expression_attribute_names("#sk", sk_name)
                .expression_attribute_values(":sk", AttributeValue::S(text.clone()));
        }
        let answer = request.send().await.map_err(|e| self.sorted("query a table", &e))?;
        Ok(Page {
            items: answer.items.unwrap_or_default().into_iter().map(received).collect(),
            next: answer.last_evaluated_key.map(received),
        })
    }

    pub(crate) async fn put(&self, item: Item, condition: Condition) -> Result<(), Error> {
        let (expression, version) = expression(&condition);
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(sent(item.clone())))
            .set_condition_expression(expression)
            .set_expression_attribute_values(version)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                in_the_way(error, &item)
            }
            Err(error) => Err(self.sorted("write an item", &error)),
        }
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), Error> {
        let request = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key_item(key)));
        request
            .send()
            .await
            .map(|_| ())
            .map_err(|e| self.sorted("delete an item", &e))
    }

    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        let actions = self.actions(writes)?;
        self.commit(actions).await
    }

    /// One transaction over this table and another.
    pub(crate) async fn transact_with(&self, writes: Vec<Write>, other: &Self, more: Vec<Write>) -> Result<(), Error> {
        let mut actions = self.actions(writes)?;
        actions.extend(other.actions(more)?);
        self.commit(actions).await
    }

    fn actions(&self, writes: Vec<Write>) -> Result<Vec<TransactWriteItem>, Error> {
        writes.into_iter().map(|write| self.action(write)).collect()
    }

    async fn commit(&self, items: Vec<TransactWriteItem>) -> Result<(), Error> {
        // The client fills in a request token, so that its own retry of a transaction that was applied is no second one.
        match self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .send()
            .await
        {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_transaction_canceled_exception() => {
                Err(self.cancelled(error))
            }
            Err(error) if error.as_service_error().is_some_and(is_passing) => Err(self.unavailable(WRITING, &error)),
            Err(error) => Err(self.sorted(WRITING, &error)),
        }
    }

    fn action(&self, write: Write) -> Result<TransactWriteItem, Error> {
        let wrong = |error| Error::defect("build a transaction", error);
        let keep = ReturnValuesOnConditionCheckFailure::AllOld;
        Ok(match write {
            Write::Put(item, condition) => {
                let (expression, version) = expression(&condition);
                let put = Put::builder()
                    .table_name(&self.table)
                    .set_item(Some(sent(item)))
                    .set_condition_expression(expression)
                    .set_expression_attribute_values(version)
                    .return_values_on_condition_check_failure(keep);
                TransactWriteItem::builder().put(put.build().map_err(wrong)?).build()
            }
            Write::Delete(key, condition) => {
                let (expression, version) = expression(&condition);
                let delete = Delete::builder()
                    .table_name(&self.table)
                    .set_key(Some(key_item(&key)))
                    .set_condition_expression(expression)
                    .set_expression_attribute_values(version)
                    .return_values_on_condition_check_failure(keep);
                TransactWriteItem::builder()
                    .delete(delete.build().map_err(wrong)?)
                    .build()
            }
            Write::Check(key, condition) => {
                let (expression, version) = expression(&condition);
                let check = ConditionCheck::builder()
                    .table_name(&self.table)
                    .set_key(Some(key_item(&key)))
                    .set_condition_expression(expression)
                    .set_expression_attribute_values(version)
                    .return_values_on_condition_check_failure(keep);
                let check = check.build().map_err(wrong)?;
                TransactWriteItem::builder().condition_check(check).build()
            }
            Write::Count(count) => self.count(&count)?,
            Write::Amend(amend) => self.amend(&amend)?,
        })
    }

    fn count(&self, count: &Count) -> Result<TransactWriteItem, Error> {
        let (expression, values) = counting(count);
        let update = self
            .update(&count.key)
            .update_expression("ADD n :by SET last_at = :at, expires_at = :ends")
            .set_condition_expression(expression)
            .set_expression_attribute_values(Some(values));
        updating(update)
    }

    fn amend(&self, amend: &Amend) -> Result<TransactWriteItem, Error> {
        let (change, values) = amending(amend);
        let update = self
            .update(&amend.key)
            .update_expression(change)
            .condition_expression("attribute_exists(pk)")
            .set_expression_attribute_values(values);
        updating(update)
    }

    fn update(&self, key: &Key) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .set_key(Some(key_item(key)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    fn cancelled(&self, error: ServiceError<TransactWriteItemsError, HttpResponse>) -> Error {
        let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_err() else {
            return Error::defect(WRITING, "no reason is given");
        };
        let reasons = cancelled.cancellation_reasons.unwrap_or_default();
        let said = |word: &str| reasons.iter().any(|reason| reason.code.as_deref() == Some(word));
        if said("ConditionalCheckFailed") {
            return Error::Condition(reasons.into_iter().map(|reason| reason.item.map(received)).collect());
        }
        if said("TransactionConflict") || said("ThrottlingError") || said("ProvisionedThroughputExceeded") {
            return Error::Unavailable {
                doing: WRITING,
                source: "another transaction was in the way".into(),
            };
        }
        let codes: Vec<String> = reasons
            .iter()
            .map(|reason| unsaid::code(reason.code.as_deref()))
            .collect();
        Error::defect(WRITING, format!("{}: {}", self.table, codes.join(", ")))
    }

    /// No answer, a 5xx or throttling may pass; every other answer is a defect of ours.
    fn sorted<E: ProvideErrorMetadata>(&self, doing: &'static str, error: &SdkError<E, HttpResponse>) -> Error {
        let throttled = [
            "ThrottlingException",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
        ];
        let is_ours = error
            .raw_response()
            .is_some_and(|response| response.status().is_client_error());
        let is_throttled = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code)
            .is_some_and(|code| throttled.contains(&code));
        if is_ours && !is_throttled {
            Error::defect(doing, self.of(error))
        } else {
            self.unavailable(doing, error)
        }
    }

    fn unavailable<E: ProvideErrorMetadata>(&self, doing: &'static str, error: &SdkError<E, HttpResponse>) -> Error {
        Error::Unavailable {
            doing,
            source: self.of(error).into(),
        }
    }

    fn of<E: ProvideErrorMetadata>(&self, error: &SdkError<E, HttpResponse>) -> String {
        format!("{}: {}", self.table, unsaid::kind(error))
    }
}

fn updating(update: UpdateBuilder) -> Result<TransactWriteItem, Error> {
    let update = update
        .build()
        .map_err(|error| Error::defect("build a transaction", error))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

fn received(item: Sent) -> Item {
    item.into_iter().map(|(name, value)| (name, value.into())).collect()
}

fn sent(item: Item) -> Sent {
    item.into_iter().map(|(name, value)| (name, value.into())).collect()
}

fn key_item(key: &Key) -> Sent {
    Sent::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

fn counting(count: &Count) -> (Option<String>, Sent) {
    let number = |n: i64| AttributeValue::N(n.to_string());
    let mut values = Sent::from([
        (":by".to_owned(), number(count.by)),
        (":at".to_owned(), number(count.at)),
        (":ends".to_owned(), number(count.ends_at)),
    ]);
    let mut ways = vec!["attribute_not_exists(pk)".to_owned()];
    for (place, below) in count.allowed.iter().enumerate() {
        let mut parts = Vec::new();
        for (text, name, value) in [("n <", "n", below.n), ("last_at <=", "t", below.last_at)] {
            if let Some(value) = value {
                parts.push(format!("{text} :{name}{place}"));
                values.insert(format!(":{name}{place}"), number(value));
            }
        }
        ways.push(format!("({})", parts.join(" AND ")));
    }
    let condition = (!count.allowed.is_empty()).then(|| ways.join(" OR "));
    (condition, values)
}

/// The names of our own attributes are no reserved words of DynamoDB, so they stand for themselves.
fn amending(amend: &Amend) -> (String, Option<Sent>) {
    let mut values = Sent::new();
    let mut sets = Vec::new();
    for (place, (name, value)) in amend.set.iter().enumerate() {
        sets.push(format!("{name} = :a{place}"));
        values.insert(format!(":a{place}"), value.clone().into());
    }
    let mut parts = Vec::new();
    if !sets.is_empty() {
        parts.push(format!("SET {}", sets.join(", ")));
    }
    if !amend.remove.is_empty() {
        parts.push(format!("REMOVE {}", amend.remove.join(", ")));
    }
    (parts.join(" "), Some(values).filter(|values| !values.is_empty()))
}

fn expression(condition: &Condition) -> (Option<String>, Option<Sent>) {
    match condition {
        Condition::Always => (None, None),
        Condition::Absent => (Some("attribute_not_exists(pk)".into()), None),
        Condition::Present => (Some("attribute_exists(pk)".into()), None),
        Condition::VersionIs(version) => {
            let value = Sent::from([(":v".to_owned(), AttributeValue::N(version.to_string()))]);
            (Some("v = :v".into()), Some(value))
        }
        Condition::AbsentOrSame(name, wanted) => {
            let value = Sent::from([(":same".to_owned(), AttributeValue::S(wanted.clone()))]);
            (Some(format!("attribute_not_exists(pk) OR {name} = :same")), Some(value))
        }
    }
}

/// A put that was refused. When the very same item is there, our own first try was applied and only its answer was lost.
fn in_the_way(error: ServiceError<PutItemError, HttpResponse>, wanted: &Item) -> Result<(), Error> {
    let error = error.into_err();
    let PutItemError::ConditionalCheckFailedException(failed) = error else {
        return Err(Error::defect("write an item", "no reason is given"));
    };
    let item = failed.item.map(received);
    if item.as_ref() == Some(wanted) {
        Ok(())
    } else {
        Err(Error::Condition(vec![item]))
    }
}

fn is_passing(error: &TransactWriteItemsError) -> bool {
    error.is_internal_server_error()
        || error.is_provisioned_throughput_exceeded_exception()
        || error.is_request_limit_exceeded()
        || error.is_transaction_in_progress_exception()
}
