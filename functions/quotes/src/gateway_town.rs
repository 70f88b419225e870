//! Table: the town a carrier's price is asked for while the customer has named none: the main gateway of each country, with a postcode of its
//! centre where the country uses postcodes (postal services' own directories, 2026-11). It is no address and no parcel is sent there.

use domain::address::Country;

const GATEWAYS: &[(&str, &str, &str)] = &[
    ("AE", "Dubai", ""),
    ("DE", "Frankfurt am Main", "60311"),
    ("FR", "Paris", "75001"),
    ("GB", "London", "EC1A 1BB"),
    ("GH", "Accra", ""),
    ("KE", "Nairobi", "00100"),
    ("NG", "Lagos", "100001"),
    ("RW", "Kigali", ""),
    ("TZ", "Dar es Salaam", ""),
    ("UG", "Kampala", ""),
    ("US", "New York", "10001"),
    ("ZA", "Johannesburg", "2001"),
];

/// Town and postcode; nothing for a country the table does not have.
pub(crate) fn gateway_town(country: Country) -> Option<(&'static str, &'static str)> {
    GATEWAYS
        .iter()
        .find(|(code, ..)| *code == country.code())
        .map(|(_, town, postcode)| (*town, *postcode))
}

#[cfg(test)]
mod tests {
    use domain::{Timestamp, landed_cost::Rules};

    use super::*;

    #[test]
    fn every_country_we_deliver_to_has_a_gateway() {
        let day = "2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap().date();

        for destination in Rules::shipped().unwrap().destinations(day) {
            assert!(gateway_town(destination.dest).is_some(), "{}", destination.name);
        }
    }
}
