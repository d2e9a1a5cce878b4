// Which question this person is asked now, and what became of their answer. One at a time, the oldest first;
// "not now" puts one aside without answering it. An answer counts when its event came back, and not before.

import {
  actionOf,
  argsOf,
  canAnswer,
  openConfirmations,
  type Action,
  type Call,
  type Confirmation,
  type LifelineError,
  type Self,
} from '@lifeline/client';

import { Store } from '../talk/store';

export type Decision = 'approve' | 'edit' | 'deny';
export type AskingCall = Pick<Call, 'state' | 'connection' | 'answerConfirmation'>;

export interface Question {
  /** As it stands now: open, or closed and how. */
  readonly confirmation: Confirmation;
  readonly action: Action | null;
  /** What a yes would allow; null if that is not known here. */
  readonly args: Readonly<Record<string, unknown>> | null;
  /** The answer that is on its way from here. */
  readonly sending: Decision | null;
  /** Why the last answer was not taken. */
  readonly refusal: LifelineError | null;
  /** Which answer was given from here and counted. */
  readonly answered: Decision | null;
  /** It took the place of one that was shown before. */
  readonly changed: boolean;
}

export interface AskingView {
  readonly shown: Question | null;
  /** How many wait for this person, the shown one among them. */
  readonly waiting: number;
  /** Those that were put aside. */
  readonly aside: readonly Confirmation[];
}

export interface AskingOptions {
  /** Only this question, and what takes its place; it stays on the screen when it is answered. */
  readonly only?: string;
}

const NOTHING: AskingView = { shown: null, waiting: 0, aside: [] };

interface Given {
  readonly sending: Decision | null;
  readonly refusal: LifelineError | null;
  readonly answered: Decision | null;
}

const NOT_ANSWERED: Given = { sending: null, refusal: null, answered: null };

export class Asking {
  readonly view = new Store<AskingView>(NOTHING);
  private shown_: string | null;
  private changed_ = false;
  private readonly aside_ = new Set<string>();
  private readonly given_ = new Map<string, Given>();
  private readonly stops_: (() => void)[];

  constructor(
    private readonly call_: AskingCall,
    private readonly self_: Store<Self | null>,
    private readonly options_: AskingOptions = {},
  ) {
    this.shown_ = options_.only ?? null;
    const look = () => this.look();
    this.stops_ = [call_.state.subscribe(look), call_.connection.subscribe(look), self_.watch(look)];
    this.look();
  }

  /** Whether this person may answer it, here. */
  may_answer(confirmation: Confirmation): boolean {
    const me = this.self_.value;
    return me !== null && canAnswer(this.call_.state.value, me, confirmation);
  }

  /**
   * Gives an answer to `seen`, which is what the person had before their eyes, once: a second press while it is
   * on its way is none, and neither is one that comes when another question has taken its place.
   */
  answer(
    seen: Confirmation,
    decision: Decision,
    more: { args?: Readonly<Record<string, unknown>>; reason?: string } = {},
  ): void {
    const { shown } = this.view.value;
    if (!shown || shown.sending !== null || shown.answered !== null) return;
    const { confirmationId: id } = seen;
    if (shown.confirmation.confirmationId !== id || !this.may_answer(shown.confirmation)) return;
    this.give(id, { ...NOT_ANSWERED, sending: decision });
    this.call_.answerConfirmation(seen, decision, more).then(
      () => this.give(id, { ...NOT_ANSWERED, answered: decision }),
      (error: LifelineError) => this.give(id, { ...NOT_ANSWERED, refusal: error }),
    );
  }

  /** Not now: it stays open, and can be taken up again. */
  put_aside(): void {
    if (this.shown_ === null || this.options_.only !== undefined) return;
    this.aside_.add(this.shown_);
    this.leave();
  }

  /** A closed one was read. */
  done(): void {
    if (this.options_.only === undefined) this.leave();
  }

  take_up(confirmationId: string): void {
    this.aside_.delete(confirmationId);
    this.shown_ = confirmationId;
    this.changed_ = false;
    this.look();
  }

  close(): void {
    for (const stop of this.stops_) stop();
  }

  private leave(): void {
    this.shown_ = null;
    this.changed_ = false;
    this.look();
  }

  private give(id: string, given: Given): void {
    this.given_.set(id, given);
    this.look();
  }

  private look(): void {
    const state = this.call_.state.value;
    const mine = openConfirmations(state).filter((one) => this.may_answer(one));
    this.follow(state.confirmations, mine);
    const shown = state.confirmations.find((one) => one.confirmationId === this.shown_);
    this.view.set({
      shown: shown ? this.question(shown) : null,
      waiting: mine.length,
      aside: mine.filter((one) => this.aside_.has(one.confirmationId)),
    });
  }

  /** Decides which one is on the screen: what is there stays until it is read, then the oldest that is new. */
  private follow(all: readonly Confirmation[], mine: readonly Confirmation[]): void {
    const at = all.find((one) => one.confirmationId === this.shown_);
    const next = all.find((one) => one.confirmationId === at?.closed?.byConfirmationId);
    if (at && next && next.seq > at.seq) {
      this.shown_ = next.confirmationId;
      this.changed_ = true;
      return this.follow(all, mine);
    }
    if (this.options_.only !== undefined) return;
    // What this very page has answered needs no word more: the conversation shows what comes of it.
    if (at && at.state !== 'open' && this.answered_here(at)) this.shown_ = null;
    if (!at) this.shown_ = null;
    if (this.shown_ !== null || this.call_.connection.value.state !== 'live') return;
    const fresh = mine.find((one) => !this.aside_.has(one.confirmationId));
    this.shown_ = fresh?.confirmationId ?? null;
    this.changed_ = false;
  }

  private answered_here({ confirmationId, state, closed }: Confirmation): boolean {
    const given = this.given_.get(confirmationId);
    const decision = given?.answered ?? given?.sending ?? null;
    if (decision === null || closed?.by?.id !== this.self_.value?.participantId) return false;
    return (decision === 'approve' && state === 'approved') || (decision === 'deny' && state === 'denied');
  }

  private question(confirmation: Confirmation): Question {
    const state = this.call_.state.value;
    const given = this.given_.get(confirmation.confirmationId) ?? NOT_ANSWERED;
    return {
      confirmation,
      action: actionOf(state, confirmation),
      args: argsOf(state, confirmation),
      sending: given.sending,
      refusal: given.refusal,
      answered: this.answered_here(confirmation) ? given.answered : null,
      changed: this.changed_,
    };
  }
}
