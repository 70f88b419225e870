//! Every route of the product, called by everybody: the table of who may call what is what the running functions do.

use domain::id::OrderId;
use end_to_end::{Callers, Exchange, Played, play};
use local::actors::{Browser, account::register};
use serde_json::{Value, json};
use web::{Caller, ROUTES, Route};

/// What a door answers that is closed.
const CLOSED: [&str; 3] = ["unauthenticated", "forbidden", "second_factor_needed"];

/// Open to whoever holds its link; without that, a shopper's own. Everybody else is asked to log in.
const BY_LINK: [&str; 1] = ["/quotes/{id}"];

/// The things of one order that paths name.
struct Things {
    order: OrderId,
    quote: String,
    payment: String,
}

impl Things {
    /// The path of a route with everything filled in: the things of this order, and what nobody has.
    fn path(&self, route: &Route) -> String {
        let ulid = self.order.ulid();
        let mut filled = Vec::new();
        let mut before = "";
        for part in route.path.split('/') {
            filled.push(match (before, part) {
                ("orders", "{id}") => self.order.to_string(),
                ("payments", "{id}") => self.payment.clone(),
                ("quotes", "{id}") | ("checkout", "{quote}") => self.quote.clone(),
                ("supplier-orders", "{id}") => format!("sup_{ulid}-1"),
                ("shipments", "{id}") => format!("shp_{ulid}-1"),
                ("exceptions" | "proposals", "{id}") => format!("exc_{ulid}-1"),
                ("addresses", "{id}") => format!("adr_{ulid}"),
                ("staff", "{id}") => format!("stf_{ulid}"),
                ("devices", "{id}") => format!("dev_{ulid}"),
                ("lines", "{id}") => "99".to_owned(),
                ("documents", "{kind}") => "invoice".to_owned(),
                (_, name) if name.starts_with('{') => "x".to_owned(),
                (_, word) => word.to_owned(),
            });
            before = part;
        }
        filled.join("/")
    }
}

/// What a request says that is good but for whose thing it is about.
fn body(route: &Route) -> Value {
    let last = route.path.rsplit('/').next().unwrap_or_default();
    match last {
        "payments" => json!({ "provider": "stripe" }),
        "{part}" => json!({ "answer": "refund" }),
        _ if route.path == "/me/addresses/{id}" => {
            json!({ "name": "Asha Mwangi", "phone": "+254712345678", "line1": "Ngong Road 44", "city": "Nairobi", "country": "KE" })
        }
        _ => json!({}),
    }
}

/// True for a route to one thing that belongs to somebody.
fn is_owned(route: &Route) -> bool {
    route.path.contains('{') && route.admits(Caller::Customer) && !route.admits(Caller::Nobody)
}

#[test]
fn every_route_lets_in_whom_its_row_names_and_nobody_else() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let things = Things {
            order: purchase.order.clone(),
            quote: stage.order(&purchase.order).await?.quote.to_string(),
            payment: purchase
                .shopper
                .start_payment(purchase.order.as_str())
                .await?
                .text_at("/id")?,
        };
        let customer = Browser::new(stage.shop()?);
        register(&customer, &stage.world()?, "matrix@example.com").await?;
        let callers = Callers::of(stage, &purchase.shopper.browser, &customer).await?;

        let mut wrong = Vec::new();
        let mut cells = 0;
        for route in ROUTES {
            for caller in Caller::ALL.into_iter().filter(|caller| *caller != Caller::Webhook) {
                let answer = callers.knock(caller, route, &things.path(route), &json!({})).await?;
                if let Some(reason) = misfit(route, caller, &answer) {
                    wrong.push(format!("{} {} as {caller:?}: {reason}", route.method, route.path));
                }
                cells += 1;
            }
        }

        assert!(
            wrong.is_empty(),
            "{} of {cells} cells:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        assert!(cells > 1_000, "{cells}");
        Ok(())
    })
}

/// What is wrong with an answer to this caller.
fn misfit(route: &Route, caller: Caller, answer: &Exchange) -> Option<String> {
    let told = format!("{} {}", answer.status, answer.code());
    if answer.status == 405 || answer.status >= 500 {
        return Some(told);
    }
    if route.admits(Caller::Webhook) {
        // Nobody here can sign.
        return (answer.status < 400).then_some(told);
    }
    let is_closed = CLOSED.contains(&answer.code());
    let is_shopper = [Caller::Guest, Caller::Customer].contains(&caller);
    if BY_LINK.contains(&route.path) && !is_shopper {
        return (answer.status != 401).then_some(told);
    }
    let expected = match (route.admits(caller), caller) {
        (true, _) => !is_closed,
        (false, Caller::Nobody) => answer.status == 401,
        (false, Caller::Guest) if route.admits(Caller::Customer) => answer.status == 401,
        (false, Caller::Unproven) if route.admits(Caller::Admin) => answer.code() == "second_factor_needed",
        (false, _) => answer.status == 403,
    };
    (!expected).then_some(told)
}

#[test]
fn the_things_of_somebody_else_are_not_found_by_any_route() -> Played {
    play(async |stage| {
        let purchase = stage.placed().await?;
        let other = stage.placed().await?;
        let before = stage.order(&purchase.order).await?;
        let things = Things {
            order: purchase.order.clone(),
            quote: before.quote.to_string(),
            payment: purchase
                .shopper
                .start_payment(purchase.order.as_str())
                .await?
                .text_at("/id")?,
        };
        let before = stage.order(&purchase.order).await?;
        let customer = Browser::new(stage.shop()?);
        register(&customer, &stage.world()?, "other@example.com").await?;
        let strangers = Callers::of(stage, &other.shopper.browser, &customer).await?;

        let mut wrong = Vec::new();
        let owned: Vec<&Route> = ROUTES.iter().filter(|route| is_owned(route)).collect();
        for route in &owned {
            for caller in [Caller::Guest, Caller::Customer]
                .into_iter()
                .filter(|who| route.admits(*who))
            {
                let answer = strangers
                    .knock(caller, route, &things.path(route), &body(route))
                    .await?;
                if answer.status != 404 {
                    let (status, code) = (answer.status, answer.code());
                    wrong.push(format!(
                        "{} {} as {caller:?}: {status} {code}",
                        route.method, route.path
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(owned.len() > 15, "{}", owned.len());
        assert_eq!(stage.order(&purchase.order).await?, before);

        let owner = Callers::of(stage, &purchase.shopper.browser, &customer).await?;
        for path in [
            "/orders/{id}",
            "/orders/{id}/timeline",
            "/orders/{id}/money",
            "/payments/{id}",
        ] {
            let route = ROUTES.iter().find(|route| route.method == "GET" && route.path == path);
            let Some(route) = route else {
                panic!("no row for {path}")
            };
            let answer = owner
                .knock(Caller::Guest, route, &things.path(route), &Value::Null)
                .await?;
            assert_eq!(answer.status, 200, "{path}");
        }
        Ok(())
    })
}
