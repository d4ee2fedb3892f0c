'use strict';

// A visitor of the example application, with a browser's manners but no browser.

const FETCH_TIMEOUT = 15_000;

/** What the page shows; everything is undefined on the login form. */
class View {
  /** @param {string} html */
  constructor(html) {
    /** @param {string} id */
    const read = (id) => new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(html)?.[1].trim();
    this.pid = Number(read('pid'));
    this.user = read('user');
    this.visits = this.user === undefined ? undefined : Number(read('visits'));
    this.since = /id="since" datetime="([^"]*)"/.exec(html)?.[1];
    this.expires = Number(/data-expires="(\d+)"/.exec(html)?.[1]) || undefined;
    this.isLoginForm = html.includes('action="/login"');
  }
}

class Visitor {
  /** @type {string | undefined} */
  cookie;

  /** @param {string} url of the application */
  constructor(url) {
    this.url = url;
  }

  /** Looks at the page. */
  visit() {
    return this.#request('/');
  }

  /**
   * @param {string} name
   * @param {string} password
   */
  logIn(name, password) {
    return this.#request('/login', {
      method: 'POST',
      body: new URLSearchParams({ name, password }),
    });
  }

  logOut() {
    return this.#request('/logout', { method: 'POST' });
  }

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   * @returns {Promise<View>} of the page where the redirects end
   */
  async #request(path, init) {
    const method = init?.method ?? 'GET';
    const response = await fetch(new URL(path, this.url), {
      ...init,
      // A connection kept alive could belong to a process that is going away.
      headers: { connection: 'close', ...(this.cookie && { cookie: this.cookie }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(FETCH_TIMEOUT),
    }).catch((error) => {
      // 'fetch failed' alone helps nobody; the cause tells why.
      const why = error.cause?.message || error.cause?.code || error.message;
      throw new Error(`${method} ${path} got no answer (${why})`, { cause: error });
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const [, value] = pair.split('=');
      this.cookie = value ? pair : undefined;
    }
    const html = await response.text();
    const location = response.headers.get('location');
    if (response.status === 303 && location) return this.#request(location);
    if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}`);
    return new View(html);
  }
}

module.exports = { Visitor };
