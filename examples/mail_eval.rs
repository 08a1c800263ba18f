//! Runs the mail reader over many files in one process and prints what the scorers of evaluation sets read.
//!
//! ```text
//! mail_eval text ROOT MANIFEST.tsv   lines {"id": "set/NNN", "text": ...}; columns set, id, input
//! mail_eval kind ROOT LABELS.tsv     lines path<TAB>auto|human<TAB>kind<TAB>reason; column path
//! mail_eval zones FILE...            every zone of bare text bodies
//! mail_eval speed FILE...            mails read in a second on one core
//! ```

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use precedent::mail::{self, MailKind, Message, ParseOptions};

fn read(path: &Path) -> Result<Message> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    if matches!(extension, "txt" | "html") {
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            error
                .into_bytes()
                .iter()
                .map(|byte| char::from(*byte))
                .collect()
        });
        return Ok(mail::parse_text(&text, extension == "html"));
    }
    Ok(mail::parse(&bytes, &ParseOptions::default())?)
}

fn column(header: &str, name: &str) -> Result<usize> {
    header
        .split('\t')
        .position(|field| field.trim() == name)
        .with_context(|| format!("no column {name}"))
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["text", root, table] => {
            let table = fs::read_to_string(table)?;
            let header = table.lines().next().unwrap_or_default();
            let (set, id, input) = (
                column(header, "set")?,
                column(header, "id")?,
                column(header, "input")?,
            );
            for line in table.lines().skip(1) {
                let fields: Vec<&str> = line.split('\t').collect();
                let message = read(&Path::new(root).join(fields[input]))?;
                let id = format!("{}/{}", fields[set], fields[id]);
                println!(
                    "{}",
                    serde_json::json!({"id": id, "text": message.new_text()})
                );
            }
        }
        ["kind", root, table] => {
            let table = fs::read_to_string(table)?;
            let path = column(table.lines().next().unwrap_or_default(), "path")?;
            for line in table.lines().skip(1) {
                let path = line.split('\t').nth(path).unwrap_or_default();
                match read(&Path::new(root).join(path)) {
                    Ok(message) => {
                        let automatic = if message.kind == MailKind::Human {
                            "human"
                        } else {
                            "auto"
                        };
                        println!(
                            "{path}\t{automatic}\t{}\t{}\t{}",
                            message.kind.as_str(),
                            message.kind_reason.code,
                            message.kind_reason.detail
                        );
                    }
                    Err(error) => println!("{path}\thuman\t-\terror\t{error:#}"),
                }
            }
        }
        ["zones", files @ ..] => {
            for file in files {
                let message = read(Path::new(file))?;
                for zone in &message.zones {
                    println!(
                        "[{:?} {}] {:?}",
                        zone.kind,
                        zone.reason,
                        &message.text[zone.range.clone()]
                    );
                }
            }
        }
        ["speed", files @ ..] => {
            let mails: Vec<Vec<u8>> = files.iter().map(fs::read).collect::<Result<_, _>>()?;
            let options = ParseOptions::default();
            for _ in 0..3 {
                let started = Instant::now();
                let mut slowest = (0.0_f64, "");
                for (mail, file) in mails.iter().zip(files) {
                    let one = Instant::now();
                    let _ = mail::parse(mail, &options);
                    let took = one.elapsed().as_secs_f64();
                    if took > slowest.0 {
                        slowest = (took, file);
                    }
                }
                let seconds = started.elapsed().as_secs_f64();
                let bytes: usize = mails.iter().map(Vec::len).sum();
                println!(
                    "{:.0} mails a second, {:.0} bytes each, slowest {:.1} ms {}",
                    mails.len() as f64 / seconds,
                    bytes as f64 / mails.len() as f64,
                    slowest.0 * 1000.0,
                    slowest.1
                );
            }
        }
        _ => bail!("mail_eval text|kind ROOT TABLE, or mail_eval zones|speed FILE..."),
    }
    Ok(())
}
