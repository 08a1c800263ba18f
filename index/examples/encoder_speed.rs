//! Measures the sentence encoder.
//!
//! `cargo run --release -p precedent-index --example encoder_speed -- MODEL`
//!
//! MODEL is a folder as `scripts/fetch-model` makes it. Prints how long reading takes, one text of 64 pieces on one core, and
//! many texts on all. With `--print` it reads texts from standard input, one a line, and prints a vector for each.

use std::hint::black_box;
use std::io::BufRead;
use std::time::{Duration, Instant};

use precedent_index::Encoder;

const SENTENCE: &str = "Since this morning every call of getOrders for our German sellers fails with 403 Unauthorized, although nothing \
    was changed on our side and the refresh token is only two days old; the American accounts work as before. ";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("usage: encoder_speed MODEL [--print]")?;
    let started = Instant::now();
    let encoder = Encoder::open(path.as_ref())?;
    if arguments.next().as_deref() == Some("--print") {
        for line in std::io::stdin().lock().lines() {
            println!("{:?}", encoder.encode(&line?));
        }
        return Ok(());
    }
    println!("read in {:.1} ms", milliseconds(started.elapsed()));

    let mut text = SENTENCE.repeat(2);
    while encoder.pieces(&text).len() > 64 {
        text.pop();
    }
    for length in [16, 32, 64] {
        let mut text = text.clone();
        while encoder.pieces(&text).len() > length {
            text.pop();
        }
        let mut times: Vec<Duration> = (0..300)
            .map(|_| {
                let started = Instant::now();
                black_box(encoder.encode(black_box(&text)));
                started.elapsed()
            })
            .collect();
        times.sort();
        println!(
            "{} pieces: least {:.2} ms, p50 {:.2} ms, p99 {:.2} ms",
            encoder.pieces(&text).len(),
            milliseconds(times[0]),
            milliseconds(times[150]),
            milliseconds(times[297]),
        );
    }
    let started = Instant::now();
    for _ in 0..100 {
        black_box(encoder.pieces(black_box(&text)));
    }
    println!(
        "cutting into 64 pieces: {:.3} ms",
        milliseconds(started.elapsed()) / 100.0
    );

    let texts = vec![text.as_str(); 2_000];
    let started = Instant::now();
    black_box(encoder.encode_batch(&texts));
    println!(
        "{:.0} texts of 64 pieces a second on all cores",
        texts.len() as f64 / started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
