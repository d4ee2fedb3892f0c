'use strict';

// Certificates for a test, made when it wants them: none is kept that could run out.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { Guard } = require('../../scripts/guard');
const { plainEnvironment } = require('../../scripts/plain-environment');

/**
 * @typedef {object} Certificates PEM files
 * @property {string} ca of the authority: what a client has to trust
 * @property {string} cert of the server, for 127.0.0.1 and localhost
 * @property {string} key of that
 */

/** @param {string} folder @param {string[]} args of a request that signs at once */
function openssl(folder, ...args) {
  const common = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  execFileSync('openssl', [...common, '-nodes', '-days', '2', ...args], {
    cwd: folder,
    env: plainEnvironment(),
    stdio: 'pipe', // what it says is in the error, if it fails
  });
}

/**
 * @returns {Certificates & { remove: () => Promise<void> }} of an authority that signs no other
 */
function makeCertificates() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-'));
  const guard = new Guard(folder);
  const [ca, caKey, cert, key] = ['ca.crt', 'ca.key', 'server.crt', 'server.key'];
  openssl(folder, '-keyout', caKey, '-out', ca, '-subj', '/CN=Authority of a test');
  openssl(
    folder,
    ...['-keyout', key, '-out', cert, '-CA', ca, '-CAkey', caKey, '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  return {
    ca: path.join(folder, ca),
    cert: path.join(folder, cert),
    key: path.join(folder, key),
    remove: () => guard.end(),
  };
}

module.exports = { makeCertificates };
