// What the page does between its screens: finds its server, starts a call, joins one, comes back to the one
// this tab was in, and goes home. It owns the call and the voice; the views only watch.

import {
  createCall,
  createInvite,
  joinCall,
  listAgents,
  setKillSwitch,
  speechTerms,
  uploadSpeech,
  type AgentRecord,
  type Call,
  type GetToken,
  type Platform,
} from '@lifeline/client';
import type { FaultSwitch } from '@lifeline/client/faults/switch';

import { stopsDoor } from './act/stops';
import { chooseBaseUrl, isThisMachine, loadConfig } from './place/config';
import { devPass, readDevMode, type DevMode } from './place/dev_mode';
import { inviteLink, readInvite } from './place/invite';
import {
  forgetCall,
  leaveLine,
  rememberCall,
  rememberedCall,
  rememberedName,
  rememberedPass,
  rememberName,
  takeLine,
} from './place/memory';
import { Redemption } from './place/redemption';
import { historyDoor } from './replay/history_door';
import { browserSynthesis, Speaker, type SpeakState } from './speech/speaker';
import type { SpeechDoor } from './talk/dictation';
import { Store } from './talk/store';
import { openTalk, type Talk } from './talk/talk';
import { problemOf, type Problem } from './words/problem';

export interface LobbyStage {
  readonly kind: 'lobby';
  readonly invited: boolean;
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly canReturn: boolean;
  /** The server's own agents that can be asked along. */
  readonly agents: readonly AgentRecord[];
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
  /** Breaks this page's own line on purpose: there in development mode only. */
  faults: FaultSwitch | null = null;
  private readonly speaker_: Speaker;
  private base_url_ = '';
  private get_token_: GetToken | null = null;
  private opened_ = false;
  /** What the page before this one, in this tab, has left of its line. */
  private line_: string | undefined;
  private readonly redemption_ = new Redemption();
  private agents_: readonly AgentRecord[] = [];

  constructor(private invite_: string | null) {
    this.speaker_ = new Speaker(browserSynthesis(), (state) => this.hearing.set(state));
    this.hearing = new Store(this.speaker_.state);
  }

  /** For links to what the server itself explains. */
  get server_address(): string {
    return this.base_url_;
  }

  get scripted_agent(): string | null {
    return this.dev.agent?.scripted ? this.dev.agent.name : null;
  }

  async open(): Promise<void> {
    if (this.opened_) return;
    this.opened_ = true;
    this.line_ ??= takeLine(rememberedCall() ?? '');
    this.stage.set({ kind: 'opening', problem: null });
    try {
      this.base_url_ = chooseBaseUrl(await loadConfig(), location);
      this.dev = await this.dev_mode();
      if (this.dev.enabled) this.faults = await faultSwitch();
    } catch (thrown) {
      this.opened_ = false;
      return this.stage.set({ kind: 'opening', problem: problemOf(thrown) });
    }
    if (this.invite_ === null && rememberedCall() !== null) return this.come_back();
    this.stage.set(this.lobby(null));
    void this.find_agents();
  }

  /** From a tap or key press, which also lets the page speak. */
  start(name: string, agents: readonly string[] = []): Promise<void> {
    this.speaker_.unlock();
    rememberName(name);
    const getToken = devPass(this.base_url_, name);
    const participants = agents.map((userId) => ({ userId, role: 'agent' as const }));
    const call = { channel: 'voice' as const, ...(participants.length > 0 && { participants }) };
    return this.enter(getToken, null, () => createCall({ ...this.server(getToken), ...call }));
  }

  /** A server that has none, or is older than agents, simply offers none. */
  private async find_agents(): Promise<void> {
    if (!this.dev.enabled || this.invite_ !== null) return;
    const getToken = devPass(this.base_url_, rememberedName() || 'Somebody');
    const { agents } = await listAgents({ baseUrl: this.base_url_, getToken }).catch(() => ({ agents: [] }));
    this.agents_ = agents;
    const { value } = this.stage;
    if (value.kind === 'lobby') this.stage.set({ ...value, agents });
  }

