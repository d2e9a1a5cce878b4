// The cases: [name, what is sent, the reason that must come back].

const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);

/** Text frames on an open socket of the call's owner. */
export function* frameCases({ good, sessionId }) {
  const frame = (event) => JSON.stringify({ op: 'publish', event });
  const changed = (change) => frame({ ...good, eventId: 'bad', ...change });
  const without = (key) => {
    const event = { ...good, eventId: 'bad' };
    delete event[key];
    return frame(event);
  };
  // JSON written by hand, for what JSON.stringify would never write.
  const byHand = (payload) =>
    `{"op":"publish","event":{"eventId":"bad","sessionId":"${sessionId}",` +
    `"ts":"2026-02-16T10:00:00.000Z","type":"x.bad","payload":${payload},"schemaVersion":"1.0"}}`;

  for (const [name, text] of [
    ['nothing', ''],
    ['a word', 'hello'],
    ['an open brace', '{'],
    ['two texts', '{"op":"ping","t":1}{}'],
    ['a trailing comma', '{"op":"ping","t":1,}'],
    ['single quotes', "{'op':'ping'}"],
    ['a comment', '{"op":"ping"/* */,"t":1}'],
    ['NaN', '{"op":"ping","t":NaN}'],
    ['a leading zero', '{"op":"ping","t":01}'],
    ['a plus sign', '{"op":"ping","t":+1}'],
    ['a raw control character', '{"op":"pi\u0001ng"}'],
    ['a bad escape', '{"op":"\\x"}'],
  ]) {
    yield [`json: ${name}`, text, 'json_invalid'];
  }
  yield ['json: an array', '[]', 'wrong_type'];
  yield ['json: null', 'null', 'wrong_type'];
  yield ['json: a number', '12', 'wrong_type'];
  yield ['json: a text', '"publish"', 'wrong_type'];
  yield ['frame: no op', '{}', 'missing_field'];
  yield ['frame: an op nobody knows', '{"op":"shout"}', 'unknown_op'];
  yield ['frame: op is a number', '{"op":1}', ['wrong_type', 'unknown_op']];
  yield ['frame: op twice', '{"op":"ping","op":"ping","t":1}', 'duplicate_key'];
  yield ['frame: op twice, once escaped', '{"op":"ping","\\u006fp":"ping","t":1}', 'duplicate_key'];
  yield ['frame: ping without t', '{"op":"ping"}', 'missing_field'];
  yield ['frame: ack of a text', '{"op":"ack","seq":"1"}', 'wrong_type'];
  yield ['frame: ack below nothing', '{"op":"ack","seq":-1}', 'out_of_range'];
  yield ['frame: ack of a fraction', '{"op":"ack","seq":1.5}', 'wrong_type'];
  yield ['frame: a field too many', '{"op":"ping","t":1,"x":1}', 'unknown_field'];
  yield ['frame: publish of nothing', '{"op":"publish"}', 'missing_field'];
  yield ['frame: publish of a list', '{"op":"publish","event":[]}', ['wrong_type', 'object_expected']];

  for (const key of ['eventId', 'sessionId', 'ts', 'type', 'payload', 'schemaVersion']) {
    yield [`envelope: without ${key}`, without(key), 'missing_field'];
    yield [`envelope: ${key} is null`, changed({ [key]: null }), 'wrong_type'];
    yield [`envelope: ${key} is a number`, changed({ [key]: 7 }), 'wrong_type'];
  }
  yield ['envelope: a seventh key', changed({ seq: 1 }), 'unknown_field'];
  yield ['envelope: the proto key', frame({ ...good, eventId: 'bad', ['__proto__x']: 1 }), 'unknown_field'];
  for (const [name, eventId] of [
    ['empty', ''],
    ['too long', 'x'.repeat(65)],
    ['with a space', 'a b'],
    ['with a slash', 'a/b'],
    ['with an accent', 'é'],
    ['with a newline', 'a\n'],
  ]) {
    yield [`eventId: ${name}`, changed({ eventId }), ['bad_format', 'out_of_range']];
  }
  yield ["eventId: the server's own", changed({ eventId: 'll_over' }), 'reserved_id'];
  yield ['eventId: used for another event', frame({ ...good, payload: { other: 1 } }), 'id_conflict'];
  for (const [name, ts] of [
    ['no milliseconds', '2026-02-16T10:00:00Z'],
    ['an offset', '2026-02-16T10:00:00.000+01:00'],
    ['the 30th of February', '2026-02-30T10:00:00.000Z'],
    ['month 13', '2026-13-01T10:00:00.000Z'],
    ['hour 24', '2026-02-16T24:00:00.000Z'],
    ['a leap second', '2026-02-16T10:00:60.000Z'],
    ['a space', '2026-02-16 10:00:00.000Z'],
    ['epoch seconds', '1771236000'],
    ['empty', ''],
  ]) {
    yield [`ts: ${name}`, changed({ ts }), ['bad_format', 'out_of_range']];
  }
  for (const schemaVersion of ['1', '1.1', '2.0', 'v1', '']) {
    yield [`schemaVersion: ${schemaVersion}`, changed({ schemaVersion }), 'unsupported_schema_version'];
  }
  yield ['type: empty', changed({ type: '' }), ['out_of_range', 'unknown_type']];
  for (const type of ['call', 'call.', 'call.exploded', 'CALL.STARTED', 'x', 'x.', 'ui.snapshot']) {
    yield [`type: ${type}`, changed({ type }), 'unknown_type'];
  }
  for (const type of ['action.executed', 'usage.tick', 'usage.warning']) {
    yield [`type: the old ${type}`, changed({ type }), 'legacy_type'];
  }
  yield ['stream: another call', changed({ sessionId: 'sess_other' }), 'wrong_stream'];
  yield ['stream: a document', changed({ sessionId: 'doc_1' }), ['wrong_stream', 'type_not_allowed', 'not_subscribed']];
  yield ['stream: no prefix', changed({ sessionId: 'other' }), 'bad_format'];

  yield ['payload: too deep', byHand(`{"a":${deep(40)}}`), 'depth_exceeded'];
  yield ['payload: a key twice', byHand('{"a":1,"a":2}'), 'duplicate_key'];
  yield ['payload: a key twice, deep down', byHand('{"a":[{"b":1,"b":1}]}'), 'duplicate_key'];
  yield ['payload: half a surrogate pair', byHand('{"a":"\\ud800"}'), 'lone_surrogate'];
  yield ['payload: the other half', byHand('{"a":"\\udc00x"}'), 'lone_surrogate'];
  yield ['payload: NUL', byHand('{"a":"\\u0000"}'), 'nul_character'];
  yield ['payload: 1e400', byHand('{"a":1e400}'), 'number_out_of_range'];
  yield ['payload: beyond 2^53', byHand('{"a":9007199254740993}'), 'number_out_of_range'];
  yield ['payload: of an x type too large', byHand(`{"a":"${'x'.repeat(17_000)}"}`), 'payload_too_large'];
  yield ['event: too large', changed({ payload: { a: 'x'.repeat(65_000) } }), ['event_too_large', 'payload_too_large']];

  for (const [type, payload] of [
    ['call.created', { callId: sessionId, ownerId: 'u', accountId: 'acct_1', channel: 'voice' }],
    ['call.ended', { callId: sessionId, endedAt: good.ts, durationSeconds: 1, endReason: 'completed' }],
    ['call.connected', { callId: sessionId, connectedAt: good.ts }],
    ['call.participant.added', { callId: sessionId, participantId: 'usr_x', role: 'user' }],
    ['call.terminal_failure', { callId: sessionId, failedAt: good.ts, code: 'x', message: 'x' }],
  ]) {
    yield [`role: a user makes ${type}`, changed({ type, payload }), 'type_not_allowed'];
  }
  const begun = { utteranceId: 'u', speaker: 'user', participantId: 'usr_else', startMs: 0 };
  yield ['role: speaking for another', changed({ type: 'transcript.utterance.started', payload: begun }), 'not_yourself'];
  const said = { utteranceId: 'u', speaker: 'agent', text: 'x', startMs: 0, endMs: 1 };
  yield ['role: a user speaks as the agent', changed({ type: 'transcript.final', payload: said }), 'not_yourself'];
  const heard = { utteranceId: 'u_nobody', heardText: 'x', playedMs: 1 };
  yield ['utterance: cut off and never begun', changed({ type: 'transcript.truncated', payload: heard }), 'utterance_unknown'];
}

