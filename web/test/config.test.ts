import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chooseBaseUrl, ConfigError, readConfig, type PageConfig } from '../src/place/config';

const local = 'http://localhost:5000';
const cases: { name: string; config: PageConfig; page: string; then: string }[] = [
  { name: 'the page talks to where it came from', config: {}, page: 'https://calls.example/', then: 'https://calls.example' },
  {
    name: 'its host may name another server',
    config: { baseUrl: 'https://api.example/' },
    page: 'https://app.example/',
    then: 'https://api.example',
  },
  {
    name: 'a server may lie below a path',
    config: { baseUrl: 'https://api.example/calls/' },
    page: 'https://app.example/',
    then: 'https://api.example/calls',
  },
  {
    name: 'a link alone may never choose the server',
    config: {},
    page: `${local}/?api=http://127.0.0.1:9000`,
    then: local,
  },
  {
    name: 'where the host allows it, a link may name a server on this machine',
    config: { allowApiParameter: true },
    page: `${local}/?api=http://127.0.0.1:9000`,
    then: 'http://127.0.0.1:9000',
  },
  {
    name: 'but never one elsewhere',
    config: { allowApiParameter: true },
    page: `${local}/?api=https://thief.example`,
    then: local,
  },
  {
    name: 'nor one that only looks like this machine',
    config: { allowApiParameter: true },
    page: `${local}/?api=http://127.0.0.1.thief.example`,
    then: local,
  },
  {
    name: 'nor with a name and password before the host',
    config: { allowApiParameter: true },
    page: `${local}/?api=http://localhost@thief.example`,
    then: local,
  },
  {
    name: 'nor on a page that is not on this machine',
    config: { allowApiParameter: true },
    page: 'https://app.example/?api=http://127.0.0.1:9000',
    then: 'https://app.example',
  },
];

for (const { name, config, page, then } of cases) {
  test(`where the server is: ${name}`, () => assert.equal(chooseBaseUrl(config, new URL(page)), then));
}

for (const baseUrl of ['ftp://api.example', 'javascript:alert(1)', 'api.example', 'https://user:word@api.example']) {
  test(`config.json: ${baseUrl} is no server`, () => {
    assert.throws(() => chooseBaseUrl({ baseUrl }, new URL('https://app.example/')), ConfigError);
  });
}

test('config.json: what it must be', () => {
  assert.deepEqual(readConfig({}), { baseUrl: undefined, allowApiParameter: false });
  assert.throws(() => readConfig(null), ConfigError);
  assert.throws(() => readConfig({ baseUrl: 7 }), ConfigError);
  assert.equal(readConfig({ allowApiParameter: 'yes' }).allowApiParameter, false);
});
