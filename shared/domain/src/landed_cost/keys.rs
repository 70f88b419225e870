//! Which rows are about the same thing, and what a row must fulfil beside its form.

use super::{
    component::ComponentKind,
    table::{
        Destination, DutyRate, ExchangeRate, Fallback, Purpose, Table, TaxRule, Threshold, ThresholdKind, ValueBase,
        check_rate,
    },
};

impl Table for Destination {
    fn key(&self) -> String {
        self.dest.to_string()
    }
}

impl Table for ValueBase {
    fn key(&self) -> String {
        format!("{} {:?}", self.dest, self.mode)
    }
}

impl Table for DutyRate {
    fn key(&self) -> String {
        format!("{} {} {}", self.dest, self.hs_prefix.digits(), self.origin)
    }

    fn check(&self) -> Result<(), String> {
        check_rate(self.rate)
    }
}

impl Table for TaxRule {
    fn key(&self) -> String {
        format!("{} {} {}", self.dest, self.kind, self.hs_prefix.digits())
    }

    fn check(&self) -> Result<(), String> {
        if !self.kind.is_tax() || self.kind == ComponentKind::Duty {
            return Err("kind is neither vat nor excise nor a levy".into());
        }
        check_rate(self.rate)
    }
}

impl Table for Threshold {
    fn key(&self) -> String {
        let reliefs = if self.kind == ThresholdKind::Relief {
            format!("{:?}", self.reliefs)
        } else {
            String::new()
        };
        format!("{} {:?} {reliefs}", self.dest, self.kind)
    }

    fn check(&self) -> Result<(), String> {
        if (self.kind == ThresholdKind::Relief) == self.reliefs.is_empty() {
            return Err("reliefs belong to the kind relief, and only to it".into());
        }
        if (self.kind == ThresholdKind::FlatDuty) != self.flat.is_some() {
            return Err("flat belongs to the kind flat_duty, and only to it".into());
        }
        Ok(())
    }
}

impl Table for ExchangeRate {
    fn key(&self) -> String {
        format!("{:?} {} {}", self.purpose, self.from, self.to)
    }

    fn check(&self) -> Result<(), String> {
        if self.rate.is_zero() || self.rate.is_negative() || self.margin.is_negative() {
            return Err("a rate is above zero and a margin not below it".into());
        }
        if self.margin.exact_units(9).is_none_or(|margin| margin > 500_000_000) {
            return Err("a margin of more than 50 % is impossible".into());
        }
        if self.purpose == Purpose::Customs && !self.margin.is_zero() {
            return Err("customs takes no margin".into());
        }
        if self.from == self.to {
            Err("a currency is not exchanged into itself".into())
        } else {
            Ok(())
        }
    }
}

impl Table for Fallback {
    fn key(&self) -> String {
        self.kind.code()
    }

    fn check(&self) -> Result<(), String> {
        if !matches!(self.kind, ComponentKind::Duty | ComponentKind::Vat) {
            return Err("only duty and vat have a fallback".into());
        }
        check_rate(self.rate)
    }
}
