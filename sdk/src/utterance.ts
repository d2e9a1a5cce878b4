import type { EventType, PayloadOf } from './contract.js';
import type { Published } from './outbox.js';
import type { Self } from './self.js';

export interface UtteranceOptions {
  /** Where the words come from; `typed` unless said otherwise. */
  readonly source?: 'stt' | 'llm' | 'typed';
  /** The turn that this utterance belongs to, for an agent. */
  readonly turnId?: string;
}

/** One utterance while it is being spoken or typed. From call.utterance(). */
export interface UtteranceWriter {
  readonly utteranceId: string;
  /**
   * The whole text so far. Call it as often as you like: at most one partial is on its way at a
   * time, the newest, and none after final() or truncate().
   */
  partial(text: string): void;
  /** The final text. Resolves when everybody can see it. */
  final(text: string): Promise<Published>;
  /** Cut short: only `heardText` was heard. Resolves when everybody can see it. */
  truncate(heard: {
    readonly heardText: string;
    readonly playedMs: number;
    readonly generatedText?: string;
    readonly cause?: 'barge_in' | 'hangup' | 'error';
  }): Promise<Published>;
}

/** Deltas closer together than this help nobody and cost everybody. */
const partialEveryMs = 80;

/** What the writer needs of its call. */
export interface Speaker {
  /** Known from the first connection on. */
  readonly self: () => Promise<Self>;
  readonly publish: Publish;
  /** Milliseconds since the call connected. */
  readonly callMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export type Publish = <T extends EventType>(type: T, payload: PayloadOf<T>) => Promise<Published>;

type SpeakerName = 'user' | 'agent' | 'operator';

interface Announced {
  readonly seen: Promise<Published>;
  readonly name: SpeakerName;
}

function speakerOf(self: Self): SpeakerName {
  return self.role === 'agent' || self.role === 'operator' ? self.role : 'user';
}

export function writeUtterance(
  speaker: Speaker,
  utteranceId: string,
  options: UtteranceOptions,
): UtteranceWriter {
  const { publish } = speaker;
  const startMs = speaker.callMs();
  let rev = 0;
  let latest: string | null = null;
  let settled = false;
  let pumping = false;
  let announced: Promise<Announced> | null = null;

  // Resolves as soon as the announcement is on its way, so that what follows can go with it.
  const announce = (): Promise<Announced> => {
    announced ??= speaker.self().then((self) => {
      const name = speakerOf(self);
      const { participantId } = self;
      const turn = options.turnId === undefined ? {} : { turnId: options.turnId };
      const fields = { utteranceId, speaker: name, participantId, startMs, ...turn };
      const seen = publish('transcript.utterance.started', fields);
      seen.catch(() => undefined); // Looked at by final() and truncate().
      return { seen, name };
    });
    return announced;
  };

  // One partial at a time, the next only after the last was seen: a slow line gets fewer of them.
  const pump = async (): Promise<void> => {
    const { name } = await announce();
    while (latest !== null && !settled) {
      const text = latest;
      latest = null;
      const endMs = speaker.callMs();
      const fields = { utteranceId, speaker: name, text, startMs, endMs, rev: ++rev };
      await Promise.all([publish('transcript.partial', fields), speaker.sleep(partialEveryMs)]);
    }
  };

  const settle = async (last: (name: SpeakerName) => Promise<Published>): Promise<Published> => {
    settled = true;
    const { seen, name } = await announce();
    const [published] = await Promise.all([last(name), seen]);
    return published;
  };

  return {
    utteranceId,
    partial(text) {
      if (settled) return;
      latest = text;
      if (pumping) return;
      pumping = true;
      // A partial that was refused is no loss: the final text is what counts, and says so itself.
      void pump()
        .catch(() => undefined)
        .finally(() => (pumping = false));
    },
    final: (text) =>
      settle((name) => {
        const source = options.source ?? 'typed';
        const endMs = speaker.callMs();
        return publish('transcript.final', {
          utteranceId,
          speaker: name,
          text,
          startMs,
          endMs,
          source,
        });
      }),
    truncate: (heard) =>
      settle(() => publish('transcript.truncated', { utteranceId, cause: 'barge_in', ...heard })),
  };
}
