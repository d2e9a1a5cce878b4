import type { CallEvent } from './event.js';
import { actionIdOf, withAction } from './reduce_action.js';
import { withConfirmation } from './reduce_confirmation.js';
import { withConsent, withoutConsent } from './reduce_consent.js';
import { withErasure } from './reduce_erasure.js';
import { turnsAfterFinal, withTurn } from './reduce_turn.js';
import {
  withRecord,
  withTick,
  withTimeRunning,
  withTimeStopped,
  withWarning,
} from './reduce_usage.js';
import { withDeliverable, withIntent, withKillSwitch, withMode } from './reduce_work.js';
import type { CallState, Outage, Participant, Utterance } from './state.js';

/**
 * The state after `event`. Pure: the same events give the same state, live, replayed or read from a
 * file. Types that it does not know change nothing but `seq`; an event already counted changes
 * nothing at all.
 */
export function reduce(state: CallState, event: CallEvent): CallState {
  if (event.seq <= state.seq) return state;
  return { ...apply(state, event), seq: event.seq };
}

function apply(state: CallState, event: CallEvent): CallState {
  switch (event.type) {
    case 'call.created':
      return created(state, event);
    case 'call.started':
    case 'call.connecting':
      return { ...state, status: 'active', phase: 'connecting', outage: null };
    case 'call.connected':
    case 'call.reconnected':
      return {
        ...state,
        status: 'active',
        phase: 'connected',
        outage: null,
        usage: withTimeRunning(state.usage, event),
      };
    case 'call.reconnecting':
      return {
        ...state,
        status: 'active',
        phase: 'reconnecting',
        outage: outageOf(event),
        usage: withTimeStopped(state.usage, event),
      };
    case 'call.hold.changed':
      return { ...state, phase: event.payload.held ? 'held' : 'connected' };
    case 'call.end.requested':
      return state.end ? state : { ...state, phase: 'ending' };
    case 'call.ended':
    case 'call.terminal_failure':
      return ended(state, event);
    case 'call.participant.added':
      return ownerAfter(state, event);
    case 'call.participant.joined':
      return withParticipant(ownerAfter(state, event), event);
    case 'call.participant.left':
      return withParticipant(withoutConsent(state, event.payload.participantId), event);
    case 'call.participant.connection.changed':
    case 'call.speech.changed':
      return withParticipant(state, event);
    case 'call.consent.updated':
      return withConsent(state, event);
    case 'transcript.utterance.started':
    case 'transcript.partial':
    case 'transcript.final':
      return turnsAfterFinal(withUtterance(state, event), event.payload.utteranceId);
    case 'transcript.truncated':
    case 'transcript.corrected':
    case 'transcript.redacted':
      return withUtterance(state, event);
    case 'transcript.failed':
      return event.payload.utteranceId === undefined ? state : withUtterance(state, event);
    case 'orchestration.mode.changed':
      return { ...state, modes: withMode(state.modes, event) };
    case 'orchestration.intent.detected':
      return { ...state, intents: withIntent(state.intents, event) };
    case 'orchestration.deliverable.updated':
      return { ...state, deliverables: withDeliverable(state.deliverables, event) };
    case 'orchestration.turn.started':
    case 'orchestration.turn.delta':
    case 'orchestration.turn.completed':
    case 'orchestration.turn.failed':
    case 'orchestration.turn.cancelled':
      return withTurn(state, event);
    case 'billing.usage.measured':
      return { ...state, usage: withRecord(state.usage, event) };
    case 'billing.usage.tick':
      return { ...state, usage: withTick(state.usage, event, measures(state)) };
    case 'billing.budget.warning':
      return { ...state, usage: withWarning(state.usage, event) };
    case 'record.erased':
      return withErasure(state, event);
    case 'safety.killswitch.changed':
      return { ...state, killSwitches: withKillSwitch(state.killSwitches, event) };
    default:
      return withActions(state, event);
  }
}

function measures({ phase }: CallState): boolean {
  return phase === 'connected' || phase === 'held' || phase === 'ending';
}

/** What an agent wants to do, and what it may: nearly all of these events are about one action. */
function withActions(state: CallState, event: CallEvent): CallState {
  const confirmations = withConfirmation(state.confirmations, event);
  const actions = actionIdOf(event) === null ? state.actions : withAction(state.actions, event);
  const same = actions === state.actions && confirmations === state.confirmations;
  return same ? state : { ...state, actions, confirmations };
}

function ended(
  state: CallState,
  event: CallEvent<'call.ended'> | CallEvent<'call.terminal_failure'>,
): CallState {
  if (state.end) return state;
  const end =
    event.type === 'call.ended'
      ? {
          outcome: 'ended' as const,
          at: event.payload.endedAt,
          reason: event.payload.endReason,
          message: event.payload.endDetail ?? null,
          fix: null,
        }
      : {
          outcome: 'failed' as const,
          at: event.payload.failedAt,
          reason: event.payload.code,
          message: event.payload.message,
          fix: event.payload.fix ?? null,
        };
  const usage = withTimeStopped(state.usage, event);
  return { ...state, status: end.outcome, phase: null, outage: null, usage, end };
}

function created(state: CallState, { payload }: CallEvent<'call.created'>): CallState {
  const { ownerId, recordingConsentRequired } = payload;
  return {
    ...state,
    ownerId: ownerId ?? null,
    recordingConsentRequired: recordingConsentRequired ?? false,
  };
}

function outageOf({ payload }: CallEvent<'call.reconnecting'>): Outage {
  const { attempt, at, resumeDeadline, lossReason } = payload;
  return { attempt, since: at, until: resumeDeadline ?? null, reason: lossReason ?? null };
}

