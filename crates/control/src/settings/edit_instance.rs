//! Changes to the `[[instance]]` tables of `config.toml` that leave everything else as it is.

use contract::{InstanceAdd, InstanceChange};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::edit::{NotATable, begin, put};

/// The name of the tables.
const NAME: &str = "instance";

fn tables(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, NotATable> {
    let item = document
        .entry(NAME)
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if item.as_array().is_some_and(Array::is_empty) {
        *item = Item::ArrayOfTables(ArrayOfTables::new());
    }
    item.as_array_of_tables_mut()
        .ok_or(NotATable { name: NAME })
}

fn is_it(table: &Table, name: &str) -> bool {
    table.get("name").and_then(Item::as_str) == Some(name)
}

fn find<'a>(document: &'a mut DocumentMut, name: &str) -> Result<&'a mut Table, NotATable> {
    let found = tables(document)?.iter_mut();
    found
        .into_iter()
        .find(|table| is_it(table, name))
        .ok_or(NotATable { name: NAME })
}

/// Adds `[[instance]]` behind those there are.
pub(crate) fn add_instance(document: &mut DocumentMut, add: &InstanceAdd) -> Result<(), NotATable> {
    begin(document);
    let mut table = Table::new();
    table.insert("name", value(&add.name));
    table.insert("port", value(i64::from(add.port)));
    if !add.keys.is_empty() {
        table.insert("keys", value(add.keys.iter().collect::<Array>()));
    }
    if !add.default_model.is_empty() {
        table.insert("default_model", value(&add.default_model));
    }
    tables(document)?.push(table);
    Ok(())
}

/// Changes what is given of the one of that name, which is there; what means nothing is taken out.
pub(crate) fn change_instance(
    document: &mut DocumentMut,
    change: &InstanceChange,
) -> Result<(), NotATable> {
    let table = find(document, &change.name)?;
    if let Some(port) = change.port {
        put(table, "port", i64::from(port));
    }
    match &change.keys {
        Some(keys) if keys.is_empty() => {
            table.remove("keys");
        }
        Some(keys) => put(table, "keys", keys.iter().collect::<Array>()),
        None => {}
    }
    match change.default_model.as_deref() {
        Some("") => {
            table.remove("default_model");
        }
        Some(model) => put(table, "default_model", model),
        None => {}
    }
    if let Some(name) = &change.new_name {
        put(table, "name", name);
    }
    Ok(())
}

/// Says of the one of that name, which is there, whether it is opened.
pub(crate) fn enable_instance(
    document: &mut DocumentMut,
    name: &str,
    enabled: bool,
) -> Result<(), NotATable> {
    let table = find(document, name)?;
    // It is opened where nothing is said.
    if !enabled || table.contains_key("enabled") {
        put(table, "enabled", enabled);
    }
    Ok(())
}

/// Takes the one of that name out.
pub(crate) fn remove_instance(document: &mut DocumentMut, name: &str) -> Result<(), NotATable> {
    let all = tables(document)?;
    all.retain(|table| !is_it(table, name));
    if all.is_empty() {
        document.remove(NAME);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const TEXT: &str = "# mine\nversion = 1\n\n[[instance]] # of the house\nname = \"home\"\n\
        port = 28001 # by the door\nkeys = [\"a\"]\n\n[[route]]\nmatch = \"a\"\n";

    fn document(text: &str) -> DocumentMut {
        text.parse().unwrap()
    }

    #[test]
    fn one_comes_and_goes_and_nothing_else_changes() {
        let mut document = document(TEXT);
        let add = InstanceAdd {
            name: "work".to_owned(),
            port: 28002,
            keys: vec!["laptop".to_owned()],
            default_model: "mock/m".to_owned(),
        };
        add_instance(&mut document, &add).unwrap();
        let added = "\n[[instance]]\nname = \"work\"\nport = 28002\nkeys = [\"laptop\"]\n\
            default_model = \"mock/m\"\n";
        let text = document.to_string();
        assert!(text.contains(added), "{text}");
        remove_instance(&mut document, "work").unwrap();
        assert_eq!(document.to_string(), TEXT);
        remove_instance(&mut document, "home").unwrap();
        assert!(!document.to_string().contains("instance"));
    }

    #[test]
    fn a_stopped_one_says_so_and_the_comments_stay() {
        let mut document = document(TEXT);
        enable_instance(&mut document, "home", true).unwrap();
        assert_eq!(document.to_string(), TEXT, "it was open");
        enable_instance(&mut document, "home", false).unwrap();
        let stopped = TEXT.replace("keys = [\"a\"]\n", "keys = [\"a\"]\nenabled = false\n");
        assert_eq!(document.to_string(), stopped);
        let noted = stopped.replace("enabled = false", "enabled = false # for now");
        let mut document: DocumentMut = noted.parse().unwrap();
        enable_instance(&mut document, "home", true).unwrap();
        let open = noted.replace("enabled = false", "enabled = true");
        assert_eq!(document.to_string(), open);
    }

    #[test]
    fn what_is_given_is_changed() {
        let mut document = document(TEXT);
        let change = InstanceChange {
            name: "home".to_owned(),
            new_name: Some("house".to_owned()),
            port: Some(28005),
            keys: Some(Vec::new()),
            default_model: Some("mock/m".to_owned()),
        };
        change_instance(&mut document, &change).unwrap();
        let changed = TEXT
            .replace("\"home\"", "\"house\"")
            .replace("28001 # by", "28005 # by")
            .replace("keys = [\"a\"]", "default_model = \"mock/m\"");
        assert_eq!(document.to_string(), changed);
        let same = InstanceChange {
            name: "house".to_owned(),
            ..InstanceChange::default()
        };
        change_instance(&mut document, &same).unwrap();
        assert_eq!(document.to_string(), changed);
    }

    #[test]
    fn an_inline_list_is_left_alone_and_an_empty_one_gives_way() {
        let add = InstanceAdd {
            name: "work".to_owned(),
            ..InstanceAdd::default()
        };
        let mut inline = document("instance = [{ name = \"a\", port = 1 }]");
        let refused = add_instance(&mut inline, &add);
        assert_eq!(refused, Err(NotATable { name: NAME }));
        add_instance(&mut document("instance = []"), &add).unwrap();
    }
}
