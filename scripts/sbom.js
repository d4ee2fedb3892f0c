'use strict';

// The package's software bill of materials, as CycloneDX 1.5 has it.

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const { thirdParties } = require('./third-party');

/** @typedef {{ name: string, version: string, license: string, description: string }} Manifest */

/** @param {string} file */
function sha256(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/** @param {import('./third-party').ThirdParty} part */
function component({ name, version, license, purl }) {
  return {
    type: 'library',
    'bom-ref': purl ?? name,
    name,
    ...(version && { version }),
    // What is licensed by an expression has no single identifier.
    licenses: [license.includes(' ') ? { expression: license } : { license: { id: license } }],
    ...(purl && { purl }),
  };
}

/**
 * The same content gives the same bill: no time, and a serial number made of what it lists.
 * @param {Manifest} manifest
 * @param {string} folder of the package
 * @param {string[]} binaries relative to it
 */
function sbom({ name, version, license, description }, folder, binaries) {
  const purl = `pkg:npm/${name}@${version}`;
  const libraries = thirdParties().map(component);
  const files = binaries.map((binary) => ({
    type: 'file',
    'bom-ref': binary,
    name: binary,
    hashes: [{ alg: 'SHA-256', content: sha256(path.join(folder, binary)) }],
  }));
  const bill = {
    metadata: {
      component: {
        type: 'library',
        'bom-ref': purl,
        name,
        version,
        description,
        licenses: [{ license: { id: license } }],
        purl,
      },
    },
    components: [...libraries, ...files],
    dependencies: [
      { ref: purl, dependsOn: libraries.map((library) => library['bom-ref']) },
      ...libraries.map((library) => ({ ref: library['bom-ref'], dependsOn: [] })),
    ],
  };
  const digest = createHash('sha256').update(JSON.stringify(bill)).digest('hex');
  const serial = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${serial}`,
    version: 1,
    ...bill,
  };
}

module.exports = { sbom };
