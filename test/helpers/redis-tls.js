'use strict';

// Starts a private Redis that speaks TLS alone, with certificates of its own.

const { makeCertificates } = require('./certificates');
const { startRedis } = require('./redis-server');

/**
 * Resolves when it answers PING over TLS.
 * @param {{ program?: string }} [options]
 */
async function startTls({ program } = {}) {
  const certificates = makeCertificates();
  try {
    const server = await startRedis({ tcp: true, tls: certificates, program });
    return {
      server,
      /** What a client has to trust: the path of a PEM file. */
      ca: certificates.ca,
      async stop() {
        await server.stop();
        await certificates.remove();
      },
    };
  } catch (error) {
    await certificates.remove();
    throw error;
  }
}

module.exports = { startTls };
