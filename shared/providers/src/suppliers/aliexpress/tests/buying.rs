//! Ordering, looking an order up, and watching it.

use std::time::Duration;

use domain::{Currency, Money, Timestamp, address::Country};

use super::{NONSENSE, done, ending, fields, kettle, next, now, store, told, variant};
use crate::{
    error::Error,
    exchange::{Effect, Exchange, Loss},
    response::Response,
    suppliers::{
        Found, Lookup, Placed, StoreOrder, StoreOrderLine, StoreOrderRequest, StoreOrderState, StorePackage, Supplier,
    },
    warehouse::WarehouseAddress,
};

const REFERENCE: &str = "sup_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1";

fn lines() -> Vec<StoreOrderLine> {
    let line = |variant, quantity| StoreOrderLine {
        variant,
        quantity,
        service: "CAINIAO_FULFILLMENT_STD".into(),
    };
    vec![
        line(kettle(), 2),
        line(variant("1005007210099902", "12000039870020001|"), 1),
    ]
}

fn warehouse() -> WarehouseAddress {
    WarehouseAddress {
        contact: "Dock Four".into(),
        company: "Bandari Receiving".into(),
        phone: "+1 3025550142".parse().unwrap(),
        line: "18 Pier Road".into(),
        city: "New Castle".into(),
        province: "Delaware".into(),
        postcode: "19720".into(),
        country: Country::US,
    }
}

fn order() -> StoreOrderRequest {
    StoreOrderRequest {
        reference: REFERENCE.into(),
        lines: lines(),
        to: warehouse(),
        max_total: Money::new(5000, Currency::USD),
    }
}

fn place() -> Exchange<Placed> {
    store().place(&order(), now()).unwrap()
}

#[test]
fn an_order_carries_our_reference_and_is_paid_at_once() {
    let exchange = place();

    assert_eq!(
        exchange.effect(),
        &Effect::Moves {
            reference: REFERENCE.into()
        }
    );
    let fields = fields(exchange.request());
    assert_eq!(fields["method"], "aliexpress.ds.order.create");
    let sent: serde_json::Value = serde_json::from_str(&fields["param_place_order_request4_open_api_d_t_o"]).unwrap();
    let expected: serde_json::Value = serde_json::from_str(include_str!("../samples/order.request.json")).unwrap();
    assert_eq!(sent, expected);
    assert_eq!(
        fields["ds_extend_request"],
        r#"{"payment":{"pay_currency":"USD","try_to_pay":"true"}}"#
    );
}

#[test]
fn an_order_that_the_store_could_not_read_is_not_sent() {
    let nothing = StoreOrderRequest {
        lines: Vec::new(),
        ..order()
    };
    let nobody = StoreOrderRequest {
        to: WarehouseAddress {
            contact: "D".into(),
            ..warehouse()
        },
        ..order()
    };

    let none = vec![StoreOrderLine {
        quantity: 0,
        ..lines().remove(0)
    }];
    let none_of_it = StoreOrderRequest { lines: none, ..order() };

    for request in [nothing, nobody, none_of_it] {
        assert_eq!(store().place(&request, now()).err().unwrap().word(), "invalid");
    }
}

#[test]
fn a_placed_order_has_its_number_with_every_digit() {
    let placed = done(place(), include_str!("../samples/order.ok.json"));

    assert_eq!(placed.store_orders, ["8190000000004417"]);
}

#[test]
fn a_refusal_is_told_with_its_code_and_account_trouble_apart() {
    let Err(Error::Refused { code, text, .. }) = told(place(), include_str!("../samples/order.refused.json")) else {
        panic!("refused")
    };

    assert_eq!(
        (code.as_str(), text.as_str()),
        ("INVENTORY_HOLD_ERROR", "Not enough stock")
    );
    let account = r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false,"error_code":"USER_ACCOUNT_DISABLED"}}}"#;
    assert_eq!(ending(place(), account), "unauthorized");
    let parameter = r#"{"error_response":{"type":"ISV","code":"InvalidParameter","msg":"x"}}"#;
    assert_eq!(ending(place(), parameter), "refused");
}

