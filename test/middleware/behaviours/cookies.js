'use strict';

// Behaviours of express-session: the cookie that it sends, and what is stored of it.

const { Cookie } = require('express-session');
const { MINUTE } = require('./application');

/** Begins a session at the first request, and looks at it at the others. */
const visit = (req, res) => {
  req.session.visits = (req.session.visits ?? 0) + 1;
  res.end(`visit ${req.session.visits}`);
};
/** Begins a session at /new, and changes nothing elsewhere. */
const quiet = (req, res) => {
  if (req.path === '/new') req.session.user = 'ann';
  res.end(`user ${req.session.user}`);
};

/** [what, the cookie's options, more options, headers of the requests] */
const OPTIONS = [
  ['by default', undefined],
  ['with maxAge', { maxAge: 10 * MINUTE }],
  ['with maxAge null', { maxAge: null }],
  ['with expires', () => ({ expires: new Date(Date.now() + 20 * MINUTE) })],
  ['with expires null', { expires: null }],
  ['with domain', { domain: 'example.org' }],
  ['with httpOnly: false', { httpOnly: false }],
  ['with priority', { priority: 'high' }],
  ['with partitioned', { partitioned: true }],
  ['with sameSite: strict', { sameSite: 'strict' }],
  ['with sameSite: true', { sameSite: true }],
  ['with sameSite: auto', { sameSite: 'auto' }],
  ['with sameSite: auto behind TLS', { sameSite: 'auto' }, { proxy: true }, true],
  ['with secure, over plain HTTP', { secure: true }],
  ['with secure, behind a trusted proxy', { secure: true }, { proxy: true }, true],
  ['with secure, behind a proxy that is not trusted', { secure: true }, { proxy: false }, true],
  ['with secure, where Express trusts', { secure: true }, { app: { 'trust proxy': true } }, true],
  ['with secure: auto', { secure: 'auto' }, { proxy: true }],
  ['with secure: auto behind TLS', { secure: 'auto' }, { proxy: true }, true],
  ['by a function', () => ({ maxAge: 30 * MINUTE, path: '/' })],
];

const options = OPTIONS.map(([what, given, more, isSecure]) => [
  `the cookie ${what}`,
  async (open) => {
    const cookie = what === 'by a function' || typeof given !== 'function' ? given : given();
    const app = await open(visit, { cookie, ...more });
    const headers = isSecure ? { 'x-forwarded-proto': 'https, http' } : {};
    for (let n = 0; n < 3; n++) await app.request('/', { headers });
    await app.look();
  },
]);

/** [what, the change] of a session that lives for ten minutes */
const CHANGES = [
  ['maxAge', (cookie) => (cookie.maxAge = 60 * MINUTE)],
  ['maxAge to more than a timer can wait', (cookie) => (cookie.maxAge = 4e10)],
  ['maxAge to null', (cookie) => (cookie.maxAge = null)],
  ['maxAge to 0', (cookie) => (cookie.maxAge = 0)],
  ['expires to a Date', (cookie) => (cookie.expires = new Date(Date.now() + 60 * MINUTE))],
  ['expires to null', (cookie) => (cookie.expires = null)],
  ['expires to an invalid Date', (cookie) => (cookie.expires = new Date('no'))],
  ['originalMaxAge', (cookie) => (cookie.originalMaxAge = 60 * MINUTE)],
  ['path', (cookie) => (cookie.path = '/deep')],
  ['domain', (cookie) => (cookie.domain = 'example.org')],
  ['httpOnly', (cookie) => (cookie.httpOnly = false)],
  ['sameSite', (cookie) => (cookie.sameSite = 'none')],
  ['secure', (cookie) => (cookie.secure = true)],
  ['priority', (cookie) => (cookie.priority = 'low')],
  ['partitioned', (cookie) => (cookie.partitioned = true)],
  ['all of it', (_, session) => (session.cookie = new Cookie({ maxAge: 60 * MINUTE, path: '/x' }))],
  ['nothing', () => {}],
];

/** [how, options of express-session, whether data is changed as well] */
const WAYS = [
  ['alone', {}, false],
  ['and data', {}, true],
  ['alone, rolling', { rolling: true }, false],
  ['alone, resave', { resave: true }, false],
];

const changes = WAYS.flatMap(([how, given, withData]) =>
  CHANGES.map(([what, change]) => [
    `a request changes its cookie's ${what}, ${how}`,
    async (open) => {
      const handle = (req, res) => {
        if (req.path === '/new') req.session.user = 'ann';
        if (req.path === '/change') {
          if (withData) req.session.more = true;
          change(req.session.cookie, req.session);
        }
        res.end(`${req.session.user}, ${req.session.cookie.maxAge === null ? 'endless' : 'ends'}`);
      };
      const app = await open(handle, { cookie: { maxAge: 10 * MINUTE }, ...given });
      await app.request('/new');
      await app.request('/change');
      await app.look();
      await app.request();
      await app.look();
      await app.request();
      await app.look();
    },
  ]),
);

const others = [
  [
    'a cookie of a path is sent there alone',
    async (open) => {
      const app = await open(
        (req, res) => {
          if (req.session) req.session.here = true;
          res.end(`session: ${Boolean(req.session)}`);
        },
        { cookie: { path: '/deep' } },
      );
      for (const path of ['/', '/dee', '/deep', '/deep/er']) await app.request(path);
      await app.look();
    },
  ],
  [
    'a session cookie without an end is sent once',
    async (open) => {
      const app = await open(visit);
      for (let n = 0; n < 3; n++) await app.request();
    },
  ],
  [
    'a session with an end: the cookie is sent when data changes',
    async (open) => {
      const app = await open(quiet, { cookie: { maxAge: 10 * MINUTE } });
      for (const path of ['/new', '/', '/new', '/']) await app.request(path);
      await app.look();
    },
  ],
  [
    'originalMaxAge stays what it was',
    async (open) => {
      const handle = (req, res) => {
        req.session.visits = (req.session.visits ?? 0) + 1;
        res.end(String(Math.round(req.session.cookie.originalMaxAge / 1000)));
      };
      const app = await open(handle, { cookie: { maxAge: 10 * MINUTE } });
      for (let n = 0; n < 4; n++) await app.request();
    },
  ],
  [
    'cookies of the application are left alone',
    async (open) => {
      const app = await open((req, res) => {
        req.session.user = 'ann';
        res.setHeader('Set-Cookie', ['one=1', 'two=2']);
        res.writeHead(200);
        res.end('ok');
      });
      await app.request();
    },
  ],
];

module.exports = [...options, ...changes, ...others];
