'use strict';

// The tables of options in the README: complete, and true in what they call the defaults.

const { RedisStore, createClient } = require('../..');
const { readClientOptions } = require('../../lib/client-options');
const { LATER } = require('../../lib/option-hints');
const { codes, readPage, section, table } = require('../helpers/markdown');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const readme = readPage('README.md');
const source = readPage('lib/options.js') + readPage('lib/client-options.js');

const rowsOf = (heading) =>
  table(section(readme, heading)).map((row) => [codes(row.option)[0], codes(row.default)[0]]);
const storeRows = rowsOf('The store');
const clientRows = rowsOf('The client');

/** The names in the list of what connects: code that is nothing but a word. */
const connectionNames = codes(
  section(readme, 'The store')
    .split('\n|')[0]
    .replace(/.*?^- /ms, ''),
)
  .filter((code) => /^[a-z]+$/.test(code))
  .filter((code, index, all) => all.indexOf(code) === index);

/** The names between the first line of a declaration in lib/ and its end. */
function namesIn(declaration, pattern) {
  const body = source.split(new RegExp(`^const ${declaration} = .*$`, 'm'))[1].split(/^[}\])]/m)[0];
  return [...body.matchAll(pattern)].map(([, name]) => name);
}

const checked = [
  ...namesIn('connectionChecks', /^ {2}(\w+)[,:]/gm),
  ...namesIn('sessionChecks', /^ {2}(\w+)[,:]/gm),
];
const synonyms = namesIn('SYNONYMS', /^ {2}\['(\w+)'/gm);
const later = [...LATER.keys()];
const accepted = [...checked, ...synonyms, 'url', 'client', 'clients'];

/** A value that each option takes. */
const VALUES = {
  prefix: 'p:',
  ttl: 60,
  disableTTL: true,
  disableTouch: true,
  touchAfter: 1,
  scanCount: 10,
  serializer: JSON,
  concurrencyMerge: true,
  unref: true,
  host: '127.0.0.1',
  port: 1,
  socket: '/no/such',
  path: '/no/such',
  url: 'redis://127.0.0.1:1',
  clients: [{ port: 1 }, 'redis://127.0.0.1:2'],
  db: 1,
  database: 1,
  username: 'ann',
  pass: 'secret',
  password: 'secret',
  commandTimeout: 100,
  connectTimeout: 100,
  queue: false,
  backoff: { min: 1, max: 2 },
  disconnectAfter: 100,
  clientName: false,
  credentials: () => ({ password: 'secret' }),
  pingInterval: 100,
};

/** What names a server; the others go with one. */
const SERVERS = ['host', 'port', 'socket', 'path', 'url', 'clients'];
const optionsWith = (name) => ({
  ...(SERVERS.includes(name) ? {} : { url: redis.server.url }),
  [name]: VALUES[name],
});

/** What a default in the README stands for; it may name another option. */
const valueOf = (code, others = {}) =>
  Function(...Object.keys(others), `return (${code})`)(...Object.values(others));

test('the names are found where they are looked for', () => {
  expect(checked).toEqual(expect.arrayContaining(['host', 'backoff', 'prefix', 'serializer']));
  expect(synonyms).toEqual(['path', 'pass', 'db']);
  expect(later).toContain('sentinels');
  expect(connectionNames).toEqual(expect.arrayContaining(['client', 'url', 'socket', 'pass']));
});

test('no option that is accepted is missing from the README', () => {
  const named = [...storeRows, ...clientRows].map(([name]) => name).concat(connectionNames);
  expect([...new Set(named)].sort()).toEqual([...new Set(accepted)].sort());
});

test('the types name the same options', () => {
  const types = readPage('index.d.ts');
  const members = ['ClientOptions', 'SessionOptions'].flatMap((name) => {
    const body = types.split(`interface ${name} {`)[1].split(/^ {2}\}/m)[0];
    return [...body.matchAll(/^ {4}(\w+)\?:/gm)].map(([, member]) => member);
  });
  expect([...members, 'client', 'clients'].sort()).toEqual([...new Set(accepted)].sort());
});

test('no option of a table is refused as one of a later version', () => {
  const named = [...storeRows, ...clientRows].map(([name]) => name);
  expect(named.filter((name) => later.includes(name))).toEqual([]);
  for (const name of later) {
    expect(() => new RedisStore({ [name]: true })).toThrow(
      `The "${name}" option is not supported by this version`,
    );
  }
});

test.each([...storeRows, ...clientRows].map(([name]) => name).concat(connectionNames))(
  'the store takes the option "%s"',
  (name) => {
    if (name === 'client') VALUES.client = redis.client();
    expect(VALUES).toHaveProperty(name);
    const options = name === 'client' ? { client: VALUES.client } : optionsWith(name);
    expect(redis.track(new RedisStore(options))).toBeInstanceOf(RedisStore);
  },
);

test.each(clientRows.map(([name]) => name))('createClient takes the option "%s"', (name) => {
  expect(redis.track(createClient(optionsWith(name))).state).not.toBe('closed');
});

describe('defaults of the store', () => {
  /** How a default is seen that is no property of the store. */
  const seen = {
    async touchAfter(store) {
      const session = { cookie: {} };
      await store.set('a', session);
      const monitor = await redis.monitor();
      await store.touch('a', session);
      await store.touch('a', session);
      return 2 - (await monitor.commands()).filter((words) => words.includes('sess:a')).length;
    },
    async concurrencyMerge(store) {
      await store.set('a', { cookie: {} });
      const load = async () => store.createSession({ sessionID: 'a' }, await store.get('a'));
      const [first, second] = [await load(), await load()];
      first.one = 1;
      second.two = 2;
      await store.set('a', first);
      await store.set('a', second);
      return 'one' in (await store.get('a'));
    },
    unref: () => !readClientOptions({}).keepAlive,
  };

  test.each(storeRows)('the default of "%s" is %s', async (name, code) => {
    const store = redis.store();
    const actual = name in seen ? await seen[name](store) : store[name];
    expect(actual).toEqual(valueOf(code, { JSON }));
    if (name === 'serializer') expect(actual).toBe(JSON);
  });
});

describe('defaults of the client', () => {
  const defaults = readClientOptions({});
  const read = {
    backoff: ({ backoffMin: min, backoffMax: max }) => ({ min, max }),
    queue: ({ queueCommands: commands, queueBytes: bytes }) => ({ commands, bytes }),
    unref: ({ keepAlive }) => !keepAlive,
    pingInterval: ({ pingInterval }) => pingInterval !== 0 && pingInterval,
  };

  test.each(clientRows)('the default of "%s" is %s', (name, code) => {
    const actual = name in read ? read[name](defaults) : defaults[name];
    expect(actual).toEqual(valueOf(code, { commandTimeout: defaults.commandTimeout }));
  });

  test('a default that names another option follows it', () => {
    expect(clientRows).toContainEqual(['disconnectAfter', 'commandTimeout']);
    expect(readClientOptions({ commandTimeout: 77 }).disconnectAfter).toBe(77);
  });

  test('the name of the connection is the one that is stated', async () => {
    const [, code] = clientRows.find(([name]) => name === 'clientName');
    await redis.store().access.get('connected');
    const list = await redis.admin.sendCommand(['CLIENT', 'LIST']);
    expect(list).toContain(`name=${valueOf(code)} `);
  });
});
