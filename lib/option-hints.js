'use strict';
// What to say of an option that is not known: the nearest known one, or what another package's
// option is called here.

const { invalidArgument } = require('./errors');

/** Where clusters, sentinels and TLS are to be had until they are here. */
const OTHER_CLIENT = 'give the "client" option a client of node-redis or ioredis that does it';

const NO_MEANING = 'leave it out: it has no meaning here';
const NO_REAPING = 'leave it out: Redis removes expired sessions by itself';
const KEY =
  'give RedisStore the option "prefix" (default "sess:"); the key is the prefix and the id';
const SERIALIZER = 'write serializer: { parse, stringify }';

/** Options of other packages, each with what to write here instead. */
const FOREIGN = new Map(
  /** @type {[string, string][]} */ ([
    [
      'keyPrefix collection collectionName tableName schemaName fileExtension namespace keyspace ' +
        'keyFunction transformId filePattern',
      KEY,
    ],
    [
      'lazyConnect noReadyCheck enableReadyCheck autoReconnect createTableIfMissing',
      'leave it out: connecting and reconnecting start by themselves',
    ],
    [
      'retryStrategy reconnectStrategy reconnectOnError retryMaxDelay sentinelRetryStrategy ' +
        'sentinelReconnectStrategy clusterRetryStrategy retryDelay retryDelayOnFailover factor ' +
        'minTimeout maxTimeout',
      'write backoff: { min: 50, max: 2000 }, in milliseconds; reconnection never gives up',
    ],
    [
      'maxRetriesPerRequest maxAttempts connectAttempts retries retry maxRetries ' +
        'maxLoadingRetryTime retryUnfulfilledCommands autoResendUnfulfilledCommands',
      'write commandTimeout: 5000, in milliseconds: a command is retried within its deadline',
    ],
    [
      'enableOfflineQueue disableOfflineQueue offlineQueue',
      'write queue: false to let commands fail while there is no connection',
    ],
    ['commandsQueueMaxLength maxQueueLength commandQueue', 'write queue: 10000'],
    [
      'logErrors logFn errorLog logger log debug',
      "leave it out and listen: store.on('error', (error) => …)",
    ],
    ['hostname ip', 'write host'],
    ['dbName', 'write db, the number of a database'],
    ['connectionName clientInfoTag', 'write clientName'],
    ['authPass auth', 'write pass (and username, for an ACL user)'],
    ['authUser user', 'write username'],
    ['credentialsProvider', 'write credentials: a function that returns { username, password }'],
    ['uri connectionString redisUrl mongoUrl conString', 'write url'],
    ['conObject connection', 'write host and port, or url'],
    [
      'redis redisClient instance clientPromise pool pgPromise',
      'write client: one made by createClient(), by node-redis or by ioredis',
    ],
    ['connectionTimeout', 'write connectTimeout, in milliseconds'],
    [
      'socketTimeout timeout blockingTimeout maintRelaxedCommandTimeout',
      'write commandTimeout, in milliseconds',
    ],
    [
      'family noDelay keepAlive socketKeepalive keepAliveInitialDelay socketInitialDelay',
      'leave it out: all addresses of a name are tried, and sockets are kept alive',
    ],
    [
      'returnBuffers detectBuffers stringNumbers RESP protocol legacyMode readonly scripts functions ' +
        'modules parser autoResubscribe disableResubscribing enableAutoPipelining ' +
        'autoPipeliningIgnoredCommands showFriendlyErrorStack dropBufferSupport monitor connector ' +
        'localAddress renameCommands commandOptions isolationPoolOptions disableClientInfo ' +
        'maintNotifications maintEndpointType emitInvalidate disconnectTimeout poolSize ' +
        'connectionLimit mongoOptions pgOptions writeOperationOptions',
      NO_MEANING,
    ],
    [
      'checkPeriod reapInterval reapAsync reapMaxConcurrent reapSyncFallback autoRemove ' +
        'autoRemoveInterval pruneSessionInterval pruneSessionRandomizedInterval clearInterval ' +
        'checkExpirationInterval',
      NO_REAPING,
    ],
    [
      'max size dispose noDisposeOnSet stale',
      "leave it out: Redis' maxmemory bounds what it holds",
    ],
    [
      'expire expires expiry expiration maxAge sessionTTL',
      "write ttl, in seconds; the cookie's own maxAge comes first",
    ],
    ['stringify unserialize serialize encoder decoder encoding', SERIALIZER],
    ['crypto encryption', `${SERIALIZER}; it can encrypt`],
    ['fallbackSessionFn', 'leave it out: a session that is missing is null, as with any store'],
    ['clientSideCache', 'leave it out: this version has no near cache'],
    [
      'cookie resave saveUninitialized rolling genid secret unset store proxy',
      'give it to the middleware, beside the store: session({ store, secret, … })',
    ],
    [
      'ssl tlsOptions sentinelTLS enableTLSForSentinelMode',
      `this version has no TLS: ${OTHER_CLIENT}`,
    ],
    [
      'rootNodes startupNodes nodes redisOptions defaults useReplicas scaleReads ' +
        'maxCommandRedirections minimizeConnections nodeAddressMap natMap slotsRefreshTimeout ' +
        'slotsRefreshInterval dnsLookup',
      `this version has no clusters: ${OTHER_CLIENT}`,
    ],
    [
      'sentinelRootNodes sentinelUsername sentinelPassword sentinelMaxConnections role ' +
        'preferredSlaves updateSentinels failoverDetector',
      `this version has no sentinels: ${OTHER_CLIENT}`,
    ],
  ]).flatMap(([names, line]) =>
    names.split(' ').map((name) => /** @type {const} */ ([plain(name), line])),
  ),
);

