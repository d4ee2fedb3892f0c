'use strict';

// The child's end of child.js: one request at a time, an answer or an error to each.

/** @param {unknown} error */
function report(error) {
  process.send?.({ error: error instanceof Error ? error.stack : String(error) });
}

/**
 * @param {Record<string, (request: any) => any>} requests `close` ends the process
 */
function serve(requests) {
  process.on('message', async (/** @type {{ type: string, [name: string]: any }} */ message) => {
    const { type, ...request } = message;
    try {
      process.send?.({ answer: await requests[type](request) });
      if (type === 'close') setImmediate(() => process.disconnect());
    } catch (error) {
      report(error);
    }
  });
  process.on('disconnect', () => process.exit());
  process.on('uncaughtException', report);
}

module.exports = { serve };
