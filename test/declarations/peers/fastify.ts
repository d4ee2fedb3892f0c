// The class for another session middleware.
import fastifySession from '@fastify/session';
import fastify from 'fastify';
import connectHiredis from 'connect-hiredis';

const RedisStore = connectHiredis(fastifySession);
const store = new RedisStore({ url: 'redis://127.0.0.1' });
fastify().register(fastifySession, { secret: 'x'.repeat(32), store });
