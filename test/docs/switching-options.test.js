'use strict';

// The tables of options on the pages of docs/switching: what they name is there, takes what they say
// and nothing else; what they call not yet there is refused by name.

const { RedisStore } = require('../..');
const { STORE_OPTIONS } = require('../../lib/store-source');
const { codes, readPage, section, table } = require('../helpers/markdown');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

const PAGES = [
  'connect-redis',
  'red-store',
  'expredis',
  'token-session-redis',
  'connect-mongo',
  'memorystore',
  'connect-pg-simple',
  'session-file-store',
];

/** Options that name a server: what is there for them need not exist. */
const CONNECTION = ['host', 'port', 'socket', 'path', 'url', 'client', 'clients'];

/** A value of each kind that a table may state; the option's own where any would not do. */
const KINDS = {
  string: (name) =>
    ({ url: 'redis://127.0.0.1:1', host: '127.0.0.1', socket: '/no/such', path: '/no/such' })[
      name
    ] ?? 'text',
  number: () => 1,
  boolean: () => true,
  false: () => false,
  function: () => () => 60,
  serializer: () => ({ parse: JSON.parse, stringify: JSON.stringify }),
  client: () => redis.client(),
  list: (name) => (name === 'clients' ? [{ url: redis.server.url }, redis.client()] : [1]),
};

function build(name, kind) {
  const options = { [name]: KINDS[kind](name) };
  if (!CONNECTION.includes(name)) options.url = redis.server.url;
  return redis.track(new RedisStore(options));
}

const isAccepted = (name, kind) => {
  try {
    build(name, kind);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    // It may be a part of the value that is refused.
    expect(error.message).toMatch(new RegExp(`"${name}[".]`));
    return false;
  }
};

/** The options of ours in a table, each with the kinds of value that are stated. */
function optionsOf(page) {
  return table(section(page, 'Options')).flatMap((row) =>
    codes(row['connect-hiredis']).map((name) => [name, row.value.split(/, | or /)]),
  );
}

/** Options of theirs that are none of ours. */
function strangersOf(page) {
  const names = table(section(page, 'Options'))
    .filter((row) => row.note !== '' || row['connect-hiredis'] === '–')
    .flatMap((row) => Object.values(row).slice(0, 1).flatMap(codes))
    .filter((name) => /^\w+$/.test(name) && name !== 'redis' && !STORE_OPTIONS.includes(name));
  return names.length > 0 ? names : ['lazyConnect'];
}

describe.each(PAGES)('%s', (name) => {
  const page = readPage(`docs/switching/${name}.md`);

  test('the table names options', () => {
    expect(optionsOf(page).length).toBeGreaterThan(5);
  });

  test.each(optionsOf(page))('the option "%s" takes %p and nothing else', (option, kinds) => {
    expect(Object.keys(KINDS)).toEqual(expect.arrayContaining(kinds));
    const stated = kinds.includes('boolean') ? [...kinds, 'false'] : kinds;
    const accepted = Object.keys(KINDS).filter((kind) => isAccepted(option, kind));
    expect(accepted.sort()).toEqual(stated.sort());
  });

  test('rows without an option of ours state no value', () => {
    for (const row of table(section(page, 'Options'))) {
      if (codes(row['connect-hiredis']).length > 0) continue;
      expect(row).toMatchObject({ 'connect-hiredis': '–', value: '' });
    }
  });

  test('each option of theirs has a note where it is not the same', () => {
    for (const row of table(section(page, 'Options'))) {
      if (row['connect-hiredis'] === '–') expect(row.note).not.toBe('');
    }
  });

  test.each(strangersOf(page))('of %s, the error says what to write', (option) => {
    expect(() => new RedisStore({ [option]: 'x' })).toThrow(
      new RegExp(`^Unknown option "${option}", which other packages have: .`),
    );
  });

  test('what is not yet there is refused by name', () => {
    const lines = section(page, 'Not yet').match(/^- .*$/gm);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      for (const option of codes(line.split(/[.:,]|of another/)[0])) {
        if (option === 'client') continue;
        expect(() => new RedisStore({ [option]: {} })).toThrow(
          `The "${option}" option is not supported by this version`,
        );
      }
    }
  });

  test('TLS and clients of other packages are refused if the page says so', () => {
    const text = section(page, 'Not yet');
    expect(text).toContain('`rediss:`');
    expect(() => new RedisStore({ url: 'rediss://127.0.0.1' })).toThrow(/TLS.*not supported/);
    if (text.includes('`client` of another package')) {
      expect(() => new RedisStore({ client: redis.admin })).toThrow('"client"');
    }
  });
});

test('the index links each page, and each page is linked', () => {
  const index = readPage('docs/switching/README.md');
  const links = [...index.matchAll(/\]\(([\w-]+)\.md\)/g)].map(([, name]) => name);
  expect(links).toEqual(PAGES);
});

test('the prefixes that the index states are those of the pages', () => {
  const index = readPage('docs/switching/README.md');
  expect(index).toContain("`prefix: 'sessions:'`");
  expect(readPage('docs/switching/red-store.md')).toContain("prefix: 'sessions:'");
  expect(index).toContain("`prefix: 'session'`");
  expect(readPage('docs/switching/expredis.md')).toContain("prefix: 'session'");
});
