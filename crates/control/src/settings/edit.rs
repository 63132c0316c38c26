//! Changes to the text of `config.toml` that leave everything else in it as it is.

use std::collections::BTreeMap;

use contract::{ProviderAdd, ProviderSet};
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

use super::{AccountSetting, VERSION};

/// What is to be changed stands there as something else than a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is not written as a table")]
pub(crate) struct NotATable {
    /// The table's name.
    pub(crate) name: &'static str,
}

/// The document cannot be changed in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("accounts are written as `account = [ … ]` here; write them as [[account]] to change them")]
pub(crate) struct NotTables;

fn accounts(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, NotTables> {
    let item = document
        .entry("account")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if item.as_array().is_some_and(toml_edit::Array::is_empty) {
        *item = Item::ArrayOfTables(ArrayOfTables::new());
    }
    item.as_array_of_tables_mut().ok_or(NotTables)
}

/// Gives a document that holds nothing its version.
pub(super) fn begin(document: &mut DocumentMut) {
    if document.is_empty() {
        // The comments of a file that holds nothing else stay in front.
        let comments = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing("");
        document.insert("version", value(i64::from(VERSION)));
        if let Some(mut key) = document.key_mut("version") {
            key.leaf_decor_mut().set_prefix(comments);
        }
    }
}

/// The table of that name, or the whole where the name is empty.
fn table<'a>(
    document: &'a mut DocumentMut,
    name: &'static str,
) -> Result<&'a mut dyn TableLike, NotATable> {
    begin(document);
    if name.is_empty() {
        return Ok(document.as_table_mut());
    }
    let item = document
        .entry(name)
        .or_insert_with(|| Item::Table(Table::new()));
    item.as_table_like_mut().ok_or(NotATable { name })
}

/// Writes a value, and leaves the comments around the one that was there.
pub(crate) fn set(
    document: &mut DocumentMut,
    name: &'static str,
    key: &str,
    new: impl Into<Value>,
) -> Result<(), NotATable> {
    put(table(document, name)?, key, new);
    Ok(())
}

/// Takes a value out.
pub(crate) fn unset(
    document: &mut DocumentMut,
    name: &'static str,
    key: &str,
) -> Result<(), NotATable> {
    table(document, name)?.remove(key);
    Ok(())
}

/// Adds `[provider.<id>]`.
pub(crate) fn add_provider(document: &mut DocumentMut, add: &ProviderAdd) -> Result<(), NotATable> {
    begin(document);
    let item = document.entry("provider").or_insert_with(|| {
        let mut all = Table::new();
        all.set_implicit(true);
        Item::Table(all)
    });
    let name = "provider";
    let all = item.as_table_like_mut().ok_or(NotATable { name })?;
    let mut table = Table::new();
    if let Some(name) = &add.name {
        table.insert("name", value(name));
    }
    table.insert("endpoints", value(endpoints(&add.endpoints)));
    if let Some(models) = &add.models {
        table.insert("models", value(models.iter().collect::<Array>()));
    }
    if let Some(allow) = add.allow_private {
        table.insert("allow_private", value(allow));
    }
    all.insert(&add.id, Item::Table(table));
    Ok(())
}

fn endpoints(given: &BTreeMap<String, String>) -> InlineTable {
    let mut endpoints = InlineTable::new();
    for (dialect, url) in given {
        endpoints.insert(dialect, url.into());
    }
    endpoints
}

/// `[provider.<id>]`, which is made where there is none.
fn provider_block<'a>(
    document: &'a mut DocumentMut,
    id: &str,
) -> Result<&'a mut dyn TableLike, NotATable> {
    begin(document);
    let name = "provider";
    let all = document.entry(name).or_insert_with(|| {
        let mut all = Table::new();
        all.set_implicit(true);
        Item::Table(all)
    });
    let all = all.as_table_like_mut().ok_or(NotATable { name })?;
    let own = all.entry(id).or_insert_with(|| Item::Table(Table::new()));
    own.as_table_like_mut().ok_or(NotATable { name })
}

/// Writes a text into `[provider.<id>]`, which is made where there is none.
pub(crate) fn set_of_provider(
    document: &mut DocumentMut,
    id: &str,
    key: &str,
    text: &str,
) -> Result<(), NotATable> {
    put(provider_block(document, id)?, key, text);
    Ok(())
}

