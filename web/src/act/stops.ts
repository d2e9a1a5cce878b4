// What is stopped beyond single calls: a type of action, an account, everything. Read from the server, and changed
// there; what is shown is what it said last, and when that was.

import {
  listKillSwitches,
  listTools,
  setKillSwitchBeyondCalls,
  type ClientOptions,
  type KillSwitchRecord,
} from '@lifeline/client';

import { Store } from '../talk/store';
import type { Problem } from '../words/problem';
import { NOT_FOR_THIS, stopProblem } from '../words/stops';

export type StopScope = KillSwitchRecord['scope'];

/** What a switch is about. */
export interface Stop {
  readonly scope: StopScope;
  readonly accountId?: string;
  readonly actionType?: string;
}

export interface StopsDoor {
  list(): Promise<readonly KillSwitchRecord[]>;
  /** Resolves with what is stopped then. */
  set(stop: Stop, enabled: boolean, reason: string): Promise<readonly KillSwitchRecord[]>;
  /** The types of action that there are, to choose from. */
  types(): Promise<readonly string[]>;
}

export interface StopsState {
  /** Null before the first answer. */
  readonly switches: readonly KillSwitchRecord[] | null;
  readonly readAt: number | null;
  readonly types: readonly string[];
  /** Why it could not be read; what is shown is older then. */
  readonly problem: Problem | null;
  /** This person's pass is for something else: a call, or no oversight at all. */
  readonly refused: boolean;
}

/** The server tells nobody of changes by itself. */
const READ_AGAIN_MS = 20_000;

export class Stops {
  readonly state = new Store<StopsState>({ switches: null, readAt: null, types: [], problem: null, refused: false });
  private asked_types_ = false;
  private changes_ = 0;

  constructor(
    private readonly door_: StopsDoor,
    private readonly now_: () => number = () => Date.now(),
  ) {}

  /** Reads it now and again, while somebody may be looking. Returns the function that stops it. */
  watch(): () => void {
    void this.read();
    const again = () => {
      if (document.visibilityState === 'visible' && !this.state.value.refused) void this.read();
    };
    const timer = setInterval(again, READ_AGAIN_MS);
    return () => clearInterval(timer);
  }

  async read(): Promise<void> {
    const changes = this.changes_;
    try {
      const switches = await this.door_.list();
      // What was asked before a change may be answered after it, and knows nothing of it.
      if (changes === this.changes_) this.know(switches);
    } catch (thrown) {
      const problem = stopProblem(thrown);
      this.state.set({ ...this.state.value, problem, refused: NOT_FOR_THIS.has(problem.code) });
    }
  }

  /** Once, for whoever is about to choose one. Without it a type is typed. */
  async read_types(): Promise<void> {
    if (this.asked_types_) return;
    this.asked_types_ = true;
    const types = await this.door_.types().catch(() => []);
    this.state.set({ ...this.state.value, types: [...new Set(types)].sort() });
  }

  /** Rejects with why not; then it is read again, since where only the answer was lost it is done all the same. */
  async set(stop: Stop, enabled: boolean, reason: string): Promise<void> {
    this.changes_ += 1;
    try {
      const switches = await this.door_.set(stop, enabled, reason);
      this.changes_ += 1;
      this.know(switches);
    } catch (thrown) {
      void this.read();
      throw thrown;
    }
  }

  private know(switches: readonly KillSwitchRecord[]): void {
    this.state.set({ ...this.state.value, switches, readAt: this.now_(), problem: null, refused: false });
  }
}

export function stopsDoor(server: ClientOptions): StopsDoor {
  return {
    list: async () => (await listKillSwitches(server)).switches,
    set: async (stop, enabled, reason) => (await setKillSwitchBeyondCalls({ ...server, ...stop, enabled, reason })).switches,
    types: async () => (await listTools(server)).tools.map(({ name }) => name),
  };
}
