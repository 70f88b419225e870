//! The style sheet, the script and the icon, each under a name that changes with its content, so that browsers may keep them for ever.

/// One static file.
pub struct Asset {
    /// The name authors use: `shop.css`.
    pub name: &'static str,
    /// Where it is served: `/static/<hash>-shop.css`.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

const HASH: usize = 16;
const PREFIX: &[u8] = b"/static/";

macro_rules! assets {
    ($($name:literal $media_type:literal;)*) => {
        static ALL: &[Asset] = &[$( {
            const BYTES: &[u8] = include_bytes!(concat!("../static/", $name));
            const PATH: [u8; PREFIX.len() + HASH + 1 + $name.len()] = path(fingerprint(BYTES), $name.as_bytes());
            const TEXT: &str = match str::from_utf8(&PATH) {
                Ok(text) => text,
                Err(_) => $name,
            };
            Asset { name: $name, path: TEXT, media_type: $media_type, bytes: BYTES }
        } ),*];
    };
}

assets! {
    "icon.svg" "image/svg+xml";
    "shop.css" "text/css; charset=utf-8";
    "shop.js" "text/javascript; charset=utf-8";
}

/// The mark in the sizes of a tab, 16, 32 and 48 px, for whoever asks for `/favicon.ico` by habit. Pages name `icon.svg`.
pub const FAVICON: &[u8] = include_bytes!("../static/favicon.ico");

/// Where the file of this name is served.
#[must_use]
pub fn asset(name: &str) -> &'static str {
    ALL.iter()
        .find(|asset| asset.name == name)
        .map_or("/static/unknown", |asset| asset.path)
}

/// Every static file; `storefront` serves them.
#[must_use]
pub fn all_assets() -> &'static [Asset] {
    ALL
}

/// 64-bit FNV-1a (Fowler, Noll and Vo): enough to tell one release of a file from the next, and computed by the compiler.
const fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        #[expect(clippy::as_conversions, reason = "From is not const, and a byte always fits")]
        let byte = *first as u64;
        hash = (hash ^ byte).wrapping_mul(0x0100_0000_01b3);
        rest = tail;
    }
    hash
}

/// `/static/`, the hash in hexadecimal, a dash, the name.
#[expect(
    clippy::indexing_slicing,
    reason = "the compiler runs it and refuses an index outside"
)]
const fn path<const N: usize>(hash: u64, name: &[u8]) -> [u8; N] {
    let mut path = [b'-'; N];
    let mut at = 0;
    while at < PREFIX.len() {
        path[at] = PREFIX[at];
        at += 1;
    }
    let digits = hash.to_be_bytes();
    let mut byte = 0;
    while byte < digits.len() {
        path[at] = hex(digits[byte] >> 4);
        path[at + 1] = hex(digits[byte] & 15);
        at += 2;
        byte += 1;
    }
    at += 1;
    let mut letter = 0;
    while letter < name.len() {
        path[at + letter] = name[letter];
        letter += 1;
    }
    path
}

const fn hex(digit: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_holds_the_fingerprint_of_the_content() {
        for asset in all_assets() {
            let expected = format!("/static/{:016x}-{}", fingerprint(asset.bytes), asset.name);
            assert_eq!(asset.path, expected);
        }
        // The test vector of the algorithm's authors.
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_slow_phone_loads_little() {
        let size = |name| {
            all_assets()
                .iter()
                .find(|asset| asset.name == name)
                .unwrap()
                .bytes
                .len()
        };

        assert!(size("shop.css") <= 16 * 1024, "{}", size("shop.css"));
        assert!(size("shop.js") <= 3 * 1024, "{}", size("shop.js"));
    }
}
