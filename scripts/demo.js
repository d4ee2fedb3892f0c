'use strict';

// `npm run demo`: a visitor stays logged in while the application restarts. Then it goes on
// serving, for you to look at. `npm run demo -- --check` does the same alone, and logs out.

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const path = require('node:path');
const readline = require('node:readline');

const { buildAddon } = require('./build');
const { startApp } = require('./login-app');
const { ROOT, ensureNpmPackages, ensureTools, runMain } = require('./setup');
const { Visitor } = require('./visitor');

/** @typedef {InstanceType<typeof Visitor>} AnyVisitor */
const { startRedis } = require('../test/helpers/redis-server');

const NAME = 'Ada';
const PASSWORD = 'hiredis';
const VISITS = 3;

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
/** @param {number} code @returns {(text: unknown) => string} */
const paint = (code) => (text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : `${text}`);
const bold = paint(1);
const faint = paint(2);
const green = paint(32);

/** @param {string} [line] */
const say = (line = '') => process.stdout.write(`${line}\n`);

/**
 * One line of the story.
 * @param {string} what
 * @param {unknown} [detail]
 */
const done = (what, detail = '') => say(`  ${green('✓')} ${what.padEnd(34)} ${faint(detail)}`);

/** @param {string} title */
const chapter = (title) => say(`\n${bold(title)}`);

/** @typedef {Awaited<ReturnType<typeof startApp>>} App */

/** The stage: a private Redis and the application; `close` leaves nothing behind. */
class Stage {
  #secret = randomBytes(16).toString('hex');
  /** @type {Awaited<ReturnType<typeof startRedis>> | undefined} */
  #redis;
  /** @type {App | undefined} */
  #app;
  #closing = false;

  get app() {
    assert(this.#app);
    return this.#app;
  }

  async openRedis() {
    this.#redis = await startRedis();
    return this.#redis.url;
  }

  /** Starts the application, the second time on the port that it had. */
  async openApp() {
    assert(this.#redis);
    const app = await startApp({
      redisUrl: this.#redis.url,
      secret: this.#secret,
      port: this.#app?.port,
    });
    this.#app = app;
    // Ctrl-C on the terminal reaches both of us, and it may have come in between.
    if (this.#closing) await app.stop();
    return app;
  }

  async close() {
    this.#closing = true;
    await this.#app?.stop();
    await this.#redis?.stop();
  }
}

/**
 * @param {Stage} stage
 * @returns {Promise<AnyVisitor>} logged in
 */
async function tellTheStory(stage) {
  chapter('The stage');
  done('addon built', path.relative(ROOT, buildAddon()));
  done('private redis-server', await stage.openRedis());
  const { url, pid: before } = await stage.openApp();
  done(`application, process ${before}`, url);

  chapter('A visitor');
  const visitor = new Visitor(url);
  assert((await visitor.visit()).isLoginForm, 'a stranger is not shown the login form');
  assert.equal(visitor.cookie, undefined, 'a stranger got a session');
  done('is a stranger', 'the login form; no cookie, nothing stored');
  let view = await visitor.logIn(NAME, PASSWORD);
  assert.equal(view.user, NAME, 'the visitor is not logged in after the login');
  const { since } = view;
  done(`logs in as ${NAME}`, `since ${new Date(since ?? '').toLocaleTimeString()}`);
  for (let visits = 2; visits <= VISITS; visits++) view = await visitor.visit();
  assert.equal(view.visits, VISITS, 'the visits are not counted');
  const minutes = Math.round((Number(view.expires) - Date.now()) / 60_000);
  done(`looks around, visit ${view.visits}`, `the session ends in ${minutes} min`);

  chapter('The application restarts');
  assert.equal(await stage.app.stop(), 'code 0', 'the application did not end in good order');
  done(`process ${before} has ended`, 'its memory is gone');
  const { pid: after } = await stage.openApp();
  done(`process ${after} has started`, 'with nothing but the address of Redis');
  view = await visitor.visit();
  assert.equal(view.pid, after, 'the page does not come from the new process');
  assert.equal(view.user, NAME, 'the visitor is not logged in after the restart');
  assert.equal(view.since, since, 'the session is not the one from before the restart');
  assert.equal(view.visits, VISITS + 1, 'the counter did not go on after the restart');
  done(`${NAME} is still logged in`, `visit ${view.visits}, served by process ${view.pid}`);
  return visitor;
}

/** @param {AnyVisitor} visitor */
async function logOut(visitor) {
  chapter('Logging out');
  const { cookie } = visitor;
  assert((await visitor.logOut()).isLoginForm, 'the visitor is still logged in after the logout');
  assert.equal(visitor.cookie, undefined, 'the cookie outlived the logout');
  done(`${NAME} is a stranger again`, 'the cookie is gone');
  visitor.cookie = cookie;
  assert((await visitor.visit()).isLoginForm, 'the old cookie still opens the session');
  done('the old cookie is worthless', 'the session is gone from Redis');
}

/**
 * Goes on serving. Enter restarts the application: to be watched in a browser.
 * @param {Stage} stage
 */
function serve(stage) {
  chapter('Your turn');
  say(`  ${stage.app.url}   ${faint(`any name, password ${PASSWORD}`)}`);
  const restart = process.stdin.isTTY ? 'Enter restarts the application, ' : '';
  say(faint(`  ${restart}Ctrl-C ends it and leaves nothing behind.`));
  if (!process.stdin.isTTY) return;
  let busy = Promise.resolve();
  readline.createInterface({ input: process.stdin }).on('line', () => {
    busy = busy.then(async () => {
      await stage.app.stop();
      const { pid } = await stage.openApp();
      done(`process ${pid} has started`, 'visit again: you are still logged in');
    });
  });
}

/** @returns {Promise<NodeJS.Signals>} when somebody ends the demo */
function signalled() {
  return new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.once(signal, () => resolve(signal));
    }
  });
}

async function main() {
  const check = process.argv.includes('--check');
  ensureNpmPackages();
  ensureTools('redis-server', 'cmake', 'make', 'c++');

  const stage = new Stage();
  const stop = signalled();
  const story = async () => {
    const visitor = await tellTheStory(stage);
    if (check) return logOut(visitor);
    serve(stage);
    await stop;
  };
  try {
    const signal = await Promise.race([story(), stop]);
    if (check) say(`\ndemo: ${signal ? `ended by ${signal}` : 'ok'}`);
    if (check && signal) process.exitCode = 1;
  } catch (error) {
    process.exitCode = 1;
    say(`\ndemo: ${error instanceof Error ? error.message : error}`);
  } finally {
    await stage.close();
  }
  // readline, where there is a terminal, would keep the process.
  process.exit();
}

runMain(main);
