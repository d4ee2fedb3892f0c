'use strict';

// An Express application with express-session during an outage, under load: no request hangs, and
// visitors have their sessions again when it is over.

const http = require('node:http');
const { json } = require('node:stream/consumers');
const { startApp } = require('../helpers/app');
const { PATIENCE } = require('../helpers/patience');
const { until } = require('../helpers/until');
const { useRedis } = require('../helpers/use-redis');

const DEADLINE = 3000;
const DISCONNECT_AFTER = 500;
const PACE = 20; // milliseconds between two requests
const ENOUGH = 20; // of them
const redis = useRedis({ tcp: true, args: ['--appendonly', 'yes', '--appendfsync', 'always'] });

let app, store, events;
beforeEach(async () => {
  store = redis.store({
    commandTimeout: DEADLINE,
    disconnectAfter: DISCONNECT_AFTER,
    backoff: { min: 10, max: 200 },
  });
  events = [];
  for (const name of ['connect', 'disconnect']) store.on(name, () => events.push(name));
  app = await startApp(store);
});
afterEach(() => app.close());

/**
 * Asks who the visitor is, each time on a connection of its own: when it could not renew a session
 * of which the response is under way, express-session has Express destroy the socket.
 */
function who(cookie) {
  return new Promise((resolve, reject) => {
    const request = http.get(
      `${app.url}/who`,
      { agent: false, headers: { cookie } },
      (response) => {
        json(response).then((body) => resolve({ status: response.statusCode, ...body }), reject);
      },
    );
    request.once('error', reject);
  });
}

/** Asks again and again, without waiting for the answers. */
function startAsking({ cookie }) {
  const answers = [];
  const ask = async () => {
    const begun = performance.now();
    const answer = await who(cookie);
    answers.push({ ...answer, begun, took: performance.now() - begun });
  };
  const open = [];
  const timer = setInterval(() => open.push(ask()), PACE);
  const begunAfter = (time) => answers.filter(({ begun }) => begun > time);
  return {
    /** Resolves when enough of those are answered that are asked from now on. */
    async enough() {
      const since = performance.now();
      await until(() => begunAfter(since).length > ENOUGH, { what: 'enough answers' });
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      return answers;
    },
  };
}

test.each([
  ['is down', () => redis.server.kill(), () => redis.server.start()],
  ['stands still', () => redis.server.kill('SIGSTOP'), () => redis.server.kill('SIGCONT')],
])(
  'requests are served without a session while the server %s, and with one after that',
  async (_, fail, recover) => {
    const visitor = app.visitor();
    await visitor.post('/login/ann');
    const asking = startAsking(visitor);
    await asking.enough();
    const failed = performance.now();
    await fail();
    await until(() => events.includes('disconnect'), { what: 'the outage', every: 1 });
    const disconnected = performance.now();
    await asking.enough();
    const recovering = performance.now();
    events.length = 0;
    await recover();
    await until(() => events.includes('connect'), { what: 'the end of the outage', every: 1 });
    const connected = performance.now();
    await asking.enough();
    const answers = await asking.stop();

    const afterwards = answers.filter(({ begun }) => begun > connected);
    const kinds = (some) => [...new Set(some.map(({ status, user }) => `${status} ${user}`))];
    const endedBefore = (time) => answers.filter(({ begun, took }) => begun + took < time);
    expect(kinds(endedBefore(failed))).toEqual(['200 ann']);
    const meanwhile = endedBefore(recovering).filter(({ begun }) => begun > disconnected);
    expect(kinds(meanwhile)).toEqual(['200 null']);
    expect(kinds(afterwards)).toEqual(['200 ann']);
    // A request reads its session, and renews it: two operations, and the time of Express.
    const slowest = Math.max(...answers.map(({ took }) => took));
    expect(slowest).toBeLessThan(2 * DEADLINE + PATIENCE / 4);
    // Those that were under way when it failed got an error in time, at worst.
    const errors = answers.filter(({ status }) => status !== 200).map(({ code }) => code);
    expect(errors.filter((code) => code !== 'ERR_REDIS_TIMEOUT')).toEqual([]);
  },
);
