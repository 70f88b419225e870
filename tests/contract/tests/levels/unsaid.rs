//! However a call fails, the error says which kind it was and in which table, and nothing of what was to be written or read.

use contract::{Dynoxide, Fate};
use domain::Failure;
use futures::FutureExt;
use store::{AttributeValue, Condition, Db, Error, Item, Key, Query, Range, Write};

/// Stands wherever somebody's name, address or secret could stand.
const MARK: &str = "marked-person";

fn item() -> Item {
    ["pk", "sk", "email"]
        .map(|name| (name.to_owned(), AttributeValue::S(format!("{name}-{MARK}"))))
        .into()
}

fn db(fate: Fate) -> Db {
    Dynoxide::start()
        .unwrap()
        .clients(move |_| fate)
        .unwrap()
        .table("OrdersTable")
}

/// What every operation says when it fails like this.
fn chains(fate: Fate) -> Vec<String> {
    let (db, key) = (db(fate), Key::new(MARK, MARK));
    let calls = [
        db.get(&key).now_or_never().unwrap().map(drop),
        db.query(Query::of(MARK, Range::All)).now_or_never().unwrap().map(drop),
        db.put(item(), Condition::Always).now_or_never().unwrap(),
        db.put(item(), Condition::Absent).now_or_never().unwrap(),
        db.delete(&key).now_or_never().unwrap(),
        db.transact(vec![Write::Put(item(), Condition::Always)])
            .now_or_never()
            .unwrap(),
    ];
    let chain = |failed: Result<(), Error>| match Failure::from(failed.unwrap_err()) {
        Failure::Internal(cause) | Failure::Unavailable { cause, .. } => cause.chain(),
        other => panic!("{other:?}"),
    };
    calls.map(chain).into()
}

#[test]
fn no_error_repeats_what_was_asked() {
    for (fate, kind) in [
        (
            Fate::Refused(400, "ValidationException"),
            "ValidationException, status 400",
        ),
        (
            Fate::Refused(400, "AccessDeniedException"),
            "AccessDeniedException, status 400",
        ),
        (
            Fate::Refused(400, "ResourceNotFoundException"),
            "ResourceNotFoundException, status 400",
        ),
        (
            Fate::Refused(400, "ItemCollectionSizeLimitExceededException"),
            "LimitExceededException, status 400",
        ),
        (
            Fate::Refused(400, "marked-person, who is no code"),
            "no code, status 400",
        ),
        (Fate::Refused(413, "RequestEntityTooLarge"), "status 413"),
        (
            Fate::Refused(500, "InternalServerError"),
            "InternalServerError, status 500",
        ),
        (Fate::Throttled, "ThrottlingException, status 400"),
        (Fate::Garbled, "status 200"),
        (Fate::Lost, "the connection broke"),
    ] {
        for chain in chains(fate) {
            assert!(!chain.contains(MARK), "{fate:?}: {chain}");
            assert!(chain.contains("OrdersTable"), "{fate:?}: {chain}");
            assert!(chain.contains(kind), "{fate:?}: {chain}");
        }
    }
}

#[test]
fn a_transaction_that_is_cancelled_says_which_part_of_it_was_wrong_only_by_its_code() {
    let db = db(Fate::Refused(400, "TransactionCanceledException"));

    let error = db
        .transact(vec![Write::Put(item(), Condition::Always)])
        .now_or_never()
        .unwrap()
        .unwrap_err();

    let Failure::Internal(cause) = Failure::from(error) else {
        panic!("it is a defect");
    };
    let chain = cause.chain();
    assert!(
        chain.ends_with("OrdersTable: ValidationError") && !chain.contains(MARK),
        "{chain}"
    );
}
