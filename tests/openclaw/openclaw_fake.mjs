// A gateway that speaks what OpenClaw 2026.9.6 was heard to speak (protocol 4), and misbehaves as it
// was seen to, when a test asks for it: two ends after an abort, numbers that start over, pieces
// after the end, a socket that drops in the middle, UNAVAILABLE while it starts.

import { WebSocketServer } from 'ws';

export class FakeGateway {
  runs = new Map(); // idempotencyKey -> {starts, result, aborted}
  connects = 0;
  sessions = [];
  requests = [];
  aborts = []; // [sessionKey, runId]
  made = []; // Sessions: [agent, key]

  /** `how`: protocol, unavailable (how often at first), drop (after the first text), wrongToken... */
  constructor(how = {}) {
    this.how = { protocol: 4, unavailable: 0, text: ['Good ', 'morning', '.'], ...how };
  }

  async start() {
    this.server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => this.server.once('listening', resolve));
    this.port = this.server.address().port;
    this.server.on('connection', (socket) => this.#serve(socket));
    return this;
  }
  async close() {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(socket) {
    this.connects += 1;
    const send = (frame) => socket.readyState === 1 && socket.send(JSON.stringify(frame));
    send({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } });
    socket.on('message', (bytes) => {
      const { id, method, params } = JSON.parse(bytes);
      // A line that breaks: what comes by it now is read by nobody.
      if (socket.broken) return socket.terminate();
      this.requests.push(method);
      const ok = (payload) => send({ type: 'res', id, ok: true, payload });
      const no = (code, message, more = {}) => send({ type: 'res', id, ok: false, error: { code, message, ...more } });
      if (method === 'connect') {
        if ((this.how.unavailable -= 1) >= 0) {
          no('UNAVAILABLE', 'startup-sidecars', { retryable: true });
          return socket.close(1013);
        }
        if (params.auth.token !== 'secret') return no('UNAUTHORIZED', 'wrong token');
        if (params.minProtocol > this.how.protocol) return no('PROTOCOL_MISMATCH', `this is ${this.how.protocol}`);
        return ok({ type: 'hello-ok', protocol: this.how.answerProtocol ?? this.how.protocol, server: { version: 'fake' } });
      }
      if (method === 'agent') return this.#agent(params, ok, no, send, socket);
      if (method === 'agent.wait') {
        const run = this.runs.get(params.runId);
        if (!run) return no('NOT_FOUND', 'no such run');
        run.waiting.push(ok);
        return this.#settle(run);
      }
      if (method === 'chat.abort') return this.#abort(params, ok, send);
      if (method === 'sessions.create') {
        if (this.how.createRefused) return no('FORBIDDEN', 'not here');
        this.made.push([params.agentId, params.key]);
        return ok({ key: params.key });
      }
      if (method === 'tools.effective') {
        if (this.how.silent) return;
        if (params.sessionKey !== this.how.warm && !this.made.some(([agent, key]) => agent === params.agentId && key === params.sessionKey))
          return no('INVALID_REQUEST', `unknown session key "${params.sessionKey}"`);
        // What MCP servers have is listed once there was a turn, not before.
        const cold = this.how.cold && params.sessionKey !== this.how.warm;
        const groups = (this.how.tools ?? []).filter(({ id }) => !cold || id !== 'mcp');
        const notices = cold ? [{ id: 'mcp-not-yet-connected', severity: 'info', message: 'not yet' }] : undefined;
        return ok({ agentId: params.agentId, profile: 'full', groups, notices });
      }
      no('INVALID_REQUEST', method);
    });
  }

  #settle(run) {
    if (run.result) for (const ok of run.waiting.splice(0)) ok({ ...run.result, ...run.final });
  }

  #agent(params, ok, no, send, socket) {
    if (!params.idempotencyKey) return no('INVALID_REQUEST', "must have required property 'idempotencyKey'");
    const known = this.runs.get(params.idempotencyKey);
    if (known?.result) return ok({ ...known.result, ...known.final });
    ok({ runId: params.idempotencyKey, sessionKey: params.sessionKey, status: 'accepted', acceptedAt: 1 });
    if (known) return;
    const run = { starts: 1, waiting: [], message: params.message, sessionKey: params.sessionKey };
    this.runs.set(params.idempotencyKey, run);
    this.sessions.push(params.sessionKey);
    if (this.how.silent) return;
    const { text, drop, hang } = this.how;
    let seq = 0;
    const agent = (stream, data) => send({ type: 'event', event: 'agent', payload: { runId: params.idempotencyKey, seq: (seq += 1), stream, data } });
    const chat = (payload) => send({ type: 'event', event: 'chat', payload: { runId: params.idempotencyKey, ...payload } });
    agent('lifecycle', { phase: 'start' });
    let all = '';
    for (const piece of text) {
      all += piece;
      agent('assistant', { text: all, delta: piece });
      chat({ state: 'delta', deltaText: piece, message: { role: 'assistant', content: [{ type: 'text', text: all }] } });
      if (drop || hang) break;
    }
    run.finish = () => {
      all = text.join('');
      run.result = { runId: params.idempotencyKey, status: 'ok', stopReason: 'end_turn' };
      run.final = {
        result: { payloads: [{ text: all }], meta: { agentMeta: { model: 'fake-1', usage: { input: 11, output: 7 } } } },
        terminalReply: { disposition: 'visible', text: all },
      };
    };
    if (this.how.breaks) {
      this.how.breaks = false;
      socket.broken = true;
    }
    if (hang) return;
    if (drop) {
      this.how.drop = false;
      setTimeout(() => {
        socket.terminate();
        if (this.how.away) this.how.unavailable = this.how.away;
        // It goes on without anybody listening.
        setTimeout(() => {
          run.finish();
          this.#settle(run);
        }, this.how.finishAfterMs ?? 5);
      }, 20);
      return;
    }
    run.finish();
    agent('lifecycle', { phase: 'end', endedAt: 2 });
    chat({ state: 'final', message: { role: 'assistant', content: [{ type: 'text', text: all }] } });
    // After the end: numbers from 1 again, more text, another end.
    seq = 0;
    agent('assistant', { text: `${all} late`, delta: ' late' });
    agent('lifecycle', { phase: 'error', error: 'a second end' });
    if (!this.how.noResult) ok({ ...run.result, ...run.final });
    this.#settle(run);
  }

  #abort({ sessionKey, runId }, ok, send) {
    this.aborts.push([sessionKey, runId]);
    const run = this.runs.get(runId);
    if (run) run.aborted = true;
    ok({ ok: true, aborted: Boolean(run), runIds: [runId] });
    for (const [seq, data] of [[2, { phase: 'end', status: 'cancelled' }], [1, { phase: 'error', error: 'aborted' }]])
      send({ type: 'event', event: 'agent', payload: { runId, seq, stream: 'lifecycle', data } });
    this.onAbort?.();
  }
}
