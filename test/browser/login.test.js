'use strict';

// The example application, seen by a real browser: Debian's Chromium, without a screen.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { chromium } = require('playwright-core');

const { startApp } = require('../../scripts/login-app');
const { findCommand } = require('../../scripts/setup');
const { startRedis } = require('../helpers/redis-server');
const { until } = require('../helpers/until');

const SECRET = 'of the browser test';
// Long beside what a second tab needs to log out, which the test checks all the same.
const SLOW = 4_000;
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = findCommand('chromium');
if (!executablePath) process.stderr.write('Chromium is missing: the browser test is skipped.\n');

(executablePath ? describe : describe.skip)('in a browser', () => {
  let redis;
  let app;
  let browser;
  let context;
  let pageErrors;
  let folder;

  beforeAll(async () => {
    redis = await startRedis();
    app = await startApp({ redisUrl: redis.url, secret: SECRET });
    // Playwright gives it a fresh profile and removes that; Chromium leaves a folder more behind.
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-browser-'));
    const env = { ...process.env, TMPDIR: folder };
    browser = await chromium.launch({ executablePath, args: ARGS, headless: true, env });
  });

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await redis?.stop();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    pageErrors = [];
    context = await browser.newContext();
    context.on('weberror', (error) => pageErrors.push(error.error()));
  });

  afterEach(async () => {
    await context?.close();
    expect(pageErrors).toEqual([]);
  });

  async function logIn(page, name) {
    await page.goto(app.url);
    await page.fill('[name=name]', name);
    await page.fill('[name=password]', 'hiredis');
    await page.click('#login');
    await page.waitForSelector('#user');
  }

  const text = (page, id) => page.textContent(`#${id}`);

  /** @returns {Promise<string>} the name of the field that has the focus */
  const focused = (page) => page.evaluate('document.activeElement.name');

  /** Looks at the page anew, and tells whether it asks for a login. */
  async function isLoggedOut(page) {
    await page.goto(app.url);
    return (await page.$('#login')) !== null;
  }

  test('a visitor stays logged in when the application restarts', async () => {
    const page = await context.newPage();
    const name = 'Zoë <b>"O\'Hara"</b> 🦊';
    await logIn(page, name);
    expect(await text(page, 'user')).toBe(name);
    expect(await text(page, 'visits')).toBe('1');
    expect(await text(page, 'pid')).toBe(String(app.pid));
    expect(await text(page, 'countdown')).toMatch(/^(30:00|29:\d\d)$/);
    const since = await page.getAttribute('#since', 'datetime');
    const before = app.pid;

    expect(await app.stop()).toBe('code 0');
    app = await startApp({ redisUrl: redis.url, secret: SECRET, port: app.port });
    await page.reload();

    expect(app.pid).not.toBe(before);
    expect(await text(page, 'pid')).toBe(String(app.pid));
    expect(await text(page, 'user')).toBe(name);
    expect(await text(page, 'visits')).toBe('2');
    expect(await page.getAttribute('#since', 'datetime')).toBe(since);
  });

  test('a logout is not undone by a slow request that another tab had begun', async () => {
    const first = await context.newPage();
    const second = await context.newPage();
    await logIn(first, 'Ada');
    await second.goto(app.url);
    expect(await text(second, 'user')).toBe('Ada');

    // The page shows this as soon as the slow request has loaded the session.
    await first.goto(`${app.url}/slow?ms=${SLOW}`, { waitUntil: 'commit' });
    await first.waitForSelector('#working');
    await second.click('#logout');
    await second.waitForSelector('#login');
    expect(await first.$('#finished')).toBeNull();

    await first.waitForSelector('#finished');
    expect(await first.getAttribute('#finished', 'data-logged-in')).toBe('false');
    expect(await isLoggedOut(second)).toBe(true);
    expect(await isLoggedOut(first)).toBe(true);
  });

  test('a slow request that nobody interferes with is saved', async () => {
    const page = await context.newPage();
    await logIn(page, 'Ada');
    await page.goto(`${app.url}/slow?ms=0`);
    expect(await page.getAttribute('#finished', 'data-logged-in')).toBe('true');
    await page.goto(app.url);
    expect(await text(page, 'slow')).toBe('1');
    await page.click('#logout');
    await page.waitForSelector('#login');
  });

  test.each([
    ['is too long', 'x'.repeat(41), 'This name is longer than 40 characters.'],
    ['is of spaces alone', '   ', 'Please give a name.'],
  ])('a name that %s is told apart from a wrong password', async (_, name, message) => {
    const page = await context.newPage();
    await page.goto(app.url);
    // As a client that does not know the form's limits would send it.
    await page.evaluate(`document.querySelector('[name=name]').removeAttribute('maxlength')`);
    await page.fill('[name=name]', name);
    await page.fill('[name=password]', 'hiredis');
    await page.click('#login');
    expect(await text(page, 'error')).toBe(message);
    expect(await focused(page)).toBe('name');
    expect(await context.cookies()).toEqual([]);
  });

  test('a slow request shows that it is working, until it has finished', async () => {
    const page = await context.newPage();
    await logIn(page, 'Ada');
    await page.goto(`${app.url}/slow?ms=${SLOW}`, { waitUntil: 'commit' });
    await page.waitForSelector('#busy', { state: 'visible' });
    await page.waitForSelector('#finished');
    expect(await page.isVisible('#busy')).toBe(false);
  });

  test('a page that does not exist offers the way home', async () => {
    const page = await context.newPage();
    await page.goto(`${app.url}/nowhere`);
    await page.click('text=Home');
    await page.waitForSelector('#login');
  });

  test('/healthz says whether Redis can be reached', async () => {
    const health = async () => {
      const response = await fetch(`${app.url}/healthz`);
      return { status: response.status, ...(await response.json()) };
    };
    await expect(health()).resolves.toMatchObject({ status: 200, ok: true, redis: 'ready' });
    await redis.kill();
    try {
      await until(async () => (await health()).status === 503, { what: 'an unhealthy answer' });
      await expect(health()).resolves.toMatchObject({ ok: false });
    } finally {
      await redis.start();
    }
    await until(async () => (await health()).ok, { what: 'a healthy answer' });
  });

  test('no time is broken over two lines, at 360 pixels', async () => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 360, height: 740 });
    await logIn(page, 'Ada');
    const broken = await page.evaluate(`[...document.querySelectorAll('time, #countdown')]
      .filter((element) => element.getClientRects().length > 1).length`);
    expect(broken).toBe(0);
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(wide).toBe(false);
  });

  test('a wrong password logs nobody in, and leaves no session', async () => {
    const page = await context.newPage();
    await page.goto(app.url);
    await page.fill('[name=name]', 'Ada');
    await page.fill('[name=password]', 'wrong');
    await page.click('#login');
    expect(await text(page, 'error')).toBe('This is not the password.');
    expect(await focused(page)).toBe('password');
    expect(await page.inputValue('[name=name]')).toBe('Ada');
    expect(await isLoggedOut(page)).toBe(true);
    expect(await context.cookies()).toEqual([]);
  });
});
