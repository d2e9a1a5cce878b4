import assert from 'node:assert/strict';
import { test } from 'node:test';

import { whose, type Whose } from '../src/speech/echo';
import { sentences } from '../src/speech/sentences';
import { Speaker, type Synthesis } from '../src/speech/speaker';

/** A synthesiser that sounds when the test lets it. */
function voice() {
  const spoken: SpeechSynthesisUtterance[] = [];
  const timers = new Map<number, () => void>();
  let time = 0;
  let timer = 0;
  let cancelled = 0;
  const synthesis: Synthesis = {
    engine: {
      speak: (utterance) => void spoken.push(utterance),
      cancel: () => void cancelled++,
      resume: () => undefined,
    },
    utterance: (text) => ({ text, volume: 1, lang: '' }) as SpeechSynthesisUtterance,
    now: () => time,
    later: (run) => {
      timers.set(++timer, run);
      return timer;
    },
    forget: (timer) => void timers.delete(timer),
  };
  const speaker = new Speaker(synthesis, () => undefined);
  return {
    speaker,
    spoken,
    last: () => spoken.at(-1)!,
    cancelled: () => cancelled,
    pass: (ms: number) => (time += ms),
    timeout: () => [...timers.values()].forEach((run) => run()),
  };
}

const begin = (utterance: SpeechSynthesisUtterance) => utterance.onstart?.({} as never);
const finish = (utterance: SpeechSynthesisUtterance) => utterance.onend?.({} as never);
const line = { utteranceId: 'utt_1', turnId: 'turn_1', text: 'One is said. Two is said. Three is not.' };

test('a page that was never touched stays silent, and says so', () => {
  const { speaker, spoken } = voice();
  speaker.say(line);
  assert.equal(spoken.length, 0);
  assert.equal(speaker.state.sound, 'locked');
});

test('a tap unlocks the voice with silence; only sound proves it', () => {
  const { speaker, last } = voice();
  speaker.unlock();
  assert.equal(last().volume, 0);
  assert.equal(speaker.state.sound, 'untried');
  speaker.say(line);
  begin(last());
  assert.equal(speaker.state.sound, 'works');
});

test('stopping says how long the line was heard', () => {
  const { speaker, last, pass, cancelled } = voice();
  speaker.unlock();
  speaker.say(line);
  begin(last());
  pass(1_000);
  finish(last());
  begin(last());
  pass(500);
  assert.deepEqual(speaker.stop(), { line, playedMs: 1_500 });
  assert.equal(cancelled(), 1);
  assert.equal(speaker.state.speaking, null);
  assert.equal(speaker.stop(), null, 'there is nothing to stop twice');
});

test('nothing counts as heard before it sounds', () => {
  const { speaker, pass } = voice();
  speaker.unlock();
  speaker.say(line);
  pass(800);
  assert.deepEqual(speaker.stop(), { line, playedMs: 0 });
});

test('lines are read one after the other', () => {
  const { speaker, spoken, last } = voice();
  speaker.unlock();
  speaker.say({ utteranceId: 'a', text: 'First.' });
  speaker.say({ utteranceId: 'b', text: 'Second.' });
  begin(last());
  finish(last());
  assert.deepEqual(spoken.map(({ text }) => text), [' ', 'First.', 'Second.']);
  begin(last());
  finish(last());
  assert.equal(speaker.state.speaking, null);
});

test('a device without a voice is found out and not used again', () => {
  const { speaker, spoken, timeout } = voice();
  speaker.unlock();
  for (let i = 0; i < 3; i++) {
    assert.equal(speaker.state.sound, 'untried');
    speaker.say(line);
    timeout();
  }
  assert.equal(speaker.state.sound, 'no_voice');
  speaker.say(line);
  assert.equal(spoken.length, 4);
  speaker.try_again();
  speaker.say(line);
  begin(spoken.at(-1)!);
  assert.equal(speaker.state.sound, 'works', 'unless somebody asks for it');
});

test('one line that cannot be read is left out, and the next is read', () => {
  const { speaker, last, timeout } = voice();
  speaker.unlock();
  speaker.say({ utteranceId: 'a', text: 'First.' });
  begin(last());
  finish(last());
  for (let i = 0; i < 5; i++) {
    speaker.say({ utteranceId: 'b', text: 'Broken.' });
    speaker.say({ utteranceId: 'c', text: 'Whole.' });
    if (i % 2) timeout();
    else last().onerror?.({ error: 'synthesis-failed' } as never);
    assert.equal(last().text, 'Whole.');
    begin(last());
    finish(last());
    assert.equal(speaker.state.sound, 'works');
    assert.equal(speaker.state.speaking, null);
  }
});

test('a browser that refuses to speak asks for another tap', () => {
  const { speaker, last } = voice();
  speaker.unlock();
  speaker.say(line);
  last().onerror?.({ error: 'not-allowed' } as never);
  assert.equal(speaker.state.sound, 'locked');
});

test('muted means silent at once and from then on', () => {
  const { speaker, spoken } = voice();
  speaker.unlock();
  speaker.say(line);
  speaker.set_muted(true);
  speaker.say(line);
  assert.equal(spoken.length, 2);
  assert.equal(speaker.state.speaking, null);
});

const texts = [
  'One. Two! Three?',
  'no end',
  '"Quoted." She said. (So.) ',
  '   ',
  '…',
  'これは文です。次の文です。',
  `${'a '.repeat(400)}end.`,
  'x'.repeat(1000),
];
for (const text of texts) {
  test(`sentences: nothing of ${JSON.stringify(text.slice(0, 30))} is lost`, () => {
    const pieces = sentences(text);
    assert.equal(pieces.join(''), text);
    assert.ok(pieces.every((piece) => piece.length <= 230 && piece.length > 0));
  });
}
test('sentences end where sentences end', () => {
  assert.deepEqual(sentences('One. Two! Three?'), ['One. ', 'Two! ', 'Three?']);
});

const greeting = 'Hello! I am a scripted agent: I repeat what I understand. Say goodbye to end the call.';
const echoes: [name: string, recognised: string, spoken: string, then: Whose][] = [
  ['the page hears itself', 'I understood you want', 'I understood: you want a table.', 'echo'],
  ['with a word misheard', 'I understood you want a cable', 'I understood: you want a table.', 'echo'],
  ['from the middle to the end', 'say goodbye to end the call', greeting, 'echo'],
  ['its first words', 'I understood', 'I understood: you want a table.', 'unclear'],
  ['the person speaks over it', 'no wait please', 'I understood: you want a table.', 'person'],
  ['one word of the agent’s', 'Goodbye', greeting, 'unclear'],
  ['an answer in the agent’s words', 'Wednesday', 'Tuesday or Wednesday?', 'unclear'],
  ['the agent’s words in another order', 'want you understood I', 'I understood: you want a table.', 'person'],
  ['a run of its words in more of one’s own', 'no, I am a scripted agent myself and I know that trick', greeting, 'person'],
  ['nothing was recognised', ' … ', 'I understood.', 'nobody'],
  ['nobody is being read aloud', 'hello', '', 'person'],
];
for (const [name, recognised, spoken, then] of echoes) {
  test(`echo: ${name}`, () => assert.equal(whose(recognised, spoken), then));
}
