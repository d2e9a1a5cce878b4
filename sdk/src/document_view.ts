import type { LifelineError } from './error.js';
import type { Patch } from './json_patch.js';
import type { JsonObject } from './json_pointer.js';

/** A document as it stands on this screen. Plain data; never changed in place. */
export interface DocumentView {
  /**
   * `loading` until it was read for the first time, `live` while it follows, `stale` while the line is away
   * (it can be edited all the same), `gone` when it is not to be seen here any more.
   */
  readonly state: 'loading' | 'live' | 'stale' | 'gone';
  readonly kind: string;
  readonly title: string;
  /** The newest revision; own edits that are not confirmed are in `content` and not counted here. */
  readonly rev: number;
  readonly content: JsonObject;
  /** How many own edits are not confirmed yet. */
  readonly unsaved: number;
  /** Who made the newest revision; null where that was not seen. */
  readonly lastEdit: DocumentEdit | null;
  /** Why it is gone, or does not follow. */
  readonly error: LifelineError | null;
}

/** A revision, as everybody sees it. */
export interface DocumentEdit {
  readonly by: string;
  readonly rev: number;
  readonly patch: Patch;
  readonly at: string;
  /** Asked for by this very client. */
  readonly own: boolean;
}

/** An edit of this client's that was taken back: somebody else was there first, or it may not be made. */
export interface EditRejection {
  /** `edit_conflict`, or the server's reason. */
  readonly code: string;
  readonly message: string;
  /** Who changed the same; null where it is no conflict. */
  readonly by: string | null;
  /** Where. */
  readonly paths: readonly string[];
  /** What was wanted, at its places in the document as it is now, as far as they are still there. */
  readonly patch: Patch;
  /** The revision that stands. */
  readonly rev: number;
}

/** A document as REST tells of it. */
export interface DocumentRecord {
  readonly documentId: string;
  readonly kind: string;
  readonly title: string;
  readonly ownerId: string;
  readonly accountId: string;
  readonly rev: number;
  /** `content` is what the document's stream comes to up to here. */
  readonly seq: number;
  readonly epoch: string;
  readonly content: JsonObject;
  readonly shares: readonly { readonly with: string; readonly role: 'editor' | 'viewer' }[];
}
