//! Sessions in a table in memory.

use std::time::Duration;

use domain::{
    id::{CustomerId, RootId, StaffId},
    session::Role,
};

use super::*;
use crate::memory::Memory;

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const MINUTE: Duration = Duration::from_secs(60);

fn sessions() -> Sessions {
    Sessions::new(Db::Memory(Memory::default()))
}

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn customer() -> Who {
    Who::Customer(CustomerId::from_ulid(ULID).unwrap())
}

fn staff() -> Who {
    Who::Staff(StaffId::from_ulid(ULID).unwrap(), vec![Role::Buyer])
}

async fn open(sessions: &Sessions, hash: &str, who: Who, at: Timestamp) -> Session {
    let session = Session::begin(who, at);
    sessions.open(&opening(hash, &session, at)).await.unwrap();
    session
}

fn opening<'a>(token_hash: &'a str, session: &'a Session, now: Timestamp) -> Opening<'a> {
    Opening {
        token_hash,
        session,
        device: "Firefox",
        now,
    }
}

/// As everything that ends all sessions of a person does it.
async fn end_all(sessions: &Sessions, principal: &str) {
    let epoch = sessions.epoch(principal).await.unwrap();
    let ending = Sessions::ending_epoch(principal, epoch).unwrap();
    sessions.db.transact(vec![ending]).await.unwrap();
}

