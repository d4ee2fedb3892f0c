'use strict';

// The statistics behind the benchmark's verdicts, on numbers whose answers are known.

const { intervalOf, intervalOfRatios, surenessOf } = require('../../bench/report/interval');
const { LOOKS, LOOK_CONFIDENCE, MARGIN, explain, judge } = require('../../bench/report/verdict');

/** Numbers from 1 to `count`. */
const upTo = (count) => Array.from({ length: count }, (_, index) => index + 1);

/** Standard normal numbers, the same each time. */
function normal(seed) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Ratios of pairs of processes whose times differ by `shift` and by chance. */
function ratios(seed, count, { shift = 0, spread = 0.015 } = {}) {
  const next = normal(seed);
  return Array.from({ length: count }, () => (1 + shift) * Math.exp(spread * next()));
}

describe('the interval', () => {
  // The places of its ends are those of the tables of Wilcoxon's signed-rank test: with six pairs
  // the outermost averages, with 20 pairs the 53rd from either side.
  it.each([
    [6, 0.95, { value: 3.5, low: 1, high: 6, confidence: 1 - 2 / 64 }],
    [8, 0.95, { value: 4.5, low: 2, high: 7, confidence: 1 - 10 / 256 }],
    [8, 0.99, { value: 4.5, low: 1, high: 8, confidence: 1 - 2 / 256 }],
    [20, 0.95, { value: 10.5, low: 7.5, high: 13.5, confidence: 0.951559 }],
  ])('of 1 to %i at %f is that of the signed-rank test', (count, confidence, expected) => {
    const interval = intervalOf(upTo(count), confidence);
    expect(interval).toMatchObject({ ...expected, confidence: expect.any(Number), pairs: count });
    expect(interval.confidence).toBeCloseTo(expected.confidence, 6);
  });

  it('says how little it knows where there are too few pairs', () => {
    expect(intervalOf([3])).toEqual({ value: 3, low: 3, high: 3, confidence: 0, pairs: 1 });
    expect(intervalOf([1, 5]).confidence).toBe(0.5);
    expect(intervalOf([])).toMatchObject({ value: NaN, confidence: 0, pairs: 0 });
    expect([surenessOf(1), surenessOf(2), surenessOf(6)]).toEqual(['0 %', '50 %', '96 %']);
  });

  it('does not depend on the order of the pairs', () => {
    const values = ratios(1, 17);
    expect(intervalOf([...values].reverse())).toEqual(intervalOf(values));
  });

  it('is not moved far by a pair that something else spoiled', () => {
    const values = ratios(2, 16);
    const spoiled = [...values.slice(1), 3];
    expect(intervalOfRatios(spoiled).value).toBeCloseTo(intervalOfRatios(values).value, 1);
    expect(intervalOfRatios(spoiled).high).toBeLessThan(1.05);
  });

  it('of ratios turns round when the ratios do', () => {
    const values = ratios(3, 12);
    const there = intervalOfRatios(values);
    const back = intervalOfRatios(values.map((ratio) => 1 / ratio));
    expect(back.value).toBeCloseTo(1 / there.value, 12);
    expect(back.low).toBeCloseTo(1 / there.high, 12);
  });

  it('has the true value in it as often as it says', () => {
    const trials = 2000;
    let hits = 0;
    for (let seed = 1; seed <= trials; seed++) {
      const { low, high } = intervalOf(ratios(seed, 10).map(Math.log), 0.95);
      if (low <= 0 && high >= 0) hits++;
    }
    // 95.1 %, give or take four standard deviations of that many trials.
    expect(hits / trials).toBeGreaterThan(0.93);
    expect(hits / trials).toBeLessThan(0.97);
  });
});

/** Looks at the pairs as `decide` does. */
function verdictOf(all) {
  for (const pairs of [...LOOKS, all.length]) {
    const verdict = judge(intervalOfRatios(all.slice(0, pairs), LOOK_CONFIDENCE));
    if (verdict !== 'cannot tell') return verdict;
  }
  return 'cannot tell';
}

/** How often each verdict comes of builds that differ so. */
function tally(options, trials = 300) {
  const counts = { 'no change': 0, dearer: 0, cheaper: 0, 'cannot tell': 0 };
  for (let seed = 1; seed <= trials; seed++) counts[verdictOf(ratios(seed, 40, options))]++;
  return counts;
}

describe('the verdict', () => {
  it('on two builds of the same code is that nothing changed', () => {
    expect(tally({ shift: 0 })).toEqual({
      'no change': 300,
      dearer: 0,
      cheaper: 0,
      'cannot tell': 0,
    });
  });

  it('on a build that is five percent dearer, or cheaper, is just that', () => {
    expect(tally({ shift: 0.05 }).dearer).toBe(300);
    expect(tally({ shift: -0.05 }).cheaper).toBe(300);
  });

  it('on a change as large as the margin is wrong no more often than promised', () => {
    const { dearer, cheaper, 'no change': none } = tally({ shift: MARGIN }, 1000);
    expect(dearer + cheaper + none).toBeLessThan(50);
  });

  it('on more noise than the pairs can settle is that nobody can tell', () => {
    expect(tally({ spread: 0.2 })['cannot tell']).toBeGreaterThan(295);
  });

  it('is none with too few pairs, however equal they are', () => {
    const same = intervalOfRatios([1, 1, 1, 1, 1], LOOK_CONFIDENCE);
    expect(judge(same)).toBe('cannot tell');
    expect(explain(same)).toBe('cannot tell: 5 pairs of processes are too few');
    expect(explain(intervalOfRatios([], LOOK_CONFIDENCE))).toMatch('cannot tell: 0 pairs');
  });

  it.each([
    [1.001, 0.995, 1.004, 'no change (within ±2 %: interval [-0.5, 0.4])'],
    [1.051, 1.042, 1.06, 'dearer by 5.1 % [4.2, 6.0]'],
    [0.95, 0.94, 0.96, 'cheaper by 5.0 % [-6.0, -4.0]'],
    [1.01, 0.98, 1.04, 'cannot tell: interval [-2.0, 4.0] reaches beyond ±2 %'],
    [1.025, 1.01, 1.04, 'cannot tell: dearer, but maybe by less than 2 %: interval [1.0, 4.0]'],
    [0.98, 0.97, 0.99, 'cannot tell: cheaper, but maybe by less than 2 %: interval [-3.0, -1.0]'],
  ])('on %f from %f to %f is in words', (value, low, high, text) => {
    expect(explain({ value, low, high, confidence: 0.99, pairs: 12 })).toBe(text);
  });
});
