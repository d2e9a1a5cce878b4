import { LifelineError } from '@lifeline/client';

/** A request without cookies. That nobody answered is an error with the same code as the SDK's. */
export async function reach(fetcher: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetcher(url, { ...init, credentials: 'omit' });
  } catch (cause) {
    throw new LifelineError({ code: 'unreachable', message: 'No answer.', retryable: true, cause });
  }
}
