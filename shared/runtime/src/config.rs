//! `config!` declares what a function must be told: a struct, the names of its settings, and one reading at the start.

pub use domain::{Settings, WrongSettings};

use domain::Secret;

/// A value that one named setting gives.
pub trait Setting {
    /// Reads it; a missing or wrong one is remembered in `settings`.
    fn read(settings: &mut Settings, name: &'static str) -> Self;
}

impl Setting for String {
    fn read(settings: &mut Settings, name: &'static str) -> Self {
        settings.text(name)
    }
}

impl Setting for Secret {
    fn read(settings: &mut Settings, name: &'static str) -> Self {
        settings.secret(name)
    }
}

macro_rules! whole_numbers {
    ($($number:ty)*) => { $(
        impl Setting for $number {
            fn read(settings: &mut Settings, name: &'static str) -> Self {
                settings.parsed(name, "must be a whole number")
            }
        }
    )* };
}

whole_numbers! { u16 u32 u64 i64 }

/// The environment of this process, read once. The log starts with it, so that whatever happens next can be told.
#[must_use]
pub fn environment() -> Settings {
    crate::log::start();
    let variables = std::env::vars_os();
    Settings::new(variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))))
}

/// Declares the settings of a function.
///
/// ```
/// runtime::config! {
///     /// What the cart is told.
///     pub struct Config {
///         /// The table of orders and carts.
///         orders_table: String = "ORDERS_TABLE",
///         /// The key of a provider.
///         key: domain::Secret = "STRIPE_SECRET_KEY",
///     }
/// }
/// assert_eq!(Config::names(), ["ORDERS_TABLE", "STRIPE_SECRET_KEY"]);
/// ```
///
/// A field is a `String`, a `Secret`, a whole number, or a group: `stripe: StripeSettings = group` calls
/// `StripeSettings::read(&mut settings)`, and the group lists its own names. Attributes such as `#[derive(Clone)]` may stand above the struct.
#[macro_export]
macro_rules! config {
    (
        $(#[$doc:meta])*
        pub struct $name:ident {
            $( $(#[$field_doc:meta])* $field:ident : $type:ty = $from:tt ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        pub struct $name {
            $( $(#[$field_doc])* pub $field: $type, )*
        }

        impl $name {
            /// The settings read one by one; groups list their own.
            #[must_use]
            pub fn names() -> Vec<&'static str> {
                let names: [Option<&'static str>; _] = [$( $crate::config!(@name $from) ),*];
                names.into_iter().flatten().collect()
            }

            /// Reads the environment of this process.
            ///
            /// # Errors
            /// When settings are missing or wrong, naming all of them.
            pub fn from_env() -> Result<Self, $crate::config::WrongSettings> {
                Self::read($crate::config::environment())
            }

            /// Reads these settings.
            ///
            /// # Errors
            /// When settings are missing or wrong, naming all of them.
            pub fn read(mut settings: $crate::config::Settings) -> Result<Self, $crate::config::WrongSettings> {
                let read = Self { $( $field: $crate::config!(@read settings, $type, $from), )* };
                settings.finish()?;
                Ok(read)
            }
        }
    };
    (@name group) => { None };
    (@name $name:literal) => { Some($name) };
    (@read $settings:ident, $type:ty, group) => { <$type>::read(&mut $settings) };
    (@read $settings:ident, $type:ty, $name:literal) => {
        <$type as $crate::config::Setting>::read(&mut $settings, $name)
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "config! writes what the root of a function shows")]
mod tests {
    use super::*;

    pub struct Warehouse {
        city: String,
    }

    impl Warehouse {
        fn read(settings: &mut Settings) -> Self {
            Self {
                city: settings.text("WAREHOUSE_CITY"),
            }
        }
    }

    runtime::config! {
        /// Settings of a test.
        pub struct Config {
            /// A table.
            orders_table: String = "ORDERS_TABLE",
            /// A key.
            key: Secret = "STRIPE_SECRET_KEY",
            /// A number.
            seats: u32 = "SEATS",
            /// A group.
            warehouse: Warehouse = group,
        }
    }

    fn settings(values: &[(&str, &str)]) -> Settings {
        Settings::new(values.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn plain_names_secrets_numbers_and_groups_are_read() {
        let all = [
            ("ORDERS_TABLE", "orders"),
            ("STRIPE_SECRET_KEY", "sk"),
            ("SEATS", "7"),
            ("WAREHOUSE_CITY", "Dover"),
        ];

        let config = Config::read(settings(&all)).unwrap();

        assert_eq!((config.orders_table.as_str(), config.seats), ("orders", 7));
        assert_eq!((config.key.expose(), config.warehouse.city.as_str()), ("sk", "Dover"));
        assert_eq!(Config::names(), ["ORDERS_TABLE", "STRIPE_SECRET_KEY", "SEATS"]);
    }

    #[test]
    fn a_start_that_fails_names_every_missing_setting_at_once() {
        let WrongSettings(wrong) = Config::read(settings(&[("SEATS", "many")])).err().unwrap();

        let expected = [
            "ORDERS_TABLE is missing",
            "STRIPE_SECRET_KEY is missing",
            "SEATS must be a whole number",
            "WAREHOUSE_CITY is missing",
        ];
        assert_eq!(wrong, expected);
    }

    #[test]
    fn the_environment_of_this_test_is_no_configuration() {
        assert!(Config::from_env().is_err());
    }
}