#[test]
fn what_may_have_bought_something_is_an_unknown_outcome_under_our_reference() {
    for body in [
        r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false,"error_code":"REPEATED_ORDER_ERROR"}}}"#,
        r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false,"error_code":"A_CODE_OF_TOMORROW"}}}"#,
        r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false}}}"#,
        r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":true,"order_list":{}}}}"#,
        r#"{"error_response":{"type":"ISP","code":"ServiceTimeout","msg":"the service did not answer"}}"#,
        r#"{"error_response":{"code":"SomethingElse","msg":"x"}}"#,
    ]
    .into_iter()
    .chain(NONSENSE)
    {
        let Err(Error::OutcomeUnknown { reference, .. }) = told(place(), body) else { panic!("{body}") };
        assert_eq!(reference, REFERENCE);
    }
    assert_eq!(
        place().receive(&Response::new(502, "")).err().unwrap().word(),
        "outcome_unknown"
    );
    assert_eq!(
        place().lost(Loss::NoAnswer("reset".into())).err().unwrap().word(),
        "outcome_unknown"
    );
}

fn state() -> Exchange<StoreOrder> {
    store().order_state("8190000000004417", now()).unwrap()
}

const SHIPPED: &str = include_str!("../samples/status.shipped.json");

#[test]
fn an_order_is_asked_for_by_its_number_as_text() {
    let fields = fields(state().request());

    assert_eq!(fields["method"], "aliexpress.trade.ds.order.get");
    assert_eq!(fields["single_order_query"], r#"{"order_id":"8190000000004417"}"#);
    assert_eq!(store().order_state("x", now()).err().unwrap().word(), "invalid");
}

#[test]
fn a_shipped_order_has_its_amount_and_the_number_of_the_last_carrier() {
    let tracking = next(state(), SHIPPED);

    let asked = fields(tracking.request());
    assert_eq!(asked["method"], "aliexpress.ds.order.tracking.get");
    assert_eq!(asked["ae_order_id"], "8190000000004417");
    let order = done(tracking, include_str!("../samples/tracking.ok.json"));
    assert_eq!(
        (order.state, order.total),
        (StoreOrderState::Shipped, Some(Money::new(4011, Currency::USD)))
    );
    assert_eq!(
        order.packages,
        [
            StorePackage {
                carrier: Some("USPS".into()),
                tracking: "9400111899223100004417".into(),
                is_delivered: false
            },
            StorePackage {
                carrier: Some("CAINIAO_FULFILLMENT_STD".into()),
                tracking: "LP00790011223344".into(),
                is_delivered: false
            }
        ]
    );
}

#[test]
fn a_number_that_the_order_tells_outlives_every_empty_or_odd_answer_about_its_way() {
    let known = |order: StoreOrder| {
        assert_eq!(order.packages[0].tracking, "LP00790011223344");
        assert_eq!(order.state, StoreOrderState::Shipped);
    };
    let way = |result: &str| -> &'static str {
        let body = format!(r#"{{"aliexpress_ds_order_tracking_get_response":{{"result":{result}}}}}"#);
        Box::leak(body.into_boxed_str())
    };
    for body in [
        include_str!("../samples/tracking.none.json"),
        r#"{"error_response":{"type":"ISV","code":"InvalidParameter","msg":"no tracking"}}"#,
        "<html>",
        way(r#"{"ret":true,"code":"200","msg":"success"}"#),
        way(r#"{"ret":true,"data":null}"#),
        way(r#"{"ret":true,"data":"soon"}"#),
        way(r#"{"ret":true,"data":{"tracking_detail_line_list":null}}"#),
        way(r#"{"ret":true,"data":{"tracking_detail_line_list":[{"mail_no":null},{"mail_no":{}},7]}}"#),
    ] {
        known(done(next(state(), SHIPPED), body));
    }
    for status in [429, 500, 503] {
        match next(state(), SHIPPED).receive(&Response::new(status, "")) {
            Ok(crate::exchange::Step::Done(order)) => known(order),
            _ => panic!("{status}"),
        }
    }
    match next(state(), SHIPPED).lost(Loss::NoAnswer("reset".into())) {
        Ok(crate::exchange::Step::Done(order)) => known(order),
        _ => panic!("what was known is lost"),
    }
}

#[test]
fn an_order_has_arrived_when_every_parcel_was_delivered() {
    let delivered = r#"{"aliexpress_ds_order_tracking_get_response":{"result":{"data":{"tracking_detail_line_list":
        [{"mail_no":"1","detail_node_list":[{"tracking_name":"Delivered"},{"tracking_name":"In transit"}]}]}}}}"#;
    let half = r#"{"aliexpress_ds_order_tracking_get_response":{"result":{"data":{"tracking_detail_line_list":
        [{"mail_no":"1","detail_node_list":[{"tracking_name":"Delivered"}]},
         {"mail_no":"2","detail_node_list":{"detail_node":{"tracking_name":"Undelivered","time_stamp":"1"}}}]}}}}"#;

    assert_eq!(done(next(state(), SHIPPED), delivered).state, StoreOrderState::Arrived);
    assert_eq!(done(next(state(), SHIPPED), half).state, StoreOrderState::Shipped);
}