/// Writes where a provider is into `[provider.<id>]`, or takes that out; a block without anything
/// goes.
pub(crate) fn set_provider(document: &mut DocumentMut, set: &ProviderSet) -> Result<(), NotATable> {
    let own = provider_block(document, &set.id)?;
    match &set.endpoints {
        Some(given) if given.is_empty() => {
            own.remove("endpoints");
        }
        Some(given) => {
            // A table of its own would hold on to addresses that are not meant any more.
            if own.get("endpoints").is_some_and(|item| !item.is_value()) {
                own.remove("endpoints");
            }
            put(own, "endpoints", endpoints(given));
        }
        None => {}
    }
    match set.allow_private {
        Some(true) => put(own, "allow_private", true),
        Some(false) => {
            own.remove("allow_private");
        }
        None => {}
    }
    match set.sign_in_at.as_deref() {
        Some("") => {
            own.remove("sign_in_at");
        }
        Some(server) => put(own, "sign_in_at", server),
        None => {}
    }
    if own.is_empty() {
        remove_provider(document, &set.id)?;
    }
    Ok(())
}

/// Takes `[provider.<id>]` out.
pub(crate) fn remove_provider(document: &mut DocumentMut, id: &str) -> Result<(), NotATable> {
    let name = "provider";
    let all = table(document, name)?;
    all.remove(id);
    if all.is_empty() {
        document.remove(name);
    }
    Ok(())
}

/// Adds `[[account]]` behind those there are.
pub(crate) fn add_account(
    document: &mut DocumentMut,
    account: &AccountSetting,
) -> Result<(), NotTables> {
    begin(document);
    let mut table = Table::new();
    let mut set = |key: &str, text: Option<&str>| {
        if let Some(text) = text {
            table.insert(key, value(text));
        }
    };
    set("provider", Some(&account.provider));
    set("id", account.id.as_deref());
    set("name", account.name.as_deref());
    set("key_env", account.key_env.as_deref());
    set(
        "key_file",
        account
            .key_file
            .as_deref()
            .and_then(std::path::Path::to_str),
    );
    if account.sign_in {
        table.insert("sign_in", value(true));
    }
    accounts(document)?.push(table);
    Ok(())
}

/// Takes the account at `index` out. `pinned` are the accounts that would get another id by that,
/// with the one in force: it is written down first, since their secrets hang on it.
pub(crate) fn remove_account(
    document: &mut DocumentMut,
    index: usize,
    pinned: &[(usize, String)],
) -> Result<(), NotTables> {
    let tables = accounts(document)?;
    for (index, id) in pinned {
        if let Some(table) = tables.get_mut(*index) {
            table.insert("id", value(id));
        }
    }
    tables.remove(index);
    if tables.is_empty() {
        document.remove("account");
    }
    Ok(())
}

/// Writes limits, and whether it may bring a provider's key, into the `[[key]]` of that name, which is
/// made where there is none; 0 and `false` take one out.
pub(crate) fn set_limits(
    document: &mut DocumentMut,
    key: &str,
    limits: &[(&str, Option<u32>)],
    provider_key: Option<bool>,
) -> Result<(), NotATable> {
    begin(document);
    let name = "key";
    let item = document
        .entry(name)
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let tables = item.as_array_of_tables_mut().ok_or(NotATable { name })?;
    let is_it = |table: &Table| table.get("name").and_then(Item::as_str) == Some(key);
    if !tables.iter().any(is_it) {
        let mut table = Table::new();
        table.insert("name", value(key));
        tables.push(table);
    }
    let Some(table) = tables.iter_mut().find(|table| is_it(table)) else {
        return Err(NotATable { name });
    };
    for (limit, given) in limits {
        match given {
            Some(0) => {
                table.remove(limit);
            }
            Some(most) => put(table, limit, i64::from(*most)),
            None => {}
        }
    }
    match provider_key {
        Some(true) => put(table, "provider_key", true),
        Some(false) => {
            table.remove("provider_key");
        }
        None => {}
    }
    Ok(())
}

/// Takes the `[[key]]` of that name out, if there is one.
pub(crate) fn remove_key(document: &mut DocumentMut, key: &str) -> Result<(), NotATable> {
    let name = "key";
    let Some(item) = document.get_mut(name) else {
        return Ok(());
    };
    let tables = item.as_array_of_tables_mut().ok_or(NotATable { name })?;
    tables.retain(|table| table.get("name").and_then(Item::as_str) != Some(key));
    if tables.is_empty() {
        document.remove(name);
    }
    Ok(())
}

