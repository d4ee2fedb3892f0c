'use strict';
// What to say of an option that is not known: the nearest known one, or what another package's
// option is called here.

const { invalidArgument } = require('./errors');

/** Options of other clients and stores, each with what to write here instead. */
const FOREIGN = new Map(
  /** @type {[string[], string][]} */ ([
    [
      ['keyPrefix', 'collection', 'collectionName', 'tableName', 'schemaName', 'fileExtension'],
      'give RedisStore the option "prefix" (default "sess:")',
    ],
    [
      ['lazyConnect', 'no_ready_check', 'enableReadyCheck', 'autoReconnect'],
      'leave it out: connecting and reconnecting start by themselves',
    ],
    [
      [
        'retry_strategy',
        'retryStrategy',
        'reconnectStrategy',
        'reconnectOnError',
        'retry_max_delay',
        'sentinelRetryStrategy',
        'clusterRetryStrategy',
      ],
      'write backoff: { min: 50, max: 2000 }, in milliseconds; reconnection never gives up',
    ],
    [
      ['maxRetriesPerRequest', 'max_attempts', 'connect_attempts', 'retries'],
      'write commandTimeout: 5000, in milliseconds: a command is retried within its deadline',
    ],
    [
      ['enableOfflineQueue', 'enable_offline_queue', 'disableOfflineQueue'],
      'write queue: false to let commands fail while there is no connection',
    ],
    [['commandsQueueMaxLength', 'maxQueueLength'], 'write queue: 10000'],
    [['logErrors', 'logFn'], "leave it out and listen: store.on('error', (error) => …)"],
    [['hostname', 'ip'], 'write host'],
    [['connectionName', 'clientInfoTag'], 'write clientName'],
    [['auth_pass', 'authPass', 'auth', 'secret'], 'write pass (and username, for an ACL user)'],
    [['user_name', 'authUser'], 'write username'],
    [['uri', 'connectionString', 'redisUrl', 'redis_url', 'mongoUrl', 'conString'], 'write url'],
    [['connect_timeout', 'connectionTimeout'], 'write connectTimeout, in milliseconds'],
    [
      ['socketTimeout', 'socket_timeout', 'command_timeout', 'timeout'],
      'write commandTimeout, in milliseconds',
    ],
    [
      ['family', 'noDelay', 'keepAlive', 'socket_keepalive', 'keepAliveInitialDelay'],
      'leave it out: all addresses of a name are tried, and sockets are kept alive',
    ],
    [
      [
        'return_buffers',
        'returnBuffers',
        'detect_buffers',
        'string_numbers',
        'stringNumbers',
        'RESP',
        'legacyMode',
        'readonly',
        'scripts',
        'functions',
        'modules',
        'autoResubscribe',
        'autoResendUnfulfilledCommands',
        'enableAutoPipelining',
        'showFriendlyErrorStack',
      ],
      'leave it out: it has no meaning here',
    ],
    [
      [
        'checkPeriod',
        'reapInterval',
        'reapAsync',
        'autoRemove',
        'autoRemoveInterval',
        'pruneSessionInterval',
        'clearInterval',
        'checkExpirationInterval',
      ],
      'leave it out: Redis removes expired sessions by itself',
    ],
    [
      ['expire', 'expires', 'expiration', 'maxAge', 'sessionTTL'],
      "write ttl, in seconds; the cookie's own maxAge comes first",
    ],
    [['stringify', 'unserialize', 'serialize'], 'write serializer: { parse, stringify }'],
    [['clientSideCache'], 'leave it out: this version has no near cache'],
    [
      ['rootNodes', 'startupNodes', 'redisOptions', 'sentinelRootNodes'],
      'give the "client" option a cluster or sentinel client of node-redis or ioredis',
    ],
  ]).flatMap(([names, line]) => names.map((name) => /** @type {const} */ ([name, line]))),
);

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
 * @returns {TypeError} that says what to write
 */
function unknownOption(name, known) {
  const foreign = FOREIGN.get(name);
  if (foreign) {
    return invalidArgument(`Unknown option "${name}", which other packages have: ${foreign}`);
  }
  const meant = nearest(name, known);
  return invalidArgument(`Unknown option "${name}"${meant ? `. Did you mean "${meant}"?` : ''}`);
}

module.exports = { unknownOption };
