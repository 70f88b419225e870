//! The label protocol: how often the carrier is asked to book, and where each ending leads.

use super::*;

#[tokio::test]
async fn a_packed_parcel_is_booked_once_however_often_it_is_asked_for() {
    let stage = Stage::with(Manner::Books).await;

    for _ in 0..2 {
        stage.asked(Task::BuyLabel).await;
    }

    let (order, shipment) = (stage.order().await, stage.shipment().await);
    assert_eq!(stage.bookings(), 1);
    assert_eq!(shipment.life.state(), State::Labelled);
    assert_eq!(shipment.tracking_number.as_deref(), Some(AWB));
    // The dearer offer: with it we can pay the duties that the customer has paid for.
    assert_eq!(shipment.price.unwrap().to_string(), "USD 61.20");
    assert_eq!(order.open_exceptions().count(), 0);
    assert!(order.balances.is_balanced());
}

#[tokio::test]
async fn two_workers_with_the_same_message_book_once() {
    // The second copy is worked on from beginning to end between the first one's look at the order and its lease.
    let copies: Arc<Mutex<Option<Arc<Deps>>>> = Arc::default();
    let second = copies.clone();
    let stage = Stage::meanwhile(Manner::Books, PRICES, move |_, _| {
        let Some(deps) = second.lock().unwrap().take() else {
            return;
        };
        let message = MessageRecord {
            format: 1,
            task: Task::BuyLabel,
            order: Some(order_id()),
            about: shp().to_string(),
            payment: None,
        };
        block_on(handle(&deps, message)).unwrap();
    })
    .await;
    copies.lock().unwrap().replace(stage.deps.clone());

    stage.asked(Task::BuyLabel).await;

    assert_eq!(stage.bookings(), 1);
    assert_eq!(stage.state().await, State::Labelled);
}

#[tokio::test]
async fn a_lost_answer_is_found_in_the_carriers_books_and_never_asked_again() {
    let stage = Stage::with(Manner::Silent).await;
    stage.asked(Task::BuyLabel).await;
    assert_eq!(stage.state().await, State::LabelUnknown);
    stage.asked(Task::BuyLabel).await;

    stage.wait(2).await;
    stage.asked(Task::LookUpAtCarrier).await;
    stage.asked(Task::BuyLabel).await;

    assert_eq!(stage.bookings(), 1);
    assert_eq!(stage.state().await, State::Labelled);
    assert_eq!(stage.shipment().await.tracking_number.as_deref(), Some(AWB));
    assert_eq!(stage.matters().await, [ExceptionKind::LabelMissing]);
    assert!(stage.order().await.balances.is_balanced());
    let papers = stage.shipment().await.documents;
    let kinds: Vec<_> = papers.iter().map(|file| file.kind.as_str()).collect();
    assert!(
        kinds.contains(&"invoice"),
        "what the carrier shows again is there: {kinds:?}"
    );
    assert!(stage.kept.lock().unwrap().contains_key(&papers[0].key));
}

#[tokio::test]
async fn a_booking_without_its_label_is_given_up_by_one_decision_and_the_next_is_not_mistaken_for_it() {
    let stage = Stage::with(Manner::Silent).await;
    stage.asked(Task::BuyLabel).await;
    stage.wait(2).await;
    stage.asked(Task::LookUpAtCarrier).await;

    let now = stage.deps.clock.now();
    let give_up = |draft: &mut Draft| draft.give_label_up(&shp(), "no carrier shows it twice");
    testkit::orders::act(&stage.deps.orders, &order_id(), now, give_up)
        .await
        .unwrap();
    stage.asked(Task::BuyLabel).await;
    stage.wait(2).await;
    stage.asked(Task::LookUpAtCarrier).await;

    // The carrier's books hold the given-up booking only: it is not ours any more.
    let shipment = stage.shipment().await;
    assert_eq!((stage.bookings(), shipment.life.state()), (2, State::LabelUnknown));
    assert_eq!(shipment.given_up, [AWB]);
    assert_eq!(shipment.tracking_number, None);
}

#[tokio::test]
async fn a_parcel_is_booked_for_a_time_at_which_somebody_hands_it_over() {
    for (now, planned) in [
        ("2026-11-23T15:00:00Z", "2026-11-23T12:00:00 GMT-05:00"),
        ("2026-11-28T17:00:00Z", "2026-11-30T09:00:00 GMT-05:00"),
        ("2026-11-27T21:30:00Z", "2026-11-30T09:00:00 GMT-05:00"),
        ("2026-11-24T03:00:00Z", "2026-11-24T09:00:00 GMT-05:00"),
    ] {
        let stage = Stage::with(Manner::Books).await;
        let wait = now.parse::<Timestamp>().unwrap().since(stage.deps.clock.now());
        stage.deps.clock.advance(wait);

        stage.asked(Task::BuyLabel).await;

        let sent = stage.sent.lock().unwrap();
        let times: Vec<_> = sent
            .iter()
            .filter_map(|body| body["plannedShippingDateAndTime"].as_str())
            .collect();
        assert_eq!(times, [planned, planned], "price and booking at {now}");
    }
}

