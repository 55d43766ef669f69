//! A file of two networks, made here: the format is small (<https://maxmind.github.io/MaxMind-DB/>).

use super::*;

/// A text, below 29 bytes.
fn text(value: &str) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap();
    [vec![0x40 | length], value.as_bytes().to_vec()].concat()
}

/// A number of 16 bits.
fn short(value: u16) -> Vec<u8> {
    [vec![0xa2], value.to_be_bytes().to_vec()].concat()
}

/// A number of 32 bits.
fn number(value: u32) -> Vec<u8> {
    [vec![0xc4], value.to_be_bytes().to_vec()].concat()
}

/// A number of 64 bits.
fn long(value: u64) -> Vec<u8> {
    [vec![0x08, 0x02], value.to_be_bytes().to_vec()].concat()
}

/// A map, below 29 entries.
fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let length = u8::try_from(entries.len()).unwrap();
    let pairs = entries.iter().map(|(key, value)| [text(key), value.clone()].concat());
    std::iter::once(vec![0xe0 | length]).chain(pairs).collect::<Vec<_>>().concat()
}

/// Addresses below 128.0.0.0 belong to one autonomous system, nobody to the others.
fn file() -> Vec<u8> {
    // One node: to the left the data at offset 0 (1 node + the separator of 16 bytes), to the right nothing.
    let tree = [0, 0, 17, 0, 0, 1];
    let data =
        map(&[("autonomous_system_number", number(64_500)), ("autonomous_system_organization", text("Net"))]);
    let metadata = map(&[
        ("binary_format_major_version", short(2)),
        ("binary_format_minor_version", short(0)),
        ("build_epoch", long(1)),
        ("database_type", text("GeoLite2-ASN")),
        ("description", map(&[("en", text("made for a test"))])),
        ("ip_version", short(4)),
        ("languages", vec![0x00, 0x04]),
        ("node_count", number(1)),
        ("record_size", short(24)),
    ]);
    [tree.to_vec(), vec![0; 16], data, b"\xab\xcd\xefMaxMind.com".to_vec(), metadata].concat()
}

#[test]
fn networks_that_the_file_knows_have_a_number() {
    let names = AsnFile::read(file()).unwrap();
    assert_eq!(names.asn("10.1.2.3".parse().unwrap()), Some(64_500));
    assert_eq!(names.asn("203.0.113.7".parse().unwrap()), None);
    // A file of IPv4 alone knows nothing of IPv6, and does not fail over it.
    assert_eq!(names.asn("2001:db8::1".parse().unwrap()), None);
}

#[test]
fn what_is_no_such_file_is_said_in_one_sentence() {
    let missing = AsnFile::open(Path::new("/nonexistent.mmdb")).unwrap_err();
    assert!(missing.to_string().starts_with("PODIUM_ASN_FILE names"), "{missing}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("asn.mmdb");
    std::fs::write(&path, "nonsense").unwrap();
    let error = AsnFile::open(&path).unwrap_err();
    assert!(error.to_string().contains("MaxMind's format"), "{error}");
}
