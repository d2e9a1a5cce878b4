// What this person has said and the call has not yet shown: it stays on the screen as "sending" until its
// event comes back in the stream, because only then is it durable and seen by the others.

import type { Call, UtteranceWriter } from '@lifeline/client';

import { problemOf, type Problem } from '../words/problem';
import { Store } from './store';

export interface Outgoing {
  readonly utteranceId: string;
  readonly text: string;
  readonly state: 'speaking' | 'sending' | 'refused';
  readonly problem: Problem | null;
}

export class OutgoingWords {
  readonly words = new Store<readonly Outgoing[]>([]);
  private spoken_: UtteranceWriter | null = null;

  constructor(private readonly call_: Pick<Call, 'utterance'>) {}

  /** Typed words: one whole utterance. */
  type(text: string): void {
    this.send(this.call_.utterance({ source: 'typed' }), text);
  }

  /** An utterance has begun to be spoken and is not at its end. */
  get is_speaking(): boolean {
    return this.spoken_ !== null;
  }

  /** Spoken words so far. */
  speaking(text: string): void {
    this.spoken_ ??= this.call_.utterance({ source: 'stt' });
    this.spoken_.partial(text);
    this.put({ utteranceId: this.spoken_.utteranceId, text, state: 'speaking', problem: null });
  }

  spoken(text: string): void {
    const writer = this.spoken_ ?? this.call_.utterance({ source: 'stt' });
    this.spoken_ = null;
    this.send(writer, text);
  }

  /** Says refused words once more, as a new utterance. */
  again(utteranceId: string): void {
    const refused = this.words.value.find((one) => one.utteranceId === utteranceId);
    if (!refused) return;
    this.drop(utteranceId);
    this.type(refused.text);
  }

  drop(utteranceId: string): void {
    this.words.set(this.words.value.filter((one) => one.utteranceId !== utteranceId));
  }

  private send(writer: UtteranceWriter, text: string): void {
    const { utteranceId } = writer;
    this.put({ utteranceId, text, state: 'sending', problem: null });
    writer.final(text).then(
      () => this.drop(utteranceId),
      (thrown: unknown) => {
        this.put({ utteranceId, text, state: 'refused', problem: problemOf(thrown) });
      },
    );
  }

  private put(outgoing: Outgoing): void {
    const words = [...this.words.value];
    const index = words.findIndex((one) => one.utteranceId === outgoing.utteranceId);
    words[index < 0 ? words.length : index] = outgoing;
    this.words.set(words);
  }
}
