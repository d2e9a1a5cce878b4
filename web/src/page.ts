// What the page does between its screens: finds its server, starts a call, joins one, comes back to the one
// this tab was in, and goes home. It owns the call and the voice; the views only watch.

import { createCall, createInvite, joinCall, type Call, type GetToken } from '@lifeline/client';

import { chooseBaseUrl, isThisMachine, loadConfig } from './place/config';
import { devPass, readDevMode, type DevMode } from './place/dev_mode';
import { inviteLink, readInvite } from './place/invite';
import {
  forgetCall,
  rememberCall,
  rememberedCall,
  rememberedName,
  rememberedPass,
  rememberName,
} from './place/memory';
import { Redemption } from './place/redemption';
import { browserSynthesis, Speaker, type SpeakState } from './speech/speaker';
import { Store } from './talk/store';
import { openTalk, type Talk } from './talk/talk';
import { problemOf, type Problem } from './words/problem';

export interface LobbyStage {
  readonly kind: 'lobby';
  readonly invited: boolean;
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly canReturn: boolean;
}

export type Stage =
  | { readonly kind: 'opening'; readonly problem: Problem | null }
  | LobbyStage
  | { readonly kind: 'call'; readonly talk: Talk };

/** Refusals after which there is no call to come back to. */
const GONE = new Set(['session_not_found', 'forbidden', 'removed', 'token_invalid', 'token_expired']);

export class Page {
  readonly stage = new Store<Stage>({ kind: 'opening', problem: null });
  readonly hearing: Store<SpeakState>;
  dev: DevMode = { enabled: false, agent: null };
  private readonly speaker_: Speaker;
  private base_url_ = '';
  private get_token_: GetToken | null = null;
  private opened_ = false;
  private readonly redemption_ = new Redemption();

  constructor(private invite_: string | null) {
    this.speaker_ = new Speaker(browserSynthesis(), (state) => this.hearing.set(state));
    this.hearing = new Store(this.speaker_.state);
  }

  get scripted_agent(): string | null {
    return this.dev.agent?.scripted ? this.dev.agent.name : null;
  }

  async open(): Promise<void> {
    if (this.opened_) return;
    this.opened_ = true;
    this.stage.set({ kind: 'opening', problem: null });
    try {
      this.base_url_ = chooseBaseUrl(await loadConfig(), location);
      this.dev = await this.dev_mode();
    } catch (thrown) {
      this.opened_ = false;
      return this.stage.set({ kind: 'opening', problem: problemOf(thrown) });
    }
    if (this.invite_ === null && rememberedCall() !== null) return this.come_back();
    this.stage.set(this.lobby(null));
  }

  /** From a tap or key press, which also lets the page speak. */
  start(name: string): Promise<void> {
    this.speaker_.unlock();
    rememberName(name);
    const getToken = devPass(this.base_url_, name);
    return this.enter(getToken, null, () => createCall({ baseUrl: this.base_url_, getToken, channel: 'voice' }));
  }

  /** `secret` is null when the page was opened by the invite link itself. */
  async join(name: string, secret: string | null): Promise<void> {
    this.speaker_.unlock();
    rememberName(name);
    const invite = secret ?? this.invite_;
    if (invite === null) return;
    this.busy();
    try {
      const link = inviteLink(location.href, invite);
      const { sessionId, getToken } = await this.redemption_.redeem(link, name, this.base_url_);
      // From here on it is the pass that lets in: the invite is used up, whatever comes of the line.
      this.invite_ = null;
      const pass = await getToken({ refused: null });
      rememberCall(sessionId, pass);
      await this.enter(getToken, pass, () => joinCall({ baseUrl: this.base_url_, sessionId, getToken }));
    } catch (thrown) {
      this.stage.set(this.lobby(problemOf(thrown)));
    }
  }

  /** Into the call this tab was in before it was loaded again. */
  async come_back(): Promise<void> {
    const sessionId = rememberedCall();
    const name = rememberedName();
    const pass = rememberedPass();
    if (sessionId === null) return this.stage.set(this.lobby(null));
    if (pass === null && (!this.dev.enabled || name === '')) return this.cannot_come_back();
    const getToken = pass === null ? devPass(this.base_url_, name) : () => pass;
    await this.enter(getToken, pass, () => joinCall({ baseUrl: this.base_url_, sessionId, getToken }));
  }

  async make_invite(): Promise<string> {
    const { value: stage } = this.stage;
    if (stage.kind !== 'call' || this.get_token_ === null) throw new Error('There is no call to invite to.');
    const { link } = await createInvite({
      baseUrl: this.base_url_,
      getToken: this.get_token_,
      sessionId: stage.talk.call.sessionId,
    });
    // The guest should come to this page, wherever the server believes its own to be.
    const secret = readInvite(new URL(link).hash);
    return secret === null ? link : inviteLink(location.origin + location.pathname, secret);
  }

  /** Out of the call, which goes on for the others; what was said stays on the screen. */
  leave(): void {
    forgetCall();
    const { value: stage } = this.stage;
    if (stage.kind !== 'call') return;
    stage.talk.conversation.close();
    stage.talk.call.leave();
  }

  go_home(): void {
    this.leave();
    this.stage.set(this.lobby(null));
  }

  /** `pass` is what this tab has to keep to come back, where that cannot be had anew. */
  private async enter(getToken: GetToken, pass: string | null, make: () => Promise<Call>): Promise<void> {
    this.busy();
    try {
      const talk = openTalk(await make(), this.speaker_);
      this.get_token_ = getToken;
      rememberCall(talk.call.sessionId, pass);
      this.stage.set({ kind: 'call', talk });
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code !== null && GONE.has(problem.code)) forgetCall();
      this.stage.set(this.lobby(problem));
    }
  }

  /** The tab knows which call it was in and has nothing to show for it: storage that was emptied, or forbidden. */
  private cannot_come_back(): void {
    forgetCall();
    this.stage.set(
      this.lobby({
        title: 'This tab has lost its pass to the call.',
        advice: 'Ask whoever invited you for a new link.',
        code: null,
        requestId: null,
      }),
    );
  }

  /** Only a page that came from the server itself, on the server's machine, need ask. */
  private async dev_mode(): Promise<DevMode> {
    const near = isThisMachine(location.hostname) && this.base_url_ === location.origin;
    return near ? readDevMode(this.base_url_) : this.dev;
  }

  private busy(): void {
    const { value } = this.stage;
    if (value.kind === 'lobby') this.stage.set({ ...value, busy: true, problem: null });
  }

  private lobby(problem: Problem | null): LobbyStage {
    const canReturn = rememberedCall() !== null;
    return { kind: 'lobby', invited: this.invite_ !== null, busy: false, problem, canReturn };
  }
}
