'use strict';

// NestJS on its Express platform: its decorators, put on by hand.

require('reflect-metadata');
const { Controller, Get, HttpCode, Module, Param, Post, Req } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const session = require('express-session');
const { served } = require('../helpers/counter-app');
const { useRedis } = require('../helpers/use-redis');

const redis = useRedis();

class SessionController {
  login(request, user) {
    Object.assign(request.session, { user, visits: 0 });
    return { id: request.sessionID };
  }

  visit({ session: data }) {
    if (data.user) data.visits++;
    return { user: data.user ?? null, visits: data.visits ?? null };
  }

  async logout(request) {
    await new Promise((resolve, reject) => {
      request.session.destroy((error) => (error ? reject(error) : resolve()));
    });
    return {};
  }
}

/** As a compiler of TypeScript would. */
function decorate(name, decorators, ...parameters) {
  const { prototype } = SessionController;
  parameters.forEach((parameter, index) => parameter(prototype, name, index));
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  for (const decorator of decorators) decorator(prototype, name, descriptor);
}

Controller()(SessionController);
decorate('login', [Post('login/:user'), HttpCode(200)], Req(), Param('user'));
decorate('visit', [Get('visit')], Req());
decorate('logout', [Post('logout'), HttpCode(200)], Req());

/** A module that closes the store when the application closes, as one's own would. */
function moduleWith(store) {
  class AppModule {
    onModuleDestroy() {
      return store.close();
    }
  }
  Module({ controllers: [SessionController] })(AppModule);
  return AppModule;
}

async function start(store = redis.store(), options = {}) {
  const app = await NestFactory.create(moduleWith(store), { logger: false });
  app.use(
    session({
      store,
      secret: 'for tests only',
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 60_000 },
      ...options,
    }),
  );
  await app.listen(0, '127.0.0.1');
  app.getHttpServer().keepAliveTimeout = 0; // as in helpers/app.js
  return redis.track(served(await app.getUrl(), () => app.close()));
}

test('a visitor logs in, is counted and logs out', async () => {
  const app = await start();
  const ann = app.visitor();
  const bob = app.visitor();
  const { id } = await ann.post('/login/ann');
  await bob.post('/login/bob');
  await ann.get('/visit');
  await expect(ann.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 2 });
  await expect(bob.get('/visit')).resolves.toMatchObject({ user: 'bob', visits: 1 });
  await expect(redis.admin.exists(`sess:${id}`)).resolves.toBe(1);

  await ann.post('/logout');
  await expect(ann.get('/visit')).resolves.toMatchObject({ status: 200, user: null });
  await expect(bob.get('/visit')).resolves.toMatchObject({ user: 'bob', visits: 2 });
  await expect(redis.admin.exists(`sess:${id}`)).resolves.toBe(0);
});

test('a session ends with its expiry, and each request renews it', async () => {
  const visitor = (await start()).visitor();
  const { id } = await visitor.post('/login/ann');
  await redis.admin.pExpire(`sess:${id}`, 10_000);
  await visitor.get('/visit');
  await expect(redis.admin.pTTL(`sess:${id}`)).resolves.toBeGreaterThan(50_000);

  await redis.admin.pExpire(`sess:${id}`, -1);
  await expect(visitor.get('/visit')).resolves.toMatchObject({ status: 200, user: null });
});

test('a module closes the store with the application, and the next one finds its sessions', async () => {
  const store = redis.store();
  const app = await start(store);
  const visitor = app.visitor();
  await visitor.post('/login/ann');
  await app.close();
  expect(store.client.state).toBe('closed');

  const again = visitor.movesTo(await start());
  await expect(again.get('/visit')).resolves.toMatchObject({ user: 'ann', visits: 1 });
});
