// Development mode: the server lets a page on the same machine make its own access tokens. It says so at
// /v1/dev; everywhere else that address does not exist, and then the page has no other way in than an invite.

import { LifelineError, type GetToken } from '@lifeline/client';

import { reach } from './reach';

export interface DevMode {
  readonly enabled: boolean;
  readonly agent: { readonly name: string; readonly scripted: boolean } | null;
}

const OFF: DevMode = { enabled: false, agent: null };

export async function readDevMode(baseUrl: string, fetcher: typeof fetch = fetch): Promise<DevMode> {
  const reply = await reach(fetcher, `${baseUrl}/v1/dev`, { cache: 'no-store' });
  if (!reply.ok) {
    if (reply.status >= 500) throw await refusal(reply);
    return OFF;
  }
  const { enabled, agent } = (await reply.json()) as Partial<DevMode>;
  return { enabled: enabled === true, agent: agent ?? null };
}

/** How long before its end a token is replaced. */
const RENEW_BEFORE_MS = 30_000;

/** Gives tokens for `name`: the same name is the same person, so a reload comes back as oneself. */
export function devPass(baseUrl: string, name: string, fetcher: typeof fetch = fetch): GetToken {
  let kept: { token: string; until: number } | null = null;
  return async ({ refused }) => {
    if (kept && kept.token !== refused && Date.now() < kept.until - RENEW_BEFORE_MS) return kept.token;
    const reply = await reach(fetcher, `${baseUrl}/v1/dev/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    if (!reply.ok) throw await refusal(reply);
    const { token, expiresAt } = (await reply.json()) as { token: string; expiresAt: string };
    kept = { token, until: Date.parse(expiresAt) };
    return token;
  };
}

async function refusal(reply: Response): Promise<LifelineError> {
  const problem = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (key: string) => (typeof problem[key] === 'string' ? problem[key] : undefined);
  return new LifelineError({
    code: text('code') ?? `http_${reply.status}`,
    message: text('detail') ?? text('title') ?? `The server answered ${reply.status}.`,
    fix: text('fix'),
    requestId: text('requestId'),
    retryable: reply.status >= 500,
    status: reply.status,
  });
}
