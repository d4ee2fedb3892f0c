'use strict';

// Sends requests to an application and reads the answers, in a process of its own, as cheaply as
// it can: it shares the machine with the application. Every answer is compared.

const { HttpConnection } = require('./http-connection');
const { serve } = require('./serve');
const { quantile } = require('../report/statistics');

/** What the application without sessions is sent: a cookie that nobody reads. */
const NO_SESSION = `connect.sid=${'s%3A'}${'x'.repeat(32)}.${'y'.repeat(43)}`;

/** @typedef {InstanceType<typeof HttpConnection>} Connection */

/** @type {Connection[]} */
let connections = [];
/** @type {{ cookie: string, answer: string }[]} */
let visitors = [];
/** @type {{ bytes: Buffer, answer: string }[]} of the path that was asked for last */
let requests = [];

/** @param {string} path */
function prepare(path) {
  requests = visitors.map(({ cookie, answer }) => ({
    bytes: Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`),
    answer,
  }));
}

/**
 * @param {number} visitor
 * @returns {Promise<{ cookie: string, answer: string }>}
 */
function login(visitor) {
  const bytes = Buffer.from(`GET /login/${visitor} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return new Promise((resolve, reject) => {
    connections[visitor % connections.length].send(bytes, (error, { head, body }) => {
      if (error) return reject(error);
      const [, cookie = NO_SESSION] = /^set-cookie: ([^;\r]+)/im.exec(head) ?? [];
      resolve({ cookie, answer: body });
    });
  });
}

/**
 * Answers to one request after the other on each connection, until the time is over or `count` of
 * them have been begun; or at a fixed rate on whichever is free. `latencies` in milliseconds.
 * @param {{ milliseconds?: number, count?: number, rate?: number }} options rate: per second
 * @returns {Promise<{ answered: number, seconds: number, latencies: number[] }>}
 */
function send({ milliseconds = Infinity, count = Infinity, rate }) {
  return new Promise((resolve, reject) => {
    /** @type {number[]} */
    const latencies = [];
    const free = [...connections];
    /** @type {number[]} when the requests that wait for a connection were due */
    const due = [];
    const started = performance.now();
    const deadline = started + milliseconds;
    let begun = 0;
    let over = false;

    /**
     * @param {Connection} connection
     * @param {number} since
     */
    const begin = (connection, since) => {
      const { bytes, answer } = requests[begun++ % requests.length];
      connection.send(bytes, (error, { body }) => {
        if (error) return reject(error);
        if (body !== answer) return reject(new Error(`'${body}' instead of '${answer}'`));
        const now = performance.now();
        latencies.push(now - since);
        if (rate === undefined && now < deadline && begun < count) return begin(connection, now);
        free.push(connection);
        const next = due.shift();
        if (next !== undefined) begin(/** @type {Connection} */ (free.pop()), next);
        else if (free.length === connections.length && (over || rate === undefined)) finish();
      });
    };
    const finish = () => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ answered: latencies.length, seconds, latencies });
    };

    if (rate === undefined) {
      while (free.length > 0 && begun < count) {
        begin(/** @type {Connection} */ (free.pop()), performance.now());
      }
      return;
    }
    let asked = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      const until = Math.min(now, deadline);
      for (; started + (asked * 1000) / rate < until; asked++) {
        // The time it was sent, not the time within this millisecond when it was to be.
        const connection = free.pop();
        if (connection) begin(connection, now);
        else due.push(now);
      }
      if (now < deadline) return;
      clearInterval(timer);
      over = true;
      if (free.length === connections.length) finish();
    }, 1);
  });
}

serve({
  /** Opens the connections and logs every visitor in. */
  async connect({ port, count, people }) {
    connections = await Promise.all(Array.from({ length: count }, () => HttpConnection.open(port)));
    visitors = [];
    for (let visitor = 0; visitor < people; visitor++) visitors.push(await login(visitor));
  },
  async run({ path, ...options }) {
    prepare(path);
    const { answered, seconds, latencies } = await send(options);
    return {
      answered,
      seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    };
  },
  close() {
    for (const connection of connections) connection.close();
  },
});