/** Requests with fetch: routes, bodies, tokens, rights, transitions. */
export function* requestCases({ server, sessionId, owner, stranger }) {
  const path = `/v1/call/sessions/${sessionId}`;
  const bearer = (token) => ({ Authorization: `Bearer ${token}` });
  const json = (token) => ({ ...bearer(token), 'Content-Type': 'application/json' });
  const post = (where, body, token = owner) => ({
    method: 'POST',
    path: where,
    headers: json(token),
    body,
  });

  yield ['route: none', { path: '/v1/nothing', headers: bearer(owner) }, 'route_not_found'];
  yield ['route: dots', { path: '/v1/call/sessions/..%2f..%2fetc', headers: bearer(owner) }, ['session_not_found', 'route_not_found', 'request_invalid']];
  yield ['method: PATCH', { method: 'PATCH', path, headers: bearer(owner) }, 'method_not_allowed'];
  yield ['method: DELETE of a call', { method: 'DELETE', path, headers: bearer(owner) }, 'method_not_allowed'];

  const [head, claims, signature] = owner.split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  for (const [name, token] of [
    ['garbage', 'garbage'],
    ['empty parts', '..'],
    ['alg none', `${none}.${claims}.`],
    ['another head', `${none}.${claims}.${signature}`],
    ['no signature', `${head}.${claims}.`],
    ['a changed signature', `${head}.${claims}.${signature.slice(0, -4)}AAAA`],
    ['changed claims', `${head}.${Buffer.from('{"sub":"root"}').toString('base64url')}.${signature}`],
    ['four parts', `${owner}.x`],
    ['a key that is none', 'llk_01ABC_secret'],
    ['very long', 'x'.repeat(9000)],
  ]) {
    yield [`token: ${name}`, { path, headers: bearer(token) }, 'token_invalid'];
  }
  yield ['token: a connect token', { path, headers: bearer('llc_e30.AAAA') }, 'token_wrong_kind'];
  yield ['token: none', { path }, 'token_missing'];
  yield ['token: Basic', { path, headers: { Authorization: 'Basic YTpi' } }, 'token_missing'];

  for (const [name, where, method, body] of [
    ['reads it', path, 'GET'],
    ['reads its events', `${path}/events`, 'GET'],
    ['reads its events of another history', `${path}/events?epoch=old`, 'GET'],
    ['reads its events ahead of the head', `${path}/events?after=99999`, 'GET'],
    ['follows its events of another history', `${path}/events?epoch=old&follow=1`, 'GET'],
    ['reads its snapshot', `${path}/snapshot`, 'GET'],
    ['connects', `${path}/connect`, 'POST', '{}'],
    ['ends it', `${path}/state`, 'POST', '{"status":"ended"}'],
    ['adds themselves', `${path}/participants`, 'POST', '{"userId":"usr_stranger","role":"user"}'],
    ['invites', `${path}/invites`, 'POST', '{}'],
    ['removes the owner', `${path}/participants/usr_owner`, 'DELETE'],
  ]) {
    const request = { method, path: where, headers: json(stranger) };
    if (body !== undefined) request.body = body;
    yield [`stranger ${name}`, request, 'session_not_found'];
    const nowhere = { ...request, path: where.replace(sessionId, 'sess_nowhere') };
    yield [`anybody ${name} where nothing is`, nowhere, 'session_not_found'];
  }

  for (const [name, body, reason] of [
    ['no JSON', '{', 'json_invalid'],
    ['a list', '[]', 'wrong_type'],
    ['an unknown field', '{"colour":"red"}', 'unknown_field'],
    ['a channel nobody knows', '{"channel":"fax"}', 'unknown_value'],
    ['a duration of a millisecond', '{"maxDurationMs":1}', 'out_of_range'],
    ['a duration of a text', '{"maxDurationMs":"1000"}', 'wrong_type'],
    ['a foreign owner', '{"ownerId":"usr_else"}', 'forbidden'],
    ['an id without prefix', '{"sessionId":"x"}', 'bad_format'],
    ['participants that are none', '{"participants":[1]}', 'wrong_type'],
    ['a participant with a strange role', '{"participants":[{"userId":"u","role":"boss"}]}', 'unknown_value'],
    ['a key twice', '{"channel":"voice","channel":"voice"}', 'duplicate_key'],
    ['the id of a call that is there', `{"sessionId":"${sessionId}","channel":"video"}`, 'id_conflict'],
  ]) {
    yield [`create: ${name}`, post('/v1/call/sessions', body), reason];
  }
  const plain = { method: 'POST', path: '/v1/call/sessions', headers: bearer(owner), body: '{}' };
  yield ['create: as a form would', plain, 'content_type_unsupported'];
  yield ['create: a bad Idempotency-Key', { ...post('/v1/call/sessions', '{}'), headers: { ...json(owner), 'Idempotency-Key': 'a b' } }, 'idempotency_key_invalid'];
  yield ['create: an agent', post('/v1/call/sessions', '{}', server.token('agt', 'agent')), 'forbidden'];
  yield ['create: an auditor', post('/v1/call/sessions', '{}', server.token('aud', 'auditor')), 'forbidden'];

  yield ['state: created', post(`${path}/state`, '{"status":"created"}'), 'unknown_value'];
  yield ['state: nothing', post(`${path}/state`, '{}'), 'missing_field'];
  const service = server.token('key_media', 'service');
  yield ['state: other provider ids', post(`${path}/state`, '{"status":"active","providerRoomId":"r2"}', service), 'provider_immutable'];
  yield ['state: provider ids of a user', post(`${path}/state`, '{"status":"active","providerRoomId":"r2"}'), 'forbidden'];
  yield ['state: ended by an operator who is none', post(`${path}/state`, '{"status":"ended","reason":"operator_stop"}'), 'forbidden'];
  yield ['state: ended for no reason there is', post(`${path}/state`, '{"status":"ended","reason":"boredom"}'), 'unknown_value'];
  yield ["state: failed in the server's name", post(`${path}/state`, '{"status":"failed","reason":"reconnect_window_expired"}'), 'forbidden'];
  yield ['participants: no role', post(`${path}/participants`, '{"userId":"u"}'), 'missing_field'];
  yield ['participants: the owner as viewer', post(`${path}/participants`, '{"userId":"usr_owner","role":"viewer"}'), 'participant_conflict'];
  yield ['participants: an operator, by a user', post(`${path}/participants`, '{"userId":"u","role":"operator"}'), 'forbidden'];
  yield ['invites: for an operator, by a user', post(`${path}/invites`, '{"role":"operator"}'), 'forbidden'];
  yield ['create: with an operator, by a user', post('/v1/call/sessions', '{"participants":[{"userId":"u","role":"operator"}]}'), 'forbidden'];
  yield ['participants: remove nobody', { method: 'DELETE', path: `${path}/participants/usr_nobody`, headers: bearer(owner) }, 'participant_not_found'];
  yield ['participants: remove the owner', { method: 'DELETE', path: `${path}/participants/usr_owner`, headers: bearer(owner) }, 'participant_conflict'];
  yield ['invites: none times', post(`${path}/invites`, '{"uses":0}'), 'out_of_range'];
  yield ['invites: revoke nothing', { method: 'DELETE', path: `${path}/invites/inv_no`, headers: bearer(owner) }, 'invite_invalid'];
  for (const secret of ['x'.repeat(20), `${sessionId}~inv_1~${'A'.repeat(43)}`, '~~~~~~~~~~~~~~~~~~~~']) {
    yield [`invites: redeem ${secret.slice(0, 12)}`, { ...post('/v1/call/invites/redeem', JSON.stringify({ secret })), headers: { 'Content-Type': 'application/json' } }, 'invite_invalid'];
  }
  for (const query of ['after=-1', 'after=x', 'after=', 'limit=0', 'limit=1001', 'limit=1e3', 'type=nothing']) {
    yield [`events: ${query}`, { path: `${path}/events?${query}`, headers: bearer(owner) }, 'query_invalid'];
  }
  yield ['events: ahead of the head', { path: `${path}/events?after=999999`, headers: bearer(owner) }, 'cursor_ahead'];
  yield ['events: another history', { path: `${path}/events?epoch=old`, headers: bearer(owner) }, 'epoch_changed'];
  yield ['events: another history, followed', { path: `${path}/events?epoch=old&follow=1`, headers: bearer(owner) }, 'epoch_changed'];
  yield ['list: a status nobody knows', { path: '/v1/call/sessions?status=lost', headers: bearer(owner) }, 'query_invalid'];
  yield ['list: a bad cursor', { path: '/v1/call/sessions?cursor=x', headers: bearer(owner) }, 'query_invalid'];
  yield ['publish: no JSON', post(`${path}/events`, '{'), 'json_invalid'];
  yield ['publish: into another call', post(`${path}/events`, JSON.stringify({ eventId: 'e', sessionId: 'sess_x', ts: '2026-02-16T10:00:00.000Z', type: 'x.a', payload: {}, schemaVersion: '1.0' })), 'wrong_stream'];
  yield ['development: a token from afar', { method: 'POST', path: '/v1/dev/token', headers: { 'Content-Type': 'application/json' }, body: '{"name":"Eve"}' }, 'route_not_found'];
}

