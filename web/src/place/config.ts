// Where the server is.
//
// The page is usually served by the server itself and talks to its own origin. Hosted elsewhere, the
// host of the page names the server in `config.json`, which lies beside index.html. A person's link may
// never choose the server freely: a link with a foreign `?api=` would hand that stranger every token
// the page is given. So `?api=` counts only if the host allowed it, on a page opened from this machine,
// and only for a server on this machine.

import { LifelineError } from '@lifeline/client';

import { reach } from './reach';

export interface PageConfig {
  /** Address of the server's API. Empty: the origin the page came from. */
  readonly baseUrl?: string;
  /** For development: let `?api=` name a server on this machine. */
  readonly allowApiParameter?: boolean;
  /** How long the connection test watches the line; a minute if left out. */
  readonly connectionTestSeconds?: number;
}

export interface PageAddress {
  readonly origin: string;
  readonly hostname: string;
  readonly search: string;
}

export class ConfigError extends LifelineError {
  constructor(message: string) {
    super({ code: 'config_invalid', message });
  }
}

export function chooseBaseUrl(config: PageConfig, page: PageAddress): string {
  const asked = new URLSearchParams(page.search).get('api');
  if (asked !== null && config.allowApiParameter === true) {
    const url = parseHttpUrl(asked);
    if (url && isThisMachine(page.hostname) && isThisMachine(url.hostname)) return trimmed(url);
  }
  if (!config.baseUrl) return page.origin;
  const url = parseHttpUrl(config.baseUrl);
  if (!url) {
    throw new ConfigError(`config.json: baseUrl is not an http(s) address: ${config.baseUrl}`);
  }
  return trimmed(url);
}

export async function loadConfig(fetcher: typeof fetch = fetch): Promise<PageConfig> {
  const response = await reach(fetcher, 'config.json', { cache: 'no-cache' });
  if (response.status === 404) return {};
  if (!response.ok) throw new ConfigError(`config.json could not be read (HTTP ${response.status})`);
  return readConfig(
    await response.json().catch(() => {
      throw new ConfigError('config.json is not JSON');
    }),
  );
}

export function readConfig(value: unknown): PageConfig {
  if (typeof value !== 'object' || value === null) throw new ConfigError('config.json: not an object');
  const { baseUrl, allowApiParameter, connectionTestSeconds } = value as Record<string, unknown>;
  if (baseUrl !== undefined && typeof baseUrl !== 'string') {
    throw new ConfigError('config.json: baseUrl must be text');
  }
  if (connectionTestSeconds !== undefined && !(Number(connectionTestSeconds) > 0 && Number(connectionTestSeconds) <= 600)) {
    throw new ConfigError('config.json: connectionTestSeconds must be a number up to 600');
  }
  return {
    baseUrl,
    allowApiParameter: allowApiParameter === true,
    ...(connectionTestSeconds !== undefined && { connectionTestSeconds: Number(connectionTestSeconds) }),
  };
}

export function isThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

function parseHttpUrl(text: string): URL | null {
  try {
    const url = new URL(text);
    const plain = url.protocol === 'http:' || url.protocol === 'https:';
    return plain && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}

function trimmed(url: URL): string {
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

const HOLD_S = 60;

/** How long the connection test watches the line: as the host says, or shorter if the link does. */
export function holdMs({ connectionTestSeconds = HOLD_S }: PageConfig, search: string): number {
  const asked = Number(new URLSearchParams(search).get('seconds') ?? NaN);
  const seconds = Number.isFinite(asked) && asked > 0 ? Math.min(asked, connectionTestSeconds) : connectionTestSeconds;
  return seconds * 1000;
}
