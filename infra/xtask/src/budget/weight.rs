//! What a function weighs as Lambda receives it: one file `bootstrap` in a zip.

use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(crate) fn zipped(binary: &Path) -> Result<u64> {
    let bytes = std::fs::read(binary).with_context(|| format!("reading {}", binary.display()))?;
    zip_of(&bytes)
}

fn zip_of(bytes: &[u8]) -> Result<u64> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(0o755);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("bootstrap", options)?;
    archive.write_all(bytes)?;
    let whole = archive.finish()?.into_inner();
    Ok(u64::try_from(whole.len())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_weighs_little() {
        let weight = zip_of(&[7; 100_000]).unwrap();

        assert!((100..2_000).contains(&weight), "{weight}");
    }
}
