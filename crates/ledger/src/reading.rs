//! Reads what is stored, the request that ended last first.

use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use crate::entry::{Attempt, Entry, Outcome, Usage};
use crate::file::LedgerError;

const COLUMNS: &str = "id, began, took, first_byte, instance, key, client, dialect, operation, \
    model, streamed, outcome, fault, has_usage, input, output, cached, reasoning, provider, account, \
    upstream_model, last_dialect, last_status, last_first_byte, last_fault, attempts, losses";

/// Which requests are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// How many at most.
    pub limit: usize,
    /// Only those that were stored before the one of this id.
    pub before: Option<String>,
    /// Only those that failed or broke off.
    pub failed_only: bool,
    /// Only those with this text in one of their names, in whatever case.
    pub search: Option<String>,
}

/// A page of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The requests, the one that ended last first.
    pub entries: Vec<Entry>,
    /// Whether there are more behind them.
    pub more: bool,
}

/// What a key used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Its name.
    pub key: String,
    /// Its requests.
    pub requests: u64,
    /// The tokens that they read and wrote.
    pub tokens: u64,
}

pub(crate) fn page(connection: &Connection, query: &Query) -> Result<Page, LedgerError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM exchange WHERE \
         (:before IS NULL OR sequence < (SELECT sequence FROM exchange WHERE id = :before)) \
         AND (NOT :failed_only OR outcome IN ('failed', 'truncated')) \
         AND (:search IS NULL OR model LIKE :search ESCAPE '\\' \
         OR upstream_model LIKE :search ESCAPE '\\' OR provider LIKE :search ESCAPE '\\' \
         OR account LIKE :search ESCAPE '\\' OR client LIKE :search ESCAPE '\\' \
         OR key LIKE :search ESCAPE '\\' OR instance LIKE :search ESCAPE '\\' \
         OR fault LIKE :search ESCAPE '\\' OR id LIKE :search ESCAPE '\\') \
         ORDER BY sequence DESC LIMIT :limit"
    );
    // One more than is wanted tells whether there are more.
    let limit = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    let search = query.search.as_deref().map(pattern);
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(
        named_params! {
            ":before": query.before,
            ":failed_only": query.failed_only,
            ":search": search,
            ":limit": limit,
        },
        entry,
    )?;
    let mut entries: Vec<Entry> = rows.collect::<Result<_, _>>()?;
    let more = entries.len() > query.limit;
    entries.truncate(query.limit);
    Ok(Page { entries, more })
}

pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Entry>, LedgerError> {
    let sql = format!("SELECT {COLUMNS} FROM exchange WHERE id = ?1");
    Ok(connection.query_row(&sql, [id], entry).optional()?)
}

/// A request is under way for less than this, in milliseconds.
const LONGEST: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn used(
    connection: &Connection,
    from: i64,
    until: i64,
) -> Result<Vec<KeyUse>, LedgerError> {
    let mut statement = connection.prepare(
        "SELECT key, SUM(began >= :from), SUM(IFNULL(input, 0) + IFNULL(output, 0)) \
         FROM exchange WHERE key IS NOT NULL AND began >= :from - :longest AND began < :until \
         AND began + took >= :from GROUP BY key",
    )?;
    let rows = statement.query_map(
        named_params! { ":from": from, ":longest": LONGEST, ":until": until },
        |row| {
            let count = |at| {
                row.get::<_, i64>(at)
                    .map(|n| u64::try_from(n).unwrap_or_default())
            };
            Ok(KeyUse {
                key: row.get(0)?,
                requests: count(1)?,
                tokens: count(2)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A text anywhere, for `LIKE`.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "%"
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let outcome: String = row.get("outcome")?;
    let losses: String = row.get("losses")?;
    let has_usage: bool = row.get("has_usage")?;
    let usage = Usage {
        input: row.get("input")?,
        output: row.get("output")?,
        cached: row.get("cached")?,
        reasoning: row.get("reasoning")?,
    };
    Ok(Entry {
        id: row.get("id")?,
        began: row.get("began")?,
        took: row.get("took")?,
        first_byte: row.get("first_byte")?,
        instance: row.get("instance")?,
        key: row.get("key")?,
        client: row.get("client")?,
        dialect: row.get::<_, String>("dialect")?.into(),
        operation: row.get::<_, String>("operation")?.into(),
        model: row.get("model")?,
        streamed: row.get("streamed")?,
        outcome: Outcome::from_word(&outcome).unwrap_or(Outcome::Failed),
        fault: row.get::<_, Option<String>>("fault")?.map(Into::into),
        usage: has_usage.then_some(usage),
        attempts: attempts(row)?,
        losses: serde_json::from_str(&losses).unwrap_or_default(),
    })
}

/// Every try, in order: those before the last, and the last one.
fn attempts(row: &Row<'_>) -> rusqlite::Result<Vec<Attempt>> {
    let earlier: String = row.get("attempts")?;
    let mut attempts: Vec<Attempt> = serde_json::from_str(&earlier).unwrap_or_default();
    if let Some(dialect) = row.get::<_, Option<String>>("last_dialect")? {
        attempts.push(Attempt {
            provider: row.get("provider")?,
            account: row.get("account")?,
            model: row.get("upstream_model")?,
            dialect: dialect.into(),
            status: row.get("last_status")?,
            first_byte: row.get("last_first_byte")?,
            fault: row.get::<_, Option<String>>("last_fault")?.map(Into::into),
        });
    }
    Ok(attempts)
}
