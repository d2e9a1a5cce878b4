// Whatever anybody says, is called or hands over stays text: on every screen, in every file, in every terminal.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';

import { createDocument, joinCall, redeemInvite, setKillSwitchBeyondCalls } from '../../../sdk/dist/lifeline.js';
import { development, inviteOf } from '../support/agent.mjs';
import { Canary, faultsOf, watch } from '../support/harmless.mjs';
import { cut, payloads, unseenIn, visible } from '../support/hostile.mjs';
import { keepPicture, story } from '../support/story.mjs';

const phone = { viewport: { width: 360, height: 740 } };
const payloads_min = 60;
/** How many people fit in one call, beside those who look. */
const names_max = 40;
/** Actions of one call that are under way together. */
const at_once = 8;

const canary = await Canary.open();
const all = payloads(canary.url);
const texts = all.map(({ text }) => text);
const shown = texts.map(visible);

/** The other end of the tools: answers with the text that it was asked for, and keeps what it was given. */
const tool = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const { args } = JSON.parse(Buffer.concat(pieces).toString());
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ summary: texts[args.n] ?? 'Done.' }));
});
await new Promise((resolve) => tool.listen(0, '127.0.0.1', resolve));
const at = `http://127.0.0.1:${tool.address().port}`;
const config = `[tools.look]
kind = "http"
url = "${at}/look"
risk = "read_only"

[tools.send]
kind = "http"
url = "${at}/send"
risk = "high_risk_external_send"
schema = { type = "object", required = ["to"] }
display = { kind = "message_send", title = "Send <b>this\\u202E?", target = "/to", preview = "/text" }
`;

/** Where each text was seen as it should be. */
class Tally {
  outputs = new Map();

  /** What a place shows is what it was given, each text of its own. */
  same(output, actual, expected) {
    assert.deepEqual(actual, expected, output);
    this.outputs.set(output, (this.outputs.get(output) ?? 0) + (expected.length ?? expected.size));
  }

  /** Each of `expected` stands in the text of a file or a terminal, and nothing in it steers or hides. */
  within(output, text, expected) {
    assert.equal(unseenIn(text), null, output);
    for (const one of expected) assert.ok(text.includes(one), `${output} lacks ${JSON.stringify(one)}`);
    this.outputs.set(output, (this.outputs.get(output) ?? 0) + (expected.length ?? expected.size));
  }

  get total() {
    return [...this.outputs.values()].reduce((sum, one) => sum + one, 0);
  }
}

const tally = new Tally();
/** Calls that are joined here, to be left whatever happens. */
const joined = [];

/** Nothing on this screen is more than text, and nothing leaves its box. */
async function harmless(person, where) {
  assert.deepEqual(await faultsOf(person.page), [], where);
}

