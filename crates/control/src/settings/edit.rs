//! Changes to the text of `config.toml` that leave everything else in it as it is.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::{AccountSetting, VERSION};

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

/// Adds `[[account]]` behind those there are.
pub(crate) fn add_account(
    document: &mut DocumentMut,
    account: &AccountSetting,
) -> Result<(), NotTables> {
    if document.is_empty() {
        // The comments of a file that holds nothing else stay in front.
        let comments = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing("");
        document.insert("version", value(i64::from(VERSION)));
        if let Some(mut key) = document.key_mut("version") {
            key.leaf_decor_mut().set_prefix(comments);
        }
    }
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
    fn an_inline_list_is_left_alone() {
        let mut document: DocumentMut = "account = [{ provider = \"a\" }]".parse().unwrap();
        assert_eq!(add_account(&mut document, &account("mock")), Err(NotTables));
        let mut document: DocumentMut = "account = []".parse().unwrap();
        add_account(&mut document, &account("mock")).unwrap();
    }
}
