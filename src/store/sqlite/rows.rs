//! Many rows in few statements, and values as SQLite keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, Row, Sqlite, SqliteConnection, Type};

use super::failure::{Outcome, corrupt, invalid};

/// Rows of one statement. Few sizes, so that each statement is prepared once and then reused: preparing
/// is what makes statements of ever new sizes slow. A whole batch of mails (`limits::BATCH_MAILS`) is one statement.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// `INSERT` of many rows.
pub(super) struct Insert {
    /// Up to and with the list of columns: `INSERT INTO pending (mail, attempts)`.
    pub head: &'static str,
    /// Number of columns.
    pub columns: usize,
    /// What follows the values: an `ON CONFLICT` clause, or nothing.
    pub tail: &'static str,
}

/// The values of one row.
pub(super) struct Values<'a> {
    arguments: &'a mut SqliteArguments,
    failed: &'a mut Option<String>,
}

impl Values<'_> {
    /// Adds the value of the next column.
    pub(super) fn add<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> &mut Self {
        if let Err(error) = self.arguments.add(value) {
            *self.failed = Some(error.to_string());
        }
        self
    }
}

impl Insert {
    /// Writes all rows. `bind` adds the columns of one row in order.
    pub(super) async fn run<T: Sync>(
        &self,
        connection: &mut SqliteConnection,
        rows: &[T],
        bind: impl Fn(&mut Values<'_>, &T),
    ) -> Outcome<u64> {
        let mut statements = Vec::new();
        let mut failed = None;
        let mut rest = rows;
        for size in SIZES {
            while rest.len() >= size {
                let (now, later) = rest.split_at(size);
                rest = later;
                let mut arguments = SqliteArguments::default();
                arguments.reserve(size * self.columns, 0);
                for row in now {
                    bind(
                        &mut Values {
                            arguments: &mut arguments,
                            failed: &mut failed,
                        },
                        row,
                    );
                }
                if arguments.len() != size * self.columns {
                    return Err(invalid(format!("columns of {}", self.head)));
                }
                statements.push((size, arguments));
            }
        }
        drop(bind);
        if let Some(error) = failed {
            return Err(invalid(error));
        }
        let mut written = 0;
        for (size, arguments) in statements {
            // The text is made of constants and question marks only.
            let text = AssertSqlSafe(self.text(size));
            written += sqlx::query_with(text, arguments)
                .execute(&mut *connection)
                .await?
                .rows_affected();
        }
        Ok(written)
    }

    fn text(&self, rows: usize) -> String {
        let row = format!("({}?)", "?,".repeat(self.columns - 1));
        let mut text = format!("{} VALUES {row}", self.head);
        for _ in 1..rows {
            text.push(',');
            text.push_str(&row);
        }
        text.push(' ');
        text.push_str(self.tail);
        text
    }
}

/// A list as one argument, for `IN (SELECT value FROM json_each(?))`: one statement for any length.
pub(super) fn list<T: Serialize>(items: impl IntoIterator<Item = T>) -> Outcome<String> {
    let items: Vec<T> = items.into_iter().collect();
    serde_json::to_string(&items).map_err(|error| invalid(error.to_string()))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn json<T: Serialize>(value: &T) -> Outcome<String> {
    serde_json::to_string(value).map_err(|error| invalid(error.to_string()))
}

pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// `u64` sizes and counts; what does not fit was never written.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Typed columns of a row.
pub(super) trait Columns {
    fn text(&self, column: &str) -> Outcome<String>;
    fn text_option(&self, column: &str) -> Outcome<Option<String>>;
    fn integer(&self, column: &str) -> Outcome<i64>;
    fn integer_option(&self, column: &str) -> Outcome<Option<i64>>;
    fn bytes(&self, column: &str) -> Outcome<Vec<u8>>;
    fn hash(&self, column: &str) -> Outcome<[u8; 32]>;
    fn time(&self, column: &str) -> Outcome<Timestamp>;
    fn time_option(&self, column: &str) -> Outcome<Option<Timestamp>>;
    /// A column that holds JSON.
    fn json<T: DeserializeOwned>(&self, column: &str) -> Outcome<T>;
    /// A column that holds one of the words of an enumeration.
    fn word<T: DeserializeOwned>(&self, column: &str) -> Outcome<T>;
}

impl Columns for SqliteRow {
    fn text(&self, column: &str) -> Outcome<String> {
        Ok(self.try_get(column)?)
    }

    fn text_option(&self, column: &str) -> Outcome<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn integer(&self, column: &str) -> Outcome<i64> {
        Ok(self.try_get(column)?)
    }

    fn integer_option(&self, column: &str) -> Outcome<Option<i64>> {
        Ok(self.try_get(column)?)
    }

    fn bytes(&self, column: &str) -> Outcome<Vec<u8>> {
        Ok(self.try_get(column)?)
    }

    fn hash(&self, column: &str) -> Outcome<[u8; 32]> {
        let bytes: &[u8] = self.try_get(column)?;
        bytes
            .try_into()
            .map_err(|_| corrupt(format!("{column} has {} bytes", bytes.len())))
    }

    fn time(&self, column: &str) -> Outcome<Timestamp> {
        time(self.integer(column)?)
    }

    fn time_option(&self, column: &str) -> Outcome<Option<Timestamp>> {
        self.integer_option(column)?.map(time).transpose()
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> Outcome<T> {
        let text: &str = self.try_get(column)?;
        Ok(serde_json::from_str(text)?)
    }

    fn word<T: DeserializeOwned>(&self, column: &str) -> Outcome<T> {
        Ok(serde_json::from_value(serde_json::Value::String(
            self.text(column)?,
        ))?)
    }
}

fn time(micros: i64) -> Outcome<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| corrupt(error.to_string()))
}

/// Counts by key from rows with the columns `key` and `count`.
pub(super) fn counts(rows: &[SqliteRow]) -> Outcome<BTreeMap<String, u64>> {
    rows.iter()
        .map(|row| Ok((row.text("key")?, unsigned(row.integer("count")?))))
        .collect()
}
