// The test as it goes: which question is being asked, and what was answered so far.

import { Store } from '../talk/store';
import type { CheckWorld, Finding, Question, TestCall } from './check';
import { networkQuestions } from './network';
import { speechQuestions } from './speech';

export interface Answer {
  readonly id: string;
  readonly title: string;
  /** Null while it is not answered. */
  readonly finding: Finding | null;
  /** How far it has come, from 0 to 1; null where it is not being asked, or takes no time. */
  readonly part: number | null;
  readonly asking: boolean;
}

export interface Progress {
  readonly answers: readonly Answer[];
  readonly running: boolean;
}

export class CheckRun {
  readonly progress: Store<Progress>;
  private readonly questions_: readonly Question[];
  private readonly calls_: TestCall[] = [];

  constructor(world: CheckWorld) {
    const { openCall } = world;
    const kept = openCall && (() => openCall().then((call) => (this.calls_.push(call), call)));
    this.questions_ = [...networkQuestions({ ...world, openCall: kept }), ...speechQuestions(world.speech)];
    const answers = this.questions_.map(({ id, title }) => ({ id, title, finding: null, part: null, asking: false }));
    this.progress = new Store<Progress>({ answers, running: false });
  }

  async run(): Promise<void> {
    this.set({ running: true });
    for (const question of this.questions_) {
      this.answer(question.id, { asking: true });
      const finding = await question.ask((part) => this.answer(question.id, { part }));
      this.answer(question.id, { asking: false, part: null, finding });
    }
    for (const call of this.calls_) call.end();
    this.set({ running: false });
  }

  private answer(id: string, change: Partial<Answer>): void {
    this.set({ answers: this.progress.value.answers.map((one) => (one.id === id ? { ...one, ...change } : one)) });
  }

  private set(change: Partial<Progress>): void {
    this.progress.set({ ...this.progress.value, ...change });
  }
}
