//! Random operations over few keys, so that conditions meet and pages fill.

use store::{Amend, AttributeValue, Below, Condition, Count, Item, Key, Query, Range, Write};

use crate::random::Random;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Get(Key),
    GetEventually(Key),
    Put(Item, Condition),
    Delete(Key),
    Query(Query),
    /// A query from its first page to its last, each page with the token of the one before.
    Walk(Query),
    Transact(Vec<Write>),
    TransactWith(Vec<Write>, Vec<Write>),
}

const PARTITIONS: [&str; 2] = ["P", "Q"];
/// Capitals, small letters, a sign behind both, and letters of two, three and four bytes: the order is that of bytes.
const SORTS: [&str; 9] = ["A", "A#1", "A#2", "A#10", "a", "B", "~", "ä", "\u{ffff}"];
const WORDS: [&str; 3] = ["x", "x#1", "\u{10000}"];
const INDEXES: [&str; 3] = ["due", "customer", "board"];

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn key(random: &mut Random) -> Key {
    if random.one_in(60) {
        let odd = ["".to_owned(), "k".repeat(1024), "k".repeat(1025), "k".repeat(2049)];
        return Key::new(random.pick(&odd), random.pick(&odd));
    }
    Key::new(random.pick(&PARTITIONS), random.pick(&SORTS))
}

/// `bulk` adds that many bytes to some of the items.
fn item(random: &mut Random, bulk: u64) -> Item {
    let key = key(random);
    let mut item = Item::from([("pk".to_owned(), text(key.pk)), ("sk".to_owned(), text(key.sk))]);
    if !random.one_in(4) {
        let version = random.below(3).to_string();
        item.insert("v".into(), AttributeValue::N(version));
    }
    if random.one_in(3) {
        item.insert("order_id".into(), text(random.pick(&WORDS)));
    }
    for index in INDEXES {
        for (end, odds) in [("pk", 2), ("sk", 2)] {
            if random.one_in(odds) {
                item.insert(format!("{index}_{end}"), text(random.pick(&WORDS)));
            }
        }
    }
    spoil(random, &mut item);
    if bulk > 0 && random.one_in(2) {
        let size = usize::try_from(random.below(bulk)).unwrap();
        item.insert("bulk".into(), text("b".repeat(size)));
    }
    item
}

fn spoil(random: &mut Random, item: &mut Item) {
    match random.below(80) {
        0 => {
            item.insert("due_sk".into(), text(""));
        }
        1 => {
            item.insert("board_pk".into(), AttributeValue::N("1".into()));
        }
        2 => {
            item.remove("sk");
        }
        3 => {
            item.insert("n".into(), text("no number"));
        }
        4 => {
            item.insert("pk".into(), AttributeValue::Bool(true));
        }
        5 => {
            let list = vec![text("one"), AttributeValue::N("-2".into()), AttributeValue::Bool(false)];
            item.insert("list".into(), AttributeValue::L(list));
        }
        6 => {
            // 400 KB to the byte, and one more.
            let over = random.below(2);
            let others: usize = item.iter().map(|(name, value)| name.len() + text_len(value)).sum();
            let size = 400 * 1024 - others - "filler".len() + usize::try_from(over).unwrap();
            item.insert("filler".into(), text("f".repeat(size)));
        }
        _ => {}
    }
}

/// Of a text or a number of one digit; others are not made before an item is filled up.
fn text_len(value: &AttributeValue) -> usize {
    if let AttributeValue::S(text) = value {
        return text.len();
    }
    if *value == AttributeValue::N("0".into()) { 1 } else { 2 }
}

fn condition(random: &mut Random) -> Condition {
    match random.below(6) {
        0 => Condition::Always,
        1 => Condition::Absent,
        2 => Condition::Present,
        3 => Condition::AbsentOrSame("order_id", random.pick(&WORDS).to_owned()),
        _ => Condition::VersionIs(random.below(3)),
    }
}

fn write(random: &mut Random, bulk: u64) -> Write {
    match random.below(7) {
        0 => Write::Delete(key(random), condition(random)),
        1 => Write::Check(key(random), condition(random)),
        2 => Write::Count(count(random)),
        3 => Write::Amend(amend(random)),
        _ => Write::Put(item(random, bulk), condition(random)),
    }
}

