'use strict';

// Asks a server PING all the time, to see how long it lets others wait.

/** Milliseconds between two. */
const PAUSE = 5;

/**
 * @param {{ ping: () => Promise<unknown> }} client with a connection of its own
 * @returns {{ longest: number, stop: () => Promise<void> }} milliseconds; stop() before it is read
 */
function watchServer(client) {
  let stopped = false;
  const heartbeat = {
    longest: 0,
    async stop() {
      stopped = true;
      await beating;
    },
  };
  const beat = async () => {
    while (!stopped) {
      const since = performance.now();
      await client.ping();
      heartbeat.longest = Math.max(heartbeat.longest, performance.now() - since);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  };
  const beating = beat();
  return heartbeat;
}

module.exports = { watchServer };
