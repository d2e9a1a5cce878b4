import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build, type Rollup } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
let files: Map<string, string>;

before(async () => {
  const result = (await build({ root, logLevel: 'error', build: { write: false } })) as Rollup.RollupOutput;
  files = new Map(
    result.output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : String(file.source)]),
  );
});

test('the page carries nothing inline, so a strict Content-Security-Policy holds', () => {
  for (const name of ['index.html', 'connection-test', 'approve', 'killswitch', 'account']) {
    const html = files.get(name)!;
    assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=/i);
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) assert.match(tag, /\ssrc="\.\/assets\//);
    for (const [text] of html.matchAll(/<script\b[^>]*>[^<]*<\/script>/g)) assert.match(text, /><\/script>$/);
  }
});

test('everything it loads comes from beside it, under a name that changes with its bytes', () => {
  const html = files.get('index.html')!;
  const loaded = [...html.matchAll(/\s(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
  assert.ok(loaded.length >= 3);
  for (const url of loaded) {
    assert.match(url, /^\.\/(assets\/[\w-]+-[\w-]{8}\.(js|css)|favicon\.svg)$/);
  }
  for (const [name, text] of files) {
    if (name.endsWith('.css')) assert.doesNotMatch(text, /url\(|@import/, name);
  }
});

test('no text ever becomes markup', () => {
  const sources = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  assert.ok(sources.length > 20);
  for (const name of sources) {
    const text = readFileSync(`${root}/src/${name}`, 'utf8');
    assert.doesNotMatch(text, /innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, name);
  }
});

test('a page stays small enough for a phone on a bad line', () => {
  for (const page of ['index.html', 'connection-test', 'approve', 'killswitch', 'account']) {
    const html = files.get(page)!;
    const loaded = [...html.matchAll(/\s(?:src|href)="\.\/([^"]+\.js)"/g)].map((match) => files.get(match[1]!)!);
    const bytes = loaded.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes > 200_000 && bytes < 384_000, `${page}: ${bytes} bytes before compression`);
  }
});