/// Writes a value, and leaves the comments around the one that was there.
pub(super) fn put(table: &mut dyn TableLike, key: &str, new: impl Into<Value>) {
    let mut new: Value = new.into();
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        Some(_) | None => {
            table.insert(key, value(new));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn account(provider: &str) -> AccountSetting {
        AccountSetting {
            provider: provider.to_owned(),
            id: None,
            name: None,
            key_env: None,
            key_file: None,
            sign_in: false,
        }
    }

    const TEXT: &str = "# mine\nversion = 1 # the first\nstrange = [ 1,2 ]\n\n\
        [listen]\nport=28001 # ours\n\n[[account]]\nprovider = \"openai\" # one\n\n\
        [[account]]\n# two\nprovider = \"openai\"\n\n[[route]]\nmatch = \"a\"\n";

    #[test]
    fn everything_else_stays_as_it_was() {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        let mock = AccountSetting {
            id: Some("own".to_owned()),
            ..account("mock")
        };
        add_account(&mut document, &mock).unwrap();
        let text = document.to_string();
        let added = "\n[[account]]\nprovider = \"mock\"\nid = \"own\"\n";
        assert!(text.contains(added), "{text}");
        assert_eq!(text.replacen(added, "", 1), TEXT);
    }

    #[test]
    fn a_removal_pins_the_ids_that_would_move() {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        remove_account(&mut document, 0, &[(1, "openai-2".to_owned())]).unwrap();
        let text = document.to_string();
        assert!(!text.contains("# one") && text.contains("# two"), "{text}");
        assert!(text.contains("id = \"openai-2\""), "{text}");
        assert!(text.contains("strange = [ 1,2 ]") && text.contains("port=28001 # ours"));
        remove_account(&mut document, 0, &[]).unwrap();
        assert!(!document.to_string().contains("account"));
    }

    #[test]
    fn an_empty_document_gets_its_version() {
        let mut document = DocumentMut::new();
        add_account(&mut document, &account("mock")).unwrap();
        assert_eq!(
            document.to_string(),
            "version = 1\n\n[[account]]\nprovider = \"mock\"\n"
        );
    }

    #[test]
    fn a_value_is_set_and_the_comments_around_it_stay() {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        set(&mut document, "listen", "port", 28002).unwrap();
        set(&mut document, "", "default_model", "mock/m").unwrap();
        set(&mut document, "desktop", "theme", "dark").unwrap();
        let text = document.to_string();
        assert!(text.contains("port=28002 # ours"), "{text}");
        assert!(text.contains("[desktop]\ntheme = \"dark\"\n"), "{text}");
        assert!(
            text.starts_with("# mine\nversion = 1 # the first\n"),
            "{text}"
        );
        let again: DocumentMut = text.parse().unwrap();
        assert_eq!(again["default_model"].as_str(), Some("mock/m"));
        unset(&mut document, "desktop", "theme").unwrap();
        assert!(!document.to_string().contains("theme"));

        let mut inline: DocumentMut = "listen = { port = 1 } # x\n".parse().unwrap();
        set(&mut inline, "listen", "host", "::1").unwrap();
        let text = inline.to_string();
        assert!(
            text.contains("port = 1") && text.contains("host = \"::1\""),
            "{text}"
        );
        assert!(text.contains("# x"), "{text}");
        let mut wrong: DocumentMut = "listen = 3\n".parse().unwrap();
        let refused = set(&mut wrong, "listen", "port", 1);
        assert_eq!(refused, Err(NotATable { name: "listen" }));
    }

    #[test]
    fn a_provider_comes_and_goes_and_nothing_else_changes() {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        let add = ProviderAdd {
            id: "mine".to_owned(),
            name: Some("Mine".to_owned()),
            endpoints: [("openai-chat".to_owned(), "http://127.0.0.1:9/v1".to_owned())].into(),
            models: Some(vec!["a/b".to_owned()]),
            allow_private: Some(true),
        };
        add_provider(&mut document, &add).unwrap();
        let text = document.to_string();
        let added = "\n[provider.mine]\nname = \"Mine\"\n\
            endpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }\n\
            models = [\"a/b\"]\nallow_private = true\n";
        assert!(text.contains(added), "{text}");
        remove_provider(&mut document, "mine").unwrap();
        assert_eq!(document.to_string(), TEXT);
    }

    #[test]
    fn a_providers_text_is_set_where_its_block_is_or_is_not() {
        let text = "# mine\n[provider.own]\nendpoints = {} # here\nclient_id = \"a\" # id\n";
        let mut document: DocumentMut = text.parse().unwrap();
        set_of_provider(&mut document, "own", "client_id", "b").unwrap();
        set_of_provider(&mut document, "hub", "client_id", "c").unwrap();
        let expected = "# mine\n[provider.own]\nendpoints = {} # here\nclient_id = \"b\" # id\n\n\
            [provider.hub]\nclient_id = \"c\"\n";
        assert_eq!(document.to_string(), expected);
    }

    #[test]
    fn a_provider_is_pointed_elsewhere_and_back() {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        let set = |endpoints: &[&str], private, server: &str| ProviderSet {
            id: "hub".to_owned(),
            endpoints: Some(
                endpoints
                    .iter()
                    .map(|url| ("openai-chat".to_owned(), (*url).to_owned()))
                    .collect(),
            ),
            allow_private: Some(private),
            sign_in_at: Some(server.to_owned()),
        };
        let there = set(&["http://127.0.0.1:9/v1"], true, "http://127.0.0.1:9");
        set_provider(&mut document, &there).unwrap();
        let text = document.to_string();
        let added = "\n[provider.hub]\nendpoints = { openai-chat = \"http://127.0.0.1:9/v1\" }\n\
            allow_private = true\nsign_in_at = \"http://127.0.0.1:9\"\n";
        assert!(text.contains(added), "{text}");
        let nothing = ProviderSet {
            id: "hub".to_owned(),
            ..ProviderSet::default()
        };
        set_provider(&mut document, &nothing).unwrap();
        assert_eq!(document.to_string(), text);
        set_provider(&mut document, &set(&[], false, "")).unwrap();
        assert_eq!(document.to_string(), TEXT);

        let text = "[provider.hub] # mine\nname = \"Hub\"\n\n[provider.hub.endpoints]\na = \"b\"\n";
        let mut document: DocumentMut = text.parse().unwrap();
        set_provider(&mut document, &set(&["https://h.example/v1"], false, "")).unwrap();
        let text = document.to_string();
        assert_eq!(
            text,
            "[provider.hub] # mine\nname = \"Hub\"\n\
             endpoints = { openai-chat = \"https://h.example/v1\" }\n"
        );
    }

    #[test]
    fn a_keys_limits_are_set_where_its_block_is_or_is_not() {
        let text = "# mine\n[[key]]\nname = \"a\" # first\nconcurrency = 3 # at once\n";
        let mut document: DocumentMut = text.parse().unwrap();
        let limits = [("concurrency", Some(4)), ("tokens_per_day", None)];
        set_limits(&mut document, "a", &limits, Some(true)).unwrap();
        set_limits(&mut document, "b", &[("tokens_per_day", Some(9))], None).unwrap();
        assert_eq!(
            document.to_string(),
            "# mine\n[[key]]\nname = \"a\" # first\nconcurrency = 4 # at once\nprovider_key = true\n\n\
             [[key]]\nname = \"b\"\ntokens_per_day = 9\n"
        );
        set_limits(&mut document, "a", &[("concurrency", Some(0))], Some(false)).unwrap();
        let left = document.to_string();
        assert!(!left.contains("concurrency") && !left.contains("provider_key"));
        remove_key(&mut document, "b").unwrap();
        assert_eq!(
            document.to_string(),
            "# mine\n[[key]]\nname = \"a\" # first\n"
        );
        remove_key(&mut document, "a").unwrap();
        remove_key(&mut document, "a").unwrap();
        assert!(!document.to_string().contains("key"));
        let mut inline: DocumentMut = "key = [{ name = \"a\" }]".parse().unwrap();
        let refused = set_limits(&mut inline, "a", &[], None);
        assert_eq!(refused, Err(NotATable { name: "key" }));
    }

    #[test]
    fn an_inline_list_is_left_alone() {
        let mut document: DocumentMut = "account = [{ provider = \"a\" }]".parse().unwrap();
        assert_eq!(add_account(&mut document, &account("mock")), Err(NotTables));
        let mut document: DocumentMut = "account = []".parse().unwrap();
        add_account(&mut document, &account("mock")).unwrap();
    }
}