/** An upgrade byte by byte as written: the owner's to the call, but for what is changed. */
export function upgradeOf({ server, sessionId, owner }, changes = {}) {
  const {
    target = `/v1/call/sessions/${sessionId}/ws`,
    origin,
    token = owner,
    protocol = 'lifeline.v1',
    version = 13,
    key = 'dGhlIHNhbXBsZSBub25jZQ==',
    connection = 'Upgrade',
  } = changes;
  return [
    `GET ${target} HTTP/1.1`,
    `Host: 127.0.0.1:${server.port}`,
    `Connection: ${connection}`,
    'Upgrade: websocket',
    `Sec-WebSocket-Version: ${version}`,
    ...(key ? [`Sec-WebSocket-Key: ${key}`] : []),
    `Sec-WebSocket-Protocol: ${protocol}${token ? `, auth.${token}` : ''}`,
    ...(origin ? [`Origin: ${origin}`] : []),
    '',
    '',
  ].join('\r\n');
}

/** Upgrades and requests as raw bytes. */
export function* upgradeCases(world) {
  const { sessionId, owner, stranger } = world;
  const path = `/v1/call/sessions/${sessionId}/ws`;
  const upgrade = (changes) => upgradeOf(world, changes);

  yield ['upgrade: a foreign origin', upgrade({ origin: 'https://evil.example' }), 'origin_forbidden'];
  yield ['upgrade: origin null', upgrade({ origin: 'null' }), 'origin_forbidden'];
  yield ['upgrade: an origin that begins alike', upgrade({ origin: 'https://app.example.evil' }), 'origin_forbidden'];
  yield ['upgrade: the origin without its s', upgrade({ origin: 'http://app.example' }), 'origin_forbidden'];
  yield ['upgrade: no token', upgrade({ token: '' }), ['token_missing', 'token_invalid']];
  yield ['upgrade: a bad token', upgrade({ token: 'garbage' }), 'token_invalid'];
  yield ["upgrade: a stranger's token", upgrade({ token: stranger }), 'session_not_found'];
  yield ['upgrade: a call that is not there', upgrade({ target: '/v1/call/sessions/sess_no/ws' }), 'session_not_found'];
  yield ['upgrade: a token in the URL', upgrade({ target: `${path}?token=${owner}` }), 'token_in_url'];
  yield ['upgrade: access_token in the URL', upgrade({ target: `${path}?access_token=x` }), 'token_in_url'];
  yield ['upgrade: a cursor ahead', upgrade({ target: `${path}?after=99999&epoch=x` }), ['epoch_changed', 'cursor_ahead']];
  yield ['upgrade: a cursor that is none', upgrade({ target: `${path}?after=abc` }), 'cursor_invalid'];
  yield ['upgrade: another protocol', upgrade({ protocol: 'mqtt' }), ['request_invalid', 'subprotocol_missing']];
  yield ['upgrade: version 8', upgrade({ version: 8 }), 'upgrade_required'];
  yield ['upgrade: no upgrade at all', upgrade({ connection: 'keep-alive' }), 'upgrade_required'];
  yield ['upgrade: no key', upgrade({ key: '' }), 'request_invalid'];
  yield ['upgrade: a short key', upgrade({ key: 'short' }), 'request_invalid'];

  const bad = 'http_malformed';
  yield ['http: two lengths', 'POST /v1/call/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', [bad, 'request_invalid']];
  yield ['http: length and chunks', 'POST /v1/call/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [bad, 'request_invalid']];
  yield ['http: no host', 'GET / HTTP/1.1\r\n\r\n', [bad, 'request_invalid']];
  yield ['http: a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', [bad, 'request_invalid', 'closed']];
  yield ['http: a bad escape in the target', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', [bad, 'request_invalid']];
  yield ['http: garbage', '\x16\x03\x01garbage\r\n\r\n', [bad, 'request_invalid', 'closed']];
  yield ['http: a huge header', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, ['head_too_large', 'header_too_large']];
}
