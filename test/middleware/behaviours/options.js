'use strict';

// Behaviours of express-session's other options, and of the ids that come with requests.

const { MINUTE } = require('./application');

/** Does what the path says. */
const doing = (req, res, next) => {
  const { session } = req;
  const done = () => res.end(`user ${req.session?.user}`);
  const orFail = (error) => (error ? next(error) : done());
  switch (req.path) {
    case '/login':
      session.user = 'ann';
      return done();
    case '/cookie-property':
      session.nested = { cookie: Math.random() };
      return done();
    case '/null':
      req.session = null;
      return done();
    case '/deleted':
      delete req.session;
      return done();
    case '/destroy':
      return session.destroy(orFail);
    default:
      return done();
  }
};

const toggles = [true, false].flatMap((resave) =>
  [true, false].flatMap((saveUninitialized) =>
    [true, false].map((rolling) => [
      `resave: ${resave}, saveUninitialized: ${saveUninitialized}, rolling: ${rolling}`,
      async (open) => {
        for (const cookie of [{}, { maxAge: 10 * MINUTE }]) {
          const app = await open(doing, { resave, saveUninitialized, rolling, cookie });
          await app.request('/');
          await app.look();
          await app.request('/login');
          await app.look();
          const { sid } = app;
          // Somebody else changes it, which a save undoes.
          await app.put(sid, { user: 'bob', cookie: { originalMaxAge: null, expires: null } });
          await app.request('/');
          await app.look(sid);
          await app.request('/cookie-property');
          await app.request('/destroy');
          await app.look(sid);
          await app.request('/');
        }
      },
    ]),
  ),
);

const unset = ['destroy', 'keep', undefined].map((given) => [
  `unset: ${given}`,
  async (open) => {
    for (const path of ['/null', '/deleted']) {
      const app = await open(doing, given && { unset: given });
      await app.request(path);
      await app.request('/login');
      const { sid } = app;
      await app.request(path);
      await app.look(sid);
      await app.request('/');
    }
  },
]);

const stored = (expires = null) => ({ user: 'ann', cookie: { originalMaxAge: null, expires } });
const OLD = 'an-id-of-thirty-two-characters--';

/** What a request may bring: [what, the application's secret, prepares the store and its cookie] */
const ids = [
  ['of a session that is not stored', async () => {}],
  ['of a session that has expired', (app) => app.put(app.sid, stored(new Date(Date.now() - 1000)))],
  ['of a session that was replaced', (app) => app.put(app.sid, stored())],
  ['with a broken signature', (app) => (app.cookie = `${app.cookie}x`)],
  ['without a signature', (app) => (app.cookie = `connect.sid=${OLD}`)],
].map(([what, prepare]) => [
  `a cookie ${what}`,
  async (open) => {
    const app = await open(doing);
    await app.request('/login');
    const { sid } = app;
    await new Promise((resolve) => app.store.destroy(sid, resolve));
    await prepare(app);
    await app.request('/');
    await app.request('/login');
    await app.look();
  },
]);

const others = [
  [
    'name: the cookie has it',
    async (open) => {
      const app = await open(doing, { name: 'mine' });
      await app.request('/login');
      await app.request('/');
    },
  ],
  [
    'genid: ids are as it gives them, also with characters that a cookie cannot have',
    async (open) => {
      let n = 0;
      const app = await open(doing, { genid: () => `%;id of mine ${n++}` });
      await app.request('/login');
      await app.request('/');
      await app.look('%;id of mine 0');
    },
  ],
  [
    'genid: it may give the id that there was',
    async (open) => {
      const app = await open(doing, { genid: () => 'always' });
      await app.request('/login');
      await app.request('/destroy');
      await app.request('/login');
      await app.look('always');
    },
  ],
  [
    'secret: an array signs with the first, and reads by all',
    async (open) => {
      const first = await open(doing, { secret: 'old' });
      await first.request('/login');
      const second = await open(doing, { secret: ['new', 'old'] });
      second.cookie = first.cookie;
      await second.put(first.sid, stored());
      await second.request('/');
      await second.request('/login');
    },
  ],
  [
    'secret: that of the request, or an error',
    async (open) => {
      const before = (req, res, next) => {
        if (req.path !== '/none') req.secret = 'of the request';
        next();
      };
      const app = await open(doing, { secret: undefined, before });
      await app.request('/login');
      await app.request('/');
      await app.request('/none');
    },
  ],
  [
    'a request that has a session already is left alone',
    async (open) => {
      const before = (req, res, next) => {
        req.session = { user: 'given' };
        next();
      };
      await (await open(doing, { before })).request('/');
    },
  ],
  [
    'an id that is no string is not saved',
    async (open) => {
      const app = await open((req, res) => {
        req.session.user = 'ann';
        req.sessionID = () => 'no';
        res.end('ok');
      });
      await app.request();
    },
  ],
];

module.exports = [...toggles, ...unset, ...ids, ...others];
