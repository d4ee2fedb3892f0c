'use strict';

// Several independent redis-servers, which a redundant store keeps alike, and what happens to them:
// each can be killed and come back, with what it had or with nothing, or stand still for a while.

const fs = require('node:fs');
const path = require('node:path');
const { setImmediate: turn } = require('node:timers/promises');
const { expectEachCalledOnce } = require('./outcome');
const { startRedis } = require('./redis-server');
const { until } = require('./until');
const { connectAdmin } = require('./use-redis');

/** What a server writes is on its disk before anybody hears that it was written. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];
/** Where Redis keeps its data, below its working folder. */
const FILES = ['appendonlydir', 'dump.rdb'];
/** Deadlines that keep a server from settling for long. */
const HASTY = { commandTimeout: 800, backoff: { min: 5, max: 50 } };

/** One of the servers, and its witness. */
class Member {
  /** @type {any} a node-redis client of it, a new one each time that it is started */
  admin;
  isStopped = false;

  /** @param {Awaited<ReturnType<typeof startRedis>>} server */
  constructor(server) {
    this.server = server;
    this.socket = server.socket;
  }

  get isRunning() {
    return this.server.process !== undefined;
  }

  async observe() {
    this.admin = await connectAdmin(this.server);
  }

  /** Kills it by SIGKILL; resolves when it is gone. */
  async kill() {
    if (this.admin?.isOpen) this.admin.destroy();
    this.isStopped = false;
    await this.server.kill();
  }

  /** Starts one that was killed, with what is on its disk or with nothing. */
  async start({ empty = false } = {}) {
    if (empty) {
      for (const name of FILES) {
        fs.rmSync(path.join(this.server.dir, name), { recursive: true, force: true });
      }
    }
    await this.server.start();
    await this.observe();
  }

  async restart(how) {
    await this.kill();
    await this.start(how);
  }

  /** Lets it stand still (SIGSTOP): its connections stay open, and nothing is answered. */
  async stop() {
    this.isStopped = true;
    await this.server.kill('SIGSTOP');
  }

  async continue() {
    this.isStopped = false;
    await this.server.kill('SIGCONT');
  }

  /** The stored text of a session, or null. */
  read(sid, prefix = 'sess:') {
    return this.admin.get(`${prefix}${sid}`);
  }

  /** Ends it for ever. */
  async end() {
    if (this.admin?.isOpen) this.admin.destroy();
    await this.server.stop();
  }
}

/**
 * @param {number} count
 * @param {{ args?: string[] }} [options]
 * @returns {Promise<Member[]>}
 */
async function startMembers(count, { args = DURABLE } = {}) {
  const members = [];
  try {
    for (let n = 0; n < count; n++) {
      const member = new Member(await startRedis({ args }));
      members.push(member);
      await member.observe();
    }
  } catch (error) {
    await Promise.all(members.map((member) => member.end()));
    throw error;
  }
  return members;
}

/** What the store thinks of each of its servers. */
const standings = (store) => store.clients.map((client) => client.stats().redundancy.standing);

/** How long a server may be on its way, which takes seconds where the machine has nothing else to do. */
const WAY = { every: 2, within: 60_000 };

/** Resolves when the store thinks so of that server. */
const standing = (store, index, ...wanted) =>
  until(() => wanted.includes(standings(store)[index]), {
    what: `server ${index} ${wanted.join(' or ')}`,
    ...WAY,
  });

/** Resolves when the store trusts them all, or the one of that number. */
const trusted = (store, index) =>
  until(() => standings(store).every((each, n) => each === 'trusted' || (index ?? n) !== n), {
    what: 'trust',
    ...WAY,
  });

/** Resolves when no server owes the store an answer. */
const answered = (store) =>
  until(() => store.clients.every((client) => client.stats().inFlight === 0), {
    what: 'all answers',
    every: 2,
  });

