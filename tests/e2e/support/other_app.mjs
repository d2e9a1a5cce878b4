// Somebody in front of the second origin's own app; the same words as Person's, for another screen.

export class OtherApp {
  #page;
  name;

  constructor({ name, page }) {
    this.name = name;
    this.#page = page;
  }

  async startsCall(origin) {
    await this.#page.goto(`${origin}/app/?name=${this.name}`);
    await this.#page.locator('[data-ready]').waitFor();
    await this.#page.getByRole('button', { name: 'Start a call' }).click();
    await this.#connectionIs('live');
  }

  async invite() {
    await this.#page.locator('#invite:not(:empty)').waitFor();
    return this.#page.locator('#invite').textContent();
  }

  async says(text) {
    await this.#page.getByLabel('Say something').fill(text);
    await this.#page.keyboard.press('Enter');
  }

  async sees(text) {
    await this.#page.locator('li[data-state="final"]', { hasText: text }).first().waitFor();
  }

  async isCutOff() {
    await this.#connectionIs('reconnecting');
  }

  async endsCall() {
    await this.#page.getByRole('button', { name: 'End the call' }).click();
  }

  async seesTheEnd() {
    await this.#connectionIs('closed');
  }

  async transcript() {
    return this.#page
      .locator('#transcript li')
      .evaluateAll((rows) => rows.map((row) => ({ utteranceId: row.dataset.utterance, text: row.textContent })));
  }

  async sessionId() {
    return this.#page.locator('html').getAttribute('data-session');
  }

  async #connectionIs(state) {
    await this.#page.locator('#connection').getByText(state, { exact: true }).waitFor();
  }
}
