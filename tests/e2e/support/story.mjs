// A story has a server, a way to it that can fail, an agent and a browser of its own. If it fails, what they had to say is printed and what
// everybody saw is kept as a picture.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';

import { Agent } from './agent.mjs';
import { Browser } from './browser.mjs';
import { FaultProxy } from '../../../sdk/faults/dist/faults.js';
import { root, Server } from './server.mjs';

/** A story that takes longer is stuck. */
const patienceMs = 180_000;
const pictures = path.join(root, 'build/e2e');

/** Tells a story; `options` are the server's and the browser's. At its end no page may have complained of anything. */
export function story(name, options, tell) {
  test(name, { timeout: patienceMs, skip: options.skip ?? false }, async () => {
    const cast = {};
    try {
      cast.server = await Server.start(options);
      // A way to the server on which things go wrong; who takes it is the story's business.
      cast.proxy = await FaultProxy.open({ target: cast.server.url });
      if (options.devAgent !== false) cast.agent = await Agent.start(cast.server);
      cast.browser = await Browser.open(options);
      await tell(cast);
      assert.deepEqual(cast.browser.complaints, []);
    } catch (error) {
      await report(name, cast);
      throw error;
    } finally {
      await cast.browser?.close();
      await cast.agent?.close();
      await cast.proxy?.close();
      await cast.server?.close();
    }
  });
}

/** What this person sees now, as a picture for people to look at: build/e2e/NAME.png. */
export async function keepPicture(person, name) {
  await mkdir(pictures, { recursive: true });
  await person.page.screenshot({ path: path.join(pictures, `${name}.png`) });
}

async function report(name, { server, agent, browser }) {
  console.error(`server:\n${server?.log}\nagent:\n${agent?.log}`);
  await mkdir(pictures, { recursive: true });
  const kept = await browser?.photograph((person) => path.join(pictures, `${name} - ${person}.png`.replace(/[^\w .-]/g, '')));
  console.error(`pictures: ${kept}`);
}
