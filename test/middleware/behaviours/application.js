'use strict';

// An application whose requests are written down, in words that are the same for two stores that do
// the same: ids by the order in which they came, expiries by how far away they are.

const { setImmediate: turn } = require('node:timers/promises');
const express = require('express');
// One of the behaviours is what it gives notice of: that the secret is the request's.
process.env.NO_DEPRECATION = 'express-session';
const session = require('express-session');
const { serve } = require('../../helpers/counter-app');

const MINUTE = 60_000;

/** A moment as minutes from now: a busy machine has half a minute's time. */
function distance(expires) {
  const time = new Date(expires).getTime();
  return Number.isNaN(time)
    ? String(expires)
    : `in ${Math.round((time - Date.now()) / MINUTE)} min`;
}

class Application {
  /** What happened, one line each. */
  record = [];
  /** The value of the cookie that the server set last. */
  cookie = '';
  #ids = new Map();
  #close;

  /**
   * @param {any} store
   * @param {(req: any, res: any, next: any) => void} handle each request
   * @param {object} [options] of express-session, and `app`: of Express, and `before`: a middleware
   */
  constructor(store, handle, { app: settings = {}, before, ...options } = {}) {
    this.store = store;
    const app = express();
    for (const [name, value] of Object.entries(settings)) app.set(name, value);
    if (before) app.use(before);
    app.use(
      session({ store, secret: 'a secret', resave: false, saveUninitialized: false, ...options }),
    );
    app.use(handle);
    app.use((error, req, res, _next) => {
      this.record.push(`error: ${error.message}`);
      // One that comes later than the response has begun may find it ended, or not yet.
      if (!res.headersSent) res.status(500).end('failed');
    });
    this.app = app;
  }

  async open() {
    const { url, close } = await serve(this.app);
    this.url = url;
    this.#close = close;
  }

  close() {
    return this.#close();
  }

  /** One request, with the cookie of the last answer unless told otherwise. */
  async request(path = '/', { headers = {}, cookie = this.cookie } = {}) {
    const sent = { ...headers, ...(cookie && { cookie }) };
    const response = await fetch(this.url + path, { headers: sent });
    const text = await response.text().catch(() => 'breaks off');
    const cookies = response.headers.getSetCookie();
    // An error that the middleware tells late comes in the server's next turn.
    for (let n = 0; n < 3; n++) await turn();
    this.note(`${path}: ${response.status} ${text}`, ...cookies.map((each) => this.#tell(each)));
    const own = cookies.find((each) => /=s%3A|=s:/.test(each));
    if (own) this.cookie = own.split(';')[0];
  }

  /** Writes down what the scenario has seen. */
  note(...seen) {
    this.record.push(seen.map((each) => this.#plain(each)).join(' | '));
  }

  /** Writes down what is stored under an id, or the last one that was set. */
  async look(sid = this.sid) {
    const found = await new Promise((resolve, reject) => {
      this.store.get(sid, (error, stored) => (error ? reject(error) : resolve(stored)));
    });
    if (!found) return this.note('stored: nothing');
    const { cookie, ...data } = found;
    const { expires, originalMaxAge, ...attributes } = cookie;
    const age = typeof originalMaxAge === 'number' ? Math.round(originalMaxAge / MINUTE) : 'none';
    this.note(
      'stored:',
      data,
      `age ${age}`,
      `ends ${expires ? distance(expires) : 'never'}`,
      attributes,
    );
  }

  /** Puts a session into the store. */
  put(sid, data) {
    return new Promise((resolve, reject) => {
      this.store.set(sid, data, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** The id in the cookie. */
  get sid() {
    return /=s(?:%3A|:)([^.]*)\./.exec(this.cookie)?.[1] ?? 'none';
  }

  /** Makes a method of the store fail. */
  fail(method, error = new Error(`${method} fails`)) {
    this.store[method] = (...args) => setImmediate(args.at(-1), error);
  }

  /** A Set-Cookie header. */
  #tell(header) {
    const [pair, ...attributes] = header.split('; ');
    const told = attributes.map((each) => {
      const [name, value] = each.split('=');
      return name === 'Expires' ? `Expires ${distance(value)}` : each;
    });
    return [this.#plain(pair), ...told].join('; ');
  }

  /** The same with each id named by when it was first seen, without its signature. */
  #plain(seen) {
    const text = typeof seen === 'string' ? seen : JSON.stringify(sorted(seen));
    return text
      .replace(/s(?:%3A|:)([\w-]{32})\.[\w%+/-]+/g, (_, id) => this.#name(id))
      .replace(/\b[\w-]{32}\b/g, (id) => this.#name(id));
  }

  #name(id) {
    if (!this.#ids.has(id)) this.#ids.set(id, `<id ${this.#ids.size + 1}>`);
    return this.#ids.get(id);
  }
}

/** Nobody promises the order of a cookie's attributes. */
function sorted(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

module.exports = { Application, MINUTE };
