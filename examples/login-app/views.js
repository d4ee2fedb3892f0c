'use strict';

// The pages of the example.

const { Html, html } = require('./html');

/**
 * @typedef {{ pid: number, startedAt: number }} Server
 * @typedef {{ user: string, since: number, expires: number, maxAge: number, visits: number,
 *   slow: number }} Visitor
 */

/**
 * A moment. The server does not know the visitor's time zone: page.js writes it anew.
 * @param {number} moment
 * @param {'clock' | 'ago'} show
 * @param {string} id
 */
function time(moment, show, id) {
  const iso = new Date(moment).toISOString();
  const text = `${iso.slice(11, 19)} UTC`;
  return html`<time id="${id}" datetime="${iso}" data-show="${show}">${text}</time>`;
}

/**
 * @param {string} title
 * @param {Server} server
 * @param {ReturnType<typeof html>} content
 */
function page(title, { pid, startedAt }, content) {
  // Another process has another colour, so that it can be seen at a glance.
  const colour = `hsl(${(pid * 137) % 360} 75% 52%)`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · connect-hiredis</title>
        <link rel="icon" href="/logo.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
        <script src="/page.js" defer></script>
      </head>
      <body>
        <main>
          <header>
            <img src="/logo.svg" alt="" width="28" height="28" />
            <span>connect-hiredis</span>
            <small>login example</small>
          </header>
          ${content}
          <footer>
            <svg class="dot" viewBox="0 0 2 2" aria-hidden="true">
              <circle cx="1" cy="1" r="1" fill="${colour}" />
            </svg>
            <span>
              Served by process <b id="pid">${pid}</b>, started ${time(startedAt, 'ago', 'started')}
            </span>
          </footer>
        </main>
      </body>
    </html>`;
}

/**
 * @param {Server} server
 * @param {{ password: string, name?: string,
 *   error?: { field: 'name' | 'password', text: string } }} form
 */
function loginPage(server, { password, name = '', error }) {
  // The field that has to be mended has the focus, and says why.
  const focus = error?.field ?? 'name';
  /** @param {string} field */
  const state = (field) =>
    html`${field === focus && new Html('autofocus')}
    ${error?.field === field && new Html('aria-invalid="true" aria-describedby="error"')}`;
  const content = html`<section class="card">
    <h1>Welcome</h1>
    <p class="quiet">Log in, and stay logged in while the application comes and goes.</p>
    ${error && html`<p id="error" class="error" role="alert">${error.text}</p>`}
    <form method="post" action="/login">
      <label>
        <span>Your name</span>
        <input
          name="name"
          value="${name}"
          maxlength="40"
          autocomplete="username"
          required
          ${state('name')}
        />
      </label>
      <label>
        <span>Password</span>
        <input
          name="password"
          type="password"
          autocomplete="current-password"
          required
          ${state('password')}
        />
        <small>It is <code>${password}</code>: this is an example.</small>
      </label>
      <button id="login">Log in</button>
    </form>
  </section>`;
  return page('Log in', server, content);
}

/**
 * @param {Server} server
 * @param {Visitor} visitor
 */
function homePage(server, { user, since, expires, maxAge, visits, slow }) {
  const content = html`<section class="card">
      <p class="quiet">You are logged in as</p>
      <h1 id="user">${user}</h1>
      <dl>
        <div>
          <dt>Visits</dt>
          <dd id="visits" class="number">${visits}</dd>
        </div>
        <div>
          <dt>Logged in at</dt>
          <dd>${time(since, 'clock', 'since')}</dd>
        </div>
        <div>
          <dt>Session ends in</dt>
          <dd id="countdown" data-expires="${expires}" data-max-age="${maxAge}">
            ${Math.round(maxAge / 60000)} min
          </dd>
        </div>
      </dl>
      <progress id="left" max="1" value="1" aria-label="Time left in this session"></progress>
      <div class="actions">
        <a class="button" href="/">Visit again</a>
        <form method="post" action="/logout">
          <button id="logout" class="plain">Log out</button>
        </form>
      </div>
    </section>
    <p class="hint">
      Restart the application and visit again: the session is in Redis, so you are still here, and
      another process greets you. Or start a <a href="/slow?ms=5000">slow request</a> and log out in
      a second tab while it
      runs${slow > 0 && html` (<span id="slow">${slow}</span> finished so far)`}.
    </p>`;
  return page(user, server, content);
}

const LATER = '<!-- the rest comes later -->';

/**
 * The page of a slow request: what can be sent at once, and what follows when it has finished.
 * @param {Server} server
 * @param {number} ms
 */
function slowPage(server, ms) {
  const content = html`<section class="card">
    <h1>A slow request</h1>
    <p id="working">
      It has loaded your session, works for ${ms / 1000} s, then changes the session and saves it.
      Log out in another tab meanwhile.
    </p>
    <p id="busy" class="busy" role="status">
      <progress aria-label="The request is running"></progress>
      <span>Working…</span>
    </p>
    ${new Html(LATER)}
    <div class="actions"><a class="button" href="/">Back</a></div>
  </section>`;
  const [start, rest] = String(page('Working', server, content)).split(LATER);
  /** @param {boolean} loggedIn whether the session was still there to be changed */
  const end = (loggedIn) => {
    const outcome = loggedIn
      ? 'Finished, and saved in your session.'
      : 'Finished. You logged out meanwhile, and that is how it stays: the late change did not ' +
        'bring your session back.';
    return html`<p id="finished" data-logged-in="${String(loggedIn)}">${outcome}</p>` + rest;
  };
  return { start, end };
}

/**
 * @param {Server} server
 * @param {string} title
 * @param {string} message
 * @param {string} [way] where the link home says it leads
 */
function errorPage(server, title, message, way = 'Try again') {
  const content = html`<section class="card">
    <h1>${title}</h1>
    <p id="error">${message}</p>
    <div class="actions"><a class="button" href="/">${way}</a></div>
  </section>`;
  return page(title, server, content);
}

module.exports = { errorPage, homePage, loginPage, slowPage };
