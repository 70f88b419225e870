//! What the customer chose once, when ordering: what becomes of the order when the world is not as it was priced.

use crate::money::Money;

macro_rules! word_of {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name { $($(#[$item_doc])* $item,)* }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$item,)*];

            /// Its text form, as stored and sent.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$item => $word,)* }
            }

            /// The one with this text form.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }
        }
    };
}

word_of! {
    /// When a store asks more than the guaranteed price covers.
    DriftPolicy {
        /// Bought within the guarantee; beyond it our buyers look for another way.
        #[default]
        WithinGuarantee = "within_guarantee",
        /// Bought with up to so much more of the customer's own, which was paid with the order and comes back unused; beyond that they are
        /// asked.
        UseMine = "use_mine",
        /// The customer is asked.
        Ask = "ask",
        /// The line is left out and its money goes back.
        DropLine = "drop_line",
    }
}

word_of! {
    /// When a store has sold out.
    StockPolicy {
        /// The line is left out and its money goes back.
        #[default]
        DropLine = "drop_line",
        /// The customer is asked whether to wait.
        Ask = "ask",
    }
}

word_of! {
    /// How parcels leave our warehouse.
    Consolidation {
        /// One parcel when everything is there.
        #[default]
        Together = "together",
        /// What is there goes out, the rest follows.
        AsItComes = "as_it_comes",
    }
}

/// The choices of one order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// When the price moves.
    pub drift: DriftPolicy,
    /// When it is sold out.
    pub out_of_stock: StockPolicy,
    /// One parcel or several.
    pub consolidation: Consolidation,
    /// What the customer adds for price rises, with [`DriftPolicy::UseMine`]: paid with the order, and back when it was not needed.
    pub reserve: Option<Money>,
}