#[test]
fn an_ended_order_is_cancelled_whatever_else_it_says() {
    let ended = done(state(), include_str!("../samples/status.ended.json"));
    let never_paid = done(
        state(),
        r#"{"aliexpress_trade_ds_order_get_response":{"rsp_code":200,"result":{"order_status":"FINISH",
            "user_order_amount":{"amount":"0.00","currency_code":"USD"},"child_order_list":[{"product_id":1}]}}}"#,
    );
    let half_ended = done(
        state(),
        r#"{"aliexpress_trade_ds_order_get_response":{"rsp_code":200,"result":{"order_status":"WAIT_SELLER_SEND_GOODS",
            "child_order_list":[{"end_reason":"no_stock"},{"end_reason":""}]}}}"#,
    );

    assert_eq!(ended.state, StoreOrderState::Cancelled);
    assert_eq!(ended.end_reason.as_deref(), Some("seller_cancel_out_of_stock"));
    assert_eq!((never_paid.state, never_paid.total), (StoreOrderState::Cancelled, None));
    assert_eq!(half_ended.state, StoreOrderState::Problem("1 of 2 lines ended".into()));
}

#[test]
fn logistics_may_be_ahead_of_the_order() {
    let body = r#"{"aliexpress_trade_ds_order_get_response":{"rsp_code":200,"result":{
        "order_status":"WAIT_SELLER_SEND_GOODS","logistics_status":"SELLER_SEND_PART_GOODS"}}}"#;

    let order = done(next(state(), body), include_str!("../samples/tracking.none.json"));

    assert_eq!(order.state, StoreOrderState::Shipped);
}

#[test]
fn an_unknown_order_is_refused_and_nonsense_is_malformed() {
    assert_eq!(
        ending(state(), include_str!("../samples/status.refused.json")),
        "refused"
    );
    for nonsense in NONSENSE {
        assert_eq!(ending(state(), nonsense), "malformed", "{nonsense}");
    }
}

fn lookup(lines: Vec<StoreOrderLine>, since: &str, until: &str) -> Exchange<Found> {
    let (since, until) = (since.parse().unwrap(), until.parse().unwrap());
    let lookup = Lookup {
        reference: REFERENCE.into(),
        lines,
        since,
        until,
    };
    store().find_by_reference(&lookup, now()).unwrap()
}

fn morning() -> Exchange<Found> {
    lookup(lines(), "2026-11-23T08:00:00Z", "2026-11-23T08:01:00Z")
}