async function rest(server, method, path, token, body, accept = 'application/json') {
  const reply = await fetch(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, Accept: accept, ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${text.slice(0, 300)}`);
  return { text, sniff: reply.headers.get('x-content-type-options') };
}

/** Says each text, as a person and as the agent. */
async function sayAll(server, sessionId, tokens) {
  for (const [speaker, token] of Object.entries(tokens)) {
    for (const [n, text] of texts.entries()) {
      const payload = { utteranceId: `${speaker}_${n}`, speaker, text, startMs: n * 1000, endMs: n * 1000 + 900 };
      const event = { eventId: `${speaker}_${n}`, sessionId, ts: new Date().toISOString(), type: 'transcript.final', payload, schemaVersion: '1.0' };
      await rest(server, 'POST', `/v1/call/sessions/${sessionId}/events`, token, event);
    }
  }
}

async function agentIn(server, sessionId, name) {
  const token = await server.token({ user: 'usr_backend', role: 'service' });
  const { url } = await inviteOf(server, sessionId, token, { role: 'agent' });
  const pass = await redeemInvite(url, { displayName: name, baseUrl: server.url });
  const agent = await joinCall(pass);
  joined.push(agent);
  return { agent, token: await pass.getToken({ refused: null }) };
}

/** Until so many of these stand on the screen. */
const until = (page, selector, count) =>
  page.waitForFunction(([what, wanted]) => document.querySelectorAll(what).length >= wanted, [selector, count]);

const textsOf = (page, selector) => page.locator(selector).evaluateAll((found) => found.map((one) => one.textContent));

story('hostile text is harmless wherever it comes out', { devAgent: false, config }, async ({ server, browser }) => {
  try {
    const anna = await browser.person('Anna', phone);
    const found = watch(anna, server.url);
    await anna.startsCall(server.url);
    const sessionId = await anna.sessionId();
    const { token: annas } = await development(server.url, '/v1/dev/token', 'POST', { name: 'Anna' });
    const { agent, token: agents } = await agentIn(server, sessionId, texts[0]);

    await said(anna, server, sessionId, { user: annas, agent: agents });
    await acted(anna, agent);
    await drawer(anna);
    await asked(anna, agent, server, sessionId, browser, found);
    await documents(anna, server, sessionId, annas);
    await ended(anna, server, sessionId);
    await files(server, sessionId, annas);
    await named(browser, server, annas, found);
    await stopped(server, browser, found);

    assert.deepEqual(found, [], 'nothing ran, opened or was fetched');
    assert.deepEqual(canary.asked, [], 'nobody asked the canary');
    assert.ok(all.length >= payloads_min, `${all.length} payloads`);
    console.log(`hostile text: ${all.length} payloads, ${tally.outputs.size} outputs, ${tally.total} times looked at`);
    for (const [output, times] of tally.outputs) console.log(`  ${output}: ${times}`);
  } finally {
    for (const call of joined) call.leave();
    canary.close();
    tool.closeAllConnections();
    tool.close();
  }
});

async function said(anna, server, sessionId, tokens) {
  await sayAll(server, sessionId, tokens);
  await until(anna.page, '.utterance', 2 * texts.length);
  const words = await textsOf(anna.page, '.utterance .text');
  tally.same('said by a person', words.slice(0, texts.length), texts);
  tally.same('said by the agent', words.slice(texts.length), texts);
  await harmless(anna, 'the words of the call');
}

async function acted(anna, agent) {
  const known = new Map();
  const ask = async (text, n) => {
    const { actionId } = await agent.requestAction({ actionType: 'look', summary: text, args: { n } });
    known.set(actionId, n);
  };
  for (let from = 0; from < texts.length; from += at_once) {
    await Promise.all(texts.slice(from, from + at_once).map((text, n) => ask(text, from + n)));
  }
  await until(anna.page, '.action[data-state="succeeded"]', texts.length);
  const inOrder = (rows) => rows.sort(([one], [other]) => one - other).map(([, text]) => text);
  const cards = await anna.page.locator('.action').evaluateAll((cards) =>
    cards.map((card) => [card.dataset.action, card.querySelector('.action-what').textContent, card.querySelector('.action-note')?.textContent ?? '']),
  );
  tally.same('card: what', inOrder(cards.map(([id, what]) => [known.get(id), what])), shown);
  tally.same('card: what came of it', inOrder(cards.map(([id, , note]) => [known.get(id), note])), shown);
  await harmless(anna, 'cards of actions');
}

/** The events as developers see them. */
async function drawer(anna) {
  const { page } = anna;
  await page.getByRole('button', { name: 'Events', exact: true }).click();
  for (const part of ['user', 'agent']) {
    await page.getByRole('searchbox').fill(`transcript.final ${part}_`);
    await page.getByText(new RegExp(`^${texts.length} of \\d+`)).waitFor();
    await page.locator('.drawer summary').evaluateAll((all) => all.forEach((one) => one.click()));
    await until(page, '.drawer pre', texts.length);
    const written = (await textsOf(page, '.drawer pre')).join('\n');
    tally.within('events for developers', written, texts.map((one) => visible(JSON.stringify(one))));
  }
  await harmless(anna, 'the drawer');
  await page.keyboard.press('Escape');
}

/** Values and names of arguments, in the sheet over the call and on the page of the question. */
async function asked(anna, agent, server, sessionId, browser, found) {
  const sheet = anna.page.getByRole('alertdialog');
  const second = await browser.person('Anna on her phone', phone);
  const there = watch(second, server.url);
  const size = Math.ceil(texts.length / 4);
  for (let from = 0; from < texts.length; from += size) {
    const some = texts.slice(from, from + size);
    const values = Object.fromEntries(some.map((text, n) => [`v${n}`, text]));
    const names = JSON.parse(`{${[...new Set(some)].map((text) => `${JSON.stringify(text)}:"x"`).join()}}`);
    const args = { to: some[0], text: some.join('\n'), values, names };
    const sent = agent.requestAction({ actionType: 'send', summary: some.at(-1), args }).catch((error) => error);
    await sheet.waitFor();
    const { confirmationId } = agent.state.value.confirmations.find((one) => one.state === 'open');
    await second.opens('about:blank');
    await second.opens(`${server.url}/approve#session=${sessionId}&confirmation=${confirmationId}`);
    await second.page.getByLabel('Your name').fill('Anna');
    await second.page.getByRole('button', { name: 'Show the question' }).click();
    for (const [where, { page }, question] of [['sheet', anna, sheet], ['approve page', second, second.page.locator('.question')]]) {
      await question.locator('summary').waitFor();
      await question.locator('details').evaluate((one) => (one.open = true));
      const rows = await question.locator('.args tr').evaluateAll((rows) => rows.map((row) => [row.querySelector('th').textContent, row.querySelector('td').textContent]));
      const part = (prefix) => rows.filter(([name]) => name.startsWith(prefix));
      tally.same(`${where}: values`, part('values.').map(([, value]) => value), some.map(visible));
      tally.same(`${where}: names`, new Set(part('names.').map(([name]) => name)), new Set(some.map((text) => `names.${visible(text)}`)));
      tally.within(`${where}: preview`, await question.locator('.preview-text').textContent(), some.map(visible));
      assert.equal(unseenIn(await question.textContent()), null, where);
      assert.equal(await question.getByRole('heading').first().textContent(), 'Send <b>this⟨U+202E⟩?');
    }
    assert.equal(await second.page.title(), 'Send <b>this⟨U+202E⟩? · Lifeline');
    await harmless(anna, 'the sheet');
    await harmless(second, 'the page of the question');
    if (from === 0) await keepPicture(anna, 'hostile, sheet');
    await sheet.getByRole('button', { name: 'Say no' }).click();
    await sent;
    await sheet.waitFor({ state: 'detached' });
  }
  found.push(...there);
}

