// One question on a page of its own: for a second device, or a link in a message. Who opens it signs in as on
// the page of the call: with the pass of the link, with the one this tab has, or by name in development.

import { joinCall, type Call, type GetToken, type Self } from '@lifeline/client';

import { Asking } from '../act/asking';
import { chooseBaseUrl, isThisMachine, loadConfig } from '../place/config';
import { devPass, readDevMode } from '../place/dev_mode';
import type { ApprovalLink } from '../place/approval_link';
import {
  forgetCall,
  rememberCall,
  rememberedCall,
  rememberedName,
  rememberedPass,
  rememberName,
} from '../place/memory';
import { selfOf } from '../talk/self';
import { Store } from '../talk/store';
import { problemOf, type Problem } from '../words/problem';

export type ApprovalStage =
  | { readonly kind: 'opening' }
  /** Nothing can be done: no question in the link, or no way in. */
  | { readonly kind: 'closed'; readonly problem: Problem }
  | { readonly kind: 'sign_in'; readonly busy: boolean; readonly problem: Problem | null }
  | { readonly kind: 'call'; readonly call: Call; readonly self: Store<Self | null>; readonly asking: Asking };

const NO_QUESTION: Problem = {
  title: 'This link names no question.',
  advice: 'Copy the whole link, with all that comes after the # sign.',
  code: null,
  requestId: null,
  explained: false,
};

const NOT_SIGNED_IN: Problem = {
  title: 'This device is not signed in to that call.',
  advice: 'Open the link that was sent to you, or answer on the device on which you are in the call.',
  code: null,
  requestId: null,
  explained: false,
};

export class Approval {
  readonly stage = new Store<ApprovalStage>({ kind: 'opening' });
  private base_url_ = '';
  private opened_ = false;

  constructor(private readonly link_: ApprovalLink | null) {}

  get server_address(): string {
    return this.base_url_;
  }

  async open(): Promise<void> {
    if (this.opened_) return;
    this.opened_ = true;
    if (!this.link_) return this.stage.set({ kind: 'closed', problem: NO_QUESTION });
    try {
      this.base_url_ = chooseBaseUrl(await loadConfig(), location);
      const pass = this.pass();
      if (pass !== null) return await this.enter(() => pass, pass);
      const near = isThisMachine(location.hostname) && this.base_url_ === location.origin;
      if (near && (await readDevMode(this.base_url_)).enabled) {
        return this.stage.set({ kind: 'sign_in', busy: false, problem: null });
      }
      this.stage.set({ kind: 'closed', problem: NOT_SIGNED_IN });
    } catch (thrown) {
      this.stage.set({ kind: 'closed', problem: problemOf(thrown) });
    }
  }

  /** In development: the same name is the same person. */
  async sign_in(name: string): Promise<void> {
    rememberName(name);
    this.stage.set({ kind: 'sign_in', busy: true, problem: null });
    try {
      await this.enter(devPass(this.base_url_, name), null);
    } catch (thrown) {
      this.stage.set({ kind: 'sign_in', busy: false, problem: problemOf(thrown) });
    }
  }

  get remembered_name(): string {
    return rememberedName();
  }

  private pass(): string | null {
    const { sessionId, token } = this.link_!;
    return token ?? (rememberedCall() === sessionId ? rememberedPass() : null);
  }

  private async enter(getToken: GetToken, pass: string | null): Promise<void> {
    const { sessionId, confirmationId } = this.link_!;
    const call = await joinCall({ baseUrl: this.base_url_, getToken, sessionId }).catch((thrown: unknown) => {
      if (pass !== null && rememberedPass() === pass) forgetCall();
      throw thrown;
    });
    if (pass !== null) rememberCall(sessionId, pass);
    const self = selfOf(call);
    const asking = new Asking(call, self, confirmationId === null ? {} : { only: confirmationId });
    this.stage.set({ kind: 'call', call, self, asking });
  }
}
