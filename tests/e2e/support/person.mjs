// One person in front of the page. They do what people do and see what the page shows; nothing here waits for
// time to pass, only for something to be on the screen.

/** Longer than any reconnect takes, so that only what never comes fails. */
const patienceMs = 30_000;

/** What a browser itself logs when a server is gone; a page can neither cause nor prevent it. */
const lostConnection = /net::ERR_|WebSocket connection to .* failed|Failed to load resource/;

export class Person {
  complaints = [];

  constructor(name, context, page) {
    this.name = name;
    this.context = context;
    this.page = page;
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', (error) => this.complaints.push(`${name}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error' || lostConnection.test(message.text())) return;
      this.complaints.push(`${name}: ${message.text()}`);
    });
  }

  async opens(url) {
    await this.page.goto(url);
  }

  async startsCall(url) {
    await this.opens(url);
    await this.page.getByLabel('Your name').first().fill(this.name);
    await this.page.getByRole('button', { name: 'Start the call' }).click();
    await this.isLive();
  }

  async joins(link) {
    await this.triesToJoin(link);
    await this.isLive();
  }

  async triesToJoin(link) {
    await this.opens(link);
    await this.page.getByRole('heading', { name: 'You are invited to a call.' }).waitFor();
    await this.page.getByLabel('Your name').fill(this.name);
    await this.page.getByRole('button', { name: 'Join the call' }).click();
  }

  /** A link that lets one person in. */
  async makesInvite() {
    await this.page.getByRole('button', { name: 'Invite' }).click();
    const field = this.page.getByLabel('Invite link');
    await this.page.waitForFunction((input) => input.value.includes('#invite='), await field.elementHandle());
    const link = await field.inputValue();
    await this.page.getByRole('button', { name: 'Close' }).click();
    return link;
  }

  /** Types and sends; does not wait until anybody sees it. */
  async says(text) {
    await this.page.getByLabel('Say something').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Turns the microphone on, after reading where the voice goes. */
  async beginsToSpeak() {
    await this.page.getByRole('button', { name: 'Speak' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Speak' }).click();
  }

  /** The recogniser of the story's making hears `text`. */
  async speaks(text, { final }) {
    await this.page.evaluate(
      ([transcript, isFinal]) => {
        const results = [{ isFinal, 0: { transcript, confidence: 0.9 } }];
        globalThis.story.recogniser.onresult({ resultIndex: 0, results });
      },
      [text, final],
    );
  }

  /** The voice of the story's making comes to its end. */
  async hearsItOut(text) {
    await this.isBeingRead(text);
    await this.page.evaluate(() => {
      for (let heard; (heard = globalThis.story.speaking); heard.onend()) globalThis.story.speaking = null;
    });
  }

  async isBeingRead(text) {
    await this.page.waitForFunction((wanted) => globalThis.story.speaking?.text.includes(wanted), text);
  }

  /** The voice goes on for so long. */
  async listensFor(ms) {
    await this.page.evaluate((more) => void (globalThis.story.aheadMs += more), ms);
  }

  /** Until somebody else's unfinished words are on the screen. */
  async seesGrowing(text) {
    await this.page.locator('.utterance[data-state="open"]', { hasText: text }).waitFor();
  }

  /** Until `text` stands in the transcript for good: its event was seen, so it is durable. */
  async sees(text) {
    await this.page.locator('.utterance[data-state="kept"]', { hasText: text }).first().waitFor();
  }

  /** Until it is said that this utterance was cut off. */
  async seesCutOff(utteranceId) {
    await this.page.locator(`[data-utterance="${utteranceId}"]`).getByText(/^Cut off/).waitFor();
  }

  /** Until `text` is shown as not yet sent, because there is no line. */
  async seesWaiting(text) {
    const row = this.page.locator('.utterance[data-state="sending"]', { hasText: text });
    await row.getByText('Waiting for the line').waitFor();
  }

  async isLive() {
    await this.connectionIs('Live');
  }

  async isCutOff() {
    await this.connectionIs('Reconnecting');
  }

  async connectionIs(title) {
    await this.page.getByRole('region', { name: 'Connection' }).getByText(title, { exact: true }).waitFor();
  }

  /** Until nothing of their own is on its way and nobody is in the middle of a sentence. */
  async allIsSaid() {
    await this.page.waitForFunction(() => document.querySelector('.utterance:not([data-state="kept"])') === null);
  }

  async endsCall() {
    await this.page.getByRole('button', { name: 'End call' }).click();
    await this.page.getByRole('button', { name: 'End for everyone' }).click();
  }

  async seesTheEnd() {
    await this.page.getByRole('heading', { name: /^The call (was ended|is complete)\.$/ }).waitFor();
  }

  /** What the page shows: each utterance and its words, from top to bottom. */
  async transcript() {
    return this.page.locator('.utterance').evaluateAll((rows) =>
      rows.map((row) => ({
        utteranceId: row.dataset.utterance,
        text: row.querySelector('.text')?.textContent ?? '',
      })),
    );
  }

  async names() {
    return this.page.getByRole('region', { name: 'Who is here' }).getByRole('listitem').allTextContents();
  }

  async losesNetwork() {
    await this.context.setOffline(true);
  }

  async findsNetwork() {
    await this.context.setOffline(false);
  }

  /** The browser puts the page to sleep, as phones do with what nobody looks at; and wakes it. */
  async sleeps(asleep) {
    const debug = await this.context.newCDPSession(this.page);
    await debug.send('Page.setWebLifecycleState', { state: asleep ? 'frozen' : 'active' });
    await debug.detach();
  }

  /** A second tab, made from this one as "Duplicate tab" does: with a copy of what it has stored. */
  async duplicatesTab() {
    const opened = this.context.waitForEvent('page');
    await this.page.evaluate(() => void window.open(location.href));
    const page = await opened;
    return new Person(this.name, this.context, page);
  }

  /** The name of what has the focus, as a screen reader would say it. */
  async focused() {
    return this.page.evaluate(() => {
      const at = document.activeElement;
      return at.ariaLabel ?? at.labels?.[0]?.textContent.trim() ?? at.textContent.trim();
    });
  }

  async hasFocus(name) {
    await this.page.waitForFunction((wanted) => {
      const at = document.activeElement;
      return (at.ariaLabel ?? at.labels?.[0]?.textContent.trim() ?? at.textContent.trim()) === wanted;
    }, name);
  }

  /** Presses Tab until `name` has the focus; gives up after once round the page. */
  async tabsTo(name) {
    for (let i = 0; i < 60; i++) {
      if ((await this.focused()) === name) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${name} cannot be reached with Tab`);
  }

  /** What the back button could go to. */
  async addressesGoneThrough() {
    const debug = await this.context.newCDPSession(this.page);
    const { entries } = await debug.send('Page.getNavigationHistory');
    await debug.detach();
    return entries.map(({ url }) => url);
  }

  async storedKeys() {
    return this.page.evaluate(() => Object.keys(sessionStorage));
  }

  async sessionId() {
    return this.page.evaluate(() => sessionStorage.getItem('lifeline.call'));
  }
}
