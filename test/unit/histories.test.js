'use strict';

// The judge of test/calm/redundant.test.js finds what is wrong, and nothing else.

const { Histories } = require('../calm/histories');

/** What is found in the records of two processes, and how often. */
function found(...records) {
  const histories = new Histories();
  for (const [by, ...record] of records) histories.add(by, [record]);
  return Object.fromEntries([...histories.judge()].map(([name, { count }]) => [name, count]));
}

const SET_1 = [0, 'set', 'a', 1, 0, 1, 'OK'];
const SET_2 = [0, 'set', 'a', 2, 10, 20, 'OK'];
const DESTROY = [0, 'destroy', 'a', 3, 30, 40, 'OK'];
const get = (by, begin, end, told) => [by, 'get', 'a', 0, begin, end, told];

test.each([
  ['the last version', [SET_1, SET_2, get(0, 21, 22, 2), get(1, 21, 22, 2)]],
  ['either version while one is written', [SET_1, SET_2, get(0, 15, 16, 1), get(1, 15, 16, 2)]],
  ['a version written during the read', [SET_1, SET_2, get(0, 5, 15, 2)]],
  ['nothing before the first version', [get(1, -2, -1, 0), SET_1]],
  ['nothing after the end', [SET_1, DESTROY, get(0, 50, 51, 0), get(1, 50, 51, 0)]],
  ['a session during its end', [SET_1, DESTROY, get(1, 35, 36, 1), get(1, 35, 36, 0)]],
  [
    'either, where it is not known what became of a write',
    [SET_1, [0, 'destroy', 'a', 2, 5, 6, 'failed: x'], get(0, 10, 11, 1), get(0, 10, 11, 0)],
  ],
  ['an error', [SET_1, get(0, 5, 6, 'failed: ERR_REDIS_TIMEOUT')]],
  ['a touch', [SET_1, [0, 'touch', 'a', 1, 5, 6, 'OK']]],
  ['a touch of what is no more', [SET_1, DESTROY, [0, 'touch', 'a', 1, 50, 51, 'EXPIRED']]],
])('%s is fine', (_, records) => {
  expect(found(...records)).toEqual({});
});

test.each([
  ['lost by the writer', [SET_1, get(0, 2, 3, 0)]],
  ['lost by another', [SET_1, get(1, 2, 3, 0)]],
  ['lost by the writer', [SET_1, [0, 'touch', 'a', 1, 5, 6, 'EXPIRED']]],
  ['stale by the writer', [SET_1, SET_2, get(0, 21, 22, 1)]],
  ['stale by another', [SET_1, SET_2, get(1, 21, 22, 1)]],
  ['resurrected by the writer', [SET_1, DESTROY, get(0, 41, 42, 1)]],
  ['resurrected by another', [SET_1, DESTROY, get(1, 41, 42, 1)]],
  ['stranger by the writer', [SET_1, get(0, 2, 3, 7)]],
  ['stranger by the writer', [SET_1, get(0, 2, 3, 'stranger: "b"')]],
])('a session %s is found', (name, records) => {
  expect(found(...records)).toEqual({ [name]: 1 });
  expect(found(...records.toReversed())).toEqual({ [name]: 1 });
});

test('what is excused between the last write and the read is none', () => {
  const histories = new Histories();
  for (const [by, ...record] of [SET_1, SET_2, get(0, 31, 32, 1)]) histories.add(by, [record]);
  const asked = [];
  const excuse = (...times) => asked.push(times) > 0;
  expect(histories.judge(excuse)).toEqual(new Map());
  expect(asked).toEqual([[10, 32]]);
});

test('what must be stored in the end is the last write, if it is known', () => {
  const histories = new Histories();
  const write = (sid, kind, version, told) => [kind, sid, version, version, version + 1, told];
  histories.add(0, [
    write('kept', 'set', 1, 'OK'),
    write('kept', 'set', 2, 'OK'),
    write('gone', 'set', 1, 'OK'),
    write('gone', 'destroy', 2, 'OK'),
    write('doubtful', 'set', 1, 'OK'),
    write('doubtful', 'set', 2, 'failed: x'),
  ]);
  expect([...histories.ends()]).toEqual([
    ['kept', 2],
    ['gone', 0],
    ['doubtful', undefined],
  ]);
});
