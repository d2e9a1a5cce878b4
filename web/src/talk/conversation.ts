// One person's side of a call, beside the SDK: what they say, what they hear, and who falls silent when both
// talk. Speaking interrupts the agent: its voice stops at once and the call is told how far it was heard.

import type { Call, CallEvent } from '@lifeline/client';

import { whose } from '../speech/echo';
import { Listener, type ListenState } from '../speech/listener';
import type { Recognition } from '../speech/recognition';
import type { Heard, Line, Speaker } from '../speech/speaker';
import { OutgoingWords } from './outgoing';
import { Store } from './store';

/** The last words of a voice reach the recogniser after it has fallen silent. */
const ECHO_LINGERS_MS = 2_500;

export type ConversationCall = Pick<Call, 'utterance' | 'publish' | 'on' | 'connection' | 'transcript' | 'sessionId'>;

export interface World {
  readonly recognition: (() => Recognition) | null;
  readonly now: () => number;
  /** This person is being recorded: whatever sounds is in the recording. */
  readonly recording?: () => boolean;
}

export class Conversation {
  readonly outgoing: OutgoingWords;
  readonly listening: Store<ListenState>;
  /** The last words that were taken for the agent's own voice, in case they were not; null if there are none. */
  readonly ignored = new Store<string | null>(null);
  private readonly listener_: Listener;
  private readonly stops_: (() => void)[] = [];
  private last_line_: Line | null = null;
  private last_line_at_ = 0;
  private connected_at_: number | null = null;

  constructor(
    private readonly call_: ConversationCall,
    private readonly speaker_: Speaker,
    /** Who this person is in the call; empty until the first connection. */
    private readonly self_: () => string,
    private readonly world_: World,
  ) {
    this.outgoing = new OutgoingWords(call_);
    const heard = {
      state: (state: ListenState) => this.listening.set(state),
      partial: (text: string) => this.heard_words(text, false),
      final: (text: string) => this.heard_words(text, true),
    };
    this.listener_ = new Listener(world_.recognition, heard, world_.now);
    this.listening = new Store(this.listener_.state);
    this.stops_.push(
      call_.on('transcript.final', (event) => this.agent_said(event)),
      call_.on('call.ended', (event) => this.house_said(event)),
      call_.on('call.connected', ({ payload }) => (this.connected_at_ = Date.parse(payload.connectedAt))),
    );
  }

  type(text: string): void {
    this.ignored.set(null);
    this.interrupt();
    this.outgoing.type(text);
  }

  set_listening(on: boolean): void {
    if (on) this.listener_.start();
    else this.listener_.stop();
  }

  /** This person has begun to say something that will be words only later. */
  begins_to_speak(): void {
    this.ignored.set(null);
    this.interrupt();
  }

  /**
   * Silences the agent, if it is being read aloud, and tells the call how long it was heard. What of its words
   * that leaves is the agent's to put on record: nobody else may change its utterances.
   */
  private interrupt(): void {
    const heard = this.speaker_.stop();
    this.last_line_ = null;
    if (!heard) return;
    // A refusal changes nothing for the person: the voice has stopped, and their words count by themselves.
    this.call_.publish('call.turn.interrupted', this.interruption(heard)).catch(() => undefined);
  }

  close(): void {
    this.listener_.stop();
    this.speaker_.stop();
    for (const stop of this.stops_) stop();
  }

  private agent_said(event: CallEvent<'transcript.final'>): void {
    // Only words said now are read aloud, not those that a replay brings.
    if (event.actor.kind !== 'agent' || this.call_.connection.value.state !== 'live') return;
    if (this.world_.recording?.()) return; // It can be read; nobody is talked over.
    const { utteranceId, text, lang } = event.payload;
    const turnId = this.call_.transcript.value.find((one) => one.utteranceId === utteranceId)?.turnId;
    this.speaker_.say({ utteranceId, text, lang, turnId: turnId ?? undefined });
  }

  /** Where the budget ends a call there is a sentence that says so: whoever only listens hears it, too. */
  private house_said({ eventId, payload }: CallEvent<'call.ended'>): void {
    const { endReason, endDetail } = payload;
    if (endReason !== 'budget_stop' || endDetail === undefined || this.call_.connection.value.state !== 'live') return;
    if (!this.world_.recording?.()) this.speaker_.say({ utteranceId: eventId, text: endDetail });
  }

  /** The words that were ignored were the person's after all. */
  say_ignored(): void {
    const { value: text } = this.ignored;
    if (text !== null) this.person_said(text, true);
  }

  forget_ignored(): void {
    this.ignored.set(null);
  }

  private heard_words(text: string, final: boolean): void {
    // What was begun is on the others' screens already: it has to come to its end.
    if (this.outgoing.is_speaking) return this.person_said(text, final);
    switch (whose(text, this.voice_in_the_room())) {
      case 'person':
        return this.person_said(text, final);
      case 'unclear':
        return final ? this.person_said(text, final) : undefined;
      case 'echo':
        return final ? this.ignored.set(text) : undefined;
      case 'nobody':
    }
  }

  private person_said(text: string, final: boolean): void {
    this.ignored.set(null);
    this.interrupt();
    if (final) this.outgoing.spoken(text);
    else this.outgoing.speaking(text);
  }

  private voice_in_the_room(): string {
    const { speaking } = this.speaker_.state;
    const now = this.world_.now();
    if (speaking) {
      this.last_line_ = speaking;
      this.last_line_at_ = now;
    }
    const audible = this.last_line_ !== null && now - this.last_line_at_ < ECHO_LINGERS_MS;
    return audible ? this.last_line_!.text : '';
  }

  private interruption({ line, playedMs }: Heard) {
    return {
      callId: this.call_.sessionId,
      // An agent that does not number its turns has one for each utterance.
      turnId: line.turnId ?? line.utteranceId,
      by: this.self_(),
      atMs: this.connected_at_ === null ? 0 : Math.max(0, this.world_.now() - this.connected_at_),
      generatedChars: line.text.length,
      playedMs,
    };
  }
}
