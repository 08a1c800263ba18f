//! Time of each pure stage for one mail on one core, over generated mail:
//! `cargo bench --bench stages [-- COUNT]`.

mod generator;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use precedent::case::CaseNumber;
use precedent::extract::{ExtractContext, Extractor};
use precedent::mail::ParseOptions;
use precedent::profile::Profile;
use precedent::reply::{Composer, Outgoing};
use precedent::triage::{Assessor, Assignment, Effect, Mode, OutgoingKind, Policy};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Adds up one stage.
struct Stage {
    name: &'static str,
    times: Vec<Duration>,
}

impl Stage {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            times: Vec::new(),
        }
    }

    fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = std::hint::black_box(work());
        self.times.push(start.elapsed());
        result
    }

    fn report(mut self) {
        self.times.sort_unstable();
        let at = |share: usize| {
            self.times[(self.times.len() - 1) * share / 100].as_secs_f64() * 1_000_000.0
        };
        let mean = self.times.iter().sum::<Duration>().as_secs_f64() * 1_000_000.0
            / self.times.len() as f64;
        println!(
            "{:<20} mean {mean:>8.1} us   p50 {:>8.1}   p99 {:>8.1}",
            self.name,
            at(50),
            at(99)
        );
    }
}

fn main() {
    let count = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(3_000_u64);
    let profile = Profile::builtin("amazon-sp-api").expect("the profile is built in");
    let extractor = Extractor::new(profile).expect("the profile compiles");
    let assessor = Assessor::new(profile).expect("the profile compiles");
    let composer = Composer::new(profile).expect("the profile compiles");
    let options = ParseOptions::default();
    let policy = Policy {
        mode: Mode::Observe,
        requests_max: 2,
        acknowledge: false,
    };
    let mut stages = [
        "hash", "compress", "parse", "extract", "assess", "decide", "compose",
    ]
    .map(Stage::new);
    let [hash, compress, parse, extract, assess, decide, compose] = &mut stages;
    let key = [7; 32];
    let now = Timestamp::from_second(1_772_500_000).expect("a time in range");
    for number in 0..count {
        let raw = generator::mail(1, number);
        hash.run(|| precedent::store::hash(&raw));
        compress.run(|| precedent::store::compress(&raw).expect("small enough"));
        let message = parse.run(|| precedent::mail::parse(&raw, &options).expect("a mail"));
        let context = ExtractContext {
            received: now,
            fingerprint_key: &key,
        };
        let extraction = extract.run(|| extractor.extract(&message, &context));
        let assessment = assess.run(|| assessor.assess(&message, &extraction, None));
        let case = CaseNumber("SP-1001".to_owned());
        let decision = decide.run(|| {
            precedent::triage::decide(
                &message,
                &Assignment::Open { related: None },
                &assessment,
                None,
                &policy,
                "desk",
                &case,
                now,
            )
        });
        for effect in decision.effects {
            let Effect::Reply { kind, ask, topic } = effect else {
                continue;
            };
            if kind == OutgoingKind::RequestForInformation {
                let composed = compose.run(|| {
                    composer.compose(&Outgoing {
                        kind,
                        language: &assessment.language,
                        ask: &ask,
                        topic: topic.as_deref(),
                        case_number: &case.0,
                        facts: &assessment.facts,
                        flags: &assessment.flags,
                        secret_kinds: &[],
                        answered: &message,
                        recipient: precedent::reply::recipient(&message, &[]).unwrap_or_default(),
                        desk_address: "sp-api-support@desk.example",
                        desk_name: "SP-API Support",
                        token: "aaaaaaaaaaaaaaaa",
                        ordinal: 1,
                        date: now,
                    })
                });
                assert!(composed.is_ok(), "{composed:?}");
            }
        }
    }
    for stage in stages {
        stage.report();
    }
}
