//! When a carrier can collect at a warehouse: while somebody is there to hand parcels over, on a day the carrier drives. One rule for what is
//! quoted and for what is booked.

use std::str::FromStr;

use jiff::{
    ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use crate::timestamp::Timestamp;

/// Days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weekdays(Vec<Weekday>);

/// The text names no days of the week, no hours, no time zone or no dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not readable as times of a warehouse")]
pub struct NotTimes;

/// The time zone of a warehouse, as a rule in the form of POSIX: `EST5EDT,M3.2.0,M11.1.0`, `UTC0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// On which days of the week a warehouse hands parcels over, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningHours {
    days: Weekdays,
    opens: Time,
    closes: Time,
}

/// Days on which a warehouse is closed though its hours say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosedDays(Vec<Date>);

/// A warehouse as carriers must know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarehouseTimes {
    /// Its clock.
    pub zone: Zone,
    /// Its week.
    pub hours: OpeningHours,
    /// Its holidays, which are the carrier's there too.
    pub closed_on: ClosedDays,
}

/// When a carrier drives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionDays {
    /// On these days.
    pub days: Weekdays,
    /// Not later than this, by the warehouse's clock.
    pub latest: Time,
}

/// A planned collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection {
    /// When.
    pub at: Timestamp,
    /// How many minutes the warehouse's clock is ahead of UTC then.
    pub offset_minutes: i16,
}

