// What a person is told when something did not work: what happened, and what to do next. The codes are the
// server's stable words (and the SDK's own); a code that is not listed here still gets its message and fix.

import type { ConnectionStatus, LifelineError } from '@lifeline/client';

import { plain } from './plain';

export interface Problem {
  readonly title: string;
  readonly advice: string;
  /** The stable word, shown small so that it can be quoted; null if there is none. */
  readonly code: string | null;
  readonly requestId: string | null;
  /** The server itself said so, and has a page about that word. */
  readonly explained: boolean;
}

const KNOWN: Readonly<Record<string, readonly [title: string, advice: string]>> = {
  unreachable: [
    'The server cannot be reached.',
    'Check your connection, then try again. If others cannot reach it either, the server is down.',
  ],
  not_ready: ['The server is not ready yet.', 'Try again in a few seconds.'],
  overloaded: ['The server is very busy.', 'Wait a little, then try again.'],
  rate_limited: ['That was too fast for the server.', 'Wait a little, then try again.'],
  draining: ['The server is restarting.', 'Try again in a few seconds.'],
  storage_unavailable: [
    'The server cannot write to its disk just now.',
    'Nothing that was confirmed is lost. Try again in a moment.',
  ],
  commit_failed: [
    'The server could not say whether that was kept.',
    'It is sent again by itself, and kept once. If it stays like this, try again in a moment.',
  ],
  internal: ['Something went wrong in the server.', 'Try again. If it stays, quote the code below.'],
  token_invalid: ['Your pass for this call is not accepted.', 'Go back and start, or ask for a new link.'],
  token_expired: ['Your pass for this call has run out.', 'Go back and join again, or ask for a new link.'],
  token_unavailable: [
    'No pass for this call could be had.',
    'Try again. If it stays, whoever runs this page has to look.',
  ],
  origin_forbidden: [
    'This server does not accept calls from this page.',
    'Whoever runs the server has to add this page’s address to its allowed origins.',
  ],
  forbidden: ['You are no longer part of this call.', 'Ask whoever runs it for a new invite.'],
  session_not_found: [
    'This call does not exist, or is not yours to enter.',
    'Start a new call, or ask for an invite to this one.',
  ],
  session_over: ['This call is over.', 'Start a new one.'],
  session_ended: ['This call is over.', 'Start a new one.'],
  session_failed: ['This call broke off for good.', 'Start a new one.'],
  invite_invalid: [
    'This invite link no longer works.',
    'It has been used up, taken back or has run out. Ask for a new one.',
  ],
  invite_malformed: ['That is not an invite link.', 'Copy the whole link, with all that comes after the # sign.'],
  participants_full: ['This call is full.', 'Somebody has to leave before you can join.'],
  session_not_joinable: ['This call cannot be joined just now.', 'Try again in a moment.'],
  account_disabled: ['This account is switched off.', 'Whoever runs this server can say why.'],
  removed: ['You were removed from this call.', 'Ask whoever runs it for a new invite.'],
  superseded: [
    'This call is open in another place.',
    'That tab or device has your line now. You can use the call here as well.',
  ],
  resume_token_reused: [
    'This call is open in another place.',
    'Somebody came back on your line before this page did. If that was not you, tell whoever runs the call.',
  ],
  resume_token_invalid: ['The way back into this call is not accepted.', 'Join again, or ask for a new link.'],
  key_revoked: ['The key that opened this call was taken back.', 'Whoever runs this server can say why.'],
  gave_up: ['The line could not be restored.', 'The call may still be going on. Try again when you are online.'],
  outbox_full: ['Too much is waiting to be sent.', 'Wait until the line is back, then say it again.'],
  event_too_large: ['That was too long.', 'Say it in smaller parts.'],
  payload_too_large: ['That was too long.', 'Say it in smaller parts.'],
  speech_busy: ['The recogniser is busy.', 'Wait a little, then try again.'],
  speech_unavailable: [
    'The recogniser did not answer, and the call says that something was not understood.',
    'Send it once more, or type.',
  ],
  speech_refused: ['The recogniser would not take this recording.', 'Say it again, or type.'],
  speech_silent: ['Nothing could be heard.', 'Check the microphone and say it again, or type.'],
  consent_required: [
    'That was not kept: you have not agreed to it.',
    'Agree below, then say it again; or leave it unsaid.',
  ],
  speech_not_configured: ['This server no longer takes recordings.', 'Type instead.'],
  config_invalid: ['This page is not set up right.', 'Whoever runs it has to look at its config.json.'],
  websocket_missing: ['This browser cannot hold a line.', 'Use a current browser.'],
};

const OURS: Problem = {
  title: 'Something went wrong on this page.',
  advice: 'Try again. If it stays, load the page again: the call is safe.',
  code: null,
  requestId: null,
  explained: false,
};

export const KNOWN_CODES: readonly string[] = Object.keys(KNOWN);

/** A code is somebody else's word: not all that an object can be asked for is in the list. */
function known(code: string): readonly [title: string, advice: string] | undefined {
  return Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined;
}

export function problemOf(thrown: unknown): Problem {
  if (!isRefusal(thrown)) return OURS;
  const ours = known(thrown.code) ?? counted(thrown);
  const [title, advice] = ours ?? [sentence(plain(thrown.message)), sentence(plain(thrown.fix))];
  const { code, requestId, status } = thrown;
  const explained = requestId !== null || (status !== null && code !== `http_${status}`);
  return { title, advice, code, requestId, explained };
}

/** Why a line was closed for good. */
export function problemOfClosing({ reason, code, error }: ConnectionStatus): Problem {
  const words = reason === null ? undefined : known(reason);
  const said = error?.requestId != null ? problemOf(error) : null;
  return {
    title: words?.[0] ?? said?.title ?? 'The line is closed.',
    advice: words?.[1] ?? said?.advice ?? 'You can try to join again.',
    code: reason,
    requestId: error?.requestId ?? null,
    explained: said !== null || (code !== null && code >= 4000),
  };
}

/** Of what there is too many, and what can be done about that, only the server knows. */
function counted({ code, message }: LifelineError): readonly [title: string, advice: string] | null {
  if (code !== 'limit_exceeded') return null;
  const said = sentence(plain(message));
  return ['There are too many of these already.', said.charAt(0).toUpperCase() + said.slice(1)];
}

/** Errors are recognised by shape: a page may see those of another copy of the SDK. */
function isRefusal(thrown: unknown): thrown is LifelineError {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
