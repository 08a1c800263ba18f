use std::io::Write;

use super::*;

fn collect(name: &str, media_type: &str, bytes: &[u8]) -> Collector {
    let mut collector = Collector::default();
    collector.file(&File {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes,
        charset: None,
        inline: false,
        content_id: String::new(),
        signed: false,
    });
    collector
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("memory");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

#[test]
fn archives_are_read_through_one_cap() {
    let collector = collect("a.log.gz", "application/gzip", &gzip(b"request id 1"));
    let names: Vec<_> = collector
        .attachments
        .iter()
        .map(|found| (found.name.as_str(), found.role))
        .collect();
    assert_eq!(
        names,
        [
            ("a.log.gz", AttachmentRole::Archive),
            ("a.log.gz/a.log", AttachmentRole::Text)
        ]
    );
    let zip = zip_of(&[("dir/x.json", b"{}"), ("y.bin", &[0, 1, 2])]);
    let collector = collect("a.zip", "application/zip", &zip);
    let names: Vec<_> = collector
        .attachments
        .iter()
        .map(|found| (found.name.as_str(), found.role))
        .collect();
    assert_eq!(
        names,
        [
            ("a.zip", AttachmentRole::Archive),
            ("a.zip/x.json", AttachmentRole::Text),
            ("a.zip/y.bin", AttachmentRole::Other)
        ]
    );
}

#[test]
fn bombs_are_cut() {
    let collector = collect(
        "bomb.gz",
        "application/gzip",
        &gzip(&vec![b'0'; 40 * 1024 * 1024]),
    );
    assert!(
        collector
            .defects
            .iter()
            .any(|defect| defect.code == "archive_limit")
    );
    let largest = collector
        .attachments
        .iter()
        .map(|found| found.size)
        .max()
        .expect("attachments");
    assert!(largest <= limits::ARCHIVE_ENTRY_BYTES_MAX);
}

#[test]
fn pictures_are_told_apart_by_their_size() {
    let png = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes
    };
    assert_eq!(image::size(&png(1280, 720)), Some((1280, 720)));
    assert!(!image::is_logo((1280, 720), 90_000, true, "image001.png"));
    assert!(image::is_logo((180, 60), 5_000, true, "image001.png"));
    assert!(!image::is_logo((180, 300), 5_000, false, "error.png"));
    assert_eq!(
        image::size(b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\x01\x00\x02\x00\x03"),
        Some((512, 256))
    );
}

#[test]
fn winmail_is_unpacked() {
    let mut bytes = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    let mut attribute = |level: u8, identifier: u32, data: &[u8]| {
        bytes.push(level);
        bytes.extend_from_slice(&identifier.to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(data.len()).expect("small").to_le_bytes());
        bytes.extend_from_slice(data);
        bytes.extend_from_slice(&[0, 0]);
    };
    attribute(1, 0x0002_800c, b"the body\0");
    attribute(2, 0x0006_9002, &[0; 14]);
    attribute(2, 0x0001_8010, b"trace.log\0");
    attribute(2, 0x0006_800f, b"requestId: 1");
    assert_eq!(
        tnef_body(&bytes),
        Some(TnefBody::Text("the body".to_owned()))
    );
    let collector = collect("winmail.dat", "application/ms-tnef", &bytes);
    assert_eq!(collector.attachments[1].name, "winmail.dat/trace.log");
    assert_eq!(
        collector.attachments[1].text.as_deref(),
        Some("requestId: 1")
    );
    for end in 0..bytes.len() {
        tnef::read(&bytes[..end]);
    }
}

#[test]
fn winmail_of_rich_text_alone_has_a_body() {
    let rtf = b"{\\rtf1\\ansi Gr\\'f6\\'dfe\\par Zeile 2}";
    let mut compressed = Vec::new();
    compressed.extend_from_slice(&u32::try_from(rtf.len() + 12).expect("small").to_le_bytes());
    compressed.extend_from_slice(&u32::try_from(rtf.len()).expect("small").to_le_bytes());
    compressed.extend_from_slice(b"MELA\0\0\0\0");
    compressed.extend_from_slice(rtf);
    let length = u32::try_from(compressed.len())
        .expect("small")
        .to_le_bytes();
    let mut properties = vec![1, 0, 0, 0, 0x02, 0x01, 0x09, 0x10, 1, 0, 0, 0];
    properties.extend_from_slice(&length);
    properties.extend_from_slice(&compressed);
    let mut bytes = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0, 1];
    bytes.extend_from_slice(&0x0006_9003_u32.to_le_bytes());
    bytes.extend_from_slice(
        &u32::try_from(properties.len())
            .expect("small")
            .to_le_bytes(),
    );
    bytes.extend_from_slice(&properties);
    bytes.extend_from_slice(&[0, 0]);
    assert_eq!(
        tnef_body(&bytes),
        Some(TnefBody::Text("Größe\nZeile 2".to_owned()))
    );
}

