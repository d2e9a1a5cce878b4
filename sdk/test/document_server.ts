import { applyPatch, type Effect, type Patch } from '../src/json_patch.js';
import type { JsonObject } from '../src/json_pointer.js';
import type { EventRecord } from '../src/lifeline.js';
import { rebase } from '../src/rebase.js';
import type { FakeServer } from './fake_server.js';
import type { FakeSocket } from './virtual.js';

const at = '2026-02-16T10:00:00.000Z';

export interface Edited {
  readonly rev: number;
  readonly patch: Patch;
  readonly by: string;
  readonly effects: readonly Effect[];
}

/** Where an edit that was written on an older revision crosses what was done since, and what it becomes. */
export type Rule = (
  patch: Patch,
  since: readonly Edited[],
) => { readonly patch: Patch; readonly crossed: readonly string[] };

/** As the server does it. */
export const ruleOfTheServer: Rule = (patch, since) => {
  const crossed = new Set<string>();
  let at = patch;
  for (const { effects } of since) {
    const carried = rebase(at, effects);
    // In the editor's own words.
    at.forEach(({ path }, i) => carried.crossed.includes(path) && crossed.add(patch[i]!.path));
    at = carried.patch;
  }
  return { patch: at, crossed: [...crossed] };
};

/** One document beside a call: its stream, who follows it, and the rule by which edits come in. */
export class DocumentServer {
  content: JsonObject;
  readonly journal: EventRecord[] = [];
  readonly edits: Edited[] = [];
  /** How far each has been told. */
  readonly followers = new Map<FakeSocket, number>();
  /** Events, and what becomes of them, wait until answer() is called. */
  slow = false;
  epoch = 'epoch-1';
  rule = ruleOfTheServer;
  /** Answered instead of what would be, once each. */
  readonly refusals: object[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly id: string,
    initial: JsonObject,
    kind = 'cv',
    title = 'A title',
  ) {
    this.content = initial;
    const payload = { documentId: id, kind, ownerId: 'usr_1', title, initial };
    this.#append('document.created', payload, 'usr_1');
  }

  get rev(): number {
    return this.edits.length;
  }

  /** Serves it on the sockets of `server`; `who` is in the token of a socket's address. */
  serve(server: FakeServer, who: string): this {
    const before = server.beside;
    server.beside = (socket, frame) => this.#received(socket, frame, who) || before(socket, frame);
    return this;
  }

  /** What waited is answered. */
  answer(count = Infinity): void {
    for (const one of this.#waiting.splice(0, count)) one();
  }

  /** Somebody's edit by another door. */
  edit(by: string, patch: Patch, baseRev = this.rev): void {
    this.#edit(by, `other_${this.journal.length}`, baseRev, patch);
  }

  say(frame: object): void {
    for (const socket of this.followers.keys()) socket.say(frame);
  }

  #received(socket: FakeSocket, frame: Record<string, unknown>, who: string): boolean {
    const event = frame['event'] as EventRecord['event'] | undefined;
    if (event?.sessionId !== this.id && frame['stream'] !== this.id) return false;
    if (frame['op'] === 'unsubscribe') this.followers.delete(socket);
    if (frame['op'] === 'subscribe') this.#subscribe(socket, frame);
    if (event) {
      const publish = () => this.#publish(socket, event, who);
      if (this.slow) this.#waiting.push(publish);
      else publish();
    }
    return true;
  }

  #subscribe(socket: FakeSocket, { after, epoch }: Record<string, unknown>): void {
    if (epoch !== this.epoch)
      return this.#refuse(socket, { code: 'epoch_changed', stream: this.id });
    if (Number(after) > this.journal.length) {
      return this.#refuse(socket, { code: 'cursor_ahead', stream: this.id });
    }
    this.followers.set(socket, Number(after));
    this.#deliver();
    socket.say({ op: 'replay.complete', seq: this.journal.length, stream: this.id });
  }

  #publish(socket: FakeSocket, event: EventRecord['event'], who: string): void {
    const refusal = this.refusals.shift();
    if (refusal) return this.#refuse(socket, { eventId: event.eventId, ...refusal });
    const known = this.journal.find((record) => record.event.eventId === event.eventId);
    if (known) {
      return socket.say({
        op: 'accepted',
        eventId: event.eventId,
        seq: known.seq,
        duplicate: true,
      });
    }
    if (!this.followers.has(socket)) {
      return this.#refuse(socket, { eventId: event.eventId, code: 'not_subscribed' });
    }
    const { baseRev, patch } = event.payload as { baseRev: number; patch: Patch };
    try {
      this.#edit(who, event.eventId, baseRev, patch);
    } catch {
      this.#refuse(socket, { eventId: event.eventId, code: 'patch_failed' });
    }
  }

  #edit(by: string, eventId: string, baseRev: number, wanted: Patch): void {
    const since = this.edits.slice(baseRev);
    const { patch, crossed } = this.rule(wanted, since);
    const applied = crossed.length > 0 ? null : applyPatch(this.content, patch);
    this.#append('document.edit.requested', { baseRev, patch: wanted }, by, eventId);
    if (!applied) {
      const currentRev = this.rev;
      const last = since[since.length - 1]?.by ?? by;
      const payload = { baseRev, currentRev, by: last, paths: crossed };
      return void this.#append('document.edit.rejected', payload, 'lifeline', undefined, eventId);
    }
    this.content = applied.content;
    const rev = this.rev + 1;
    this.edits.push({ rev, patch, by, effects: applied.effects });
    this.#append('document.edited', { rev, baseRev, patch, by }, 'lifeline', undefined, eventId);
  }

  #refuse(socket: FakeSocket, facts: object): void {
    socket.say({ op: 'error', message: 'No.', outcome: 'refused', ...facts });
  }

  #append(type: string, payload: object, actor: string, eventId?: string, cause?: string): void {
    const seq = this.journal.length + 1;
    const event = {
      eventId: eventId ?? `${this.id}_${seq}`,
      sessionId: this.id,
      ts: at,
      type,
      payload,
      schemaVersion: '1.0',
    };
    const meta = { actor: { kind: 'user', id: actor }, recordedAt: at, ...(cause && { cause }) };
    const record = { seq, event, meta } as unknown as EventRecord;
    this.journal.push(record);
    this.#deliver();
  }

  /** In order to each, also when one of them asks for more while it is told. */
  #deliver(): void {
    for (const socket of this.followers.keys()) {
      for (;;) {
        const told = this.followers.get(socket) ?? Infinity;
        const record = this.journal[told];
        if (!record) break;
        this.followers.set(socket, told + 1);
        socket.say({ op: 'event', ...record });
      }
    }
  }
}