/**
 * Call at the top of a describe block or of a file: started before, emptied between, stopped after
 * its tests, together with all stores and clients that were tracked.
 *
 * @param {number} count of servers
 * @param {{ args?: string[] }} [options]
 */
function useRedundant(count, options) {
  // Required late: what only starts servers must not need the addon.
  const { RedisStore } = require('../..');
  const open = new Set();

  const redundant = {
    /** @type {Member[]} */ members: [],

    /** The options of each of them, as a store takes them. */
    get clients() {
      return redundant.members.map(({ socket }) => ({ socket }));
    },
    /** The witness of each. */
    get admins() {
      return redundant.members.map(({ admin }) => admin);
    },
    /** Has `close()` called after the test. */
    track(closable) {
      open.add(closable);
      return closable;
    },
    /** A store of all servers: as good as a process of its own, it shares nothing with another. */
    store(storeOptions) {
      const store = new RedisStore({ clients: redundant.clients, ...HASTY, ...storeOptions });
      return redundant.track(store);
    },
    /** The same once it trusts them all, and has been told who they are. */
    async trustedStore(storeOptions) {
      const store = redundant.store(storeOptions);
      await trusted(store);
      await answered(store);
      return store;
    },
    /** What each server has stored under this id. */
    read(sid, prefix) {
      return Promise.all(redundant.members.map((member) => member.read(sid, prefix)));
    },
    /** On how many servers there is such a session. */
    async copies(sid) {
      return (await redundant.read(sid)).filter((text) => text !== null).length;
    },
    /** Milliseconds that it has left on each. */
    timesLeft(sid) {
      return Promise.all(redundant.admins.map((admin) => admin.pTTL(`sess:${sid}`)));
    },
  };

  beforeAll(async () => {
    redundant.members = await startMembers(count, options);
  });

  afterEach(async () => {
    for (const member of redundant.members) {
      if (member.isStopped) await member.continue();
      else if (!member.isRunning) await member.start();
      await member.admin.sendCommand(['CLIENT', 'UNPAUSE']);
    }
    // Late second calls come at the latest when the connections close.
    await Promise.all([...open].map((closable) => closable.close()));
    open.clear();
    expectEachCalledOnce();
    for (const { admin } of redundant.members) {
      await admin.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']);
      await admin.flushAll();
    }
  });

  afterAll(() => Promise.all(redundant.members.map((member) => member.end())));

  return redundant;
}

/**
 * Reads a session over and over.
 * @returns {() => Promise<any[]>} ends that, and gives what was read: each different thing once,
 *   errors as their codes; that nobody answered in time is nothing that was read
 */
function keepReading(store, sid) {
  const seen = new Set();
  let isOver = false;
  const read = async () => {
    try {
      return await store.get(sid);
    } catch (error) {
      return error.code ?? error;
    }
  };
  const reading = (async () => {
    for (; !isOver; await turn()) {
      const given = await read();
      // The test has failed before it ended this: its stores are closed.
      if (given === 'ERR_REDIS_CLOSED') return;
      if (given !== 'ERR_REDIS_TIMEOUT') seen.add(JSON.stringify(given));
    }
  })();
  return async () => {
    isOver = true;
    await reading;
    return [...seen].map((text) => JSON.parse(text));
  };
}

/**
 * A store of which one server is settling, for three seconds. It has missed next to nothing,
 * and is the same as before: so it is not compared, and keeps what a witness puts there.
 */
async function storeWithSettling(redundant, index) {
  const store = await redundant.trustedStore({ commandTimeout: 3000 });
  await redundant.members[index].stop();
  await store.set('missed', {});
  await standing(store, index, 'away');
  await redundant.members[index].continue();
  await standing(store, index, 'settling');
  await store.destroy('missed');
  return store;
}

module.exports = {
  DURABLE,
  HASTY,
  Member,
  keepReading,
  standing,
  standings,
  startMembers,
  storeWithSettling,
  trusted,
  useRedundant,
};
