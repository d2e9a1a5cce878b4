import { LifelineError } from './error.js';
import { applyPatch, type Effect, type Patch } from './json_patch.js';
import { sameJson, type Json, type JsonObject } from './json_pointer.js';
import { inverse, rebase } from './rebase.js';

/** One edit of this client's that is not in the document yet. All of it counts, or nothing. */
export interface Edit {
  /** On the document as it is shown, before this edit. */
  patch: Patch;
  /** What it does there. */
  effects: readonly Effect[];
  /** Where others changed the same meanwhile. */
  crossed: readonly string[];
  /** How often the server would not have it, though nothing was seen to cross. */
  refusals: number;
}

/** The request that is under way, and the edits folded into it. */
interface Sent {
  readonly eventId: string;
  edits: Edit[];
  /** What crossed another's edit while it was under way: the server will say so. */
  lost: Edit[];
}

/** The server's limits of one request, with room for its envelope. */
const operationsMax = 256;
const patchBytesMax = 60 * 1024;
/** Edits that wait for the line; who makes more is told so. */
const waitingMax = 1_000;
const refusalsMax = 3;

/**
 * A document with this client's own edits on top of it: shown at once, confirmed or refused later, carried
 * over what others do meanwhile. Pure bookkeeping; who sends, and who is told, is LiveDocument's.
 */
export class Draft {
  #confirmed: JsonObject = {};
  #shown: JsonObject = {};
  #rev = 0;
  #sent: Sent | null = null;
  #waiting: Edit[] = [];

  /** The newest revision that the server has made. */
  get rev(): number {
    return this.#rev;
  }

  /** With this client's own edits in it. */
  get content(): JsonObject {
    return this.#shown;
  }

