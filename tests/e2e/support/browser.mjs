// A real browser, a window of its own for each person.

import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

import { Person } from './person.mjs';

const axe = createRequire(import.meta.url)('axe-core');

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A microphone that sounds a tone, and nobody is asked about it. */
const microphone = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

export class Browser {
  #browser;
  #people = [];

  static async open({ fakeMicrophone = false } = {}) {
    const browser = new Browser();
    const args = fakeMicrophone ? [...quiet, ...microphone] : quiet;
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    browser.#browser = await chromium.launch({ executablePath, headless: true, args });
    return browser;
  }

  /** Somebody with a browser profile of their own: nothing is shared with anybody else's. */
  async person(name, options = {}) {
    const context = await this.#browser.newContext({ reducedMotion: 'reduce', ...options });
    const person = new Person(name, context, await context.newPage());
    this.#people.push(person);
    return person;
  }

  /** Everything that any page complained about: script errors and what its policy forbade. */
  get complaints() {
    return this.#people.flatMap((person) => person.complaints);
  }

  /** What everybody sees now, as pictures; returns where they are. */
  async photograph(pathOf) {
    const paths = this.#people.map((person) => [person, pathOf(person.name)]);
    for (const [person, path] of paths) await person.page.screenshot({ path });
    return paths.map(([, path]) => path);
  }

  async close() {
    await this.#browser.close();
  }
}

/** What axe finds wrong with the page as it is now, in the words of its rules. */
export async function barriers(page) {
  // Through the debugger, since the page's policy rightly lets no script in.
  const debug = await page.context().newCDPSession(page);
  await debug.send('Runtime.evaluate', { expression: axe.source });
  const { result } = await debug.send('Runtime.evaluate', {
    expression: 'axe.run(document, { resultTypes: ["violations"] }).then((found) => JSON.stringify(found.violations))',
    awaitPromise: true,
    returnByValue: true,
  });
  await debug.detach();
  return JSON.parse(result.value).map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0].html})`);
}

/** Whoever says `text` on this page is refused, as the server might for reasons of its own. */
export async function refuses(page, text) {
  await page.routeWebSocket(/\/ws(\?|$)/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const { op, event } = JSON.parse(message);
      if (op !== 'publish' || event.type !== 'transcript.final' || event.payload.text !== text)
        return server.send(message);
      const refusal = { code: 'type_not_allowed', message: 'No.', outcome: 'refused' };
      socket.send(JSON.stringify({ op: 'error', eventId: event.eventId, ...refusal }));
    });
  });
}
