//! What carriers report about a parcel, in any order and however odd: what counts, what is kept, and who is told.

use proptest::prelude::*;

use super::*;
use crate::{lifecycle::ExceptionKind, tracking::UnreadReport};

/// The label of [`Life::shipped`] is asked for within the first minutes; no report of these tests is so near.
const BOOKED: u64 = 50;

fn told(at: u64, status: TrackingStatus, code: &str) -> TrackingEvent {
    TrackingEvent {
        code: code.into(),
        ..report(at, status)
    }
}

fn parcel(life: &Life) -> &Shipment {
    &life.order.shipments[0]
}

fn matters(life: &Life) -> Vec<ExceptionKind> {
    life.order.open_exceptions().map(|exception| exception.kind).collect()
}

/// Minutes before and after the booking, with what was told then.
fn reports() -> impl Strategy<Value = Vec<TrackingEvent>> {
    use TrackingStatus::{Customs, Delivered, Exception, InTransit, LabelCreated, Other, OutForDelivery, PickedUp};
    let status = prop::sample::select(vec![
        LabelCreated,
        PickedUp,
        InTransit,
        Customs,
        OutForDelivery,
        Delivered,
        Exception,
        Other,
    ]);
    let one = (status, 0..40_u64, any::<bool>()).prop_map(|(status, at, is_ours)| {
        let at = if is_ours { BOOKED + at } else { 0 };
        // What is older than the order lies before its first minute.
        let mut event = told(at, status, &format!("{status:?}"));
        if !is_ours {
            event.at = minute(0).minus(Duration::from_secs(60 + at));
        }
        event
    });
    prop::collection::vec(one, 0..8)
}

fn is_ours(event: &TrackingEvent) -> bool {
    event.at >= minute(BOOKED)
}

#[test]
fn a_delivery_from_before_the_label_was_asked_for_is_of_another_parcel() {
    for days_before in [360, 1] {
        let mut life = Life::shipped();
        let at = parcel(&life)
            .sent_at
            .unwrap()
            .minus(Duration::from_secs(days_before * 24 * 3600));
        let old = |status, code: &str| TrackingEvent {
            at,
            ..told(0, status, code)
        };
        let events = [
            old(TrackingStatus::Delivered, "OK"),
            old(TrackingStatus::Exception, "NH"),
            old(TrackingStatus::Returned, "RT"),
        ];

        life.act(|draft| draft.carrier_news(&shp(1), &events));

        assert_eq!(parcel(&life).life.state(), State::InTransit);
        assert_eq!(parcel(&life).events.len(), 3, "it is kept");
        assert_eq!(
            parcel(&life).journey(),
            [],
            "and shown to nobody as news of this parcel"
        );
        assert_eq!(matters(&life), []);
        life.act(|draft| draft.carrier_news(&shp(1), &[report(400, TrackingStatus::Delivered)]));
        assert_eq!(parcel(&life).life.state(), State::Delivered);
    }
}

proptest! {
    #[test]
    fn in_whatever_order_reports_are_heard_they_add_up_to_the_same(
        (told, shuffled) in reports().prop_flat_map(|told| (Just(told.clone()), Just(told).prop_shuffle())),
        cut in 0..8_usize,
    ) {
        let mut at_once = Life::shipped();
        at_once.act(|draft| draft.carrier_news(&shp(1), &told));
        let only_ours: Vec<_> = told.iter().filter(|event| is_ours(event)).cloned().collect();
        let mut ours = Life::shipped();
        ours.act(|draft| draft.carrier_news(&shp(1), &only_ours));

        let mut in_parts = Life::shipped();
        let (first, second) = shuffled.split_at(cut.min(shuffled.len()));
        for part in [first, second, first] {
            in_parts.act(|draft| draft.carrier_news(&shp(1), part));
        }

        let state = |life: &Life| parcel(life).life.state();
        prop_assert_eq!(state(&in_parts), state(&at_once));
        prop_assert_eq!(state(&ours), state(&at_once), "what is older than the booking moved something");
        prop_assert_eq!(&parcel(&in_parts).events, &parcel(&at_once).events);
        for event in &told {
            let is_kept = parcel(&in_parts).events.iter().any(|kept| kept.fingerprint() == event.fingerprint());
            prop_assert!(is_kept, "{:?} was lost", event);
        }
    }
}

#[test]
fn a_report_heard_again_with_less_unlearns_nothing_and_with_more_is_learned() {
    let signed = TrackingEvent {
        signed_by: Some("A MWANGI".into()),
        ..report(400, TrackingStatus::OutForDelivery)
    };
    let bare = TrackingEvent {
        text: String::new(),
        ..report(400, TrackingStatus::Other)
    };
    for heard in [[&signed, &bare], [&bare, &signed]] {
        let mut life = Life::shipped();
        for event in heard {
            life.act(|draft| draft.carrier_news(&shp(1), std::slice::from_ref(event)));
        }
        assert_eq!(parcel(&life).events, std::slice::from_ref(&signed));
    }
}

