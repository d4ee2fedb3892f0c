'use strict';

// A Redis of one's own, and a connection that looks over its shoulder.

const { startRedis } = require('../../test/helpers/redis-server');

/**
 * What the subjects ask a server for; nothing else in here counts as an operation. A script counts
 * as the commands in it: the server counts these, too.
 */
const WATCHED = new Set(
  'get set setex psetex getex expire pexpire ttl pttl exists del unlink mget scan keys'.split(' '),
);

const SEED_BATCH = 20_000;
/** Writes sessions under ids that makeIds makes. They expire, should a failed run leave some. */
const SEED = `
  for index = tonumber(ARGV[2]), tonumber(ARGV[3]) - 1 do
    redis.call('SET', 'sess:' .. ARGV[1] .. string.format('%08d', index), ARGV[4], 'EX', 86400)
  end
`;

/**
 * A server with its administrator: an ordinary connection, of node-redis.
 */
class Server {
  /**
   * @param {Awaited<ReturnType<typeof startRedis>>} redis
   * @param {any} admin
   */
  constructor(redis, admin) {
    this.redis = redis;
    this.admin = admin;
    /**
     * For a subject's `open`.
     * @type {{ host?: string, port?: number, url: string, second?: string }}
     */
    this.address = { host: redis.host, port: redis.port, url: redis.url };
    /** @type {Server | undefined} */
    this.second = undefined;
  }

  /**
   * From now on there are two, and what is counted is counted at both.
   * @param {Server} second
   */
  join(second) {
    this.second = second;
    this.address.second = second.address.url;
  }

  /** @returns {number} */
  get pid() {
    return /** @type {number} */ (this.redis.pid);
  }

  /** Counts from now on. */
  async startCounting() {
    await this.admin.sendCommand(['CONFIG', 'RESETSTAT']);
    await this.second?.startCounting();
  }

  /**
   * The commands since startCounting.
   * @returns {Promise<Record<string, number>>}
   */
  async counted() {
    const text = String(await this.admin.sendCommand(['INFO', 'commandstats']));
    /** @type {Record<string, number>} */
    const counts = (await this.second?.counted()) ?? {};
    for (const [, name, calls] of text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
      if (WATCHED.has(name)) counts[name] = (counts[name] ?? 0) + Number(calls);
    }
    return counts;
  }

  /**
   * Writes sessions with the ids that makeIds(prefix) makes, from one index to before another.
   * @param {string} prefix
   * @param {number} from
   * @param {number} to
   * @param {string} value
   */
  async seed(prefix, from, to, value) {
    for (let index = from; index < to; index += SEED_BATCH) {
      const end = Math.min(to, index + SEED_BATCH);
      await this.admin.eval(SEED, { arguments: [prefix, String(index), String(end), value] });
    }
  }

  async flush() {
    await this.admin.sendCommand(['FLUSHALL', 'SYNC']);
  }
}

/**
 * @template T
 * @param {(server: Server) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withServer(use) {
  const { createClient } = await import('redis');
  const redis = await startRedis({ tcp: true });
  try {
    const admin = await createClient({ url: redis.url }).connect();
    try {
      return await use(new Server(redis, admin));
    } finally {
      admin.destroy();
    }
  } finally {
    await redis.stop();
  }
}

module.exports = { Server, withServer };
