import type { HelloFrame } from './contract.js';
import type { Ending } from './verdict.js';

/** So often is a connection that was offered a resume token lost in silence before it goes without. */
const silencesMax = 2;

/** How an attempt went, as far as coming back as oneself is concerned. */
export interface Attempt {
  /** The resume token it was made with, or null. */
  readonly token: string | null;
  /** Whether the server said hello. */
  readonly greeted: boolean;
}

/**
 * What makes the connections of this client one line, of which the newest counts: the resume token,
 * and which of them it opened itself. Kept in memory; who wants to survive a reload keeps the token.
 */
export class Lineage {
  #token: string | null;
  readonly #opened = new Set<string>();
  /** Attempts that ended before hello: the server may have taken them up all the same. */
  #unheard = 0;
  /** Those among them, one after the other, that were offered a resume token. */
  #silences = 0;

  constructor(token: string | null) {
    this.#token = token;
  }

  get token(): string | null {
    return this.#token;
  }

  greeted({ generation, resumeToken }: HelloFrame): void {
    this.#silences = 0;
    if (generation !== undefined) this.#opened.add(generation);
    this.#token = resumeToken ?? this.#token;
  }

  rotated(token: string): void {
    this.#token = token;
  }

  /** From here on this client is a line of its own. */
  begin(): void {
    this.#token = null;
    this.#opened.clear();
    this.#unheard = this.#silences = 0;
  }

  /** What the server's word means to this client, which knows what it had opened itself. */
  judge(ending: Ending, { token, greeted }: Attempt): Ending {
    if (ending.reason === 'superseded') return this.#superseded(ending);
    if (ending.reason === 'resume_token_invalid' && token !== null) {
      this.begin();
      return { ...ending, verdict: 'now' };
    }
    if (!greeted) this.#lostUnheard(ending, token);
    return ending;
  }

  /**
   * An attempt that was given up may reach the server after the one that replaced it, and take its
   * place: then we took it from ourselves. Its token went with its hello, so we come back as another
   * line; where the guess is wrong, both live, and nobody takes the call from anybody for ever.
   */
  #superseded(ending: Ending): Ending {
    const own = ending.generation !== null && this.#opened.has(ending.generation);
    if (!own && this.#unheard === 0) return ending;
    if (!own) this.begin();
    return { ...ending, verdict: 'now' };
  }

  /** Clients that are no browsers are refused by a status that no script sees. */
  #lostUnheard(ending: Ending, token: string | null): void {
    if (ending.verdict === 'stop') return;
    this.#unheard++;
    if (token === null || ending.code !== null || ending.reason !== 'connection_lost') return;
    if (++this.#silences >= silencesMax) this.begin();
  }
}
