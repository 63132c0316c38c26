//! What a query that was read would cost, its fragments taken for what they stand for; each fragment
//! is measured once, however often it is named.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

use crate::glance::MOST_ALIASES;

/// The most fields.
pub(crate) const MOST_FIELDS: usize = 1000;
/// The deepest that fields lie in each other.
pub(crate) const DEEPEST: usize = 10;
/// The deepest that selections do, fragments among them.
pub(crate) const DEEPEST_SELECTION: usize = 32;

/// Why a query is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooCostly {
    #[error("the query asks for more than {MOST_FIELDS} fields")]
    Fields,
    #[error("the query's fields lie more than {DEEPEST} deep")]
    Deep,
    #[error("the query has more than {MOST_ALIASES} aliases")]
    Aliases,
    #[error("the query's fragments lie more than {DEEPEST_SELECTION} deep, or in a circle")]
    Fragments,
    #[error("the schema can be read in the web admin alone")]
    Schema,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cost {
    fields: usize,
    depth: usize,
    aliases: usize,
}

/// Measures every operation of a document; only some callers may read the schema.
pub(crate) fn measure(document: &ExecutableDocument, may_look: bool) -> Result<(), TooCostly> {
    let mut measuring = Measuring {
        document,
        may_look,
        known: HashMap::new(),
    };
    for (_, operation) in document.operations.iter() {
        let cost = measuring.selections(&operation.node.selection_set, 1)?;
        cost.check(may_look)?;
    }
    // Those that no operation names are read all the same.
    for name in document.fragments.keys() {
        measuring.fragment(name, 1)?;
    }
    Ok(())
}

impl Cost {
    fn check(self, may_look: bool) -> Result<(), TooCostly> {
        // Reading the schema takes lists within lists.
        let deepest = if may_look { DEEPEST_SELECTION } else { DEEPEST };
        match self {
            Self { fields, .. } if fields > MOST_FIELDS => Err(TooCostly::Fields),
            Self { depth, .. } if depth > deepest => Err(TooCostly::Deep),
            Self { aliases, .. } if aliases > MOST_ALIASES => Err(TooCostly::Aliases),
            Self { .. } => Ok(()),
        }
    }
}

struct Measuring<'a> {
    document: &'a ExecutableDocument,
    may_look: bool,
    known: HashMap<&'a str, Cost>,
}

impl<'a> Measuring<'a> {
    fn selections(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        level: usize,
    ) -> Result<Cost, TooCostly> {
        if level > DEEPEST_SELECTION {
            return Err(TooCostly::Fragments);
        }
        let mut sum = Cost::default();
        for selection in &set.node.items {
            let cost = match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    if !self.may_look && matches!(name, "__schema" | "__type") {
                        return Err(TooCostly::Schema);
                    }
                    let mut cost = self.selections(&field.node.selection_set, level + 1)?;
                    cost.fields = cost.fields.saturating_add(1);
                    cost.depth += 1;
                    cost.aliases = cost
                        .aliases
                        .saturating_add(usize::from(field.node.alias.is_some()));
                    cost
                }
                Selection::InlineFragment(inline) => {
                    self.selections(&inline.node.selection_set, level + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, level + 1)?
                }
            };
            sum.fields = sum.fields.saturating_add(cost.fields);
            sum.depth = sum.depth.max(cost.depth);
            sum.aliases = sum.aliases.saturating_add(cost.aliases);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'a Name, level: usize) -> Result<Cost, TooCostly> {
        if let Some(cost) = self.known.get(name.as_str()) {
            return Ok(*cost);
        }
        // One that is named and not there is told of by whoever carries the query out.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Cost::default());
        };
        let cost = self.selections(&fragment.node.selection_set, level)?;
        cost.check(self.may_look)?;
        self.known.insert(name.as_str(), cost);
        Ok(cost)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use async_graphql::parser::parse_query;

    use super::*;

    fn of(query: &str) -> Result<(), TooCostly> {
        measure(&parse_query(query).unwrap(), false)
    }

    fn nested(depth: usize) -> String {
        "{a".repeat(depth) + &"}".repeat(depth)
    }

    #[test]
    fn s51_depth_breadth_and_aliases_have_an_end() {
        assert_eq!(of(&nested(10)), Ok(()));
        assert_eq!(of(&nested(11)), Err(TooCostly::Deep));
        assert_eq!(of(&format!("{{ {} }}", "a ".repeat(1000))), Ok(()));
        let many = format!("{{ {} }}", "a ".repeat(1001));
        assert_eq!(of(&many), Err(TooCostly::Fields));
        let aliases = "{ ...f ...f } fragment f on Query { ".to_owned();
        assert_eq!(of(&format!("{aliases} {} }}", "a: b ".repeat(15))), Ok(()));
        let twice = format!("{aliases} {} }}", "a: b ".repeat(16));
        assert_eq!(of(&twice), Err(TooCostly::Aliases));
    }

    #[test]
    fn s51_fragments_stand_for_what_is_in_them() {
        // Each names the next one twice: 2^20 fields in a few hundred bytes.
        let mut laughs = "{ ...f0 }".to_owned();
        for n in 0..20 {
            let next = n + 1;
            laughs += &format!(" fragment f{n} on Query {{ ...f{next} ...f{next} }}");
        }
        laughs += " fragment f20 on Query { a }";
        assert_eq!(of(&laughs), Err(TooCostly::Fields));
        for circle in [
            "{ ...a } fragment a on Query { ...a }",
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
            "{ x } fragment a on Query { x { ...b } } fragment b on Query { x { ...a } }",
        ] {
            assert_eq!(of(circle), Err(TooCostly::Fragments), "{circle}");
        }
        let mut chain = "{ ...f0 }".to_owned();
        for n in 0..300 {
            chain += &format!(" fragment f{n} on Query {{ ...f{} }}", n + 1);
        }
        assert_eq!(of(&chain), Err(TooCostly::Fragments));
        assert_eq!(of("{ ...missing }"), Ok(()));
    }

    #[test]
    fn s51_the_schema_is_for_some() {
        let look = parse_query("{ x: __schema { types { name } } }").unwrap();
        assert_eq!(measure(&look, false), Err(TooCostly::Schema));
        assert_eq!(measure(&look, true), Ok(()));
        assert_eq!(
            of("{ __type(name: \"Query\") { name } }"),
            Err(TooCostly::Schema)
        );
        assert_eq!(of("{ __typename }"), Ok(()));
    }
}