  /** How many edits are not confirmed yet. */
  get unsaved(): number {
    return (this.#sent?.edits.length ?? 0) + this.#waiting.length;
  }

  /** The eventId of the request that is under way. */
  get asked(): string | null {
    return this.#sent?.eventId ?? null;
  }

  /** The document anew, from its beginning or as it was read. Returns the edits on what it was before. */
  restart(content: JsonObject, rev: number): Edit[] {
    this.#confirmed = content;
    this.#rev = rev;
    return this.giveUp();
  }

  /** Back to what the server has. Returns the edits that are not in it. */
  giveUp(): Edit[] {
    const lost = [...(this.#sent?.edits ?? []), ...(this.#sent?.lost ?? []), ...this.#waiting];
    this.#sent = null;
    this.#waiting = [];
    this.#shown = this.#confirmed;
    return lost;
  }

  /** Shows the edit. Throws where it cannot be made on what is shown. */
  edit(patch: Patch): Edit {
    const { content, effects } = applyPatch(this.#shown, patch);
    if (patch.length > operationsMax || bytesOf(patch) > patchBytesMax) {
      throw new LifelineError({
        code: 'event_too_large',
        message: `An edit has at most ${operationsMax} operations and ${patchBytesMax} bytes.`,
        fix: 'Make several edits of it.',
      });
    }
    const last = this.#waiting[this.#waiting.length - 1];
    if (last && sameReplacement(last.patch, patch)) {
      last.patch = patch; // Typing: the last letter says it all.
      this.#shown = content;
      return last;
    }
    if (this.#waiting.length >= waitingMax) {
      throw new LifelineError({
        code: 'outbox_full',
        message: `${waitingMax} edits wait to be sent.`,
        fix: 'Wait until the line is back before editing more.',
        retryable: true,
      });
    }
    const edit: Edit = { patch, effects, crossed: [], refusals: 0 };
    this.#waiting.push(edit);
    this.#shown = content;
    return edit;
  }

  /** What to send next, folded into one request; null while one is under way or nothing waits. */
  send(mint: () => string): { eventId: string; baseRev: number; patch: Patch } | null {
    if (this.#sent !== null || this.#waiting.length === 0) return null;
    const edits: Edit[] = [];
    const patch: Patch[number][] = [];
    let bytes = 0;
    for (const edit of this.#waiting) {
      bytes += bytesOf(edit.patch);
      const tooMuch = patch.length + edit.patch.length > operationsMax || bytes > patchBytesMax;
      // What the server refused in company goes alone: then only the one at fault is lost.
      if (edits.length > 0 && (tooMuch || edit.refusals > 0 || edits[0]!.refusals > 0)) break;
      edits.push(edit);
      patch.push(...edit.patch);
    }
    this.#waiting = this.#waiting.slice(edits.length);
    this.#sent = { eventId: mint(), edits, lost: [] };
    return { eventId: this.#sent.eventId, baseRev: this.#rev, patch };
  }

  /** Somebody else's revision. Returns the waiting edits that cross it; those under way the server will judge. */
  theirs(rev: number, patch: Patch): Edit[] {
    const { content, effects } = applyPatch(this.#confirmed, patch);
    this.#confirmed = content;
    this.#rev = rev;
    return this.#restack(effects);
  }

  /** The request that was under way has become a revision. Returns its edits, and waiting ones that do not fit any more. */
  ours(rev: number, patch: Patch): { saved: Edit[]; lost: Edit[] } {
    const sent = this.#sent;
    const { content, effects } = applyPatch(this.#confirmed, patch);
    this.#confirmed = content;
    this.#rev = rev;
    this.#sent = null;
    const mine = sent?.edits ?? [];
    // As it was shown already, unless the server carried it over another's edit by another rule than ours.
    const undone = inverse(mine.flatMap((edit) => edit.effects));
    const asShown = sent?.lost.length === 0 && samePatch(mine, patch);
    const lost = this.#restack(asShown ? [] : [...undone, ...effects]);
    return { saved: [...mine, ...(sent?.lost ?? [])], lost };
  }

  /**
   * The request under way was refused: at `paths`, because others were there meanwhile, or altogether (null).
   * Returns the edits that are lost; others of the same request go once more.
   */
  refused(paths: readonly string[] | null): Edit[] {
    const sent = this.#sent;
    if (!sent) return [];
    this.#sent = null;
    const lost =
      paths === null ? sent.edits : sent.edits.filter((edit) => this.#isLost(edit, sent, paths));
    this.#waiting = [...sent.edits, ...this.#waiting];
    const more = this.#restack([], new Set(lost));
    return [...sent.lost, ...more];
  }

  #isLost(edit: Edit, sent: Sent, paths: readonly string[]): boolean {
    if (sent.lost.length > 0) return false; // It was those; this one only was in their company.
    edit.refusals++;
    return edit.refusals >= refusalsMax || edit.patch.some(({ path }) => paths.includes(path));
  }

  /**
   * Puts all own edits onto what is confirmed now. `delta` is what was done to what they stood on. One that
   * crosses it is taken out, and those after it stand on a document without it from there on.
   */
  #restack(delta: readonly Effect[], given: ReadonlySet<Edit> = new Set()): Edit[] {
    const out: Edit[] = [];
    let done = delta;
    let content = this.#confirmed;
    const fits = (edit: Edit): boolean => {
      const carried = rebase(edit.patch, done);
      if (!given.has(edit) && carried.crossed.length === 0) {
        try {
          const patched = applyPatch(content, carried.patch);
          edit.patch = carried.patch;
          edit.effects = patched.effects;
          content = patched.content;
          done = carried.done;
          return true;
        } catch {
          // Then it does not fit.
        }
      }
      done = [...inverse(edit.effects), ...done];
      edit.crossed =
        carried.crossed.length > 0 ? carried.crossed : edit.patch.map((one) => one.path);
      edit.patch = carried.patch;
      return false;
    };
    const sent = this.#sent;
    if (sent) {
      const kept = sent.edits.filter(fits);
      sent.lost.push(...sent.edits.filter((edit) => !kept.includes(edit)));
      sent.edits = kept;
    }
    this.#waiting = this.#waiting.filter((edit) => {
      const stays = fits(edit);
      if (!stays) out.push(edit);
      return stays;
    });
    this.#shown = content;
    return out;
  }
}

function sameReplacement(before: Patch, after: Patch): boolean {
  const [a, b] = [before[0], after[0]];
  return (
    before.length === 1 &&
    after.length === 1 &&
    a?.op === 'replace' &&
    b?.op === 'replace' &&
    a.path === b.path
  );
}

/** Whether the server has applied them as they were shown. */
function samePatch(edits: readonly Edit[], patch: Patch): boolean {
  const own = edits.flatMap((edit) => edit.patch);
  return (
    own.length === patch.length &&
    own.every((a, i) => {
      const b = patch[i]!;
      const sameValue = sameJson(a.value as Json | undefined, b.value as Json | undefined);
      return a.op === b.op && a.path === b.path && a.from === b.from && sameValue;
    })
  );
}

function bytesOf(patch: Patch): number {
  return new TextEncoder().encode(JSON.stringify(patch)).length;
}
