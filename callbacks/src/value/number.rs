//! Integers and flags.

use std::fmt;

use bounded_static::ToStatic;
use serde::{
    Deserialize,
    de::{Deserializer, Error, Unexpected, Visitor},
};

use super::decimal;

/// An integer, read from a number or a string in any notation: `5`, `5.0`, `"5"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToStatic)]
pub struct Number(pub i64);

impl From<Number> for i64 {
    fn from(Number(number): Number) -> Self {
        number
    }
}

impl PartialEq<i64> for Number {
    fn eq(&self, other: &i64) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Number {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Integer::IsWhole).map(Self)
    }
}

/// Reads an integer. Its errors don't contain the value: it may be a user's text.
#[derive(Clone, Copy)]
pub(super) enum Integer {
    /// Only a whole number.
    IsWhole,
    /// Any number; the fraction is dropped.
    DropsFraction,
}

impl Integer {
    fn of<E: Error>(self, number: f64, given: &'static str) -> Result<i64, E> {
        let whole = if let Self::DropsFraction = self { number.trunc() } else { number };
        decimal::integer(whole).ok_or_else(|| E::invalid_value(Unexpected::Other(given), &self))
    }
}

impl Visitor<'_> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer, as a number or a string")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        let too_large = |_| E::invalid_value(Unexpected::Other("integer"), &self);
        i64::try_from(number).map_err(too_large)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        self.of(number, "floating point")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        match text.parse() {
            Ok(number) => Ok(number),
            Err(_) => self.of(decimal::decimal(text).unwrap_or(f64::NAN), "string"),
        }
    }
}

/// A flag: 0 is `false`, any other number is `true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ToStatic)]
pub struct Flag(pub bool);

impl From<Flag> for bool {
    fn from(Flag(flag): Flag) -> Self {
        flag
    }
}

/// 0 or 1, as Tencent sends it.
impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        u8::from(self.0).fmt(f)
    }
}

impl<'de> Deserialize<'de> for Flag {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Number::deserialize(deserializer).map(|Number(number)| Self(number != 0))
    }
}
