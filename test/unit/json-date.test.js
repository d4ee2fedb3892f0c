'use strict';

const { readJsonDate } = require('../../lib/json-date');

const DAY = 86_400_000;

test('reads what a Date gives to JSON in the years 1000 to 9999 as Date does', () => {
  const wrong = [];
  const end = Date.UTC(9999, 11, 31);
  // No whole days: all hours, minutes, seconds and milliseconds come.
  for (let time = Date.UTC(1000, 0, 1); time <= end; time += DAY * 3.977 + 61_001) {
    const text = new Date(time).toJSON();
    if (readJsonDate(text) !== Date.parse(text)) wrong.push(text);
  }
  expect(wrong).toEqual([]);
});

test.each([
  '2026-02-29T10:00:00.000Z',
  '2026-02-31T10:00:00.000Z',
  '2026-04-31T23:59:59.999Z',
  '2028-02-29T00:00:00.000Z',
])('makes of %s, a day that there may not be, what Date does', (text) => {
  expect(readJsonDate(text)).toBe(Date.parse(text));
});

test.each([
  '',
  'tomorrow',
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000+',
  '2026-01-01T00:00:00.0000Z',
  '+02026-01-01T00:00:00.000Z',
  '0050-01-01T00:00:00.000Z',
  '2026-13-01T00:00:00.000Z',
  '2026-00-01T00:00:00.000Z',
  '2026-01-32T00:00:00.000Z',
  '2026-01-00T00:00:00.000Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T00:60:00.000Z',
  '2026-01-01T00:00:60.000Z',
  ...Array.from(
    '2026-01-01T00:00:00.000Z',
    (_, index, text = '2026-01-01T00:00:00.000Z') =>
      text.slice(0, index) + 'x' + text.slice(index + 1),
  ),
])('leaves %p to Date', (text) => {
  expect(readJsonDate(text)).toBeNaN();
});