#[test]
fn unreadable_mail_is_said_to_be_so() {
    let collector = collect("smime.p7m", "application/pkcs7-mime", b"0\x80");
    assert_eq!(collector.attachments[0].role, AttachmentRole::Unreadable);
    assert_eq!(collector.defects[0].code, "encrypted");
    let signed = b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80";
    let collector = collect("smime.p7m", "application/pkcs7-mime", signed);
    assert_eq!(collector.attachments[0].role, AttachmentRole::Unreadable);
    assert_eq!(collector.defects[0].code, "signed_opaquely");
    for name in ["smime.p7m", "log.txt.gpg", "log.pgp"] {
        let collector = collect(name, "application/octet-stream", b"\x85\x01\x0c\x03\x01");
        assert_eq!(
            collector.attachments[0].role,
            AttachmentRole::Unreadable,
            "{name}"
        );
        assert_eq!(collector.defects[0].code, "encrypted", "{name}");
    }
}

#[test]
fn a_small_drawing_is_no_screenshot() {
    let role = |svg: &str| collect("x.svg", "image/svg+xml", svg.as_bytes()).attachments[0].role;
    for logo in [
        "<svg width=\"10\" height='10px'/>",
        "<?xml version='1.0'?><svg viewBox=\"0 0 48 24\">",
    ] {
        assert_eq!(role(logo), AttachmentRole::Logo, "{logo}");
    }
    for shown in ["<svg viewBox=\"0 0 1200 800\">", "<svg><path/></svg>"] {
        assert_eq!(role(shown), AttachmentRole::Screenshot, "{shown}");
    }
}

/// A rotated log's name says nothing of its content.
#[test]
fn text_under_names_without_a_type_is_read() {
    let log = b"Mar  4 10:30:01 ERROR request_id=1\n";
    let roles = |name: &str, media_type: &str, bytes: &[u8]| -> Vec<AttachmentRole> {
        collect(name, media_type, bytes)
            .attachments
            .iter()
            .map(|found| found.role)
            .collect()
    };
    let octets = "application/octet-stream";
    assert_eq!(roles("app.log.1", octets, log), [AttachmentRole::Text]);
    assert_eq!(
        roles("messages.gz", "application/gzip", &gzip(log)),
        [AttachmentRole::Archive, AttachmentRole::Text]
    );
    assert_eq!(
        roles("app.log.1.gz", "application/gzip", &gzip(log)),
        [AttachmentRole::Archive, AttachmentRole::Text]
    );
    for bytes in [
        b"\x00\x01\x02".as_slice(),
        b"%PDF-1.7",
        b"-----BEGIN CERTIFICATE-----",
        b"caf\xe9 x",
    ] {
        assert_eq!(roles("app.2", octets, bytes), [AttachmentRole::Other]);
    }
}

#[test]
fn the_charset_that_an_attached_page_names_was_not_read() {
    let page = b"<meta charset=iso-8859-2><p>\xa6le dzia\xb3a</p>";
    let collector = collect("a.html", "text/html", page);
    let text = collector.attachments[0].text.as_deref();
    assert!(
        text.is_some_and(|text| text.contains("\u{15a}le dzia\u{142}a")),
        "{text:?}"
    );
}
