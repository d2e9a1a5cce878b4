import type { Channel } from './contract.js';

/** A call as REST describes it. What it is now, `call.state` knows better. */
export interface Session {
  readonly sessionId: string;
  readonly status: 'created' | 'active' | 'ended' | 'failed';
  readonly ownerId: string;
  readonly accountId: string;
  readonly channel: Channel;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly connectedAt?: string;
  readonly endedAt?: string;
  readonly endReason?: string;
  readonly correlationId?: string;
  readonly continues?: string;
  /** Words of a person are kept only once they have consented to being recorded. */
  readonly recordingConsentRequired?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Everybody who may be in the call, whether they have come yet or not. */
  readonly participants: readonly {
    readonly participantId: string;
    readonly role: 'user' | 'agent' | 'operator' | 'viewer';
    readonly displayName?: string;
    readonly joined: boolean;
    readonly connected: boolean;
    /** Their consent to being recorded stands. */
    readonly recordingAgreed?: boolean;
  }[];
}

/** What a call may be created with; all of it optional. */
export interface CreateCallBody {
  /** Your own id for the call, or the server's if left out. */
  readonly sessionId?: string;
  readonly correlationId?: string;
  /** Whose call it is; only a `service` may name somebody else. */
  readonly ownerId?: string;
  readonly participants?: readonly {
    readonly userId: string;
    readonly role: 'user' | 'agent' | 'operator' | 'viewer';
  }[];
  readonly channel?: Channel;
  readonly direction?: 'inbound' | 'outbound';
  readonly provider?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The ended or failed call that this one carries on. */
  readonly continues?: string;
  /** Keeps words of a person only once they have consented. What the account demands is not taken off. */
  readonly recordingConsentRequired?: boolean;
  readonly reconnectWindowMs?: number;
  readonly maxDurationMs?: number;
}

/** How to open the socket: the token is good for about a minute and for this call only. */
export interface Connect {
  readonly url: string;
  readonly token: string;
  readonly expiresAt: string;
}

export interface SessionReply {
  readonly session: Session;
  readonly connect: Connect;
}