const LISTED: &str = include_str!("../samples/list.ok.json");

#[test]
fn a_look_up_reaches_back_as_far_as_the_list_s_clock_may_be_behind() {
    let fields = fields(morning().request());

    assert_eq!(fields["method"], "aliexpress.ds.commissionorder.listbyindex");
    assert_eq!(fields["start_time"], "2026-11-22 23:59:00");
    assert_eq!(fields["end_time"], "2026-11-23 08:02:00");
    assert_eq!(
        (fields["status"].as_str(), fields["page_size"].as_str()),
        ("Payment Completed", "50")
    );
}

#[test]
fn an_order_is_likely_ours_when_it_holds_every_line_and_was_made_in_that_time() {
    let one_kettle = vec![StoreOrderLine {
        quantity: 1,
        ..lines().remove(0)
    }];

    assert_eq!(done(morning(), LISTED), Found::Likely(vec!["8190000000004417".into()]));
    // The same clock reading in the platform's zone, eight hours behind.
    let evening = lookup(lines(), "2026-11-23T15:59:59Z", "2026-11-23T16:01:00Z");
    assert_eq!(done(evening, LISTED), Found::Likely(vec!["8190000000004417".into()]));
    let other = lookup(one_kettle, "2026-11-23T08:00:00Z", "2026-11-23T08:01:00Z");
    assert_eq!(done(other, LISTED), Found::Likely(vec!["8190000000005000".into()]));
    let elsewhen = lookup(lines(), "2026-11-23T11:00:00Z", "2026-11-23T11:01:00Z");
    assert_eq!(done(elsewhen, LISTED), Found::Nothing);
}

#[test]
fn only_a_list_that_says_it_is_empty_finds_nothing() {
    let untold = r#"{"aliexpress_ds_commissionorder_listbyindex_response":{"rsp_code":200,"result":{}}}"#;
    let refused = r#"{"aliexpress_ds_commissionorder_listbyindex_response":{"rsp_code":405,"rsp_msg":"no result"}}"#;

    assert_eq!(
        done(morning(), include_str!("../samples/list.empty.json")),
        Found::Nothing
    );
    assert_eq!(ending(morning(), untold), "malformed");
    assert_eq!(ending(morning(), refused), "refused");
    for nonsense in NONSENSE {
        assert_eq!(ending(morning(), nonsense), "malformed", "{nonsense}");
    }
}

#[test]
fn a_full_list_is_asked_again_in_halves() {
    let entry = r#"{"order_id":1,"item_id":2,"item_count":1,"created_time":"2026-11-23 08:00:01"}"#;
    let orders = vec![entry; 50].join(",");
    let full = format!(
        r#"{{"aliexpress_ds_commissionorder_listbyindex_response":{{"rsp_code":200,"result":{{"orders":[{orders}]}}}}}}"#
    );
    let span = |exchange: &Exchange<Found>| {
        let fields = fields(exchange.request());
        (fields["start_time"].clone(), fields["end_time"].clone())
    };

    let first = next(morning(), Box::leak(full.into_boxed_str()));
    assert_eq!(
        span(&first),
        ("2026-11-22 23:59:00".into(), "2026-11-23 04:00:30".into())
    );
    let second = next(first, include_str!("../samples/list.empty.json"));
    assert_eq!(
        span(&second),
        ("2026-11-23 04:00:30".into(), "2026-11-23 08:02:00".into())
    );
    assert_eq!(done(second, LISTED), Found::Likely(vec!["8190000000004417".into()]));
}

#[test]
fn a_look_up_without_time_is_not_asked() {
    let at: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    let backwards = Lookup {
        reference: REFERENCE.into(),
        lines: lines(),
        since: at,
        until: at.minus(Duration::from_secs(1)),
    };

    assert_eq!(
        store().find_by_reference(&backwards, now()).err().unwrap().word(),
        "invalid"
    );
}
