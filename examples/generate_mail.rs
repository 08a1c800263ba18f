//! Writes a Maildir of generated mail: `cargo run --release --example generate_mail -- FOLDER COUNT [SEED]`.

#[path = "../benches/generator.rs"]
mod generator;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("usage: generate_mail FOLDER COUNT [SEED]".into());
    };
    let folder = PathBuf::from(folder);
    let count: u64 = count.parse()?;
    let seed: u64 = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    for part in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(folder.join(part))?;
    }
    let mut sizes = Vec::new();
    for number in 0..count {
        let mail = generator::mail(seed, number);
        sizes.push(mail.len());
        let name = format!("{}.M{number:06}P1.bench:2,S", 1_772_400_000 + number);
        std::fs::write(folder.join("cur").join(name), mail)?;
    }
    sizes.sort_unstable();
    if let Some(median) = sizes.get(sizes.len() / 2) {
        println!(
            "{count} mails, median {median} bytes, {} in all",
            sizes.iter().sum::<usize>()
        );
    }
    Ok(())
}
