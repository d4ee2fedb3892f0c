'use strict';

// Behaviours of req.session and of responses, and what becomes of a store's errors.

const { MINUTE } = require('./application');

const promised = (session, method) =>
  new Promise((resolve, reject) => {
    session[method]((error) => (error ? reject(error) : resolve()));
  });

const BOB = {
  user: 'bob',
  cookie: { originalMaxAge: null, expires: null, httpOnly: true, path: '/' },
};

/** An application whose requests do, after a login, what `act` does. */
const acting = (title, act, options) => [
  title,
  async (open) => {
    const app = await open(async (req, res, next) => {
      try {
        if (req.path === '/login') req.session.user = 'ann';
        if (req.path === '/act') await act(req, app);
        res.end(`user ${req.session?.user}, more ${req.session?.more}`);
      } catch (error) {
        next(error);
      }
    }, options);
    await app.request('/login');
    const { sid } = app;
    await app.request('/act');
    await app.look(sid);
    await app.look();
    await app.request('/');
  },
];

const methods = [
  acting('destroy', (req) => promised(req.session, 'destroy')),
  acting('regenerate', (req) => promised(req.session, 'regenerate')),
  acting('regenerate, and data for the new one', async (req) => {
    await promised(req.session, 'regenerate');
    req.session.more = 1;
  }),
  acting('reload', async (req) => {
    req.session.more = 1;
    await promised(req.session, 'reload');
  }),
  acting('reload, and a change', async (req) => {
    await promised(req.session, 'reload');
    req.session.more = 1;
  }),
  acting('reload shows what was stored meanwhile', async (req, app) => {
    await app.put(req.sessionID, BOB);
    await promised(req.session, 'reload');
  }),
  acting('reload of what is gone is an error', async (req, app) => {
    await new Promise((resolve) => app.store.destroy(req.sessionID, resolve));
    await promised(req.session, 'reload');
  }),
  acting('save', async (req, app) => {
    req.session.more = 1;
    await promised(req.session, 'save');
    await app.look(req.sessionID);
  }),
  acting('save is not done again at the end', async (req, app) => {
    req.session.more = 1;
    await promised(req.session, 'save');
    await app.put(req.sessionID, BOB);
  }),
  acting('save after a reload, and a change after it', async (req) => {
    await promised(req.session, 'reload');
    req.session.more = 1;
    await promised(req.session, 'save');
    req.session.more = 2;
  }),
  acting('save, and then the cookie changes', async (req) => {
    req.session.more = 1;
    await promised(req.session, 'save');
    req.session.cookie.maxAge = 30 * MINUTE;
  }),
  acting(
    'touch and resetMaxAge',
    (req, app) => {
      req.session.cookie.expires = new Date(Date.now() + 30 * MINUTE);
      req.session.touch();
      app.note(req.session.cookie.expires > Date.now() + 29 * MINUTE ? 'renewed' : 'not renewed');
    },
    { cookie: { maxAge: 10 * MINUTE } },
  ),
  acting('what is enumerable', (req, app) => {
    const names = [];
    for (const name in req.session) names.push(name);
    app.note(names.sort(), typeof req.session.save, String(req.session.id === req.sessionID));
  }),
  acting('data with names that a session has', (req) => {
    Object.assign(req.session, { more: 1, hasOwnProperty: 2, constructor: 3, toString: 4 });
  }),
  acting('a session in a Proxy', (req) => {
    req.session = new Proxy(req.session, {});
    req.session.more = 1;
  }),
  acting('another id for the same data', async (req, app) => {
    req.session.more = 1;
    await app.put('copy', req.session);
    await app.look('copy');
  }),
];

/** Ways to end a response. */
const endings = [
  ['at once', (res) => res.end('whole')],
  ['with nothing', (res) => res.end()],
  ['with null', (res) => res.end(null)],
  ['after writes', (res) => (res.write('one '), res.write('two '), res.end('three'))],
  ['with a length', (res) => (res.setHeader('Content-Length', 5), res.end('whole'))],
  ['with a Buffer', (res) => res.end(Buffer.from('whole'))],
  ['twice', (res) => (res.end('first'), res.end('second'))],
  ['late', (res) => (res.write('one '), setImmediate(() => res.end('two')))],
].map(([how, end]) => [
  `a response that ends ${how} has saved the session`,
  async (open) => {
    const app = await open((req, res) => {
      req.session.visits = (req.session.visits ?? 0) + 1;
      end(res);
    });
    await app.request();
    await app.look();
    await app.request();
    await app.look();
  },
]);

const TEXT = { ENOENT: 'not found' };
const errors = [
  ['get', '/'],
  ['get', '/', 'ENOENT'],
  ['set', '/login'],
  ['set', '/save'],
  ['touch', '/'],
  ['destroy', '/null'],
  ['destroy', '/destroy'],
  ['destroy', '/regenerate'],
].map(([method, path, code]) => [
  `an error of the store's ${method}${code ? ` (${code})` : ''} at ${path}`,
  async (open) => {
    const act = {
      '/login': (req) => void (req.session.user = `ann ${Math.random() < 2}`),
      '/more': (req) => void (req.session.more = 1),
      '/save': async (req) => {
        req.session.more = 2;
        await promised(req.session, 'save');
      },
      '/null': (req) => void (req.session = null),
      '/destroy': (req) => promised(req.session, 'destroy'),
      '/regenerate': (req) => promised(req.session, 'regenerate'),
    };
    const handle = async (req, res, next) => {
      try {
        await act[req.path]?.(req);
        res.end('ok');
      } catch (error) {
        next(error);
      }
    };
    const app = await open(handle, { unset: 'destroy' });
    await app.request(path === '/login' ? '/none' : '/login');
    app.fail(method, Object.assign(new Error(TEXT[code] ?? `${method} fails`), code && { code }));
    await app.request(path);
    delete app.store[method];
    await app.request('/more');
    await app.look();
  },
]);

const others = [
  [
    'a stored session without a cookie is an error',
    async (open) => {
      const app = await open((req, res) => {
        req.session.user = 'ann';
        res.end('ok');
      });
      await app.request();
      await app.put(app.sid, { user: 'ann' });
      await app.request();
    },
  ],
  [
    'a store that says disconnect, and connect again',
    async (open) => {
      const app = await open((req, res) => {
        if (req.session) req.session.user = 'ann';
        res.end(`session: ${Boolean(req.session)}`);
      });
      await app.request();
      app.store.emit('disconnect');
      await app.request();
      app.store.emit('connect');
      await app.request();
    },
  ],
];

module.exports = [...methods, ...endings, ...errors, ...others];