#[test]
fn a_piece_that_cannot_be_read_is_kept_once_and_the_rest_counts() {
    let mut life = Life::shipped();
    let odd = [r#"{"typeCode":"OK","time":""}"#.to_owned(), "x".repeat(9000)];
    for _ in 0..2 {
        life.act(|draft| draft.carrier_report(&shp(1), &[report(200, TrackingStatus::Exception)], &odd));
    }
    assert_eq!(parcel(&life).life.state(), State::CarrierException);
    let kept: Vec<_> = parcel(&life).unread.iter().map(|odd| odd.raw.chars().count()).collect();
    assert_eq!(kept, [27, UnreadReport::LONGEST]);

    let many: Vec<String> = (0..90).map(|n| n.to_string()).collect();
    life.act(|draft| draft.carrier_report(&shp(1), &[report(300, TrackingStatus::Delivered)], &many));
    assert_eq!(parcel(&life).unread.len(), UnreadReport::MOST);
    assert_eq!(parcel(&life).life.state(), State::Delivered);
}

#[test]
fn a_parcel_whose_report_nobody_can_read_for_a_day_reaches_a_person_once_a_day() {
    let hours = |life: &mut Life, hours: u64, hear: &dyn Fn(&mut Draft) -> Result<(), Failure>| {
        for _ in 0..hours.div_ceil(3) {
            life.wait(3 * 60);
            life.act(|draft| hear(draft));
        }
    };
    let odd = |draft: &mut Draft| draft.carrier_report(&shp(1), &[], &["{}".to_owned()]);
    let whole = |draft: &mut Draft| draft.carrier_unreadable(&shp(1), "dhl track: not JSON");
    let silent = |_: &mut Draft| Ok(());
    let good = |draft: &mut Draft| draft.carrier_news(&shp(1), &[]);
    for hear in [&odd as &dyn Fn(&mut Draft) -> Result<(), Failure>, &whole, &silent] {
        let mut life = Life::shipped();
        hours(&mut life, 21, hear);
        assert_eq!(matters(&life), []);
        hours(&mut life, 6, hear);
        assert_eq!(matters(&life), [ExceptionKind::ReportUnreadable]);

        let matter = life.order.open_exceptions().next().unwrap().id.clone();
        life.act(|draft| draft.put_aside(&matter, "DHL was called"));
        hours(&mut life, 18, hear);
        assert_eq!(matters(&life), [], "not told again at once");
        hours(&mut life, 9, hear);
        assert_eq!(matters(&life), [ExceptionKind::ReportUnreadable], "and not forgotten");

        hours(&mut life, 3, &good);
        assert_eq!(matters(&life), [], "it can be read again");
    }
    let mut life = Life::shipped();
    hours(&mut life, 72, &good);
    assert_eq!(matters(&life), [], "a report without news is read all the same");
}

#[test]
fn a_purchase_whose_report_nobody_can_read_for_a_day_reaches_a_buyer() {
    let mut life = Life::bought();
    let half_days = |life: &mut Life, count: u32| (0..count).for_each(|_| life.wait(12 * 60));
    half_days(&mut life, 1);
    assert_eq!(matters(&life), []);
    half_days(&mut life, 2);
    assert_eq!(matters(&life), [ExceptionKind::ReportUnreadable]);

    let news = StoreNews {
        tracking: vec!["LP1".into()],
        ..StoreNews::default()
    };
    life.act(|draft| {
        draft.store_heard(&sup(1));
        draft.store_news(&sup(1), &news)
    });

    assert_eq!(matters(&life), []);
    life.act(|draft| draft.store_news(&sup(1), &StoreNews::default()));
    assert_eq!(
        life.order.supplier_orders[0].tracking,
        ["LP1"],
        "an empty answer unlearns nothing"
    );
}

#[test]
fn the_timeline_says_when_the_carrier_saw_it_and_when_we_heard_of_it() {
    let mut life = Life::shipped();
    life.now = 3000;

    life.act(|draft| draft.carrier_news(&shp(1), &[report(120, TrackingStatus::Delivered)]));

    let delivered = life
        .timeline
        .iter()
        .find(|entry| entry.event == Event::CarrierDelivered)
        .unwrap();
    assert_eq!((delivered.moment(), delivered.at), (minute(120), minute(3001)));
    let others = life
        .timeline
        .iter()
        .filter(|entry| entry.event != Event::CarrierDelivered);
    assert!(others.into_iter().all(|entry| entry.happened_at.is_none()));
    let mut forged = life.timeline.clone();
    let last = forged.iter_mut().find(|entry| entry.happened_at.is_some()).unwrap();
    (last.happened_at, last.note) = (Some(minute(121)), last.note.clone());
    let number = last.number;
    assert_eq!(TimelineEntry::first_broken(&forged), Some(number));
}