  /** A new call that goes on from the one on the screen, which was given up. */
  async carry_on(): Promise<void> {
    const { value: stage } = this.stage;
    if (stage.kind !== 'call') return;
    const continues = stage.talk.call.sessionId;
    const getToken = devPass(this.base_url_, rememberedName());
    this.leave();
    await this.enter(getToken, null, () => createCall({ ...this.server(getToken), channel: 'voice', continues }));
  }

  /** What the next page in this tab needs to take the place of this one is left when this one goes. */
  watch_leaving(): () => void {
    const leave = () => {
      const { value: stage } = this.stage;
      if (stage.kind !== 'call' || stage.talk.call.state.value.end) return;
      leaveLine(stage.talk.call.sessionId, stage.talk.call.resumeToken);
    };
    // A page that was only put aside is its own successor.
    const back = ({ persisted }: PageTransitionEvent) => void (persisted && takeLine(''));
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', back);
    return () => {
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', back);
    };
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
      await this.enter(getToken, pass, () => joinCall({ ...this.server(getToken), sessionId }));
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
    const resumeToken = this.line_;
    await this.enter(getToken, pass, () => joinCall({ ...this.server(getToken), sessionId, resumeToken }));
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

  /** Stops everything that the agent would do in this call, or lets it go on. */
  async set_kill_switch(enabled: boolean, reason: string): Promise<void> {
    const { value: stage } = this.stage;
    if (stage.kind !== 'call' || this.get_token_ === null) throw new Error('There is no call.');
    const server = { baseUrl: this.base_url_, getToken: this.get_token_ };
    const subject = stage.talk.call.sessionId;
    await setKillSwitch({ ...server, sessionId: subject, enabled, reason });
  }

  /** Out of the call, which goes on for the others; what was said stays on the screen. */
  leave(): void {
    forgetCall();
    const { value: stage } = this.stage;
    if (stage.kind !== 'call') return;
    stage.talk.conversation.close();
    stage.talk.dictation.discard();
    stage.talk.asking.close();
    stage.talk.call.leave();
  }

  go_home(): void {
    this.leave();
    this.stage.set(this.lobby(null));
    void this.find_agents();
  }

  /** `pass` is what this tab has to keep to come back, where that cannot be had anew. */
  private async enter(getToken: GetToken, pass: string | null, make: () => Promise<Call>): Promise<void> {
    this.busy();
    try {
      const call = await make();
      const server = this.server(getToken);
      const talk = openTalk(call, this.speaker_, {
        server,
        speech: this.speech_door(getToken, call.sessionId),
        stops: stopsDoor(server),
        past: historyDoor({ ...server, sessionId: call.sessionId }, 1000),
      });
      this.get_token_ = getToken;
      this.line_ = undefined;
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
        explained: false,
      }),
    );
  }

  /** Where recordings go, for browsers that make no words of a voice. */
  private speech_door(getToken: GetToken, sessionId: string): SpeechDoor {
    const server = this.server(getToken);
    return {
      terms: () => speechTerms(server),
      say: ({ bytes, durationMs, key }, signal, onRetry) =>
        uploadSpeech({
          ...server,
          sessionId,
          recording: bytes,
          durationMs,
          language: navigator.language,
          idempotencyKey: key,
          signal,
          onRetry,
        }),
    };
  }

  private server(getToken: GetToken): { baseUrl: string; getToken: GetToken; platform?: Partial<Platform> } {
    const platform = this.faults?.platform;
    return { baseUrl: this.base_url_, getToken, ...(platform && { platform }) };
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
    return { kind: 'lobby', invited: this.invite_ !== null, busy: false, problem, canReturn, agents: this.agents_ };
  }
}

/** Fetched only where it is wanted: nobody else's page carries it. */
async function faultSwitch(): Promise<FaultSwitch> {
  const { FaultSwitch } = await import('@lifeline/client/faults/switch');
  return new FaultSwitch();
}