/** What stands in a document, what its members are called, and what it is called itself. */
async function documents(anna, server, sessionId, token) {
  const { page } = anna;
  const of = { baseUrl: server.url, getToken: () => token, sessionId, kind: 'note' };
  const initial = JSON.parse(`{"values":${JSON.stringify(texts)},"names":{${[...new Set(texts)].map((text) => `${JSON.stringify(text)}:true`).join()}}}`);
  await createDocument({ ...of, title: 'All', initial });
  const some = texts.filter((_, n) => n % 6 === 0);
  for (const title of some) await createDocument({ ...of, title: cut(title, 100), initial: { n: 1 } });
  await page.getByRole('button', { name: /^Documents? \(/ }).click();
  await until(page, '.panel', some.length + 1);
  await until(page, '.panel textarea', texts.length);
  const values = await page.locator('.panel textarea').evaluateAll((fields) => fields.map((one) => one.value));
  tally.same('document: contents', values, texts.map((text) => text.replace(/\r\n?/g, '\n')));
  const labels = await textsOf(page, '.panel .yes-no span');
  tally.same('document: names', new Set(labels.map(caseless)), new Set(shown.map(titled)));
  const titles = (await textsOf(page, '.panel h2')).map((one) => one.replace(/^Note /, '')).filter((one) => one !== 'All');
  tally.same('document: title', new Set(titles), new Set(some.map((text) => visible(cut(text, 100)))));
  await harmless(anna, 'documents');
  await page.getByRole('button', { name: 'Talk', exact: true }).click();
}

/** Names of members are made readable: other capitals, and blanks where identifiers have signs. */
const caseless = (text) => text.toLowerCase().replace(/[\s_.:-]+/g, ' ').trim();
const titled = (text) => caseless(text.replace(/([a-z])([A-Z])/g, '$1 $2'));

/** The call as it was, and as a story. */
async function ended(anna, server, sessionId) {
  const { page } = anna;
  await anna.endsCall();
  await anna.seesTheEnd();
  await page.getByRole('link', { name: 'Replay the call' }).click();
  await page.getByText(/^Event 0 of \d+$/).waitFor();
  await page.keyboard.press('End');
  await until(page, '.utterance', 2 * texts.length);
  const words = await textsOf(page, '.utterance .text');
  tally.same('replay', words, [...texts, ...texts]);
  await page.getByText(/things that happened$/).click();
  tally.within('replay: what happened', (await textsOf(page, '.replay-list li')).join('\n'), shown.map((one) => `Done: ${one}`));
  await harmless(anna, 'the replay');
  await page.getByRole('button', { name: 'Story', exact: true }).click();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  tally.within('story', await page.locator('.story').textContent(), shown.map(lined));
  await harmless(anna, 'the story');
  await keepPicture(anna, 'hostile, story');
  await refused(anna);
}

/** In a sentence there are no line ends, and long words are cut. */
const lined = (text) => cut(text.replace(/[\n\t]/g, ' '), 120);

/** What a server, or whoever stands before it, says in a refusal. */
async function refused(anna) {
  const { page } = anna;
  let n = 0;
  await page.route('**/explain?*', (route) => {
    const text = texts[n];
    return route.fulfill({ status: 418, contentType: 'application/problem+json', json: { code: text, detail: text, fix: text, requestId: text } });
  });
  for (; n < texts.length; n++) {
    if (n === 0) {
      await page.reload();
      await page.getByRole('button', { name: 'Story', exact: true }).click();
    } else await page.getByRole('button', { name: 'Tell it again' }).click();
    const code = page.locator('.story-problem code').first();
    await page.waitForFunction((wanted) => document.querySelector('.story-problem code')?.textContent === wanted, shown[n]);
    tally.same('notice', [await code.textContent()], [shown[n]]);
    assert.equal(unseenIn(await page.locator('.story-problem').textContent()), null);
    if (n % 8 === 0) await harmless(anna, `a refusal: ${all[n].name}`);
  }
  await page.unroute('**/explain?*');
}

/** What leaves the server as text: for people, for terminals, for programs. */
async function files(server, sessionId, token) {
  const path = `/v1/call/sessions/${sessionId}`;
  const read = async (query, accept) => {
    const { text, sniff } = await rest(server, 'GET', query, token, undefined, accept);
    assert.equal(sniff, 'nosniff', query);
    return text;
  };
  const indented = (mark) => (one) => one.split('\n').map((line) => mark + line).join('\n');
  const text = await read(`${path}/transcript?format=text`);
  tally.within('transcript as text', text, shown.map(indented('    ')));
  assert.equal(text.match(/^\[/gm).length, 2 * texts.length, 'nobody speaks who did not');
  const markdown = await read(`${path}/transcript?format=markdown`);
  const escaped = (one) => one.replace(/[!-/:-@[-`{-~]/g, '\\$&');
  tally.within('transcript as Markdown', markdown, shown.map((one) => indented('> ')(escaped(one))));
  assert.equal(markdown.match(/^\*\*/gm).length, 2 * texts.length, 'nobody speaks who did not');
  const vtt = await read(`${path}/transcript?format=vtt`);
  const markup = (one) => one.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').split('\n').filter((line) => line.trim() !== '').join('\n');
  tally.within('transcript as WebVTT', vtt, shown.map(markup));
  assert.equal(vtt.match(/-->/g).length, 2 * texts.length, 'no cue but those of the call');

  const told = await server.command('explain', sessionId);
  tally.within('lifeline explain', told, shown.map(lined));
  const line = /^$|^\S+, over, \d+ events; |^turns: |^\d\d:\d\d:\d\d\.\d{3} (  |! |!!) #|^ {21}(because of #|waited for |\d\d:)|^Odd:$|^(! |!!|  ) #/;
  assert.deepEqual(told.split('\n').filter((one) => !line.test(one)), [], 'no line but its own');
  tally.within('explain as text', await read(`${path}/explain?format=text`), shown.map(lined));
  tally.within('lifeline explain --json', await server.command('explain', sessionId, '--json'), shown.filter((one) => !/["\\\n\t]/.test(one)).map(lined));
  const replayed = await server.command('replay', sessionId);
  tally.within('lifeline replay', replayed, texts.map((one) => visible(JSON.stringify(one))));
  assert.deepEqual(replayed.split('\n').filter((one) => !/^$|^ *#?\d+/.test(one)), [], 'no line but its own');

  // For programs: every record one line, and each text as it was said.
  const records = (body) => body.split('\n').filter(Boolean).map((one) => JSON.parse(one));
  const finals = [];
  for (let after = 0, page; after === 0 || page.length > 0; after += page.length) {
    page = records(await read(`${path}/events?limit=1000&after=${after}`, 'application/x-ndjson'));
    finals.push(...page.filter(({ event }) => event.type === 'transcript.final').map(({ event }) => event.payload.text));
  }
  tally.same('events as NDJSON', finals, [...texts, ...texts]);
  const auditor = await server.token({ user: 'usr_auditor', role: 'auditor' });
  const listed = await rest(server, 'GET', `/v1/safety/decisions?session=${sessionId}&limit=200`, auditor, undefined, 'application/x-ndjson');
  const decisions = records(listed.text);
  assert.ok(decisions.length >= 20, `${decisions.length} decisions`);
  const { found } = JSON.parse(await read('/v1/search?q=pwned&limit=50'));
  const pieces = found.map(({ snippet }) => snippet.map(({ text }) => text).join('').replace(/^…|…$/g, ''));
  assert.ok(pieces.length >= 20 && pieces.every((one) => texts.some((text) => text.includes(one))), 'found as it was said');
  tally.same('search', pieces, pieces);
}

/** Everybody's name, in calls of as many as fit. */
async function named(browser, server, annas, found) {
  const service = await server.token({ user: 'usr_backend', role: 'service' });
  for (let from = 0; from < texts.length; from += names_max) {
    const some = texts.slice(from, from + names_max).map((text) => cut(text, 128));
    const anna = await browser.person('Anna', phone); // A page with a call in it would go on with that.
    const there = watch(anna, server.url);
    await anna.startsCall(server.url);
    const sessionId = await anna.sessionId();
    const { url } = await inviteOf(server, sessionId, service, { role: 'user', uses: some.length });
    for (const displayName of some) {
      const guest = await joinCall(await redeemInvite(url, { displayName, baseUrl: server.url }));
      joined.push(guest);
      await guest.say('Me.');
    }
    await until(anna.page, '.people .name', some.length + 1);
    await until(anna.page, '.utterance', some.length);
    tally.same('people', (await textsOf(anna.page, '.people .name')).slice(1), some.map(visible));
    tally.same('who speaks', await textsOf(anna.page, '.utterance .who bdi'), some.map(visible));
    await harmless(anna, 'names');
    const field = await anna.page.getByLabel('Say something').boundingBox();
    assert.ok(field.y + field.height <= phone.viewport.height, 'one can still speak');
    if (from === 0) await keepPicture(anna, 'hostile, names');
    const told = await server.command('explain', sessionId);
    tally.within('lifeline explain: names', told, some.map((one) => cut(visible(one).replace(/[\n\t]/g, ' '), 50)));
    const text = (await rest(server, 'GET', `/v1/call/sessions/${sessionId}/transcript?format=text`, annas)).text;
    tally.within('transcript as text: names', text, some.map((one) => visible(one).replace(/[\n\t]/g, ' ')));
    assert.equal(text.match(/^\[/gm).length, some.length);
    found.push(...there);
    await anna.page.close();
  }
}

/** Reasons of switches, on the operators' page. */
async function stopped(server, browser, found) {
  const pass = await server.token({ user: 'usr_op', role: 'operator' });
  const of = { baseUrl: server.url, getToken: () => pass };
  for (const [n, reason] of texts.entries()) await setKillSwitchBeyondCalls({ ...of, scope: 'action_type', actionType: `t.${n}`, enabled: true, reason });
  const olga = await browser.person('Olga', phone);
  const there = watch(olga, server.url);
  await olga.opens(`${server.url}/killswitch#token=${pass}`);
  await until(olga.page, '.stops .reason', texts.length);
  tally.same('switches: reasons', new Set(await textsOf(olga.page, '.stops .reason')), new Set(shown));
  await harmless(olga, 'switches');
  found.push(...there);
}
