// The page of an account's money: who opens it brings a pass, which is kept as long as the page is open and no longer.

import { Billing } from '@lifeline/client';

import { chooseBaseUrl, loadConfig } from '../place/config';
import { readPass } from '../place/pass_link';
import { Store } from '../talk/store';
import { accountProblem, whoseOf } from '../words/account';
import type { Problem } from '../words/problem';

/** What is looked at, and where its calls can be replayed. */
export interface Desk {
  readonly billing: Billing;
  readonly role: string | null;
  /** Opens a call's replay at an event, in a tab of its own. */
  readonly replay: (sessionId: string, seq: number) => void;
}

export type AccountStage =
  | { readonly kind: 'sign_in'; readonly busy: boolean; readonly problem: Problem | null; readonly needsAccount: boolean }
  | { readonly kind: 'desk'; readonly desk: Desk };

const NO_PASS: Problem = {
  title: 'That is no pass.',
  advice: 'Copy the whole of it, without quotes.',
  code: null,
  requestId: null,
  explained: false,
};

const ACCOUNT = /^[A-Za-z0-9_.:-]{1,128}$/;

export class AccountConsole {
  readonly stage = new Store<AccountStage>({ kind: 'sign_in', busy: false, problem: null, needsAccount: false });
  private base_url_ = '';

  constructor(
    private readonly find_server_: () => Promise<string> = async () => chooseBaseUrl(await loadConfig(), location),
    private readonly billing_: (baseUrl: string, token: string, accountId: string) => Billing = (baseUrl, token, accountId) =>
      new Billing({ baseUrl, getToken: () => token, accountId }),
  ) {}

  get server_address(): string {
    return this.base_url_;
  }

  /** The account is the pass's own where none is named. */
  async sign_in(pasted: string, account = ''): Promise<void> {
    const token = readPass(pasted);
    if (token === null) return this.ask(NO_PASS);
    const whose = whoseOf(token);
    const accountId = account.trim() || whose.accountId || '';
    if (!ACCOUNT.test(accountId)) return this.ask(account === '' ? null : NO_ACCOUNT, true);
    this.stage.set({ kind: 'sign_in', busy: true, problem: null, needsAccount: false });
    try {
      this.base_url_ = await this.find_server_();
      const billing = this.billing_(this.base_url_, token, accountId);
      // Whether the pass is good for this at all; what is not ready yet says so in its own place.
      await billing.charges({ limit: 1 }).catch((thrown: unknown) => {
        if (accountProblem(thrown).code !== 'not_ready') throw thrown;
      });
      this.stage.set({ kind: 'desk', desk: { billing, role: whose.role, replay: (call, seq) => openReplay(call, seq, token) } });
    } catch (thrown) {
      this.ask(accountProblem(thrown));
    }
  }

  sign_out(): void {
    this.ask(null);
  }

  private ask(problem: Problem | null, needsAccount = false): void {
    this.stage.set({ kind: 'sign_in', busy: false, problem, needsAccount });
  }
}

const NO_ACCOUNT: Problem = { ...NO_PASS, title: 'That is no account.', advice: 'An account’s id looks like acct_main.' };

/** The pass goes along in the fragment, which no server is sent and which the page takes away at once. */
function openReplay(sessionId: string, seq: number, token: string): void {
  window.open(`${replayPlace(sessionId, seq)}#token=${encodeURIComponent(token)}`, '_blank', 'noopener');
}

export function replayPlace(sessionId: string, seq: number): string {
  return `./?replay=${encodeURIComponent(sessionId)}&at=${seq}`;
}
