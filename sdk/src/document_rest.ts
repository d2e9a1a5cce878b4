/** Documents over REST: for backends, and whoever is not connected to a call. */
import { clientOf, type ClientOptions } from './create.js';
import type { DocumentRecord } from './document_view.js';
import { mintId } from './id.js';
import type { Patch } from './json_patch.js';
import type { JsonObject } from './json_pointer.js';
import type { ListPage } from './oversight.js';

/** One line of a list: all but what is in it. */
export interface DocumentSummary {
  readonly documentId: string;
  readonly kind: string;
  readonly title: string;
  readonly ownerId: string;
  /** As of a moment ago. */
  readonly rev?: number;
  readonly createdAt: string;
}

export interface CreateDocumentOptions extends ClientOptions {
  /** The application's own word, for instance `cv`. */
  readonly kind: string;
  readonly title: string;
  /** Its first content, an object; revision 0. Empty if left out. */
  readonly initial?: JsonObject;
  /** Your own id, `doc_…`, or the server's. */
  readonly documentId?: string;
  /** Shared with this call from the beginning. */
  readonly sessionId?: string;
  /** Whose it is; only a service or an operator may name somebody else. */
  readonly ownerId?: string;
}

interface OfDocument extends ClientOptions {
  readonly documentId: string;
}

/** Makes a document; tried up to three times, and made once. */
export async function createDocument(options: CreateDocumentOptions): Promise<DocumentRecord> {
  const { baseUrl, getToken, WebSocket, fetch, platform, ...body } = options;
  const client = { baseUrl, getToken, WebSocket, fetch, platform };
  return (await change<{ document: DocumentRecord }>(client, '/v1/documents', body)).document;
}

/** The document as it is now; rejects with `document_not_found`. */
export async function getDocument(options: OfDocument): Promise<DocumentRecord> {
  const { rest } = await clientOf(options);
  return rest.requestPatiently({ method: 'GET', path: pathOfDocument(options.documentId) });
}

/** Your own, and those that are shared with you, newest first. */
export async function listDocuments(
  options: ClientOptions & ListPage & { readonly kind?: string },
): Promise<{ readonly documents: readonly DocumentSummary[]; readonly next?: string }> {
  const { rest } = await clientOf(options);
  const query = new URLSearchParams();
  for (const key of ['kind', 'cursor', 'limit'] as const) {
    if (options[key] !== undefined) query.set(key, String(options[key]));
  }
  return rest.requestPatiently({ method: 'GET', path: `/v1/documents?${query}` });
}

/**
 * Edits without following the document. `rebased` says that it was carried over newer edits of other places.
 * Rejects with `edit_conflict` where they crossed.
 */
export async function editDocument(
  options: OfDocument & { readonly baseRev: number; readonly patch: Patch },
): Promise<{ readonly rev: number; readonly seq: number; readonly rebased: boolean }> {
  const { documentId, baseRev, patch } = options;
  return change(options, `${pathOfDocument(documentId)}/edits`, { baseRev, patch });
}

/** Lets a user (`usr_…`), or everybody in a call (`sess_…`), read or edit it. */
export async function shareDocument(
  options: OfDocument & { readonly with: string; readonly role: 'editor' | 'viewer' },
): Promise<void> {
  const { documentId, role } = options;
  await change(options, `${pathOfDocument(documentId)}/shares`, { with: options.with, role });
}

/** Takes that back; whoever follows the document by it is told so at once. */
export async function unshareDocument(
  options: OfDocument & { readonly with: string },
): Promise<void> {
  const { rest } = await clientOf(options);
  const path = `${pathOfDocument(options.documentId)}/shares/${encodeURIComponent(options.with)}`;
  await rest.requestPatiently({ method: 'DELETE', path });
}

async function change<Reply>(options: ClientOptions, path: string, body: object): Promise<Reply> {
  const { rest, platform } = await clientOf(options);
  const idempotencyKey = mintId('idem_', platform.now(), platform.fillRandom);
  return rest.requestPatiently<Reply>({ method: 'POST', path, body, idempotencyKey });
}

function pathOfDocument(documentId: string): string {
  return `/v1/documents/${encodeURIComponent(documentId)}`;
}
