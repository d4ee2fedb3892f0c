'use strict';

// What every way to install the package has to come to: a session in Redis, looked up by a client
// that shares no code with it.

const { startRedis } = require('../helpers/redis-server');
const { connectAdmin } = require('../helpers/use-redis');

/** Call at the top of a file: starts a Redis of its own on a unix socket. */
function useFirstSession() {
  let server;
  let admin;
  let count = 0;
  beforeAll(async () => {
    server = await startRedis();
    admin = await connectAdmin(server);
  });
  afterAll(async () => {
    admin?.destroy();
    await server?.stop();
  });

  /** The session in Redis; undefined: there is none. */
  const stored = async (id) => JSON.parse((await admin.get(`sess:${id}`)) ?? 'null') ?? undefined;

  /**
   * Has a command store a session and looks whether it is there. Resolves with what it told in its
   * last line.
   * @param {(env: Record<string, string>) => Promise<string>} command resolves with its output
   * @param {{ by?: string, and?: string[] }} [expected] how it was stored, and under which other
   *   endings of its id
   */
  async function storesFirstSession(command, { by = 'require', and = [] } = {}) {
    const id = `first-${++count}`;
    expect(await stored(id)).toBeUndefined();
    const output = await command({ SESSION: id, REDIS_URL: server.url });
    for (const ending of ['', ...and]) {
      expect(await stored(id + ending)).toMatchObject({ cookie: { expires: null }, by });
    }
    return JSON.parse(output.trim().split('\n').at(-1) || '{}');
  }
  return storesFirstSession;
}

module.exports = { useFirstSession };
