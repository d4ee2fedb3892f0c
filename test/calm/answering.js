'use strict';

// The inner side of loaded.js: what a process under load does with the messages that it gets.

const { createClient } = require('redis');

/** @param {Record<string, (argument: any) => any>} commands by name; what they give is the answer */
function answerMessages(commands) {
  process.on('message', async ({ id, name, argument }) => {
    try {
      process.send({ id, result: (await commands[name](argument)) ?? null });
    } catch (error) {
      process.send({ id, error: error.stack });
    }
  });
  // Nobody is left to ask.
  process.on('disconnect', () => process.exit());
  process.send({ id: 0, result: null });
}

/**
 * Compares what the loads know with what another client finds.
 * @param {import('./load').Load[]} loads
 * @param {string} url of the server
 */
async function judgeStored(loads, url) {
  // node-redis knows no URL of a unix socket.
  const path = url.startsWith('unix:') ? url.slice('unix:'.length) : undefined;
  const witness = createClient(path ? { socket: { path } } : { url });
  await witness.connect();
  const read = async (sids) => {
    const values = await witness.mGet(sids.map((sid) => `sess:${sid}`));
    return values.map((value) => JSON.parse(value));
  };
  for (const load of loads) await load.judgeEnd(read);
  witness.destroy();
}

module.exports = { answerMessages, judgeStored };
