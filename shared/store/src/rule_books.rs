//! The rules in force: the shipped rows, what the staff changed in them, and the exchange rates of the day. Editions and rate sheets are
//! written once and never changed; beside them stands the newest of each, which every process looks at once a minute.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use domain::{
    Failure, RequestKey, Timestamp,
    audit::Entry,
    landed_cost::{Edition, RateSheet, Rules, RulesError},
};

use crate::{
    audit::entry_write,
    aws::Clients,
    db::Db,
    error::Error,
    item::{Condition, Item, Key, Query, Range, Write, from_item, text, to_item},
    quotes::Promised,
    records::rules::{EditionRecord, RateSheetRecord},
    requests::{RequestRecord, request_key},
};

/// A price is never made of rules that were replaced longer ago than this.
const LOOKED_AT_FOR: Duration = Duration::from_secs(60);
/// So many editions are tried, newest first, when one does not fit the rows of a new release.
const TRIED: i32 = 5;

const CURRENT: &str = "R#current";
const EDITIONS: &str = "R#edition";
const RATES: &str = "R#rates";

/// The rules of the shop.
#[derive(Clone)]
pub struct RuleBooks {
    db: Db,
    seen: Arc<Mutex<Option<Seen>>>,
}

/// What the last look found.
#[derive(Clone)]
struct Seen {
    looked_at: Timestamp,
    edition: Option<u32>,
    rates: Option<Timestamp>,
    rules: Arc<Rules>,
}

/// What is newest.
#[derive(Clone, Debug, Default)]
pub struct Newest {
    /// The edition; nothing while the staff have changed nothing.
    pub edition: Option<Edition>,
    /// The exchange rates; nothing before the first were taken.
    pub rates: Option<RateSheet>,
}

