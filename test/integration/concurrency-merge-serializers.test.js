'use strict';

// concurrencyMerge works on values, not on text: so it does with any serializer.

const v8 = require('node:v8');
const { fresh, load } = require('../helpers/requests');
const { failure } = require('../helpers/outcome');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

/** A session is stored, and two requests in two processes have loaded it. */
async function bothLoaded(fields, serializer) {
  const [one, other] = [1, 2].map(() => redis.store({ concurrencyMerge: true, serializer }));
  await one.set('a', fresh(fields));
  return { one, other, mine: await load(one, 'a'), theirs: await load(other, 'a') };
}

/** What JSON would take of a session, with its Dates. */
const toPlain = ({ cookie, ...fields }) => ({ ...fields, cookie: cookie?.data ?? cookie });

const later = (work) => async (input) => {
  await new Promise(setImmediate);
  return work(input);
};
// One Buffer for everything, as a serializer that saves memory has it.
const scratch = Buffer.alloc(4096);
const reusing = {
  parse: (data) => JSON.parse(data.toString()),
  stringify: (session) => scratch.subarray(0, scratch.write(JSON.stringify(session))),
  binary: true,
};

test.each([
  ['that is asynchronous', { parse: later(JSON.parse), stringify: later(JSON.stringify) }],
  ['that gives Buffers', { parse: v8.deserialize, stringify: v8.serialize, binary: true }],
  ['that gives Buffers and takes what comes', { parse: v8.deserialize, stringify: v8.serialize }],
  [
    'that gives Buffers later',
    { parse: later(v8.deserialize), stringify: later(v8.serialize), binary: true },
  ],
  ['that uses its Buffer again', reusing],
])('with a serializer %s changes are merged, at each save', async (_, serializer) => {
  // v8.serialize takes no functions: Cookie and Session have some, but not of their own.
  const plain = { ...serializer, stringify: (data) => serializer.stringify(toPlain(data)) };
  const { one, other, mine, theirs } = await bothLoaded({ n: 0, in: {} }, plain);
  mine.in.mine = 'é\u{1f600}\0\r\n';
  theirs.in.theirs = 1;
  await other.set('a', theirs);
  await expect(one.set('a', mine)).resolves.toBe('OK');
  const third = await load(other, 'a');
  third.third = 1;
  await other.set('a', third);
  mine.n = 1;
  await expect(one.set('a', mine)).resolves.toBe('OK');
  const { cookie: _cookie, ...fields } = await one.get('a');
  const inside = { mine: 'é\u{1f600}\0\r\n', theirs: 1 };
  expect(fields).toEqual({ n: 1, in: inside, third: 1 });
});

test('Dates, Buffers and Maps are merged as one value each', async () => {
  const serializer = {
    parse: v8.deserialize,
    stringify: (data) => v8.serialize(toPlain(data)),
    binary: true,
  };
  const first = { when: new Date(1), bytes: Buffer.from([0, 255]), map: new Map([['a', 1]]) };
  const { one, other, mine, theirs } = await bothLoaded(first, serializer);
  mine.when = new Date(2);
  theirs.bytes = Buffer.from([255, 0]);
  theirs.map.set('b', 2);
  await one.set('a', mine);
  await other.set('a', theirs);
  const { when, bytes, map } = await one.get('a');
  expect(when.valueOf()).toBe(2);
  expect([...bytes]).toEqual([255, 0]);
  expect([...map]).toEqual([['a', 1], ['b', 2]]); // prettier-ignore
});

test('a serializer that fails while it merges gives that error, and nothing is stored', async () => {
  const error = new Error('no merging today');
  let broken = false;
  const serializer = {
    stringify: JSON.stringify,
    parse(text) {
      if (broken) throw error;
      return JSON.parse(text);
    },
  };
  const { one, other, mine, theirs } = await bothLoaded({ n: 0 }, serializer);
  theirs.theirs = 1;
  await other.set('a', theirs);
  broken = true;
  mine.n = 1;
  await expect(failure((callback) => one.set('a', mine, callback))).resolves.toBe(error);
  const kept = JSON.parse(await redis.admin.get('sess:a'));
  expect(kept).toMatchObject({ n: 0, theirs: 1 });
});