/** An owner who was made one of the call's users stays one. */
function ownerAfter(
  state: CallState,
  { payload }: CallEvent<'call.participant.added'> | CallEvent<'call.participant.joined'>,
): CallState {
  const isOwner = payload.participantId === state.ownerId && payload.role === 'user';
  return isOwner && !state.ownerTakesPart ? { ...state, ownerTakesPart: true } : state;
}

type ParticipantEvent =
  | CallEvent<'call.participant.joined'>
  | CallEvent<'call.participant.left'>
  | CallEvent<'call.participant.connection.changed'>
  | CallEvent<'call.speech.changed'>;

function withParticipant(state: CallState, event: ParticipantEvent): CallState {
  const id = event.payload.participantId;
  const index = state.participants.findIndex((one) => one.participantId === id);
  const before = state.participants[index];
  if (!before && event.type !== 'call.participant.joined') return state;
  const participants = [...state.participants];
  participants[index < 0 ? participants.length : index] = participantAfter(
    before ?? newcomer(id),
    event,
  );
  return { ...state, participants };
}

function newcomer(participantId: string): Participant {
  return {
    participantId,
    role: '',
    displayName: null,
    present: true,
    connected: true,
    speaking: false,
  };
}

function participantAfter(before: Participant, event: ParticipantEvent): Participant {
  switch (event.type) {
    case 'call.participant.joined': {
      const { role, identity } = event.payload;
      const displayName = identity?.displayName ?? before.displayName;
      return { ...before, role, displayName, present: true, connected: true };
    }
    case 'call.participant.left':
      return { ...before, present: false, connected: false, speaking: false };
    case 'call.participant.connection.changed': {
      const { connected } = event.payload;
      return { ...before, connected, speaking: connected && before.speaking };
    }
    case 'call.speech.changed':
      return { ...before, speaking: event.payload.speaking };
  }
}

type UtteranceEvent =
  | CallEvent<'transcript.utterance.started'>
  | CallEvent<'transcript.partial'>
  | CallEvent<'transcript.final'>
  | CallEvent<'transcript.truncated'>
  | CallEvent<'transcript.corrected'>
  | CallEvent<'transcript.redacted'>
  | CallEvent<'transcript.failed'>;

function withUtterance(state: CallState, event: UtteranceEvent): CallState {
  const id = event.payload.utteranceId ?? '';
  // The one spoken now is nearly always among the last.
  let index = state.utterances.length - 1;
  while (index >= 0 && state.utterances[index]?.utteranceId !== id) index--;
  const before = state.utterances[index] ?? firstOf(id, event);
  if (!mayEnd(before, event)) return state;
  const after = utteranceAfter(before, event);
  if (after === state.utterances[index]) return state;
  const utterances = [...state.utterances];
  utterances[index < 0 ? utterances.length : index] = after;
  return { ...state, utterances };
}

/**
 * Only who began an utterance, or a service that speaks for the line, says that it was cut short or
 * failed. Servers refuse anything else; calls that were recorded before they did are read alike.
 */
function mayEnd(utterance: Utterance, { type, actor }: UtteranceEvent): boolean {
  if (type !== 'transcript.truncated' && type !== 'transcript.failed') return true;
  return (
    actor.id === utterance.participantId || actor.kind === 'service' || actor.kind === 'server'
  );
}

function firstOf(utteranceId: string, event: CallEvent): Utterance {
  return {
    utteranceId,
    speaker: '',
    participantId: event.actor.id,
    turnId: null,
    text: '',
    generatedText: null,
    state: 'started',
    rev: -1,
    startMs: 0,
    endMs: 0,
    source: null,
    firstSeq: event.seq,
  };
}

/** Spans are counted in code points, as the server counts them. */
function blackened(text: string, spans: readonly { from: number; to: number }[]): string {
  return [...text]
    .map((point, at) => (spans.some(({ from, to }) => at >= from && at < to) ? '█' : point))
    .join('');
}

function utteranceAfter(before: Utterance, event: UtteranceEvent): Utterance {
  const settled = before.state === 'final' || before.state === 'truncated';
  switch (event.type) {
    case 'transcript.utterance.started': {
      const { speaker, participantId, startMs, turnId } = event.payload;
      return { ...before, speaker, participantId, startMs, turnId: turnId ?? null };
    }
    case 'transcript.partial': {
      const { speaker, text, rev, startMs, endMs } = event.payload;
      if (settled || rev <= before.rev) return before;
      return { ...before, speaker, text, rev, startMs, endMs, state: 'partial' };
    }
    case 'transcript.final': {
      const { speaker, text, startMs, endMs, source } = event.payload;
      const said = { ...before, speaker, startMs, endMs, source: source ?? null };
      // What was cut short stays so: its final text is what was generated, not what was heard.
      if (before.state === 'truncated') return { ...said, generatedText: text };
      return settled ? before : { ...said, text, state: 'final' };
    }
    case 'transcript.truncated': {
      const { heardText, generatedText } = event.payload;
      const generated = generatedText ?? before.text;
      return { ...before, text: heardText, generatedText: generated, state: 'truncated' };
    }
    case 'transcript.corrected':
      return { ...before, text: event.payload.text };
    case 'transcript.redacted':
      // All that was generated says the same once more.
      return { ...before, text: blackened(before.text, event.payload.spans), generatedText: null };
    case 'transcript.failed':
      return settled ? before : { ...before, state: 'failed' };
  }
}