impl RuleBooks {
    /// The rules in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self {
            db,
            seen: Arc::default(),
        }
    }

    /// A table of rules, its connection opened with the first look at it. A table that does not answer yet is no reason not to start.
    pub async fn connect(clients: &Clients, table: &str) -> Self {
        let books = Self::new(clients.table(table));
        if let Err(failure) = books.newest().await {
            tracing::debug!(failure = ?failure, "Could not look at the rules early");
        }
        books
    }

    /// The rules as they are now. The table is asked at most once a minute; what did not change is not read again.
    ///
    /// # Errors
    /// When the table does not answer: a price of rules that may be old is none.
    pub async fn current(&self, now: Timestamp) -> Result<Arc<Rules>, Failure> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(seen) = &seen
            && now.since(seen.looked_at) < LOOKED_AT_FOR
        {
            return Ok(Arc::clone(&seen.rules));
        }
        let newest = self.newest().await?;
        let (edition, rates) = (
            newest.edition.as_ref().map(|edition| edition.number),
            newest.rates.as_ref().map(|rates| rates.taken_at),
        );
        let unchanged = seen.filter(|seen| (seen.edition, seen.rates) == (edition, rates));
        let rules = match unchanged {
            Some(seen) => seen.rules,
            None => self.read(&newest).await?,
        };
        let seen = Seen {
            looked_at: now,
            edition,
            rates,
            rules: Arc::clone(&rules),
        };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        Ok(rules)
    }

    /// The newest edition and the newest exchange rates, in one call.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn newest(&self) -> Result<Newest, Failure> {
        let mut newest = Newest::default();
        for item in self.db.query_all(Query::of(CURRENT, Range::All)).await? {
            match text(&item, "sk").as_deref() {
                Some("edition") => newest.edition = Some(edition(item)?),
                Some("rates") => newest.rates = Some(from_item::<RateSheetRecord>(item)?.into_sheet()?),
                Some(_) | None => {}
            }
        }
        Ok(newest)
    }

    /// The rules of what is newest; those that only ship are read once in a process. An edition that does not fit the shipped rows of a
    /// newer release is passed over for the one before.
    async fn read(&self, newest: &Newest) -> Result<Arc<Rules>, Failure> {
        if newest.edition.is_none() && newest.rates.is_none() {
            return shipped();
        }
        match Rules::current(newest.edition.as_ref(), newest.rates.as_ref()) {
            Ok(rules) => return Ok(Arc::new(rules)),
            Err(error) => {
                tracing::error!(error = %error, "The newest rules do not fit this release; older ones are taken")
            }
        }
        for edition in self.history(TRIED).await? {
            if let Ok(rules) = Rules::current(Some(&edition), newest.rates.as_ref()) {
                return Ok(Arc::new(rules));
            }
        }
        Rules::current(None, newest.rates.as_ref())
            .map(Arc::new)
            .map_err(|error| Error::defect("read the shipped rules", error).into())
    }

    /// The editions, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn history(&self, limit: i32) -> Result<Vec<Edition>, Failure> {
        let query = Query {
            limit: Some(limit),
            is_backward: true,
            ..Query::of(EDITIONS, Range::All)
        };
        let items = self.db.query(query).await?.items;
        items.into_iter().map(edition).collect()
    }

    /// One edition.
    ///
    /// # Errors
    /// `NotFound` when there is none of this number.
    pub async fn edition(&self, number: u32) -> Result<Edition, Failure> {
        let item = self.db.get(&edition_key(number)).await?;
        edition(item.ok_or(Failure::NotFound("edition"))?)
    }

    /// What an earlier sending of the same request was answered with.
    ///
    /// # Errors
    /// `Refused(KeyReused)` when the key came with another request before.
    pub async fn repeated(&self, request: &RequestKey) -> Result<Option<String>, Failure> {
        let found = self.db.get(&request_key(request)).await?;
        found.map(|item| RequestRecord::result_of(item, request)).transpose()
    }

    /// Keeps the next edition, together with the key of the request that asked for it and the deed as the audit has it.
    ///
    /// # Errors
    /// `Conflict` when somebody else made one since the one before was read.
    pub async fn publish(&self, edition: &Edition, request: &RequestKey, deed: &Entry) -> Result<Promised, Failure> {
        let record = EditionRecord::of(edition);
        let before = match edition.number {
            0 | 1 => Condition::Absent,
            number => Condition::VersionIs(u64::from(number) - 1),
        };
        let writes = vec![
            RequestRecord::write(request, &edition.number.to_string(), deed.at)?,
            Write::Put(to_item(&edition_key(edition.number), &record)?, Condition::Absent),
            Write::Put(to_item(&Key::new(CURRENT, "edition"), &record)?, before),
            entry_write(deed)?,
        ];
        match self.db.transact(writes).await {
            Ok(()) => Ok(Promised::Written),
            Err(Error::Condition(in_the_way)) => match in_the_way.into_iter().next().flatten() {
                Some(known) => Ok(Promised::Repeated(RequestRecord::result_of(known, request)?)),
                None => Err(Failure::Conflict),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the exchange rates that were taken, for good and as the newest.
    ///
    /// # Errors
    /// `Conflict` when a sheet of the same moment is there.
    pub async fn keep_rates(&self, sheet: &RateSheet) -> Result<(), Failure> {
        let record = RateSheetRecord::of(sheet);
        let writes = vec![
            Write::Put(
                to_item(&Key::new(RATES, sheet.taken_at.to_string()), &record)?,
                Condition::Absent,
            ),
            Write::Put(to_item(&Key::new(CURRENT, "rates"), &record)?, Condition::Always),
        ];
        Ok(self.db.transact(writes).await?)
    }
}

fn shipped() -> Result<Arc<Rules>, Failure> {
    static SHIPPED: OnceLock<Result<Arc<Rules>, RulesError>> = OnceLock::new();
    let read = SHIPPED.get_or_init(|| Rules::shipped().map(Arc::new));
    read.clone()
        .map_err(|error| Error::defect("read the shipped rules", error).into())
}

fn edition_key(number: u32) -> Key {
    Key::new(EDITIONS, format!("{number:08}"))
}

fn edition(item: Item) -> Result<Edition, Failure> {
    Ok(from_item::<EditionRecord>(item)?.into_edition())
}

#[cfg(test)]
#[cfg(feature = "memory")]
mod tests {
    use domain::{
        audit::Hand,
        landed_cost::{Editor, PublishedRates, RowEdits},
        order::Actor,
    };

    use super::*;
    use crate::memory::Memory;

    fn at(minute: u32) -> Timestamp {
        format!("2026-11-26T09:{minute:02}:00Z").parse().unwrap()
    }

    fn fee(share: &str) -> RowEdits {
        RowEdits::read(&format!(
            r#"{{"table": "service_fee", "id": "shop.service-fee", "share": "{share}", "min": "USD 1.50", "valid_from": "2026-01-01",
                "source": "The shop's own decision", "checked_on": "2026-11-26", "confidence": "shop"}}"#
        ))
        .unwrap()
    }

    fn edition(before: Option<&Edition>, share: &str) -> Edition {
        let editor = Editor {
            by: "stf_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap(),
            at: at(0),
            reason: "a test".into(),
        };
        Edition::next(before, &fee(share), editor).unwrap().0
    }

    async fn publish(books: &RuleBooks, edition: &Edition) -> Result<Promised, Failure> {
        let key = RequestKey {
            scope: "stf POST /desk/rule-editions".into(),
            key: format!("{:?}", edition.rows),
            request_hash: "1".into(),
        };
        let hand = Hand {
            actor: Actor::Staff(edition.made_by.clone()),
            source: "192.0.2.7".into(),
        };
        let deed = hand.did(edition.number.to_string(), at(0), "rules.published", "1");
        books.publish(edition, &key, &deed).await
    }

    fn says(rules: &Rules, sentence: &str) -> bool {
        let sections = rules.printed(at(0).date());
        let mut all = sections.iter().flat_map(|section| &section.rules);
        all.any(|rule| rule.sentence.contains(sentence))
    }

    #[tokio::test]
    async fn without_an_edition_the_shipped_rules_hold() {
        let books = RuleBooks::new(Db::Memory(Memory::default()));

        let rules = books.current(at(0)).await.unwrap();

        assert_eq!(rules.version().as_str(), Rules::SHIPPED_VERSION);
    }

    #[tokio::test]
    async fn a_new_edition_holds_within_a_minute_and_is_kept_for_good() {
        let books = RuleBooks::new(Db::Memory(Memory::default()));
        assert!(says(&books.current(at(0)).await.unwrap(), "8 % of the items"));

        let first = edition(None, "0.09");
        publish(&books, &first).await.unwrap();
        let second = edition(Some(&first), "0.10");
        publish(&books, &second).await.unwrap();

        assert!(
            says(&books.current(at(0)).await.unwrap(), "8 % of the items"),
            "looked at less than a minute ago"
        );
        let rules = books.current(at(1)).await.unwrap();
        assert!(says(&rules, "10 % of the items"));
        assert_eq!(rules.version().as_str(), format!("{}+2", Rules::SHIPPED_VERSION));
        assert_eq!(books.edition(1).await.unwrap(), first);
        assert_eq!(books.history(9).await.unwrap(), [second, first]);
        assert!(matches!(books.edition(3).await, Err(Failure::NotFound(_))));
    }

    #[tokio::test]
    async fn of_two_people_who_edit_at_once_one_is_told() {
        let books = RuleBooks::new(Db::Memory(Memory::default()));
        publish(&books, &edition(None, "0.09")).await.unwrap();

        assert!(matches!(
            publish(&books, &edition(None, "0.10")).await,
            Err(Failure::Conflict)
        ));
        assert_eq!(books.newest().await.unwrap().edition.unwrap(), edition(None, "0.09"));
    }

    #[tokio::test]
    async fn an_edition_that_does_not_fit_this_release_is_passed_over() {
        let books = RuleBooks::new(Db::Memory(Memory::default()));
        let first = edition(None, "0.09");
        publish(&books, &first).await.unwrap();
        let mut broken = edition(Some(&first), "0.10");
        let row = broken.rows.values_mut().next().unwrap();
        *row = row.replace("\"share\"", "\"part\"");
        publish(&books, &broken).await.unwrap();

        assert!(says(&books.current(at(0)).await.unwrap(), "9 % of the items"));
    }

    #[tokio::test]
    async fn rates_that_were_kept_are_those_of_the_next_price() {
        let books = RuleBooks::new(Db::Memory(Memory::default()));
        let published = PublishedRates {
            base: domain::Currency::USD,
            rates: [(domain::Currency::KES, "130.25".parse().unwrap())].into(),
            day: "2026-11-25".parse().unwrap(),
            source: "A bank".into(),
        };
        let sheet = RateSheet::of(&books.current(at(0)).await.unwrap(), None, &[published], at(0));
        books.keep_rates(&sheet).await.unwrap();

        let rules = books.current(at(1)).await.unwrap();

        assert!(says(&rules, "1 USD = 130.25 KES"));
        assert_eq!(books.newest().await.unwrap().rates.unwrap(), sheet);
        assert!(rules.version().as_str().ends_with("+fx.2026-11-25"));
    }
}
