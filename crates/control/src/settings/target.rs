//! One target of a route: `"provider/model"`, or the same with a weight.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// One target of a route, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// `provider/model`.
    pub(crate) model: String,
    /// Its share under the strategy `weighted`; at least 1.
    pub(crate) weight: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weighted {
    model: String,
    weight: u32,
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TargetVisitor)
    }
}

struct TargetVisitor;

impl<'de> Visitor<'de> for TargetVisitor {
    type Value = Target;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"provider/model\" or a table with `model` and `weight`")
    }

    fn visit_str<E: serde::de::Error>(self, model: &str) -> Result<Target, E> {
        Ok(Target {
            model: model.to_owned(),
            weight: 1,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Target, A::Error> {
        let Weighted { model, weight } = Weighted::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Target { model, weight })
    }
}
