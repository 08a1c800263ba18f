//! How sure it is that a precedent answers the request.
//!
//! A logistic function of what the ranking knows: the score, how far it lies above the best of the others, the words and the
//! sentence vectors. The factors are fitted on requests to a desk, some of whose answers were taken away: without vectors together
//! with bug reports in one language and across languages, each kind counting the same; with vectors alone, drawn a little
//! towards nought. That mixture and that draw gave the smallest calibration error where each request was judged by
//! factors fitted on the others. See `docs/benchmarks.md` for how well it holds on what was set apart.

use super::score::Candidate;

/// Scores below this are all as good as nothing when they are compared.
const LEAST_SCORE: f32 = 0.02;

/// Factors with sentence vectors: constant, score, lead, lead as a share of the score, words, nearness.
const WITH_VECTORS: [f32; 6] = [-4.293, 5.199, 2.121, 7.649, -2.602, 1.897];
/// Factors without: constant, score, lead, lead as a share of the score, words.
const WITHOUT_VECTORS: [f32; 5] = [-0.85, 1.211, 9.482, 1.089, -1.779];

/// Rare words in common by which a case of the desk is half believed: one shared everyday word proves nothing, however much
/// it is of what the request and the cases have in common.
const HALF_BELIEVED: f32 = 1.8;
/// What all facts in common are worth, in rare words.
const FACTS_IN_WORDS: f32 = 3.0;

/// How far what a request and a case have in common can be believed, 0 to 1: `shared` is the weight of the words and names in
/// common, in words that only one case has; `facts` the share of the request's facts, `told` how much those tell.
pub(super) fn belief(shared: f32, facts: f32, told: f32) -> f32 {
    let evidence = shared + FACTS_IN_WORDS * facts.max(0.0) * told;
    evidence * evidence / (evidence * evidence + HALF_BELIEVED * HALF_BELIEVED)
}

/// Sets the probability of each candidate. The candidates are ordered, the best first, and stand for different answers.
pub(super) fn judge(ranked: &mut [Candidate], with_vectors: bool) {
    let best = ranked.first().map_or(0.0, |candidate| candidate.score);
    let second = ranked.get(1).map_or(0.0, |candidate| candidate.score);
    let mut whole = 0.0;
    for (place, candidate) in ranked.iter_mut().enumerate() {
        let score = candidate.score;
        let lead = score - if place == 0 { second } else { best };
        let share = (lead / score.max(LEAST_SCORE)).clamp(-1.0, 1.0);
        let words = candidate.words.clamp(0.0, 1.0);
        let sum: f32 = if with_vectors {
            [1.0, score, lead, share, words, candidate.cosine]
                .iter()
                .zip(&WITH_VECTORS)
                .map(|(value, factor)| value * factor)
                .sum()
        } else {
            [1.0, score, lead, share, words]
                .iter()
                .zip(&WITHOUT_VECTORS)
                .map(|(value, factor)| value * factor)
                .sum()
        };
        candidate.probability = 1.0 / (1.0 + (-sum).exp());
        whole += candidate.probability;
    }
    // Several may answer, but hardly more than one by their sum.
    if whole > 1.0 && ranked.len() > 1 {
        let best = ranked[0].probability;
        let rest = (whole - best).max(f32::MIN_POSITIVE);
        let share = ((1.0 - best) / rest).min(1.0);
        for candidate in &mut ranked[1..] {
            candidate.probability *= share;
        }
    }
}
