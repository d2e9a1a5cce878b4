import { socketUrl } from './address.js';
import { Call, type CallBackend } from './call.js';
import type { Ticket } from './connection.js';
import { LifelineError } from './error.js';
import { mintId } from './id.js';
import { platformOf, type Platform, type WebSocketConstructor } from './platform.js';
import { Rest, type BaseUrl } from './rest.js';
import type { Connect, CreateCallBody, Session, SessionReply } from './session.js';
import { readEvents, readSnapshot } from './snapshot.js';
import { TokenSource, type GetToken } from './token.js';
import { overReasons } from './verdict.js';

/** Where the server is and how to authenticate there. */
export interface ClientOptions {
  /**
   * `https://host[:port]`, or a function that gives it; asked again whenever the SDK reconnects, so
   * a server that moved (a new tunnel) is found.
   */
  readonly baseUrl: BaseUrl;
  /** Gives the access token; see GetToken. */
  readonly getToken: GetToken;
  /** A WebSocket class for runtimes without one (Node < 22); the package `ws` is found by itself. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Time, chance and network for tests. */
  readonly platform?: Partial<Platform> | undefined;
}

export interface CreateCallOptions extends ClientOptions, CreateCallBody {}

export interface JoinCallOptions extends ClientOptions {
  readonly sessionId: string;
  /** `call.resumeToken` of before a reload: the connection of then is replaced, not added to. */
  readonly resumeToken?: string | undefined;
}

/**
 * Creates a call and connects to it. Resolves once the call exists; the connection comes up by
 * itself, see `call.connection`. Attach listeners before you await anything else: events begin to
 * arrive with the next task. Rejects with the server's refusal, or `unreachable` after three
 * tries (all under one Idempotency-Key, so at most one call is made).
 */
export async function createCall(options: CreateCallOptions): Promise<Call> {
  const { baseUrl, getToken, WebSocket, fetch, platform, ...body } = options;
  const client = await clientOf({ baseUrl, getToken, WebSocket, fetch, platform });
  const { now, fillRandom } = client.platform;
  const reply = await client.rest.requestPatiently<SessionReply>({
    method: 'POST',
    path: '/v1/call/sessions',
    body,
    idempotencyKey: mintId('idem_', now(), fillRandom),
  });
  return callOf(client, reply);
}

/**
 * Joins a call that exists. Of a call that is over it gives the record: `call.state` and
 * `call.transcript` fill up, and the connection is then `closed`. Rejects with `session_not_found`
 * if there is no such call or it is not open to this user.
 */
export async function joinCall(options: JoinCallOptions): Promise<Call> {
  const client = await clientOf(options);
  const path = pathOf(options.sessionId);
  try {
    const connect = { method: 'POST', path: `${path}/connect`, body: {} } as const;
    const reply = await client.rest.requestPatiently<SessionReply>(connect);
    return callOf(client, reply, options.resumeToken);
  } catch (thrown) {
    if (!(thrown instanceof LifelineError) || !overReasons.has(thrown.code)) throw thrown;
    const session = await client.rest.requestPatiently<Session>({ method: 'GET', path });
    return callOf(client, { session, connect: null });
  }
}

/** What an invite link turns into; pass it to joinCall: `joinCall(await redeemInvite(link))`. */
export interface RedeemedInvite {
  readonly baseUrl: string;
  readonly sessionId: string;
  readonly getToken: GetToken;
}

/**
 * Redeems an invite link. The secret is in the link's fragment, which browsers never send; it goes
 * to the server in the body of this request, tried up to three times under one Idempotency-Key, so
 * that a lost answer does not use up the invite of somebody who then stands outside.
 */
export async function redeemInvite(
  link: string,
  options: {
    /** The name others will see. */
    readonly displayName?: string;
    /**
     * For whoever offers "try again" after `unreachable`: the same key with the same link and name
     * is the same person coming in. Random, and kept from others like the link. Minted if left out.
     */
    readonly idempotencyKey?: string;
    /** Where the API is, if not at the link's own origin. */
    readonly baseUrl?: BaseUrl;
    readonly fetch?: typeof globalThis.fetch;
    /** Time, chance and network for tests. */
    readonly platform?: Partial<Platform>;
  } = {},
): Promise<RedeemedInvite> {
  const url = new URL(link);
  const secret = new URLSearchParams(url.hash.slice(1)).get('invite');
  if (!secret) {
    throw new LifelineError({
      code: 'invite_malformed',
      message: 'The link carries no invite.',
      fix: 'Copy the whole link, including what comes after the # sign.',
    });
  }
  const platform = await platformOf(options);
  const rest = new Rest(options.baseUrl ?? url.origin, null, platform);
  const reply = await rest.requestPatiently<{ session: { sessionId: string }; token: string }>({
    method: 'POST',
    path: '/v1/call/invites/redeem',
    body: {
      secret,
      ...(options.displayName === undefined ? {} : { displayName: options.displayName }),
    },
    idempotencyKey: options.idempotencyKey ?? mintId('idem_', platform.now(), platform.fillRandom),
  });
  const { token } = reply;
  return {
    baseUrl: await rest.baseUrl(),
    sessionId: reply.session.sessionId,
    getToken: () => token,
  };
}

/** @internal */
export interface Client {
  readonly rest: Rest;
  readonly tokens: TokenSource;
  readonly platform: Platform;
}

/** @internal */
export async function clientOf(options: ClientOptions): Promise<Client> {
  const platform = await platformOf(options);
  const tokens = new TokenSource(options.getToken, platform.now);
  return { rest: new Rest(options.baseUrl, tokens, platform), tokens, platform };
}

function callOf(
  client: Client,
  reply: { readonly session: Session; readonly connect: Connect | null },
  resumeToken?: string,
): Call {
  const path = pathOf(reply.session.sessionId);
  const { rest, tokens } = client;
  const ticketOf = ({ url, token }: Connect): Ticket => ({
    url: socketUrl(rest.asked, url),
    token,
  });
  const backend: CallBackend = {
    ticket: async () => {
      const connect = { method: 'POST', path: `${path}/connect`, body: {} } as const;
      return ticketOf((await rest.request<SessionReply>(connect)).connect);
    },
    replay: (cursor) => readEvents(rest, path, cursor),
    snapshot: () => readSnapshot(rest, path),
    answer: (confirmationId, body) =>
      rest.request({
        method: 'POST',
        path: `${path}/confirmations/${encodeURIComponent(confirmationId)}`,
        body,
      }),
    document: (documentId) =>
      rest.request({ method: 'GET', path: `/v1/documents/${encodeURIComponent(documentId)}` }),
    renewToken: () => tokens.renew(),
    tokenExpired: () => tokens.expired(),
    lineLost: () => tokens.hold(),
    lineBack: () => tokens.release(),
  };
  return new Call(reply.session, client.platform, backend, resumeToken ?? null).start(
    reply.connect && ticketOf(reply.connect),
  );
}

/** @internal */
export function pathOf(sessionId: string): string {
  return `/v1/call/sessions/${encodeURIComponent(sessionId)}`;
}
