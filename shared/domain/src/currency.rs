//! Table: ISO 4217 currencies in use with the number of decimals of their minor unit (ISO 4217 list one, amendment of 2026-01).

use std::{fmt, str::FromStr, sync::LazyLock};

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3], u8);

/// The text names no currency we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency")]
pub struct NotACurrency;

impl Currency {
    /// Kenyan shilling.
    pub const KES: Self = Self(*b"KES", 2);
    /// United States dollar.
    pub const USD: Self = Self(*b"USD", 2);

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Decimals of the minor unit: 2 for KES, 0 for UGX, 3 for KWD.
    #[must_use]
    pub fn exponent(self) -> u8 {
        self.1
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = NotACurrency;

    /// Upper or lower case: Stripe writes `usd`, everybody else `USD`.
    fn from_str(text: &str) -> Result<Self, NotACurrency> {
        let mut code: [u8; 3] = text.as_bytes().try_into().map_err(|_| NotACurrency)?;
        code.make_ascii_uppercase();
        let found = SORTED.binary_search_by_key(&code, |known| known.0);
        found
            .ok()
            .and_then(|place| SORTED.get(place))
            .copied()
            .ok_or(NotACurrency)
    }
}

/// Every amount of every rule and record is looked up here.
static SORTED: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    let of = |(exponent, codes): &(u8, &str)| {
        let codes = codes.as_bytes().chunks(4).filter_map(<[u8]>::first_chunk::<3>);
        codes.map(|code| Currency(*code, *exponent)).collect::<Vec<_>>()
    };
    let mut all: Vec<Currency> = TABLE.iter().flat_map(of).collect();
    all.sort_unstable();
    all
});

impl TryFrom<String> for Currency {
    type Error = NotACurrency;

    fn try_from(text: String) -> Result<Self, NotACurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

const TABLE: &[(u8, &str)] = &[
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK \
         DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT \
         LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN \
         QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS \
         VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_follow_the_currency_and_not_habit() {
        for (code, exponent) in [
            ("KES", 2),
            ("UGX", 0),
            ("RWF", 0),
            ("KWD", 3),
            ("usd", 2),
            ("XOF", 0),
            ("TZS", 2),
        ] {
            assert_eq!(code.parse::<Currency>().unwrap().exponent(), exponent, "{code}");
        }
        for code in ["", "KE", "KESH", "XXX", "K S"] {
            assert_eq!(code.parse::<Currency>(), Err(NotACurrency), "{code}");
        }
    }

    #[test]
    fn the_constants_agree_with_the_table() {
        for constant in [Currency::KES, Currency::USD] {
            assert_eq!(constant.code().parse::<Currency>().unwrap(), constant);
        }
    }
}
