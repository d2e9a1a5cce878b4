// More cases like those of bad_input.mjs: tokens that are signed well and wrong all the same, a call that
// is over, and streams that are no calls. [name, what is sent, the reason that must come back].

/** [name, token, reason]; each is tried over REST and over the socket. */
export function* tokenCases(issuer) {
  const now = Math.floor(Date.now() / 1000);
  const user = 'usr_guest';
  yield ['expired', issuer.token(user, { exp: now - 3600, iat: now - 7200 }), 'token_expired'];
  yield ['for somebody else', issuer.token(user, { aud: 'another-app' }), 'token_invalid'];
  yield ['for nobody', issuer.token(user, { aud: undefined }), 'token_invalid'];
  yield ['for this instance by a stranger', issuer.token(user, { iss: 'lifeline' }), 'token_invalid'];
  yield ['of an issuer nobody knows', issuer.token(user, { iss: 'https://evil.example' }), 'token_invalid'];
  yield ['not valid yet', issuer.token(user, { nbf: now + 3600 }), 'token_invalid'];
  yield ['without an end', issuer.token(user, { exp: undefined }), 'token_invalid'];
  yield ['for ten years', issuer.token(user, { exp: now + 315_360_000 }), 'token_invalid'];
  yield ['of another type', issuer.token(user, {}, { typ: 'refresh+jwt' }), 'token_invalid'];
  yield ['of nobody', issuer.token(undefined), 'token_invalid'];
  yield ['with a critical extension', issuer.token(user, {}, { crit: ['b64'], b64: false }), 'token_invalid'];
  yield ['HS256 by the public key', issuer.confused(user), 'token_invalid'];
  yield ['ES256 by name only', issuer.token(user, {}, { alg: 'ES256' }), 'token_invalid'];
}

/** Requests of the owner to a call that is over. */
export function* endedCases({ path, json }) {
  const post = (where, body) => ({ method: 'POST', path: path + where, headers: json, body: JSON.stringify(body) });
  yield ['ended: begun again', post('/state', { status: 'active' }), 'illegal_transition'];
  yield ['ended: failed afterwards', post('/state', { status: 'failed' }), 'illegal_transition'];
  yield ['ended: connected to', post('/connect', {}), 'session_over'];
  yield ['ended: an invite to it', post('/invites', {}), 'session_over'];
  yield ['ended: somebody more', post('/participants', { userId: 'usr_late', role: 'user' }), 'session_over'];
}

/** Streams that are no calls, as if they were: to everybody there is no such call. */
export function* placeCases({ owner, json }) {
  for (const id of ['sys_instance', 'doc_1', 'acct_test']) {
    const path = `/v1/call/sessions/${id}`;
    const headers = { Authorization: `Bearer ${owner}` };
    for (const where of ['', '/events', '/events?follow=1', '/snapshot'])
      yield [`place: GET ${id}${where}`, { path: path + where, headers }, 'session_not_found'];
    for (const [where, body] of [
      ['/connect', {}],
      ['/state', { status: 'ended' }],
      ['/invites', {}],
      ['/participants', { userId: 'usr_x', role: 'user' }],
    ])
      yield [`place: POST ${id}${where}`, { method: 'POST', path: path + where, headers: json, body: JSON.stringify(body) }, 'session_not_found'];
  }
}
