//! Making a quote out of a landed price: the basket as wanted, the price as reckoned, and for whom.

use super::{Quote, QuoteLine, Terms, Way, WrongQuote};
use crate::{
    id::{CustomerId, QuoteId},
    landed_cost::{LandedCost, Want},
    timestamp::Timestamp,
};

/// For whom and of which cart a quote is made.
#[derive(Clone, Debug)]
pub struct Heading {
    /// The new quote's id.
    pub id: QuoteId,
    /// For whom.
    pub customer: CustomerId,
    /// Of which cart.
    pub cart_fingerprint: String,
    /// When; the same moment at which the price was reckoned.
    pub made_at: Timestamp,
}

impl Quote {
    /// Promises a landed price to a customer for as long as its rules hold it.
    ///
    /// # Errors
    /// When the price is not that of this basket.
    pub fn promise(heading: Heading, want: Want, cost: LandedCost) -> Result<Self, WrongQuote> {
        Self::promise_beside(heading, (want, cost), Vec::new())
    }

    /// Promises one basket by each of these ways. Every quote names the others, so that whoever has one can choose.
    ///
    /// # Errors
    /// When a price is not that of its basket.
    pub fn promise_each(ways: Vec<(Heading, Want, LandedCost)>) -> Result<Vec<Self>, WrongQuote> {
        let all: Vec<Way> = ways.iter().map(|(heading, _, cost)| way(heading, cost)).collect();
        let promised = ways.into_iter().map(|(heading, want, cost)| {
            let others = all.iter().filter(|other| other.quote != heading.id).cloned().collect();
            Self::promise_beside(heading, (want, cost), others)
        });
        promised.collect()
    }

    fn promise_beside(
        heading: Heading,
        (want, cost): (Want, LandedCost),
        other_ways: Vec<Way>,
    ) -> Result<Self, WrongQuote> {
        if want.lines.len() != cost.lines.len() || want.lines.len() != cost.parcel.pieces.len() {
            return Err(WrongQuote::Empty);
        }
        let found = cost.lines.into_iter().zip(cost.parcel.pieces);
        let lines = want
            .lines
            .into_iter()
            .zip(found)
            .map(|(wanted, (found, piece))| QuoteLine {
                variant: wanted.variant,
                quantity: wanted.quantity,
                title: wanted.title,
                variant_label: wanted.variant_label,
                image: wanted.image,
                seller: wanted.seller,
                unit_price: wanted.unit_price,
                store_service: wanted.store_service,
                store_delivery: wanted.store_delivery,
                goods: found.goods,
                classification: found.classification,
                origin: wanted.origin,
                customs_value: found.customs_value,
                unit_weight: piece.weight,
                danger: found.danger,
            });
        Self::make(Terms {
            id: heading.id,
            customer: heading.customer,
            destination: want.destination,
            lines: lines.collect(),
            components: cost.components,
            total: cost.total,
            low: cost.low,
            high: cost.high,
            exchanges: cost.exchanges,
            caps: cost.caps,
            freight: cost.freight,
            other_ways,
            chargeable_weight: cost.parcel.chargeable,
            weight_source: cost.parcel.source,
            remarks: cost.remarks,
            rules: cost.rules,
            rules_version: cost.rules_version,
            cart_fingerprint: heading.cart_fingerprint,
            made_at: heading.made_at,
            expires_at: heading.made_at.plus(cost.valid_for),
        })
    }
}

fn way(heading: &Heading, cost: &LandedCost) -> Way {
    Way {
        quote: heading.id.clone(),
        carrier: cost.freight.carrier.clone(),
        speed: cost.freight.speed,
        days: cost.freight.days,
        total: cost.total,
    }
}
