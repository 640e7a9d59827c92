//! SHA-256 of files and bodies.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

/// Whether a body's digest is the one that the function put into the key. `sk` ends with its first digits.
pub(crate) fn is_of_key(sk: &str, digest: &str) -> bool {
    let recorded = sk.rsplit('#').next().unwrap_or_default();
    !recorded.is_empty() && digest.starts_with(recorded)
}

/// The digest of a body.
pub(crate) fn of_body(body: &str) -> String {
    hex::encode(Sha256::digest(body))
}

/// Passes bytes on, and computes their digest.
#[derive(Debug)]
pub(crate) struct Digesting<W> {
    to: W,
    digest: Sha256,
    size: u64,
}

impl<W> Digesting<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, digest: Sha256::new(), size: 0 }
    }

    /// The digest in hexadecimal digits, and the number of bytes.
    pub(crate) fn done(self) -> (String, u64) {
        (hex::encode(self.digest.finalize()), self.size)
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The digest of everything that is left to read.
pub(crate) fn of(reader: &mut impl Read) -> io::Result<String> {
    of_written(|to| io::copy(reader, to).map(drop))
}

/// The digest of what a function writes.
pub(crate) fn of_written<E>(write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<String, E> {
    let mut digesting = Digesting::new(io::sink());
    write(&mut digesting)?;
    Ok(digesting.done().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn digest_is_that_of_all_bytes() {
        let mut digesting = Digesting::new(Vec::new());
        digesting.write_all(b"a").and_then(|()| digesting.write_all(b"bc")).expect("it takes them");
        assert_eq!(digesting.done(), (ABC.to_owned(), 3));
        assert_eq!(of(&mut &b"abc"[..]).expect("it can be read"), ABC);
    }

    #[test]
    fn key_has_the_first_digits() {
        assert!(is_of_key("1#C#ba7816bf8f01cfea", ABC));
        assert!(!is_of_key("1#C#ba7816bf8f01cfeb", ABC) && !is_of_key("1#C#", ABC) && !is_of_key("", ABC));
    }
}
