// What is fetched when it is wanted may not come: the page says so, and is never white.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createElement, Suspense, type ComponentType, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { prerenderToNodeStream } from 'react-dom/static';

import { Boundary } from '../src/views/Boundary';
import { later, laterDialog } from '../src/views/later';

const src = fileURLToPath(new URL('../src', import.meta.url));
const lost = <Props>() => Promise.reject<{ default: ComponentType<Props> }>(new TypeError('Failed to fetch dynamically imported module'));

async function shown(view: ReactElement): Promise<string> {
  const { prelude } = await prerenderToNodeStream(createElement(Suspense, null, view));
  let html = '';
  for await (const part of prelude) html += String(part);
  return html;
}

test('a screen that never came says so', async () => {
  const Screen = later<object>(lost);
  assert.match(await shown(createElement(Screen)), /The server cannot be reached\..*>Try again</);
});

test('a dialog that never came can be closed all the same', async () => {
  const Late = laterDialog<{ readonly onClose: () => void }>(lost);
  assert.match(await shown(createElement(Late, { onClose: () => undefined })), /^(<!--.*?-->)*<dialog.*The server cannot be reached\..*>Close<.*>Load the page again</);
});

test('nothing is fetched late without words for where it does not come', () => {
  const views = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx') && !name.endsWith('later.tsx'));
  for (const name of views) {
    const text = readFileSync(`${src}/${name}`, 'utf8');
    assert.doesNotMatch(text, /\blazy\(/, name);
    assert.doesNotMatch(text, /\blater\(\(\) => import\('\.\/\w+Dialog'\)/, `${name}: a dialog has to be closed`);
  }
});

test('a page that cannot be drawn says so, on each of them', () => {
  const broken = new Boundary({ children: 'the page' });
  assert.equal(broken.render(), 'the page');
  broken.state = Boundary.getDerivedStateFromError(new Error('a mistake')) as unknown as typeof broken.state;
  assert.match(renderToStaticMarkup(broken.render() as ReactElement), /Something went wrong on this page\./);
  for (const name of ['mount', 'account_main', 'approve_main', 'check_main', 'killswitch_main']) {
    assert.match(readFileSync(`${src}/${name}.tsx`, 'utf8'), /<StrictMode>\s*<Boundary>/, name);
  }
});
