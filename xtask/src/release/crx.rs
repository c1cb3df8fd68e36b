//! This module signs the package for Chromium: CRX3 is the zip with a header before it, a small message of Protocol Buffers. With the
//! key in the environment the same zip gives the same bytes, because this kind of signature uses no chance.
//!
//! The header is written here, since it is a few lines. The signature is made by Node's OpenSSL (`xtask/sign.mjs`), because Node
//! is needed anyway: `openssl` is missing on many machines, the crate `rsa` has an open advisory about its timing, and `ring` would
//! be built for this alone.

use super::sha256;
use crate::{checkout::Checkout, fault::Fault, node};
use std::{env, io::Write as _, process::Stdio};

/// The environment variable that holds the private key, as the text of a .pem file.
pub const KEY: &str = "ACCESS_MEDIC_CRX_KEY";

/// Returns the signed package, or nothing if there is no key.
pub fn sign(checkout: &Checkout, zip: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    if env::var_os(KEY).is_none_or(|key| key.is_empty()) {
        return Ok(None);
    }
    pack(zip, &ask(checkout, "public", &[])?, |bytes| ask(checkout, "sign", bytes)).map(Some)
}

/// Lets the script do what needs the key.
fn ask(checkout: &Checkout, what: &str, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let wrong = |how: String| Fault::Program { what: format!("xtask/sign.mjs {what}"), how };
    let mut command = node::node(checkout);
    command.arg("xtask/sign.mjs").arg(what).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| wrong(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A script that refuses the key reads nothing, and says why itself.
        let _ = stdin.write_all(bytes);
    }
    let output = child.wait_with_output().map_err(|error| wrong(error.to_string()))?;
    if !output.status.success() {
        return Err(wrong(format!("failed ({})", output.status)));
    }
    from_hex(&output.stdout).ok_or_else(|| wrong("unreadable answer".into()))
}

fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

/// Puts the header before the zip. `sign` makes the signature of what it is given.
fn pack(zip: &[u8], key: &[u8], sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Fault>) -> Result<Vec<u8>, Fault> {
    // The numbers of the fields are those of Chromium's crx3.proto. The id of an extension is the beginning of its key's hash.
    let id = from_hex(&sha256(key).as_bytes()[..32]).unwrap_or_default();
    let signed_data = field(1, &id);
    let signature = sign(&[b"CRX3 SignedData\x00", &length(&signed_data)[..], &signed_data, zip].concat())?;
    let proof = [field(1, key), field(2, &signature)].concat();
    let header = [field(2, &proof), field(10_000, &signed_data)].concat();
    Ok([b"Cr24", &3u32.to_le_bytes()[..], &length(&header), &header, zip].concat())
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes()
}

/// Writes a field of bytes: its number and kind, its length, the bytes.
fn field(number: usize, bytes: &[u8]) -> Vec<u8> {
    const BYTES: usize = 2;
    [varint(number << 3 | BYTES), varint(bytes.len()), bytes.to_vec()].concat()
}

/// Writes a number seven bits at a time, the lowest first; the top bit says that more follow.
fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_that_of_chromium() {
        let key = b"a public key";
        let mut given = Vec::new();
        let signed = pack(b"PK zip", key, |bytes| {
            given = bytes.to_vec();
            Ok(vec![7; 200])
        });
        let signed = signed.unwrap();
        let id = from_hex(&sha256(key).as_bytes()[..32]).unwrap();
        assert_eq!(id.len(), 16);
        let data = [&[0x0a, 16][..], &id].concat();
        assert_eq!(given, [b"CRX3 SignedData\0", &[18, 0, 0, 0][..], &data, b"PK zip"].concat());
        // The proof: field 1 of 12 bytes, field 2 of 200 bytes, whose length takes two bytes.
        let proof = [&[0x0a, 12][..], key, &[0x12, 0xc8, 0x01], &[7; 200]].concat();
        let header = [&[0x12, 0xd9, 0x01][..], &proof, &[0x82, 0xf1, 0x04, 18], &data].concat();
        let length = u32::try_from(header.len()).unwrap().to_le_bytes();
        assert_eq!(signed, [b"Cr24", &[3, 0, 0, 0][..], &length, &header, b"PK zip"].concat());
    }

    #[test]
    fn hexadecimal_digits_are_read() {
        assert_eq!(from_hex(b"00ff7a"), Some(vec![0, 255, 0x7a]));
        for bad in [&b""[..], b"0", b"0g", b"\xff\xff"] {
            assert_eq!(from_hex(bad), None);
        }
    }
}
