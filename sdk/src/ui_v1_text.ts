import type { CallEvent } from './event.js';
import type { UiTypeV1 } from './ui_v1_types.js';

type Said = [UiTypeV1, object];

const turnsMax = 200;

/** What is spoken: an agent's turn is one message, however it is said. */
export class TextV1 {
  #speaker: string;
  /** What came of a turn so far. */
  readonly #growing = new Map<string, string>();
  /** Turns whose message is out, and whether the turn's whole text was it. */
  readonly #told = new Map<string, boolean>();
  /** The turn that an utterance speaks. */
  readonly #turnOf = new Map<string, string>();

  constructor(speaker: string) {
    this.#speaker = speaker;
  }

  take(event: CallEvent): Said[] {
    switch (event.type) {
      case 'orchestration.agent.handoff':
        return this.#speaks(event.payload.to, event.eventId, event.payload.reason);
      case 'call.voice.config.updated':
        return this.#speaks(event.payload.persona, event.eventId);
      case 'orchestration.turn.started':
        return [['status', { type: 'thinking', message: 'Thinking' }]];
      case 'orchestration.turn.delta': {
        const { turnId, deltaText: delta, offset } = event.payload;
        // A delta that comes twice, or over another, counts from where it stands.
        // Offsets are in code points; a string counts some of them twice.
        const fullText = [...(this.#growing.get(turnId) ?? '')].slice(0, offset).join('') + delta;
        keep(this.#growing, turnId, fullText);
        return [['text.delta', { delta, fullText, messageId: turnId }]];
      }
      case 'orchestration.turn.completed': {
        const { turnId, text } = event.payload;
        this.#growing.delete(turnId);
        const told = this.#told.has(turnId);
        keep(this.#told, turnId, true);
        return [...(told || text === '' ? [] : [this.#done(turnId, text)]), done(event)];
      }
      case 'orchestration.turn.failed': {
        const { turnId, code, message, retryable } = event.payload;
        this.#growing.delete(turnId);
        return [['error', { code, message, recoverable: retryable }], done(event)];
      }
      case 'orchestration.turn.cancelled':
        this.#growing.delete(event.payload.turnId);
        return [done(event)];
      case 'transcript.utterance.started': {
        const { utteranceId, turnId } = event.payload;
        if (turnId !== undefined) keep(this.#turnOf, utteranceId, turnId);
        return [];
      }
      case 'transcript.partial': {
        const { speaker, text: transcript, confidence } = event.payload;
        if (speaker !== 'user') return [];
        return [
          ['voice.interim', { transcript, ...(confidence === undefined ? {} : { confidence }) }],
        ];
      }
      case 'transcript.final':
        return event.payload.speaker === 'agent' ? this.#final(event.payload) : [];
      default:
        return [];
    }
  }

  #final({ utteranceId, text }: { readonly utteranceId: string; readonly text: string }): Said[] {
    const turnId = this.#turnOf.get(utteranceId);
    this.#turnOf.delete(utteranceId);
    if (turnId === undefined) return [this.#done(utteranceId, text)];
    if (this.#told.get(turnId)) return []; // The turn's whole text was shown already.
    const first = !this.#told.has(turnId);
    keep(this.#told, turnId, false);
    return [this.#done(first ? turnId : utteranceId, text)];
  }

  #speaks(speaker: string, messageId: string, reason?: string): Said[] {
    if (speaker === this.#speaker) return [];
    this.#speaker = speaker;
    return [
      ['speaker.change', { speaker, messageId, ...(reason === undefined ? {} : { reason }) }],
    ];
  }

  #done(messageId: string, fullText: string): Said {
    return ['text.done', { fullText, messageId, speaker: this.#speaker }];
  }
}

function done(event: CallEvent): Said {
  return ['done', { conversationId: event.sessionId }];
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > turnsMax ? map.keys().next() : null;
  if (oldest && !oldest.done) map.delete(oldest.value);
}
