//! One time type that reads and writes what Prisma's adapters read and write on each database.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, NaiveDateTime, SecondsFormat, SubsecRound, Utc};
use sea_orm::{
    ColIdx, QueryResult, TryGetError, TryGetable,
    sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Years past this one are milliseconds that were read as seconds (Prisma's older SQLite engine wrote integers).
const LAST_PLAUSIBLE_YEAR: i32 = 9999;

static AS_TEXT: AtomicBool = AtomicBool::new(false);

/// Says whether times are written as text, which is what Prisma does on SQLite. Called once, when the database is opened.
pub fn write_as_text(text: bool) {
    AS_TEXT.store(text, Ordering::Relaxed);
}

/// A moment in UTC, to the millisecond.
///
/// SQLite gets the text `2026-11-20T23:05:10.011+00:00`, always with three decimals because Prisma compares it as text;
/// Postgres and MySQL get a native value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The moment, cut to milliseconds.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(3))
    }

    /// The moment as chrono has it.
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The moment that many milliseconds after 1970; `None` beyond what a date can hold.
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    fn repaired(at: DateTime<Utc>) -> Self {
        use chrono::Datelike;
        if at.year() > LAST_PLAUSIBLE_YEAR
            && let Some(at) = DateTime::from_timestamp_millis(at.timestamp())
        {
            return Self(at);
        }
        Self::new(at)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self::new(at)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        DateTime::<Utc>::deserialize(deserializer).map(Self::new)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        if AS_TEXT.load(Ordering::Relaxed) {
            Value::String(Some(at.0.to_rfc3339_opts(SecondsFormat::Millis, false)))
        } else {
            Value::ChronoDateTimeUtc(Some(at.0))
        }
    }
}

impl TryGetable for Timestamp {
    fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
        match DateTime::<Utc>::try_get_by(row, column) {
            Ok(at) => Ok(Self::repaired(at)),
            Err(TryGetError::Null(name)) => Err(TryGetError::Null(name)),
            // Postgres `timestamp` has no zone and sqlx does not read it as a zoned time.
            Err(_) => NaiveDateTime::try_get_by(row, column).map(|at| Self::new(at.and_utc())),
        }
    }
}

impl ValueType for Timestamp {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        match value {
            Value::ChronoDateTimeUtc(Some(at)) => Ok(Self::new(at)),
            Value::String(Some(text)) => {
                DateTime::parse_from_rfc3339(&text).map(|at| Self::new(at.to_utc())).map_err(|_| ValueTypeErr)
            }
            _ => Err(ValueTypeErr),
        }
    }

    fn type_name() -> String {
        "Timestamp".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::ChronoDateTimeUtc
    }

    fn column_type() -> ColumnType {
        ColumnType::DateTime
    }
}

impl Nullable for Timestamp {
    fn null() -> Value {
        if AS_TEXT.load(Ordering::Relaxed) { Value::String(None) } else { Value::ChronoDateTimeUtc(None) }
    }
}
