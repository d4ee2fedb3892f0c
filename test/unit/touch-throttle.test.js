'use strict';

const { TouchThrottle } = require('../../lib/touch-throttle');

const HOUR = 3_600_000;
const MINUTE = 60_000;
const NOW = 1_000_000_000_000;

test('with a window of 0 no touch is left out', () => {
  const throttle = new TouchThrottle(0);
  throttle.renewed('a', HOUR, NOW);
  expect(throttle.covers('a', HOUR, NOW)).toBe(false);
});

test('a touch is left out within the window of a renewal, and no longer', () => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', HOUR, NOW);
  expect(throttle.covers('a', HOUR, NOW)).toBe(true);
  expect(throttle.covers('a', HOUR, NOW + MINUTE - 1)).toBe(true);
  expect(throttle.covers('a', HOUR, NOW + MINUTE)).toBe(false);
});

test('touches that are left out do not make the window longer', () => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', HOUR, NOW);
  for (let ms = 0; ms < MINUTE; ms += 1000) throttle.covers('a', HOUR, NOW + ms);
  expect(throttle.covers('a', HOUR, NOW + MINUTE)).toBe(false);
});

test('a session that was not renewed here is not covered', () => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', HOUR, NOW);
  expect(throttle.covers('b', HOUR, NOW)).toBe(false);
});

test.each([['forget'], ['clear']])('%s ends what was remembered', (method) => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', HOUR, NOW);
  throttle[method]('a');
  expect(throttle.covers('a', HOUR, NOW)).toBe(false);
});

test('forgetting one session leaves the others', () => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', HOUR, NOW);
  throttle.renewed('b', HOUR, NOW);
  throttle.forget('a');
  expect(throttle.covers('b', HOUR, NOW)).toBe(true);
});

test('a session in use never lapses, however long the window is', () => {
  for (const life of [2, 100, 1000, MINUTE]) {
    const throttle = new TouchThrottle(24 * HOUR);
    let expiry = NOW + life;
    throttle.renewed('a', life, NOW);
    // One touch in each half of a life: the least of what is called in use here.
    for (let now = NOW; now < NOW + 20 * life; now += life / 2) {
      expect(expiry).toBeGreaterThan(now);
      if (throttle.covers('a', life, now)) continue;
      expiry = now + life;
      throttle.renewed('a', life, now);
    }
  }
});

test('a touch that makes the session live much longer is not left out', () => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', 2 * MINUTE, NOW);
  expect(throttle.covers('a', HOUR, NOW)).toBe(false);
});

test('a touch that makes the session live shorter is not left out', () => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', HOUR, NOW);
  expect(throttle.covers('a', HOUR - 1000, NOW)).toBe(false);
});

test('a session that never expires is not covered by a renewal', () => {
  const throttle = new TouchThrottle(MINUTE);
  throttle.renewed('a', Infinity, NOW);
  expect(throttle.covers('a', HOUR, NOW)).toBe(false);
});

test('it remembers a bounded number of sessions, the latest ones', () => {
  const throttle = new TouchThrottle(MINUTE);
  const count = 100_001;
  for (let n = 0; n < count; n++) throttle.renewed(`s${n}`, HOUR, NOW);
  expect(throttle.covers('s0', HOUR, NOW)).toBe(false);
  expect(throttle.covers('s1', HOUR, NOW)).toBe(true);
  // A renewal makes a session one of the latest.
  throttle.renewed('s1', HOUR, NOW);
  throttle.renewed('new', HOUR, NOW);
  expect(throttle.covers('s1', HOUR, NOW)).toBe(true);
  expect(throttle.covers('s2', HOUR, NOW)).toBe(false);
});
