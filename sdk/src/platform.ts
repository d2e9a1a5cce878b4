import { LifelineError } from './error.js';

/**
 * The part of a WebSocket that the SDK uses; browsers, Node >= 22 and `ws` all have it. Each of them
 * declares its own event types, so handlers are typed where they are assigned.
 */
export interface WebSocketLike {
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  /** 1 while it is open. */
  readonly readyState?: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** Anything that opens a WebSocket like the browser's constructor does. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/**
 * The world as the SDK sees it. Applications never need it; tests hand in a virtual one.
 * Times are milliseconds since 1970.
 */
export interface Platform {
  readonly now: () => number;
  /** Runs `fn` once after `ms`; the returned function cancels it. */
  readonly after: (ms: number, fn: () => void) => () => void;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly fillRandom: (bytes: Uint8Array) => void;
  readonly fetch: typeof globalThis.fetch;
  readonly openSocket: (url: string, protocols: string[]) => WebSocketLike;
  /** Calls `fn` when the network may be back: online, or the page is shown or woken again. */
  readonly onHint: (fn: () => void) => () => void;
  /** Calls `fn` when the page goes away and may not come back. */
  readonly onHide: (fn: () => void) => () => void;
}

/** The real world, with the given parts exchanged. Rejects if no WebSocket can be found. */
export async function platformOf(given: {
  readonly WebSocket?: WebSocketConstructor | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly platform?: Partial<Platform> | undefined;
}): Promise<Platform> {
  const openSocket = given.platform?.openSocket ?? (await socketOpener(given.WebSocket));
  return {
    now: () => Date.now(),
    after: (ms, fn) => {
      const timer = setTimeout(fn, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    fillRandom: (bytes) => void globalCrypto().getRandomValues(bytes),
    fetch: given.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    onHint: listenForHints,
    onHide: listenForHiding,
    ...given.platform,
    openSocket,
  };
}

async function socketOpener(
  given: WebSocketConstructor | undefined,
): Promise<Platform['openSocket']> {
  const Constructor = given ?? (await findWebSocket());
  return (url, protocols) => new Constructor(url, protocols);
}

async function findWebSocket(): Promise<WebSocketConstructor> {
  if (typeof globalThis.WebSocket === 'function') return globalThis.WebSocket;
  const specifier = 'ws'; // Not written in the import, so that no bundler tries to find it.
  try {
    const module = (await import(/* @vite-ignore */ specifier)) as {
      default: WebSocketConstructor;
    };
    return module.default;
  } catch (cause) {
    throw new LifelineError({
      code: 'websocket_missing',
      message: 'This runtime has no WebSocket, and the package "ws" is not installed.',
      fix: 'Use Node 22 or newer, or `npm install ws`, or pass { WebSocket } to createCall/joinCall.',
      cause,
    });
  }
}

/** Node 18 has Web Crypto only behind a flag; ids need uniqueness there, not secrecy. */
function globalCrypto(): { getRandomValues(bytes: Uint8Array): unknown } {
  return (
    globalThis.crypto ?? {
      getRandomValues: (bytes: Uint8Array) => {
        for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256);
      },
    }
  );
}

function listenForHints(fn: () => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => undefined;
  const whenVisible = () => {
    if (document.visibilityState === 'visible') fn();
  };
  window.addEventListener('online', fn);
  window.addEventListener('pageshow', fn);
  document.addEventListener('visibilitychange', whenVisible);
  document.addEventListener('resume', fn); // After a freeze; the page may still be hidden.
  return () => {
    window.removeEventListener('online', fn);
    window.removeEventListener('pageshow', fn);
    document.removeEventListener('visibilitychange', whenVisible);
    document.removeEventListener('resume', fn);
  };
}

function listenForHiding(fn: () => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => undefined;
  window.addEventListener('pagehide', fn);
  document.addEventListener('freeze', fn);
  return () => {
    window.removeEventListener('pagehide', fn);
    document.removeEventListener('freeze', fn);
  };
}
