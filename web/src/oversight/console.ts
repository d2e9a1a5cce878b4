// The page of the kill switches: who opens it brings a pass, which is kept as long as the page is open and no longer.

import { Stops, stopsDoor, type StopsDoor } from '../act/stops';
import { chooseBaseUrl, loadConfig } from '../place/config';
import { readPass } from '../place/pass_link';
import { Store } from '../talk/store';
import { problemOf, type Problem } from '../words/problem';

export type ConsoleStage =
  | { readonly kind: 'sign_in'; readonly busy: boolean; readonly problem: Problem | null }
  | { readonly kind: 'board'; readonly stops: Stops };

const NO_PASS: Problem = {
  title: 'That is no pass.',
  advice: 'Copy the whole of it, without quotes.',
  code: null,
  requestId: null,
  explained: false,
};

export class Console {
  readonly stage = new Store<ConsoleStage>({ kind: 'sign_in', busy: false, problem: null });
  private base_url_ = '';

  constructor(
    private readonly find_server_: () => Promise<string> = async () => chooseBaseUrl(await loadConfig(), location),
    private readonly door_: (baseUrl: string, token: string) => StopsDoor = (baseUrl, token) =>
      stopsDoor({ baseUrl, getToken: () => token }),
  ) {}

  get server_address(): string {
    return this.base_url_;
  }

  async sign_in(pasted: string): Promise<void> {
    const token = readPass(pasted);
    if (token === null) return this.stage.set({ kind: 'sign_in', busy: false, problem: NO_PASS });
    this.stage.set({ kind: 'sign_in', busy: true, problem: null });
    try {
      this.base_url_ = await this.find_server_();
      const stops = new Stops(this.door_(this.base_url_, token));
      await stops.read();
      const { problem } = stops.state.value;
      this.stage.set(problem ? { kind: 'sign_in', busy: false, problem } : { kind: 'board', stops });
    } catch (thrown) {
      this.stage.set({ kind: 'sign_in', busy: false, problem: problemOf(thrown) });
    }
  }

  sign_out(): void {
    this.stage.set({ kind: 'sign_in', busy: false, problem: null });
  }
}
