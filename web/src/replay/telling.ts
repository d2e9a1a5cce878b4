// A call as a story, told by the server when somebody wants to read it. What stands here stays while it is told anew.

import type { Story } from '@lifeline/client';

import { Store } from '../talk/store';
import { problemOf, type Problem } from '../words/problem';

export type StoryDoor = () => Promise<Story>;

export interface ToldStage {
  readonly story: Story | null;
  readonly reading: boolean;
  readonly problem: Problem | null;
}

export class Telling {
  readonly stage = new Store<ToldStage>({ story: null, reading: false, problem: null });

  /** The door is asked for each time: whoever looks may have said who they are since. */
  constructor(private readonly door_: () => StoryDoor | null) {}

  /** Unless what is here reaches as far as `head`, or is on its way. */
  async read(head: number): Promise<void> {
    const { story, reading } = this.stage.value;
    const door = this.door_();
    if (door === null || reading || (story !== null && story.head >= head)) return;
    this.stage.set({ story, reading: true, problem: null });
    try {
      this.stage.set({ story: await door(), reading: false, problem: null });
    } catch (thrown) {
      this.stage.set({ story, reading: false, problem: problemOf(thrown) });
    }
  }
}
