//! The suite of the port [`Limits`](crate::limits::Limits). All times are exact to the millisecond in both
//! implementations.

use domain::{Rng, SeededRng, Timestamp};

use crate::limits::{Limits, Rate, Verdict};

const RATE: Rate = Rate { burst: 3, interval_ms: 1_000 };

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + milliseconds)
}

fn wait(retry_after_ms: u64) -> Verdict {
    Verdict::Wait { retry_after_ms }
}

async fn take(limits: &dyn Limits, key: &str, milliseconds: i64) -> Verdict {
    limits.take(key, RATE, at(milliseconds)).await.unwrap()
}

async fn drain(limits: &dyn Limits, key: &str) {
    for _ in 0..RATE.burst {
        assert_eq!(take(limits, key, 0).await, Verdict::Allowed);
    }
}

/// The rate in a nutshell, to the millisecond.
pub async fn a_burst_passes_and_then_one_an_interval(limits: &dyn Limits) {
    drain(limits, "burst").await;
    assert_eq!(take(limits, "burst", 0).await, wait(1_000));
    assert_eq!(take(limits, "burst", 999).await, wait(1));
    assert_eq!(take(limits, "burst", 1_000).await, Verdict::Allowed);
    assert_eq!(take(limits, "burst", 1_000).await, wait(1_000));
    assert_eq!(take(limits, "burst", 2_500).await, Verdict::Allowed);
    assert_eq!(take(limits, "burst", 2_500).await, wait(500));
}

/// Who asks too often is not kept out for longer.
pub async fn a_refusal_takes_nothing(limits: &dyn Limits) {
    drain(limits, "refusal").await;
    for milliseconds in 0..50 {
        assert_eq!(take(limits, "refusal", milliseconds).await, wait((1_000 - milliseconds).unsigned_abs()));
    }
    assert_eq!(take(limits, "refusal", 1_000).await, Verdict::Allowed);
}

/// However long nobody came.
pub async fn a_bucket_fills_up_to_its_burst_and_no_further(limits: &dyn Limits) {
    drain(limits, "full").await;
    let later = 86_400_000;
    for _ in 0..RATE.burst {
        assert_eq!(take(limits, "full", later).await, Verdict::Allowed);
    }
    assert_eq!(take(limits, "full", later).await, wait(1_000));
}

/// By key.
pub async fn buckets_are_separate(limits: &dyn Limits) {
    drain(limits, "one").await;
    drain(limits, "other").await;
    assert_eq!(take(limits, "one", 0).await, wait(1_000));
}

/// As happens when a call is served by a node whose clock is behind.
pub async fn a_clock_that_steps_back_lets_nobody_through_early(limits: &dyn Limits) {
    drain(limits, "back").await;
    assert_eq!(take(limits, "back", -5_000).await, wait(6_000));
    assert_eq!(take(limits, "back", 1_000).await, Verdict::Allowed);
}

/// The ends of every number; nothing overflows.
pub async fn extremes_are_answered(limits: &dyn Limits) {
    let rates = [(0, 0), (1, 1), (1, u32::MAX), (u32::MAX, 1), (u32::MAX, u32::MAX)];
    let times = [i64::MIN, -1, 0, 1, i64::MAX];
    for (burst, interval_ms) in rates {
        for time in times {
            let rate = Rate { burst, interval_ms };
            let key = format!("extreme:{burst}:{interval_ms}:{time}");
            let now = Timestamp::from_millis(time);
            assert_eq!(limits.take(&key, rate, now).await.unwrap(), Verdict::Allowed, "{key}");
            let second = limits.take(&key, rate, now).await.unwrap();
            let expected = if burst > 1 { Verdict::Allowed } else { wait(interval_ms.max(1).into()) };
            assert_eq!(second, expected, "{key}");
        }
    }
    for until in times {
        limits.close_gate("extreme", Timestamp::from_millis(until), at(0)).await.unwrap();
    }
    assert!(limits.gate_closed_ms("extreme", at(0)).await.unwrap() > 0);
}

/// To the millisecond; a gate that nobody closed is open.
pub async fn a_gate_opens_at_its_time(limits: &dyn Limits) {
    let closed = async |milliseconds| limits.gate_closed_ms("gate", at(milliseconds)).await.unwrap();
    assert_eq!(closed(0).await, 0);
    limits.close_gate("gate", at(0), at(0)).await.unwrap();
    limits.close_gate("gate", at(-10), at(0)).await.unwrap();
    assert_eq!(closed(0).await, 0);
    limits.close_gate("gate", at(3_000), at(0)).await.unwrap();
    assert_eq!(closed(0).await, 3_000);
    assert_eq!(closed(2_999).await, 1);
    assert_eq!(closed(3_000).await, 0);
    assert_eq!(closed(9_000).await, 0);
}

/// Whoever says so first.
pub async fn the_later_time_closes_a_gate(limits: &dyn Limits) {
    let close = async |until| limits.close_gate("later", at(until), at(0)).await.unwrap();
    close(5_000).await;
    close(2_000).await;
    assert_eq!(limits.gate_closed_ms("later", at(0)).await.unwrap(), 5_000);
    close(8_000).await;
    assert_eq!(limits.gate_closed_ms("later", at(0)).await.unwrap(), 8_000);
}

/// One name may be both.
pub async fn gates_and_buckets_of_one_name_are_separate(limits: &dyn Limits) {
    drain(limits, "both").await;
    assert_eq!(limits.gate_closed_ms("both", at(0)).await.unwrap(), 0);
    limits.close_gate("both", at(60_000), at(0)).await.unwrap();
    assert_eq!(take(limits, "both", 1_000).await, Verdict::Allowed);
}

/// Plays the same random calls into both and compares every verdict.
pub async fn verdicts_alike(left: &dyn Limits, right: &dyn Limits, seed: u64) {
    let rng = SeededRng::new(seed);
    let below = |bound: u64| rng.next_u64() % bound;
    let rates = [(1, 1), (1, 700), (4, 250), (30, 33), (3, 1_000)]
        .map(|(burst, interval_ms)| Rate { burst, interval_ms });
    let mut now = 0;
    for step in 0..300 {
        // Mostly forward, now and then a little back.
        now += i64::try_from(below(400)).unwrap() - 60;
        let index = usize::try_from(below(5)).unwrap();
        let key = format!("alike:{seed}:{index}:{}", below(2));
        if below(5) == 0 {
            let until = at(now + i64::try_from(below(2_000)).unwrap() - 200);
            left.close_gate(&key, until, at(now)).await.unwrap();
            right.close_gate(&key, until, at(now)).await.unwrap();
        }
        let answers = [
            (
                left.take(&key, rates[index], at(now)).await.unwrap(),
                left.gate_closed_ms(&key, at(now)).await.unwrap(),
            ),
            (
                right.take(&key, rates[index], at(now)).await.unwrap(),
                right.gate_closed_ms(&key, at(now)).await.unwrap(),
            ),
        ];
        assert_eq!(answers[0], answers[1], "seed {seed}, step {step}");
    }
}