async fn is_open(sessions: &Sessions, hash: &str, at: Timestamp) -> bool {
    sessions.find_and_renew(hash, at).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_is_found_by_its_hash_until_its_end_and_by_nothing_else() {
    let sessions = sessions();
    let session = open(&sessions, "one", customer(), now()).await;
    let end = now().plus(Duration::from_secs(30 * 24 * 3600));

    assert_eq!(sessions.find("one", now()).await.unwrap(), Some(session));
    assert!(sessions.find("two", now()).await.unwrap().is_none());
    assert!(is_open(&sessions, "one", end.minus(Duration::from_millis(1))).await);
    assert!(!is_open(&sessions, "one", end).await);
}

#[tokio::test]
async fn staff_who_do_nothing_for_half_an_hour_are_logged_out_and_others_after_twelve_hours() {
    let sessions = sessions();
    open(&sessions, "idle", staff(), now()).await;
    open(&sessions, "busy", staff(), now()).await;

    assert!(!is_open(&sessions, "idle", now().plus(30 * MINUTE)).await);
    for minutes in (0..720).step_by(29) {
        assert!(
            is_open(&sessions, "busy", now().plus(minutes * MINUTE)).await,
            "{minutes}"
        );
    }
    assert!(!is_open(&sessions, "busy", now().plus(720 * MINUTE)).await);
}

#[tokio::test]
async fn the_mark_of_the_last_request_is_written_every_five_minutes_at_most() {
    let sessions = sessions();
    open(&sessions, "one", staff(), now()).await;
    let seen_at = async || {
        let item = sessions.db.get(&key("one")).await.unwrap().unwrap();
        from_item::<SessionRecord>(item).unwrap().seen_at
    };

    let almost = now().plus(5 * MINUTE).minus(Duration::from_millis(1));
    sessions.find_and_renew("one", almost).await.unwrap();
    assert_eq!(seen_at().await, now());

    let later = now().plus(5 * MINUTE);
    sessions.find_and_renew("one", later).await.unwrap();
    assert_eq!(seen_at().await, later);
}

#[tokio::test]
async fn a_rotated_token_leads_nowhere_and_cannot_be_rotated_again() {
    let sessions = sessions();
    let before = open(&sessions, "before", staff(), now()).await;
    let session = Session::begin(staff(), now());
    let rotate = async |hash| {
        let writes = sessions.rotating(("before", &before), &opening(hash, &session, now()));
        sessions.db.transact(writes.unwrap()).await
    };

    rotate("after").await.unwrap();
    let replayed = rotate("stolen").await;

    assert!(matches!(replayed, Err(Error::Condition(_))));
    for (hash, open) in [("before", false), ("after", true), ("stolen", false)] {
        assert_eq!(is_open(&sessions, hash, now()).await, open, "{hash}");
    }
}

#[tokio::test]
async fn all_sessions_of_one_person_end_together_and_nobody_elses() {
    let sessions = sessions();
    let me = open(&sessions, "mine", customer(), now()).await;
    let other = Who::Staff(StaffId::from_ulid(ULID).unwrap(), vec![Role::Buyer]);
    open(&sessions, "other", other, now()).await;

    end_all(&sessions, me.principal()).await;

    assert!(!is_open(&sessions, "mine", now()).await);
    assert!(sessions.of_person(me.principal(), now()).await.unwrap().is_empty());
    assert!(is_open(&sessions, "other", now()).await);
    assert_eq!(sessions.forget_ended(me.principal()).await, 1);
    assert!(sessions.db.get(&key("mine")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_of_an_epoch_that_has_ended_cannot_be_opened_and_would_lead_nowhere() {
    let sessions = sessions();
    let session = Session::begin(customer(), now());
    end_all(&sessions, session.principal()).await;

    let late = sessions.open(&opening("late", &session, now())).await;
    sessions.start("smuggled", &session, now()).await.unwrap();

    assert!(matches!(late, Err(Failure::Conflict)), "{late:?}");
    for hash in ["late", "smuggled"] {
        assert!(!is_open(&sessions, hash, now()).await, "{hash}");
    }
    let fresh = session.clone().of_epoch(1);
    sessions.open(&opening("fresh", &fresh, now())).await.unwrap();
    assert!(is_open(&sessions, "fresh", now()).await);
}

#[tokio::test]
async fn a_session_written_before_there_were_epochs_is_good_until_the_first_one_ends() {
    let sessions = sessions();
    let session = Session::begin(customer(), now());
    let mut item = to_item(&key("old"), &SessionRecord::of(&session, now())).unwrap();
    item.remove("epoch");
    sessions.db.put(item, Condition::Absent).await.unwrap();
    let mut listed = line(&opening("old", &session, now())).unwrap().unwrap();
    listed.retain(|name, _| !["epoch", "kind"].contains(&name.as_str()));
    sessions.db.put(listed, Condition::Absent).await.unwrap();

    assert!(is_open(&sessions, "old", now()).await);
    assert_eq!(sessions.of_person(session.principal(), now()).await.unwrap().len(), 1);
    end_all(&sessions, session.principal()).await;

    assert!(!is_open(&sessions, "old", now()).await);
}

#[tokio::test]
async fn nobody_has_more_sessions_than_the_cap_and_half_a_log_in_pushes_no_whole_one_out() {
    let sessions = sessions();
    let half = || Who::Unproven(StaffId::from_ulid(ULID).unwrap());
    let at = |place: u32| now().plus(Duration::from_secs(place.into()));
    let me = open(&sessions, "whole 0", staff(), at(0)).await;
    for place in 1..30 {
        open(&sessions, &format!("half {place}"), half(), at(place)).await;
    }
    for same_moment in ["b", "a"] {
        open(&sessions, same_moment, half(), at(29)).await;
        assert!(is_open(&sessions, same_moment, at(29)).await, "{same_moment}");
    }
    let open_now = async || sessions.of_person(me.principal(), at(60)).await.unwrap();
    let halves: Vec<String> = open_now().await.into_iter().map(|open| open.token_hash).collect();
    assert_eq!(halves.len(), 3 + 1, "{halves:?}");
    assert!(halves.contains(&"whole 0".to_owned()), "{halves:?}");

    for place in 1..30 {
        open(&sessions, &format!("whole {place}"), staff(), at(30 + place)).await;
    }

    assert_eq!(open_now().await.len(), 20 + 3);
    for (hash, open) in [
        ("whole 0", false),
        ("whole 9", false),
        ("whole 10", true),
        ("half 1", false),
    ] {
        assert_eq!(is_open(&sessions, hash, at(60)).await, open, "{hash}");
    }
}

#[tokio::test]
async fn a_person_sees_their_open_sessions_and_ends_one_of_them_but_never_that_of_another() {
    let sessions = sessions();
    let mine = open(&sessions, "old", customer(), now()).await;
    open(&sessions, "new", customer(), now().plus(MINUTE)).await;
    open(&sessions, "theirs", staff(), now()).await;
    let me = mine.principal();
    let names = async || {
        let open = sessions.of_person(me, now().plus(MINUTE)).await.unwrap();
        open.into_iter().map(|session| session.token_hash).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["new", "old"]);

    sessions.end_one(me, "old").await.unwrap();
    let theirs = sessions.end_one(me, "theirs").await;

    assert!(matches!(theirs, Err(Failure::NotFound("session"))));
    assert_eq!(names().await, ["new"]);
    assert!(!is_open(&sessions, "old", now()).await);
    assert!(is_open(&sessions, "theirs", now()).await);
}

#[tokio::test]
async fn logging_out_also_takes_the_session_off_the_list() {
    let sessions = sessions();
    let session = open(&sessions, "one", customer(), now()).await;

    sessions.end("one", &session).await.unwrap();

    assert!(sessions.of_person(session.principal(), now()).await.unwrap().is_empty());
    assert!(!is_open(&sessions, "one", now()).await);
}
