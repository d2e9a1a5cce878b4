// Watches a page that shows hostile text: what it fetched, opened or ran, and what became elements of it.

import { createServer } from 'node:http';

import { sentinel } from './hostile.mjs';

/** A server that nobody may ask for anything. */
export class Canary {
  asked = [];

  static async open() {
    const canary = new Canary();
    canary.server = createServer((request, response) => {
      canary.asked.push(request.url);
      response.end();
    });
    await new Promise((resolve) => canary.server.listen(0, '127.0.0.1', resolve));
    return canary;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** What a page did of itself that no text may make it do; `found` grows as it happens. */
export function watch(person, url) {
  const found = [];
  const { page, context } = person;
  const own = new URL(url).origin;
  page.on('dialog', (dialog) => {
    found.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== own && protocol !== 'data:') found.push(`a request to ${request.url()}`);
  });
  page.on('framenavigated', (frame) => {
    if (frame.url() === 'about:blank' && frame === page.mainFrame()) return;
    if (frame !== page.mainFrame() || new URL(frame.url()).origin !== own) found.push(`a frame at ${frame.url()}`);
  });
  context.on('page', (opened) => found.push(`a window at ${opened.url()}`));
  return found;
}

/** What stands in the page that is more than the page's own, or out of its box; in words, empty if all is well. */
export function faultsOf(page) {
  return page.evaluate(inspect, sentinel);
}

// In the page.
function inspect(sentinel) {
  const faults = [];
  const fault = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 160)}`);
  if (sentinel in globalThis || Object.prototype.polluted !== undefined || {}.admin !== undefined) faults.push('a script ran');
  const own = new Set(
    ('html head body main header section aside article nav div p span b strong em i code bdi time pre blockquote h1 h2 h3 h4 ul ol li dl dt dd ' +
      'table caption tbody thead tr th td button input textarea select option datalist label form fieldset legend details summary dialog ' +
      'progress a svg path circle line rect polyline g title desc meta link script noscript').split(' '),
  );
  for (const element of document.querySelectorAll('*')) {
    const tag = element.localName;
    if (!own.has(tag)) fault('a foreign element', element);
    if (element.closest('body') && !element.closest('svg') && ['meta', 'link', 'script', 'title', 'base', 'style'].includes(tag)) fault('an element of the head', element);
    for (const { name, value } of element.attributes) {
      const styled = name === 'style' && value !== '';
      if (styled || name.startsWith('on') || ['srcdoc', 'formaction', 'action', 'background', 'ping'].includes(name)) fault(`attribute ${name}`, element);
      if (['href', 'src'].includes(name) && new URL(value, document.baseURI).origin !== location.origin) fault(`attribute ${name}`, element);
    }
  }
  // Nothing is wider than the screen, wherever it stands.
  const wide = document.documentElement;
  if (wide.scrollWidth > innerWidth) faults.push(`the page is ${wide.scrollWidth} wide on ${innerWidth}`);
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest('.hidden-but-read') || element.closest('svg')) continue;
    if (scrolls(element.parentElement)) continue;
    const { left, right, width, height } = element.getBoundingClientRect();
    if (width > 0 && height > 0 && (left < -1 || right > innerWidth + 1)) fault(`from ${left} to ${right} on ${innerWidth}`, element);
  }
  // Text that turns the writing around, or runs the other way, shares no line with anybody else's; marks that pile up stay in their box.
  const turns = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u0590-\u08FF]/;
  const piles = /\p{M}{8}/u;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.parentElement.closest('textarea, svg')) continue;
    // What is closed in by the page's own marks is as good as in an element of its own.
    if (turns.test(node.data.replace(/\u2068[^\u202A-\u202E\u2066-\u2069]*\u2069/g, ''))) {
      const alone = boxOf(node.parentElement, ({ display, unicodeBidi }) => display !== 'inline' || unicodeBidi.includes('isolate') || unicodeBidi === 'plaintext');
      if (alone.textContent !== node.data) fault('not isolated', alone);
    }
    if (piles.test(node.data) && !node.parentElement.closest('.hidden-but-read')) {
      const block = boxOf(node.parentElement, ({ display }) => display !== 'inline');
      if (getComputedStyle(block).overflowY === 'visible') fault('marks can pile up beyond', block);
    }
  }
  return faults;

  // In a box that is moved by itself, with the keyboard, too.
  function scrolls(element) {
    const box = element.closest('[role="region"][tabindex="0"]');
    return box !== null && getComputedStyle(box).overflowX === 'auto';
  }

  function boxOf(element, is) {
    for (let at = element; at !== document.body; at = at.parentElement) if (is(getComputedStyle(at))) return at;
    return document.body;
  }
}
