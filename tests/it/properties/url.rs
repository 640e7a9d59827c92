//! Query strings: the same parameters in every order, spelling and encoding.

use proptest::{collection::vec, prelude::*, sample::select};

/// A way to write a query string.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// The encoding of each character, in turn.
    encodings: Vec<u8>,
    /// The spelling of each name, in turn.
    spellings: Vec<u8>,
    /// The parameter that comes first.
    first: usize,
    /// Parameters without a meaning.
    company: Vec<&'static str>,
}

pub(crate) fn style() -> impl Strategy<Value = Style> {
    let company =
        select(&["contenttype=json", "appId=shop", "=", "", "%", "a=%zz%F", "x=%FF%00", "群=組"][..]);
    (vec(0_u8..4, 1..30), vec(0_u8..3, 1..7), 0_usize..7, vec(company, 0..4))
        .prop_map(|(encodings, spellings, first, company)| Style { encodings, spellings, first, company })
}

impl Style {
    /// Writes parameters in this way.
    pub(crate) fn write(&self, parameters: &[(&str, String)]) -> String {
        let mut encodings = self.encodings.iter().copied().cycle();
        let mut spellings = self.spellings.iter().copied().cycle();
        let mut written: Vec<String> = self.company.iter().map(|&text| text.to_owned()).collect();
        for (name, value) in parameters {
            let name = spell(name, spellings.next().unwrap_or_default());
            let name = encode(&name, || encodings.next().unwrap_or_default());
            let value = encode(value, || encodings.next().unwrap_or_default());
            written.push(format!("{name}={value}"));
        }
        let first = self.first % written.len().max(1);
        written.rotate_left(first);
        written.join("&")
    }
}

fn spell(name: &str, style: u8) -> String {
    match style {
        0 => name.to_owned(),
        1 => name.to_ascii_lowercase(),
        _ => name.to_ascii_uppercase(),
    }
}

fn encode(text: &str, mut style: impl FnMut() -> u8) -> String {
    let mut encoded = String::new();
    for char in text.chars() {
        let plain = char.is_ascii_alphanumeric() || "-._~!'()*,;:@/?#[]$".contains(char);
        let mut bytes = [0; 4];
        let bytes = char.encode_utf8(&mut bytes).bytes();
        match style() {
            0 | 1 if plain || !char.is_ascii() => encoded.push(char),
            0 | 1 if char == ' ' => encoded.push('+'),
            2 => encoded.extend(bytes.map(|byte| format!("%{byte:02x}"))),
            _ => encoded.extend(bytes.map(|byte| format!("%{byte:02X}"))),
        }
    }
    encoded
}
