'use strict';

// Applications in two processes on one Redis, and the visitors of both.

const http = require('node:http');
const path = require('node:path');
const { forkApp } = require('../helpers/forked-app');

const APP = path.join(__dirname, 'fixtures/app.js');

/** One request. Resolves with the body, and the session cookie if one was set. */
function ask(agent, url, { method, cookie, body }) {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(cookie && { cookie }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const request = http.request(url, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode !== 200) {
          reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`));
          return;
        }
        const [setCookie] = response.headers['set-cookie'] ?? [];
        resolve({ ...JSON.parse(text), setCookie: setCookie?.split(';')[0] });
      });
    });
    request.once('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

/** A browser with one session; it may ask several processes several things at once. */
class Visitor {
  cookie;
  #processes;

  constructor(processes) {
    this.#processes = processes;
  }

  /**
   * Asks the process with that number.
   * @param {number} which
   * @param {string} line such as 'POST /change'
   * @param {{ query?: Record<string, any>, body?: object }} [options]
   */
  async ask(which, line, { query = {}, body } = {}) {
    const [method, where] = line.split(' ');
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const { agent, url } = this.#processes[which];
    const target = `${url}${where}?${new URLSearchParams(given)}`;
    return ask(agent, target, { method, cookie: this.cookie, body });
  }

  /** As ask, and goes on with the session that the answer gives. */
  async follow(...args) {
    const answer = await this.ask(...args);
    if (answer.setCookie) this.cookie = answer.setCookie;
    return answer;
  }
}

/**
 * @param {{ socket: string }} server
 * @param {{ kind?: string, concurrencyMerge?: boolean }} [options] of the store
 */
async function startProcesses(server, options) {
  const start = async () => {
    const { url, close } = await forkApp(APP, { socket: server.socket, ...options });
    return { url, close, agent: new http.Agent({ keepAlive: true, maxSockets: 32 }) };
  };
  const processes = await Promise.all([start(), start()]);
  return {
    visitor: () => new Visitor(processes),
    /** What went wrong in the processes: what a response that is on its way cannot tell. */
    async errors() {
      const told = [0, 1].map((which) => new Visitor(processes).ask(which, 'GET /errors'));
      return (await Promise.all(told)).flatMap(({ errors }) => errors);
    },
    async close() {
      for (const { agent } of processes) agent.destroy();
      await Promise.all(processes.map(({ close }) => close()));
    },
  };
}

module.exports = { startProcesses };
