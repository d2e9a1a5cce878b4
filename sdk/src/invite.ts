import { clientOf, pathOf, type ClientOptions } from './create.js';
import { mintId } from './id.js';

export interface CreateInviteOptions extends ClientOptions {
  readonly sessionId: string;
  /** What whoever joins by the link may do; `user` unless said otherwise. */
  readonly role?: 'user' | 'agent' | 'operator' | 'viewer';
  /** How long the link works; the server's default if left out. */
  readonly ttlMs?: number;
  /** How many people the link lets in; one unless said otherwise. */
  readonly uses?: number;
}

export interface Invite {
  readonly inviteId: string;
  /** Whoever opens this joins the call. The secret is in its fragment, which browsers never send. */
  readonly link: string;
  readonly expiresAt: string;
}

interface InviteReply {
  readonly inviteId: string;
  readonly url: string;
  readonly expiresAt: string;
}

/** Makes a link by which somebody without an account here can join: see redeemInvite. */
export async function createInvite(options: CreateInviteOptions): Promise<Invite> {
  const { sessionId, role, ttlMs, uses } = options;
  const { rest, platform } = await clientOf(options);
  const { inviteId, url, expiresAt } = await rest.requestPatiently<InviteReply>({
    method: 'POST',
    path: `${pathOf(sessionId)}/invites`,
    body: {
      role: role ?? 'user',
      ...(ttlMs === undefined ? {} : { ttlMs }),
      uses: uses ?? 1,
    },
    idempotencyKey: mintId('idem_', platform.now(), platform.fillRandom),
  });
  return { inviteId, link: url, expiresAt };
}