/** Options of the contract that this version does not serve, each with what to write instead. */
const LATER = new Map([
  ['tls', OTHER_CLIENT],
  ['cluster', OTHER_CLIENT],
  ['sentinels', OTHER_CLIENT],
  [
    'name',
    `for a master known to sentinels, ${OTHER_CLIENT}; a cookie's name is an option of session()`,
  ],
  ['cache', 'leave it out'],
]);

/**
 * The same for retry_strategy, retryStrategy and retrystrategy.
 *
 * @param {string} name
 */
function plain(name) {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/**
 * How many single letters have to be added, dropped, changed or swapped with their neighbour.
 *
 * @param {string} one
 * @param {string} other
 */
function distance(one, other) {
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row++) {
    rows[row] = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      rows[row][column] = Math.min(
        rows[row - 1][column] + 1,
        rows[row][column - 1] + 1,
        rows[row - 1][column - 1] + (same ? 0 : 1),
      );
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) {
        rows[row][column] = Math.min(rows[row][column], rows[row - 2][column - 2] + 1);
      }
    }
  }
  return rows[one.length][other.length];
}

/**
 * @param {string} name
 * @param {string[]} known
 * @returns {string | undefined} the nearest of them, if it is near enough to be what was meant
 */
function nearest(name, known) {
  let best;
  // A third of the letters may be wrong.
  let least = Math.floor(name.length / 3) + 1;
  for (const candidate of known) {
    const away = distance(name.toLowerCase(), candidate.toLowerCase());
    if (away < least) [best, least] = [candidate, away];
  }
  return best;
}

/**
 * @param {string} name of an option that is not known
 * @param {string[]} known the names of those that are
 * @param {string[]} [elsewhere] the names of those that RedisStore knows, and this client does not
 * @returns {TypeError} that says what to write
 */
function unknownOption(name, known, elsewhere = []) {
  const foreign = FOREIGN.get(plain(name));
  const meant = nearest(name, known);
  if (foreign && !(meant && plain(meant) === plain(name))) {
    return invalidArgument(`Unknown option "${name}", which other packages have: ${foreign}`);
  }
  if (meant) return invalidArgument(`Unknown option "${name}". Did you mean "${meant}"?`);
  const there = nearest(name, elsewhere);
  return invalidArgument(
    `Unknown option "${name}"${there ? `. Did you mean "${there}"? It is one of RedisStore` : ''}`,
  );
}

/** @param {string} name of an option */
function refuseLater(name) {
  const line = LATER.get(name);
  if (line) throw invalidArgument(`The "${name}" option is not supported by this version: ${line}`);
}

/**
 * @param {any} given as the options of a client
 * @throws {TypeError} if it holds none, but what would look like an object without any
 */
function refuseNoOptions(given) {
  const line = insteadOf(given);
  if (line === undefined) return;
  throw invalidArgument(`The options of a client must be an object, a URL, or both: ${line}`);
}

/** @param {any} given @returns {string | undefined} what to write; undefined: it is right */
function insteadOf(given) {
  if (typeof given === 'number') {
    return 'createClient(url, options) or createClient({ port, host })';
  }
  if (typeof given !== 'object' || given === null || given instanceof URL) {
    return 'createClient(url, options)';
  }
  if (Array.isArray(given)) return 'for several servers write new RedisStore({ clients: […] })';
  if (typeof given.then === 'function') return 'this is a Promise: await it';
  if (typeof given.emit === 'function') return 'for a client write new RedisStore({ client })';
  return undefined;
}

module.exports = { LATER, OTHER_CLIENT, nearest, refuseLater, refuseNoOptions, unknownOption };
