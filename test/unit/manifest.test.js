'use strict';

// What keeps package.json from being published: nothing that only the publisher knows is invented.

const { missingFields, publishedManifest } = require('../../scripts/manifest');

const complete = { author: 'a', repository: 'r', homepage: 'h', bugs: 'b' };

test('nothing is missing of a manifest that has all of it', () => {
  expect(missingFields(complete)).toEqual([]);
});

test.each(Object.keys(complete))('a manifest without %s is told so', (name) => {
  expect(missingFields({ ...complete, [name]: undefined })).toEqual([
    `package.json has no "${name}": the publisher sets it`,
  ]);
});

test('hosted CI says where the repository is', () => {
  const env = { GITHUB_SERVER_URL: 'https://example.org', GITHUB_REPOSITORY: 'a/b' };
  expect(missingFields(publishedManifest({ ...complete, repository: undefined }, env))).toEqual([]);
});
