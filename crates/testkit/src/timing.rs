//! Whether the time that something takes tells two kinds of inputs apart: Welch's t-test on a noisy machine.

use std::hint::black_box;
use std::time::Instant;

/// From here on the difference is noticed: 1 in 100 for chance alone, for so many samples.
pub const NOTICED: f64 = 2.58;
/// How often each kind is measured in a round.
const SAMPLES: usize = 2000;
/// How many rounds there are at most. What is there shows in each; chance does not.
const ROUNDS: usize = 6;
/// The share of the samples that count, in hundredths: the slowest were interrupted.
const KEPT: usize = 90;

/// How far apart the times of two kinds of inputs lie, in standard errors: the least of several rounds,
/// of which none follows one that did not notice anything. The inputs of a round come in a random
/// order, each in the same place in memory; all have to be equally long.
///
/// # Panics
/// Where a kind has no inputs.
pub fn told_apart(kinds: [&[Vec<u8>]; 2], mut act: impl FnMut(&[u8])) -> f64 {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        least = least.min(round(kinds, &mut act, &mut random));
        if least < NOTICED {
            break;
        }
    }
    least
}

fn round(kinds: [&[Vec<u8>]; 2], act: &mut impl FnMut(&[u8]), random: &mut Random) -> f64 {
    let mut place = vec![0; kinds[0].first().expect("an input").len()];
    let mut times: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..2 * SAMPLES {
        let kind = random.below(2);
        let input = &kinds[kind][random.below(kinds[kind].len())];
        place.copy_from_slice(input);
        let start = Instant::now();
        act(black_box(&place));
        times[kind].push(start.elapsed().as_secs_f64());
    }
    // One bound for both, for else a slow kind would lose more of what makes it slow.
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let bound = all[all.len() * KEPT / 100];
    for times in &mut times {
        times.retain(|time| *time <= bound);
    }
    welch(&times[0], &times[1])
}

/// The size of Welch's t; <https://doi.org/10.1093/biomet/34.1-2.28>.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let ((one_mean, one_error), (mean, error)) = (mean(one), mean(other));
    let t = (one_mean - mean) / (one_error + error).sqrt();
    // Where nothing varies, a difference is beyond chance, and none is none.
    match (t.is_nan(), one_mean == mean) {
        (true, true) => 0.0,
        (true, false) => f64::INFINITY,
        (false, _) => t.abs(),
    }
}

/// The mean, and the square of its standard error.
fn mean(times: &[f64]) -> (f64, f64) {
    let count = u32::try_from(times.len()).map_or(f64::INFINITY, f64::from);
    if times.len() < 2 {
        // A kind that the bound took away as a whole is slower than all of the other.
        return (f64::INFINITY, 0.0);
    }
    let mean = times.iter().sum::<f64>() / count;
    let square = |time: &f64| (time - mean) * (time - mean);
    let variance = times.iter().map(square).sum::<f64>() / (count - 1.0);
    (mean, variance / count)
}

/// Numbers in no order, the same in each run; xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }
}

/// Compares as one must not: the time tells how many bytes are right.
#[must_use]
pub fn leaky(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    for (byte, other) in one.iter().zip(other) {
        if black_box(byte) != black_box(other) {
            return false;
        }
    }
    true
}

/// Inputs as long as `secret`: some that are right but for one of the last bytes, and some that are
/// wrong from the first byte on.
#[must_use]
pub fn near_and_far(secret: &[u8]) -> [Vec<Vec<u8>>; 2] {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut change = |text: &mut [u8], place: usize| {
        let before = text[place];
        while text[place] == before {
            text[place] = letters[random.below(letters.len())];
        }
    };
    let near = (0..64).map(|_| {
        let mut text = secret.to_vec();
        change(&mut text, secret.len() - 1);
        text
    });
    let near: Vec<Vec<u8>> = near.collect();
    let far = (0..64).map(|_| {
        let mut text = secret.to_vec();
        (0..secret.len()).for_each(|place| change(&mut text, place));
        text
    });
    let far = far.collect();
    [near, far]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_are_not_told_apart_and_others_are() {
        assert_eq!(welch(&[1.0, 1.0], &[1.0, 1.0]), 0.0);
        assert_eq!(welch(&[1.0, 1.0], &[2.0, 2.0]), f64::INFINITY);
        assert_eq!(welch(&[], &[1.0, 2.0]), f64::INFINITY);
        // By hand: means 2 and 5, variances 1 and 1, so 3 / sqrt(2 / 3).
        let t = welch(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]);
        assert!((t - 3.674).abs() < 0.001, "{t}");
    }

    #[test]
    fn s20_what_leaks_is_noticed_in_each_round() {
        let secret = b"pk-0123456789abcdef0123456789abcdef0123456789abcdef";
        let [near, far] = near_and_far(secret);
        let leaks = told_apart([&near, &far], |text| {
            black_box(leaky(text, secret));
        });
        assert!(leaks > NOTICED, "{leaks}");
        let same = told_apart([&near, &far], |text| {
            black_box(text.iter().fold(0_u8, |sum, byte| sum ^ byte));
        });
        assert!(same < NOTICED, "{same}");
    }
}
