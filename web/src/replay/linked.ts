// A call's past on a page that was opened by a link to it: with the pass of the link, with the one this tab has, or by
// name in development.

import { explainSession, type GetToken } from '@lifeline/client';

import { chooseBaseUrl, isThisMachine, loadConfig } from '../place/config';
import { devPass, readDevMode } from '../place/dev_mode';
import { rememberCall, rememberedCall, rememberedName, rememberedPass, rememberName } from '../place/memory';
import type { ReplayLink } from '../place/replay_link';
import { Store } from '../talk/store';
import { problemOf, type Problem } from '../words/problem';
import { historyDoor } from './history_door';
import type { PastDoor, Ways } from './replay';

/** How much is asked for at once; the most that a server gives. */
const PAGE_EVENTS = 1000;

export type LinkedStage =
  | { readonly kind: 'opening'; readonly problem: Problem | null }
  | { readonly kind: 'open'; readonly ways: Ways; readonly scripted: string | null };

export class Linked {
  readonly stage = new Store<LinkedStage>({ kind: 'opening', problem: null });
  private base_url_ = '';
  private opened_ = false;

  constructor(private readonly link_: ReplayLink) {}

  /** The event that the link leads to. */
  get at(): number | null {
    return this.link_.at;
  }

  get server_address(): string {
    return this.base_url_;
  }

  /** The tab is in that call, or was until it was over. */
  get ours(): boolean {
    return rememberedCall() === this.link_.sessionId;
  }

  async open(): Promise<void> {
    if (this.opened_) return;
    this.opened_ = true;
    this.stage.set({ kind: 'opening', problem: null });
    try {
      this.base_url_ = chooseBaseUrl(await loadConfig(), location);
      const near = isThisMachine(location.hostname) && this.base_url_ === location.origin;
      const dev = near ? await readDevMode(this.base_url_) : { enabled: false, agent: null };
      const scripted = dev.agent?.scripted ? dev.agent.name : null;
      this.stage.set({ kind: 'open', ways: this.ways(dev.enabled), scripted });
    } catch (thrown) {
      this.opened_ = false;
      this.stage.set({ kind: 'opening', problem: problemOf(thrown) });
    }
  }

  private ways(by_name: boolean): Ways {
    const { sessionId, token } = this.link_;
    const { ours } = this;
    const pass = token ?? (ours ? rememberedPass() : null);
    // For when the page is loaded again; another call that this tab is in is not forgotten for it.
    if (token !== null && (ours || rememberedCall() === null)) rememberCall(sessionId, token);
    const with_pass = (getToken: GetToken): PastDoor => {
      const of = { baseUrl: this.base_url_, getToken, sessionId };
      return { events: historyDoor(of, PAGE_EVENTS), story: () => explainSession(of), of };
    };
    const named = (name: string) => {
      rememberName(name);
      return with_pass(devPass(this.base_url_, name));
    };
    const known = by_name && ours && rememberedName() !== '' ? named(rememberedName()) : null;
    return { door: pass === null ? known : with_pass(() => pass), by_name: by_name ? named : null };
  }
}