impl WarehouseTimes {
    /// The first moment from `ready` on, and until `latest`, at which the carrier can collect here.
    #[must_use]
    pub fn next_collection(&self, carrier: &CollectionDays, ready: Timestamp, latest: Timestamp) -> Option<Collection> {
        let here = self.zone.0.to_datetime(instant(ready));
        let closes = self.hours.closes.min(carrier.latest);
        let mut day = here.date();
        while self.first_moment(day)? <= latest {
            let is_collected = self.hours.days.hold(day) && carrier.days.hold(day) && !self.closed_on.0.contains(&day);
            let from = if day == here.date() {
                here.time().max(self.hours.opens)
            } else {
                self.hours.opens
            };
            if is_collected && from < closes {
                return self.at(day, from).filter(|planned| planned.at <= latest);
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }

    fn first_moment(&self, day: Date) -> Option<Timestamp> {
        self.at(day, Time::midnight()).map(|start| start.at)
    }

    fn at(&self, day: Date, time: Time) -> Option<Collection> {
        let there = self.zone.0.to_zoned(day.to_datetime(time)).ok()?;
        Some(Collection {
            at: Timestamp::from_millis(there.timestamp().as_millisecond()),
            offset_minutes: i16::try_from(there.offset().seconds() / 60).ok()?,
        })
    }
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default()
}

impl CollectionDays {
    /// From Monday to Friday, not later than at this full hour.
    #[must_use]
    pub fn working_days_until(hour: i8) -> Self {
        Self {
            days: Weekdays::working(),
            latest: Time::new(hour, 0, 0, 0).unwrap_or(Time::MAX),
        }
    }
}

impl Weekdays {
    /// From Monday to Friday.
    #[must_use]
    pub fn working() -> Self {
        Self(vec![
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ])
    }

    fn hold(&self, day: Date) -> bool {
        self.0.contains(&day.weekday())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Default for OpeningHours {
    /// Stands in while a wrong setting is reported.
    fn default() -> Self {
        Self {
            days: Weekdays::working(),
            opens: Time::constant(9, 0, 0, 0),
            closes: Time::constant(17, 0, 0, 0),
        }
    }
}

impl FromStr for Zone {
    type Err = NotTimes;

    fn from_str(text: &str) -> Result<Self, NotTimes> {
        TimeZone::posix(text).map(Self).map_err(|_| NotTimes)
    }
}

impl FromStr for Weekdays {
    type Err = NotTimes;

    /// `Mon-Fri`, `Tue`, `Mon,Wed-Sat`.
    fn from_str(text: &str) -> Result<Self, NotTimes> {
        const NAMES: [(&str, Weekday); 7] = [
            ("Mon", Weekday::Monday),
            ("Tue", Weekday::Tuesday),
            ("Wed", Weekday::Wednesday),
            ("Thu", Weekday::Thursday),
            ("Fri", Weekday::Friday),
            ("Sat", Weekday::Saturday),
            ("Sun", Weekday::Sunday),
        ];
        let named = |name: &str| NAMES.iter().position(|(known, _)| *known == name).ok_or(NotTimes);
        let mut days = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let span = NAMES.get(named(first)?..=named(last)?).ok_or(NotTimes)?;
            days.extend(span.iter().map(|(_, day)| *day));
        }
        if days.is_empty() { Err(NotTimes) } else { Ok(Self(days)) }
    }
}

impl FromStr for OpeningHours {
    type Err = NotTimes;

    /// `Mon-Fri 09:00-17:00`.
    fn from_str(text: &str) -> Result<Self, NotTimes> {
        let (days, hours) = text.split_once(' ').ok_or(NotTimes)?;
        let (opens, closes) = hours.split_once('-').ok_or(NotTimes)?;
        let time = |text: &str| Time::strptime("%H:%M", text).map_err(|_| NotTimes);
        let this = Self {
            days: days.parse()?,
            opens: time(opens)?,
            closes: time(closes)?,
        };
        if this.opens < this.closes {
            Ok(this)
        } else {
            Err(NotTimes)
        }
    }
}

impl FromStr for ClosedDays {
    type Err = NotTimes;

    /// `2026-12-25,2027-01-01`.
    fn from_str(text: &str) -> Result<Self, NotTimes> {
        let days: Result<Vec<Date>, _> = text.split(',').map(|day| day.trim().parse()).collect();
        days.map(Self).map_err(|_| NotTimes)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// New Castle in Delaware: five hours behind UTC in winter, four in summer.
    fn hub() -> WarehouseTimes {
        WarehouseTimes {
            zone: "EST5EDT,M3.2.0,M11.1.0".parse().unwrap(),
            hours: "Mon-Fri 09:00-17:00".parse().unwrap(),
            closed_on: "2026-12-25".parse().unwrap(),
        }
    }

    fn carrier() -> CollectionDays {
        CollectionDays::working_days_until(18)
    }

    fn planned(hub: &WarehouseTimes, carrier: &CollectionDays, ready: &str) -> Option<(String, i16)> {
        let ready: Timestamp = ready.parse().unwrap();
        let latest = ready.plus(Duration::from_secs(10 * 24 * 3600));
        let planned = hub.next_collection(carrier, ready, latest)?;
        Some((planned.at.to_string().replace(":00.000Z", "Z"), planned.offset_minutes))
    }

    #[test]
    fn a_parcel_is_collected_while_the_hub_is_open_by_its_own_clock() {
        for (case, ready, at, offset) in [
            (
                "in the middle of a day",
                "2026-11-25T16:30:00Z",
                "2026-11-25T16:30Z",
                -300,
            ),
            ("before it opens", "2026-11-25T06:00:00Z", "2026-11-25T14:00Z", -300),
            ("when it closes", "2026-11-25T22:00:00Z", "2026-11-26T14:00Z", -300),
            ("a minute before", "2026-11-25T21:59:00Z", "2026-11-25T21:59Z", -300),
            ("Friday evening", "2026-11-27T23:00:00Z", "2026-11-30T14:00Z", -300),
            ("Saturday at 17:00", "2026-11-28T17:00:00Z", "2026-11-30T14:00Z", -300),
            ("still Sunday there", "2026-11-30T02:00:00Z", "2026-11-30T14:00Z", -300),
            (
                "a holiday, and then a weekend",
                "2026-12-25T15:00:00Z",
                "2026-12-28T14:00Z",
                -300,
            ),
            ("in summer", "2026-07-04T15:00:00Z", "2026-07-06T13:00Z", -240),
            (
                "over the change of the clock",
                "2026-10-31T15:00:00Z",
                "2026-11-02T14:00Z",
                -300,
            ),
        ] {
            assert_eq!(planned(&hub(), &carrier(), ready), Some((at.into(), offset)), "{case}");
        }
    }

    #[test]
    fn the_days_of_both_count_and_the_earlier_of_both_evenings() {
        let saturdays = CollectionDays {
            days: "Sat".parse().unwrap(),
            ..carrier()
        };
        assert_eq!(
            planned(&hub(), &saturdays, "2026-11-25T16:30:00Z"),
            None,
            "they never meet"
        );
        let open_on_saturday = WarehouseTimes {
            hours: "Mon-Sat 09:00-20:00".parse().unwrap(),
            ..hub()
        };
        let saturday = planned(&open_on_saturday, &saturdays, "2026-11-25T16:30:00Z").unwrap();
        assert_eq!(saturday.0, "2026-11-28T14:00Z");
        let evening = planned(&open_on_saturday, &carrier(), "2026-11-25T23:00:00Z").unwrap();
        assert_eq!(evening.0, "2026-11-26T14:00Z", "the carrier's last round is at six");
    }

    #[test]
    fn what_lies_behind_the_last_moment_is_none() {
        let (ready, latest) = (
            "2026-11-27T23:00:00Z".parse().unwrap(),
            "2026-11-30T13:59:00Z".parse().unwrap(),
        );

        assert_eq!(hub().next_collection(&carrier(), ready, latest), None);
    }

    #[test]
    fn nonsense_is_no_time_of_a_warehouse() {
        for text in [
            "",
            "Mon-Fri",
            "Mon-Fri 9-17",
            "Fri-Mon 09:00-17:00",
            "Mon-Fri 17:00-09:00",
            "Xyz 09:00-17:00",
            "Mon-Fri 09:00-25:00",
        ] {
            assert_eq!(text.parse::<OpeningHours>(), Err(NotTimes), "{text}");
        }
        for text in ["", "Delaware", "EST5EDT"] {
            assert_eq!(text.parse::<Zone>(), Err(NotTimes), "{text}");
        }
        assert_eq!("2026-13-01".parse::<ClosedDays>(), Err(NotTimes));
    }
}
