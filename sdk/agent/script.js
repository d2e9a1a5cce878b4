// What the scripted agent does in one call: greets, repeats what it understood, sends what it is told
// to send once its person has said yes, ends on "goodbye".
//
// Everything it knows it knows from the call's events, which are the same when they are replayed.
// An agent that was restarted in the middle of a call therefore goes on where it was: it does not
// greet again, and it answers what has no answer yet.
import { randomUUID } from 'node:crypto';

/** @typedef {import('@lifeline/client').Call} Call */
/** @typedef {import('@lifeline/client').CallEvent} CallEvent */
/** @typedef {{ utteranceId: string, participantId: string, text: string, answers: number }} Heard */

const chunkEveryMs = 100; // One delta and one partial for each.
const wordsPerChunk = 3;
const charsPerSecond = 15; // About what speech synthesis speaks.
const afterErrorMs = 5_000;
const echoCharsMax = 1_000; // Who pastes a book does not want it read back; and no event may be that long.
const inputsMax = 16; // As many utterances are answered in one turn.
const answersMax = 2; // What could not be answered twice will not be answered the third time.
const restarted = 'agent_restarted';
const farewell = /\b(good\s?bye|bye|tsch(ü|ue)ss|auf wiedersehen)\b/i;

// "send hello there to ada@example.com"
const errand = /\bsend\s+(?<text>.+?)\s+to\s+(?<to>\S+?)[.!?]?\s*$/i;
const tool = 'lifeline.echo'; // Stands for a tool that sends, where there is none.

const greeting =
  'Hello! I am a scripted agent: I repeat what I understand. Tell me to send something to somebody, ' +
  'and I will ask you first. Say goodbye to end the call.';

/** How an action of ours ended, in words for the ear. @type {Record<string, string>} */
const endings = {
  'orchestration.action.succeeded': 'It is sent.',
  'orchestration.action.failed': 'It could not be sent.',
  'orchestration.action.timed_out': 'It was not sent: it took too long.',
  'orchestration.action.cancelled': 'It was not sent.',
  'orchestration.action.rejected': 'I cannot send anything here.',
  'orchestration.action.outcome_unknown': 'I do not know whether it was sent. Please look.',
  'safety.blocked': 'I may not send that.',
};

/**
 * Takes part in `call` until its connection is closed.
 * @param {Call} call
 * @param {(ms: number) => Promise<void>} [sleep]
 */
export async function runScript(call, sleep = (ms) => new Promise((done) => setTimeout(done, ms))) {
  const script = new Script(call, sleep);
  call.on('*', (event) => script.event(event));
  call.connection.subscribe(() => script.act());
  await new Promise((done) => {
    call.connection.subscribe(({ state }) => state === 'closed' && done(undefined));
  });
}

class Script {
  /** @type {Heard[]} Said by others, in no turn of ours yet. */
  #unanswered = [];
  /** @type {Map<string, string[]>} Turns of ours that have begun and not ended, with their inputs. */
  #open = new Map();
  /** @type {Map<string, Heard>} What is in an open turn, in case it has to be answered anew. */
  #inTurn = new Map();
  /** @type {Set<string>} Turns that this very script began; others are of its life before. */
  #own = new Set();
  /** @type {Set<string>} Actions that were asked for. */
  #asked = new Set();
  /** @type {Map<string, string>} Outcomes that nobody was told yet: actionId -> what to say. */
  #news = new Map();
  #greeted = false;
  #busy = false;
  #over = false;
  /** @type {Speech | null} The last thing said; it can be interrupted while it is heard. */
  #speech = null;

  /**
   * @param {Call} call
   * @param {(ms: number) => Promise<void>} sleep
   */
  constructor(call, sleep) {
    this.call = call;
    this.sleep = sleep;
  }

  /** @param {CallEvent} event */
  event(event) {
    switch (event.type) {
      case 'transcript.final': {
        const { speaker, utteranceId, text } = event.payload;
        if (speaker === 'agent' || text.trim() === '') break;
        this.#unanswered.push({ utteranceId, participantId: event.actor.id, text, answers: 0 });
        break;
      }
      case 'orchestration.turn.started':
        this.#turnStarted(event.payload.turnId, event.payload.inputUtteranceIds);
        break;
      case 'orchestration.turn.completed':
        this.#turnEnded(event.payload.turnId, false);
        break;
      case 'orchestration.turn.cancelled':
        this.#turnEnded(event.payload.turnId, event.payload.cause === restarted);
        break;
      case 'orchestration.action.requested':
        if (event.payload.actionType === tool) this.#asked.add(event.payload.actionId);
        break;
      case 'orchestration.result.delivered':
        this.#news.delete(event.payload.actionId);
        break;
      case 'call.turn.interrupted':
        if (!event.payload.resumed) void this.#interrupted(event.payload);
        break;
      case 'call.ended':
      case 'call.terminal_failure':
        this.#over = true;
        break;
    }
    this.#errandEnded(event);
    this.act();
  }

