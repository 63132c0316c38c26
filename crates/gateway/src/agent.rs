//! What a client calls itself, in short.

/// The longest name that is kept, in characters.
const LONGEST: usize = 64;

/// The first product of a `User-Agent` field with the first two numbers of its version, such as
/// `claude-cli/2.1` (<https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5>).
pub(crate) fn short(field: &[u8]) -> Option<String> {
    let is_printable = |byte: &u8| (b'!'..=b'~').contains(byte);
    let product = field
        .split(|byte| *byte == b' ' || *byte == b'(')
        .find(|part| !part.is_empty())?;
    let mut name = String::with_capacity(product.len().min(LONGEST));
    let mut in_version = false;
    let mut dots = 0;
    for byte in product.iter().filter(|byte| is_printable(byte)) {
        in_version |= *byte == b'/';
        dots += u32::from(in_version && *byte == b'.');
        if dots == 2 || name.len() == LONGEST {
            break;
        }
        name.push(char::from(*byte));
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, short};

    #[test]
    fn the_first_product_and_two_numbers() {
        let of = |field: &str| short(field.as_bytes());
        let is = |field, name: &str| assert_eq!(of(field).as_deref(), Some(name), "{field}");
        is("claude-cli/2.1.34 (external, cli)", "claude-cli/2.1");
        is("OpenAI/Python 1.2.3", "OpenAI/Python");
        is("curl/8.5.0", "curl/8.5");
        is("my.own.tool", "my.own.tool");
        is("  (odd) x", "odd)");
        assert_eq!(of(""), None);
        assert_eq!(short("\u{7f}\u{1}é".as_bytes()), None);
        assert_eq!(of(&"x".repeat(500)).map(|name| name.len()), Some(LONGEST));
    }
}
