//! Checks what a manifest says of a model.

use super::page;
use crate::checks::Checks;
use crate::date::Date;
use crate::model::{Abilities, Limits, Model, Price};
use crate::problem::KeyPath;
use crate::raw::{RawAbilities, RawLimits, RawModel, RawPrice};

/// Checks one entry of `[[model]]`, the `at`th.
pub(crate) fn model(checks: &mut Checks, at: usize, written: &RawModel) -> Model {
    let key = KeyPath::of("model").index(at);
    if let Some(name) = &written.name {
        checks.shown(&key.key("name"), name);
    }
    Model {
        id: written.id.clone(),
        name: written.name.clone(),
        limits: written
            .limits
            .as_ref()
            .and_then(|limits| check_limits(checks, &key.key("limits"), limits)),
        abilities: abilities(&written.abilities),
        price: written
            .price
            .as_ref()
            .and_then(|price| check_price(checks, &key.key("price"), price)),
    }
}

fn check_limits(checks: &mut Checks, key: &KeyPath, written: &RawLimits) -> Option<Limits> {
    let numbers = [
        ("context", written.context),
        ("output", written.output),
        ("images", written.images),
    ];
    if numbers.iter().all(|(_, number)| number.is_none()) {
        checks.wrong(key.clone(), "a source without a number");
    }
    for (name, number) in numbers {
        if number == Some(0) {
            checks.wrong(key.key(name), "a limit is at least 1");
        }
    }
    let source = page(checks, &key.key("source"), &written.source);
    let date = checks.take(&key.key("date"), Date::from_toml(written.date));
    Some(Limits {
        context: written.context,
        output: written.output,
        images: written.images,
        source: source?,
        date: date?,
    })
}

fn check_price(checks: &mut Checks, key: &KeyPath, written: &RawPrice) -> Option<Price> {
    let RawPrice {
        input,
        cached_read,
        cache_write,
        output,
        ..
    } = *written;
    let numbers = [
        ("input", input),
        ("cached_read", cached_read),
        ("cache_write", cache_write),
        ("output", output),
    ];
    if numbers.iter().all(|(_, number)| number.is_none()) {
        checks.wrong(key.clone(), "a source without a number");
    }
    for (name, number) in numbers {
        if number.is_some_and(|number| !number.is_finite() || number < 0.0) {
            checks.wrong(
                key.key(name),
                "a price is a number of US dollars, at least 0",
            );
        }
    }
    let source = page(checks, &key.key("source"), &written.source);
    let date = checks.take(&key.key("date"), Date::from_toml(written.date));
    Some(Price {
        input,
        cached_read,
        cache_write,
        output,
        source: source?,
        date: date?,
    })
}

fn abilities(written: &RawAbilities) -> Abilities {
    let RawAbilities {
        tools,
        images,
        documents,
        reasoning,
        structured_output,
        sampling,
    } = *written;
    Abilities {
        tools,
        images,
        documents,
        reasoning,
        structured_output,
        sampling,
    }
}