  /** @param {CallEvent} event */
  #errandEnded({ type, payload }) {
    const said = endings[type];
    const actionId = 'actionId' in payload ? payload.actionId : undefined;
    if (said && typeof actionId === 'string' && this.#asked.has(actionId))
      this.#news.set(actionId, said);
  }

  /** Does the next thing there is to do, if it can be done now. */
  act() {
    if (this.#busy || this.#over || this.call.connection.value.state !== 'live') return;
    const task = this.#next();
    if (!task) return;
    this.#busy = true;
    void task()
      .catch(async (error) => {
        this.#complain(error);
        if (!this.#gone()) await this.sleep(afterErrorMs);
      })
      .finally(() => {
        this.#busy = false;
        this.act();
      });
  }

  #next() {
    const [unfinished] = this.#open.keys();
    if (unfinished !== undefined) return () => this.#cancel(unfinished, 0, restarted);
    if (!this.#greeted) return this.#somebodyListens() ? () => this.#turn(greeting, []) : null;
    this.#unanswered = this.#unanswered.filter(({ answers }) => answers < answersMax);
    const heard = this.#unanswered.slice(0, inputsMax);
    if (heard.length === 0) {
      const [news] = this.#news;
      return news ? () => this.#tell(...news) : null;
    }
    const wish = heard.find(({ text }) => errand.test(text));
    if (wish) return () => this.#run(wish);
    const goodbye = heard.some(({ text }) => farewell.test(text));
    return () => this.#turn(goodbye ? 'Goodbye!' : this.#echo(heard), heard, goodbye);
  }

  /** Nothing can be said any more, and that is no fault. */
  #gone() {
    return this.#over || this.call.connection.value.state === 'closed';
  }

  /** @param {unknown} error */
  #complain(error) {
    if (!this.#gone()) console.error(`session=${this.call.sessionId} ${error}`);
  }

  #somebodyListens() {
    return this.call.participants.value.some((one) => one.role === 'user' && one.connected);
  }