fn count(random: &mut Random) -> Count {
    let maybe = |random: &mut Random| (!random.one_in(3)).then(|| i64::try_from(random.below(4)).unwrap());
    let ways = random.below(3);
    Count {
        key: key(random),
        by: i64::try_from(random.below(4)).unwrap() - 1,
        at: i64::try_from(random.below(4)).unwrap(),
        ends_at: i64::try_from(random.below(4)).unwrap(),
        allowed: (0..ways)
            .map(|_| Below {
                n: maybe(random),
                last_at: maybe(random),
            })
            .collect(),
    }
}

fn amend(random: &mut Random) -> Amend {
    let mut set = Vec::new();
    if !random.one_in(3) {
        set.push(("order_id", text(random.pick(&WORDS))));
    }
    if random.one_in(3) {
        set.push(("due_pk", text(random.pick(&WORDS))));
    }
    Amend {
        key: key(random),
        set,
        remove: if random.one_in(2) {
            vec!["due_sk", "v"]
        } else {
            Vec::new()
        },
    }
}

fn writes(random: &mut Random, bulk: u64) -> Vec<Write> {
    let count = match random.below(200) {
        0 => 0,
        1 => 99 + random.below(3),
        _ => 1 + random.below(5),
    };
    let mut writes: Vec<Write> = (0..count).map(|_| write(random, bulk)).collect();
    if count > 90 {
        // All of them about different items: only their number may be wrong.
        for (number, write) in writes.iter_mut().enumerate() {
            *write = Write::Delete(Key::new("many", format!("{number}")), Condition::Always);
        }
    }
    writes
}

/// For a table without indexes, where their attributes are as good as any others.
fn plain(mut writes: Vec<Write>) -> Vec<Write> {
    for write in &mut writes {
        if let Write::Put(item, _) = write {
            item.retain(|name, _| !INDEXES.iter().any(|index| name.starts_with(index)));
        }
    }
    writes
}

/// Without empty texts: DynamoDB refuses to look for them, and so does the table in memory, but dynoxide 3.2 finds nothing.
fn query(random: &mut Random) -> Query {
    let index = (!random.one_in(3)).then(|| random.pick(&INDEXES));
    let pk = match index {
        None => random.pick(&PARTITIONS),
        Some(_) => random.pick(&WORDS),
    };
    let mut edges: Vec<&str> = WORDS.iter().chain(&SORTS).copied().collect();
    edges.push("A#");
    let edge = random.pick(&edges).to_owned();
    let range = match random.below(4) {
        0 => Range::BeginsWith(edge),
        1 => Range::Below(edge),
        2 => Range::UpTo(edge),
        _ => Range::All,
    };
    Query {
        index: if random.one_in(60) { Some("unknown") } else { index },
        pk: pk.to_owned(),
        range,
        limit: match random.below(20) {
            0 => Some(0),
            1..8 => None,
            _ => Some(i32::try_from(1 + random.below(4)).unwrap()),
        },
        is_backward: random.one_in(2),
        after: random.one_in(12).then(|| token(random, index)),
    }
}

/// A token that no page gave: right ones, and ones of another partition, index or range.
fn token(random: &mut Random, index: Option<&str>) -> Item {
    let key = key(random);
    let mut token = Item::from([("pk".to_owned(), text(key.pk)), ("sk".to_owned(), text(key.sk))]);
    let index = if random.one_in(5) { Some("customer") } else { index };
    if let Some(index) = index {
        token.insert(format!("{index}_pk"), text(random.pick(&WORDS)));
        token.insert(format!("{index}_sk"), text(random.pick(&WORDS)));
    }
    if random.one_in(10) {
        token.insert("v".into(), text("x"));
    }
    token
}

pub(crate) fn step(random: &mut Random, bulk: u64) -> Step {
    match random.below(20) {
        0 => Step::Get(key(random)),
        1 => Step::GetEventually(key(random)),
        2..8 => Step::Put(item(random, bulk), condition(random)),
        8 => Step::Delete(key(random)),
        9..12 => Step::Query(query(random)),
        12..14 => Step::Walk(query(random)),
        14 => Step::TransactWith(writes(random, bulk), plain(writes(random, bulk))),
        _ => Step::Transact(writes(random, bulk)),
    }
}
