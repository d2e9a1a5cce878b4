// An account's money in the eyes of those who answer for it: what a call cost, down to the events; a charge that a sink
// refused is sent again, a count that differs is settled; an auditor sees the same and changes nothing.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { clock_behind } from '../../system/support/clock_behind.mjs';
import { barriers } from '../support/browser.mjs';
import { faultsOf, watch } from '../support/harmless.mjs';
import { visible } from '../support/hostile.mjs';
import { keepPicture, story } from '../support/story.mjs';

const nameOf = (ms) => `${new Date(ms).toISOString().slice(0, 13)}:00Z`;
/** The call has to be over before the hour is. */
const UNTIL_EDGE_S = 40;
const real_s = Math.floor(Date.now() / 1000) + UNTIL_EDGE_S;
const edge_h = new Date(real_s * 1000).getUTCHours();
// The day has an hour before the call's, and none after it is another day's.
const behind_s = (real_s % 3600) + (edge_h < 2 ? 3600 * (edge_h + 1) : 0);
const now = () => Date.now() - behind_s * 1000;
const shim = mkdtempSync(path.join(tmpdir(), 'lifeline-clock-'));
const env = clock_behind(shim, behind_s / 86_400);
/** A reason that would be markup, and turns the writing around. */
const HOSTILE = 'they \u202Esay <img src=x onerror="window.__pwned=1"> so';

/** A Stripe that refuses everything, in words of its own, until it is told otherwise. */
class Sink {
  refuses = true;
  taken = [];