  /** @param {Heard[]} heard */
  #echo(heard) {
    const people = this.call.participants.value.filter((one) => one.role !== 'agent');
    const name = (/** @type {string} */ id) =>
      people.length > 1 ? people.find((one) => one.participantId === id)?.displayName : undefined;
    const echo = heard
      .map(({ participantId, text }) => `${name(participantId) ?? 'You'} said: ${text}`)
      .join(' ');
    const characters = [...echo]; // Whole ones: half an emoji is no text.
    return characters.length <= echoCharsMax
      ? echo
      : `${characters.slice(0, echoCharsMax).join('')} …`;
  }

  /**
   * Asks for what somebody wants sent. The action's id comes from the utterance, so a script that is
   * restarted in the middle asks for the same one.
   * @param {Heard} wish
   */
  async #run(wish) {
    const { text = '', to = '' } = errand.exec(wish.text)?.groups ?? {};
    const actionId = `act_${wish.utteranceId}`;
    const summary = `Send a message to ${to}.`;
    const request = { actionId, actionType: tool, summary, args: { to, text } };
    if (!this.#asked.has(actionId))
      await this.call.publish('orchestration.action.requested', request);
    await this.#turn(`I will send that to ${to} as soon as you have said yes.`, [wish]);
  }

  /**
   * Says what became of an action, and has it on record that it was said.
   * @param {string} actionId
   * @param {string} said
   */
  async #tell(actionId, said) {
    await this.#turn(said, []);
    const told = {
      actionId,
      target: /** @type {const} */ ('model'),
      status: /** @type {const} */ ('completed'),
    };
    await this.call.publish('orchestration.result.delivered', told);
  }

  /**
   * @param {string} text
   * @param {Heard[]} inputs
   * @param {boolean} [andEnd]
   */
  async #turn(text, inputs, andEnd = false) {
    const turnId = `turn_${randomUUID()}`;
    const speech = new Speech(this.call, turnId);
    this.#speech = speech;
    this.#own.add(turnId);
    for (const heard of inputs) heard.answers++; // Before it is tried: trying is what must not repeat.
    const inputUtteranceIds = inputs.map(({ utteranceId }) => utteranceId);
    const attempt = Math.max(1, ...inputs.map(({ answers }) => answers));
    const turn = { turnId, orchestrator: 'scripted', inputUtteranceIds, attempt };
    await this.call.publish('orchestration.turn.started', turn);
    for (const chunk of chunksOf(text)) {
      if (speech.interrupted) break;
      speech.go(chunk);
      await this.sleep(chunkEveryMs);
    }
    if (speech.interrupted) return this.#cancel(turnId, speech.ageMs, 'barge_in');
    await speech.final();
    await this.call.publish('orchestration.turn.completed', {
      turnId,
      durationMs: speech.ageMs,
      stopReason: 'completed',
      outputUtteranceId: speech.utteranceId,
      text,
    });
    if (andEnd && !speech.interrupted) await this.call.end('completed');
  }

  /**
   * @param {string} turnId
   * @param {number} durationMs
   * @param {string} cause
   */
  async #cancel(turnId, durationMs, cause) {
    await this.call.publish('orchestration.turn.cancelled', { turnId, durationMs, cause });
  }

  /** @param {{ turnId: string, playedMs: number }} interruption */
  async #interrupted({ turnId, playedMs }) {
    const speech = this.#speech;
    if (speech?.turnId !== turnId || this.call.connection.value.state !== 'live') return;
    await speech.interrupt(playedMs).catch((error) => this.#complain(error));
  }

  /**
   * @param {string} turnId
   * @param {readonly string[]} inputs
   */
  #turnStarted(turnId, inputs) {
    this.#greeted = true;
    const taken = this.#unanswered.filter((heard) => inputs.includes(heard.utteranceId));
    for (const heard of taken) {
      if (!this.#own.has(turnId)) heard.answers++;
      this.#inTurn.set(heard.utteranceId, heard);
    }
    this.#unanswered = this.#unanswered.filter((heard) => !taken.includes(heard));
    this.#open.set(turnId, [...inputs]);
  }

  /**
   * @param {string} turnId
   * @param {boolean} anew  Whether what it was to answer is still to be answered.
   */
  #turnEnded(turnId, anew) {
    for (const id of this.#open.get(turnId) ?? []) {
      const heard = this.#inTurn.get(id);
      this.#inTurn.delete(id);
      if (anew && heard) this.#unanswered.push(heard);
    }
    this.#open.delete(turnId);
  }
}

/** One utterance of the agent, from its first chunk to its end or its interruption. */
class Speech {
  interrupted = false;
  #said = '';
  #begunAt = Date.now();

  /**
   * @param {Call} call
   * @param {string} turnId
   */
  constructor(call, turnId) {
    this.turnId = turnId;
    this.call = call;
    this.writer = call.utterance({ source: 'llm', turnId });
    this.utteranceId = this.writer.utteranceId;
  }

  get ageMs() {
    return Date.now() - this.#begunAt;
  }

  /** @param {string} deltaText */
  go(deltaText) {
    const { turnId, utteranceId: itemId } = this;
    const offset = [...this.#said].length;
    this.#said += deltaText;
    this.writer.partial(this.#said);
    // Not waited for: the next chunk does not depend on it, and the completed turn has the text.
    this.call
      .publish('orchestration.turn.delta', { turnId, itemId, deltaText, offset })
      .catch(() => undefined);
  }

  final() {
    return this.writer.final(this.#said);
  }

  /**
   * Somebody spoke over it: no more chunks, and on record what was heard of it.
   * @param {number} playedMs
   */
  async interrupt(playedMs) {
    if (this.interrupted) return;
    this.interrupted = true;
    const heardText = wholeWords(this.#said, Math.floor((playedMs / 1_000) * charsPerSecond));
    const generatedText = this.#said;
    await this.writer.truncate({ heardText, playedMs, generatedText, cause: 'barge_in' });
  }
}

/** @param {string} text */
function chunksOf(text) {
  const words = text.match(/\S+\s*/g) ?? [];
  const chunks = [];
  for (let i = 0; i < words.length; i += wordsPerChunk) {
    chunks.push(words.slice(i, i + wordsPerChunk).join(''));
  }
  return chunks;
}

/**
 * The beginning of `text` of at most `chars` characters, without half a word at its end.
 * @param {string} text
 * @param {number} chars
 */
function wholeWords(text, chars) {
  if (chars >= text.length) return text;
  return text.slice(0, Math.max(0, text.lastIndexOf(' ', chars)));
}