#[tokio::test]
async fn a_booking_that_is_nowhere_is_a_persons_decision_only_after_two_late_looks() {
    let stage = Stage::with(Manner::HasNone).await;
    stage.asked(Task::BuyLabel).await;

    let mut states = Vec::new();
    for minutes in [2, 30, 2, 10] {
        stage.wait(minutes).await;
        stage.asked(Task::LookUpAtCarrier).await;
        states.push(stage.state().await);
    }

    use State::{LabelUnknown, StaffDecision};
    assert_eq!(states, [LabelUnknown, LabelUnknown, LabelUnknown, StaffDecision]);
    assert_eq!(stage.bookings(), 1);
    assert_eq!(stage.matters().await, [ExceptionKind::UnsureLabel]);
}

#[tokio::test]
async fn a_refusal_of_the_carrier_is_an_ending() {
    let stage = Stage::with(Manner::Refuses).await;

    for _ in 0..2 {
        stage.asked(Task::BuyLabel).await;
    }

    assert_eq!(stage.bookings(), 1);
    assert_eq!(stage.state().await, State::Refused);
    assert!(
        stage.shipment().await.note.contains("7008"),
        "{}",
        stage.shipment().await.note
    );
    assert_eq!(stage.matters().await, [ExceptionKind::LabelRefused]);
}

#[tokio::test]
async fn a_carrier_that_tells_no_prices_is_asked_again_and_nothing_has_moved() {
    let stage = Stage::with(Manner::Down).await;

    let failure = stage.tries(Task::BuyLabel).await.unwrap_err();

    assert!(matches!(failure, Failure::Unavailable { .. }), "{failure:?}");
    assert_eq!((stage.bookings(), stage.state().await), (0, State::Packed));
}

#[tokio::test]
async fn incomplete_papers_are_not_sent() {
    // No code at all, and one of five digits that a point makes six characters long.
    for code in ["", "6404.1"] {
        let stage = Stage::with(Manner::Books).await;
        let mut line = stage
            .db
            .get(&Key::new(format!("O#{}", order_id()), "L#1"))
            .await
            .unwrap()
            .unwrap();
        line.insert("hs_code".into(), store::AttributeValue::S(code.into()));
        stage.db.put(line, store::Condition::Always).await.unwrap();

        stage.asked(Task::BuyLabel).await;

        assert_eq!(*stage.calls.lock().unwrap(), [""; 0], "{code}");
        assert_eq!(stage.state().await, State::Refused, "{code}");
        assert!(stage.shipment().await.note.contains("customs code"));
        assert_eq!(stage.matters().await, [ExceptionKind::LabelRefused]);
    }
}

#[tokio::test]
async fn every_paper_the_order_speaks_of_is_in_the_file_store() {
    let stage = Stage::with(Manner::Books).await;

    stage.asked(Task::BuyLabel).await;

    let kept = stage.kept.lock().unwrap().clone();
    let documents = stage.shipment().await.documents;
    let papers: Vec<_> = documents
        .iter()
        .map(|file| (file.kind.as_str(), kept[&file.key].as_slice()))
        .collect();
    assert_eq!(
        papers,
        [
            ("label", &b"label"[..]),
            ("waybill", b"waybill"),
            ("invoice", b"invoice")
        ]
    );
}

#[tokio::test]
async fn the_papers_are_stored_before_the_order_says_so() {
    // The order cannot be written any more once the carrier has booked.
    let stage = Stage::meanwhile(Manner::Books, BOOK, |db, _| {
        block_on(db.delete(&Key::new(format!("O#{}", order_id()), "A"))).unwrap();
    })
    .await;

    assert!(stage.tries(Task::BuyLabel).await.is_err());

    assert_eq!(stage.kept.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_booking_that_meets_a_changed_order_is_kept_all_the_same() {
    // While the carrier is booking, somebody else commits a change, so that the version has moved on.
    let stage = Stage::meanwhile(Manner::Books, BOOK, |_, orders| {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let change = async {
            let mut draft = Draft::of(orders.load(&order_id()).await.unwrap(), Actor::Customer, now);
            draft
                .step(&Part::Order, Event::CancelAsked, &Default::default())
                .unwrap();
            orders.commit(draft.finish(), now).await.map(drop).unwrap();
        };
        block_on(change);
    })
    .await;

    stage.asked(Task::BuyLabel).await;

    let shipment = stage.shipment().await;
    assert_eq!(shipment.life.state(), State::Labelled);
    assert_eq!(
        (shipment.tracking_number.as_deref(), shipment.documents.len()),
        (Some(AWB), 3)
    );
}