  static async open() {
    const sink = new Sink();
    sink.server = createServer((request, response) => {
      const parts = [];
      request.on('data', (part) => parts.push(part)).on('end', () => {
        const identifier = new URLSearchParams(Buffer.concat(parts).toString()).get('identifier');
        if (!sink.refuses) sink.taken.push(identifier);
        const refusal = { error: { type: 'invalid_request_error', message: HOSTILE } };
        response.writeHead(sink.refuses ? 400 : 200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(sink.refuses ? refusal : { object: 'billing.meter_event', identifier }));
      });
    });
    await new Promise((resolve) => sink.server.listen(0, '127.0.0.1', resolve));
    sink.server.unref();
    return sink;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const sink = await Sink.open();
const config = (folder) => {
  writeFileSync(path.join(folder, 'finance.key'), 'sk_test_of_nobody\n');
  return `[metering]
close_after_ms = 0

[reconciliation]
settle_minutes = 0

[[billing.sinks]]
name = "finance"
kind = "stripe"
url = "${sink.url}"
allow_http = true
key_file = "${path.join(folder, 'finance.key')}"
customers = { acct_dev = "cus_1" }
items = { seconds = "call_ms", words = "chars" }
`;
};

const items = [
  { item: 'seconds', meter: 'call.duration_ms', per: '1000', tiers: [{ unitNano: '30000000' }] },
  { item: 'words', meter: 'transcript.chars', per: '1', tiers: [{ unitNano: '500' }] },
];

const part = (person, name) => person.page.getByRole('navigation', { name: 'Parts of the account' }).getByRole('button', { name, exact: true }).click();
const dialog = (person) => person.page.getByRole('dialog').last();
const fits = async (person) => {
  assert.ok(await person.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
  assert.deepEqual(await barriers(person.page), []);
};

story('what a call cost is traced, sent and settled', { devAgent: false, config, env, skip: env === null && 'nothing here compiles a clock' }, async ({ server, browser }) => {
  try {
    const pass = { admin: await server.token({ user: 'usr_root', role: 'admin' }), operator: await server.token({ user: 'usr_op', role: 'operator' }), auditor: await server.token({ user: 'usr_audit', role: 'auditor' }) };
    const rest = async (method, where, token, body) => {
      const reply = await fetch(`${server.url}/v1/billing/${where}`, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) });
      return { status: reply.status, json: await reply.json() };
    };
    const until = async (what, look) => {
      for (const begun = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 100))) {
        const found = await look();
        if (found) return found;
        assert.ok(Date.now() - begun < 60_000, `waited in vain: ${what}`);
      }
    };

    // A price, a cost, and a call of the hour that ends soon.
    const window = nameOf(now());
    for (const kind of ['price', 'cost']) {
      const card = { card: kind === 'price' ? 'standard' : 'cost', version: 1, kind, currency: 'EUR', effectiveFrom: window, items: kind === 'price' ? items : items.map((one) => ({ ...one, tiers: [{ unitNano: '100' }] })) };
      const { status, json } = await rest('POST', 'cards', pass.admin, { card });
      assert.equal(status, 201, JSON.stringify(json));
    }
    const anna = await browser.person('Anna');
    await anna.startsCall(server.url);
    const sessionId = await anna.sessionId();
    await anna.says('Hello there.');
    await anna.sees('Hello there.');
    await anna.endsCall();
    await anna.seesTheEnd();
    const charges = await until('charges', async () => {
      const { json } = await rest('GET', 'accounts/acct_dev/charges', pass.auditor);
      return json.entries?.length === 2 ? json.entries : null;
    });
    await until('dead letters', async () => (await rest('GET', 'dead-letters', pass.admin)).json.deadLetters?.length === 2);

    // Somebody else counted less; it is found.
    const rows = charges.map(({ entry }) => ({ window, item: entry.item, quantity: entry.item === 'words' ? '5' : entry.quantity }));
    assert.equal((await rest('POST', 'accounts/acct_dev/imports', pass.operator, { source: 'bank', rows })).status, 201);
    const run = await rest('POST', 'reconciliations', pass.admin, {});
    assert.equal(run.status, 200, JSON.stringify(run.json));

    // An operator on a phone, by a link: things need somebody.
    const olga = await browser.person('Olga', { viewport: { width: 390, height: 844 } });
    await olga.page.clock.setFixedTime(now());
    const harm = watch(olga, server.url);
    await olga.opens(`${server.url}/account#token=${pass.operator}`);
    await olga.page.getByText('Something needs you.').waitFor();
    assert.ok(!olga.page.url().includes('token'), 'the pass left the address');
    assert.deepEqual(await olga.storedKeys(), [], 'a pass is kept nowhere');
    await olga.page.getByText('2 charges wait for a person before they are sent.').waitFor();
    await fits(olga);
    await keepPicture(olga, 'account, overview, phone');

    // Hours: what was charged, bar by bar with the keys. What it cost us is for admins.
    await part(olga, 'Hours');
    await olga.hasFocus('Hours');
    await olga.page.getByRole('status').filter({ hasText: /^Charged [\d.,]+\sEUR\.$/ }).waitFor();
    assert.equal(await olga.page.getByRole('heading', { name: 'What is left' }).count(), 0);
    const slider = olga.page.getByRole('slider', { name: 'Used: words, step by step' });
    const reading = await slider.getAttribute('aria-valuetext');
    assert.match(reading, /: 12 characters$/);
    await slider.press('ArrowLeft');
    assert.match(await slider.getAttribute('aria-valuetext'), /: 0 characters$/);
    await olga.page.getByText('As a table: Used: words').click();
    await fits(olga);
    assert.deepEqual(await faultsOf(olga.page), []);
    await keepPicture(olga, 'account, hours, phone');

    // From a charge to the event behind it.
    await part(olga, 'Charges');
    await olga.page.getByRole('button', { name: /^Trace\s?: words/ }).click();
    await dialog(olga).getByText('waits for a person').waitFor();
    await dialog(olga).getByText('card standard, version 1').waitFor();
    await fits(olga);
    await keepPicture(olga, 'account, trace, phone');
    const place = dialog(olga).getByRole('link', { name: /^Replay at event/ }).first();
    const seq = /event (\d+)/.exec(await place.textContent())[1];
    const opening = olga.context.waitForEvent('page');
    await place.click();
    const replay = await opening;
    await replay.getByText(new RegExp(`^Event ${seq} of \\d+$`)).waitFor();
    assert.ok(replay.url().includes(`replay=${sessionId}`) && !replay.url().includes('token'));
    await replay.getByRole('button', { name: 'Used', exact: true }).click();
    const income = charges.reduce((sum, { entry }) => sum + BigInt(entry.amount), 0n);
    const amount = `0.${String(income).padStart(9, '0').replace(/0+$/, '')}\u00a0EUR`;
    await replay.getByRole('group', { name: 'Charged' }).getByText(amount, { exact: true }).waitFor();
    assert.equal(await replay.getByText('cost us', { exact: false }).count(), 0);
    assert.deepEqual(await barriers(replay), []);
    await replay.close();
    await dialog(olga).getByRole('button', { name: 'Close' }).click();

    // The month, as it is paid.
    await part(olga, 'Statements');
    await olga.page.getByRole('row', { name: /^Total/ }).waitFor();
    const [file] = await Promise.all([olga.page.waitForEvent('download'), olga.page.getByRole('button', { name: 'Table (CSV)' }).click()]);
    assert.match(file.suggestedFilename(), /^statement-\d{4}-\d\d\.csv$/);
    await fits(olga);
    await keepPicture(olga, 'account, statement, phone');

    // What the sink refused is sent again, after a look at which.
    await part(olga, 'Dead letters');
    const refusals = olga.page.getByText(`400: ${visible(HOSTILE)}`, { exact: true });
    await refusals.first().waitFor();
    assert.equal(await refusals.count(), 2, 'in the words of the sink, and nothing but words');
    assert.equal(await olga.page.locator('main img').count(), 0);
    assert.deepEqual(await faultsOf(olga.page), []);
    assert.deepEqual(harm.filter((what) => !what.startsWith('a window')), []);
    await fits(olga);
    await keepPicture(olga, 'account, dead letters, phone');
    await olga.page.getByLabel('All that are shown').check();
    await olga.page.getByRole('button', { name: 'Send again …' }).click();
    await dialog(olga).getByLabel('Why').fill('They take it now.');
    await olga.page.keyboard.press('Enter');
    await dialog(olga).getByText('It would be these 2:').waitFor();
    await olga.page.keyboard.press('Enter');
    await olga.page.keyboard.press('Enter');
    assert.equal(sink.taken.length, 0, 'a look sends nothing, and keys that were held do not, either');
    await keepPicture(olga, 'account, send again, phone');
    await fits(olga);
    sink.refuses = false;
    await dialog(olga).getByRole('button', { name: 'Send again' }).click();
    await olga.page.getByText('2 charges will be sent again.').waitFor();
    await until('they are sent', async () => new Set(sink.taken).size === 2);
    assert.deepEqual(new Set(sink.taken), new Set(charges.map(({ entry }) => entry.idempotencyKey)), 'with the ids they always had');
    await part(olga, 'Overview');
    await part(olga, 'Dead letters');
    await olga.page.getByText('No charge waits for a person.', { exact: false }).waitFor();

    // What differs is disputed, with a reason that cannot do anything.
    await part(olga, 'Findings');
    const finding = olga.page.getByRole('listitem').filter({ hasText: 'bank' });
    await finding.getByRole('button', { name: /^Evidence/ }).click();
    await dialog(olga).getByText('Nobody has done anything yet.').waitFor();
    await fits(olga);
    await dialog(olga).getByRole('button', { name: 'Close' }).click();
    await finding.getByRole('button', { name: /^Write off/ }).click();
    await dialog(olga).getByLabel('Why').fill('x');
    assert.ok(await dialog(olga).getByRole('button', { name: 'Write off' }).isDisabled(), 'no money moves without the word');
    await olga.page.keyboard.press('Escape');
    await finding.getByRole('button', { name: /^Dispute/ }).click();
    await dialog(olga).getByLabel('Why').fill(HOSTILE);
    await dialog(olga).getByRole('button', { name: 'Dispute' }).click();
    await olga.page.getByText(/: disputed\.$/).waitFor();
    await finding.getByRole('button', { name: /^Evidence/ }).click();
    await dialog(olga).getByText(visible(HOSTILE)).waitFor();
    assert.deepEqual(await faultsOf(olga.page), []);
    await fits(olga);
    await keepPicture(olga, 'account, finding, phone');
    await dialog(olga).getByRole('button', { name: 'Close' }).click();
    await finding.getByRole('button', { name: /^Write off/ }).click();
    await dialog(olga).getByLabel('Why').fill('Not worth it.');
    await dialog(olga).getByLabel(/Type book/).fill('book');
    await dialog(olga).getByRole('button', { name: 'Write off' }).click();
    await olga.page.getByText(/: written off\.$/).waitFor();

    // An auditor on a desk in the dark sees all of it and changes nothing; who has no such role stays outside.
    const aud = await browser.person('Aud', { colorScheme: 'dark' });
    await aud.page.clock.setFixedTime(now());
    await aud.opens(`${server.url}/account`);
    await aud.hasFocus('Pass (access token)');
    await aud.page.keyboard.insertText(await server.token({ user: 'usr_anna' }));
    await aud.page.keyboard.press('Enter');
    await aud.page.getByRole('heading', { name: 'Your pass is not for this.' }).waitFor();
    await fits(aud);
    await aud.page.getByLabel('Pass (access token)').fill(pass.auditor);
    await aud.page.keyboard.press('Enter');
    await aud.page.getByText('As an auditor you see everything here and change nothing.').waitFor();
    await aud.hasFocus('Overview');
    await part(aud, 'Findings');
    await aud.page.getByLabel('Settled ones, too').check();
    await aud.page.getByRole('button', { name: /^Evidence/ }).first().waitFor();
    assert.equal(await aud.page.getByRole('button', { name: /^(Adjust|Write off|Dispute)/ }).count(), 0);
    await fits(aud);
    await keepPicture(aud, 'account, findings, auditor, dark');
    await part(aud, 'Hours');
    await aud.page.getByRole('status').filter({ hasText: /^Charged / }).waitFor();
    await fits(aud);
    await keepPicture(aud, 'account, hours, auditor, dark');
    await aud.page.getByRole('button', { name: 'Sign out' }).click();
    await aud.page.getByRole('heading', { name: 'Whose account?' }).waitFor();
  } finally {
    sink.close();
    rmSync(shim, { recursive: true, force: true });
  }
});
